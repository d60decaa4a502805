import { readCheckpointIndex } from '../core/checkpoint-index.js';
import type { TypedArray } from '../core/dtype.js';
import type { Variable } from '../core/variable.js';
import type { LoadWeightsOptions } from '../models/formats.js';
import { Model } from '../models/model.js';
import { namedArrays, restoreArrays, type StoredArray } from './arrays/named-arrays.js';
import { keras2WeightName } from './keras2-weight-name.js';
import { readTensors } from './read-tensors.js';
import { weightsTree } from './weights-tree.js';

/** What Keras 2 puts after the way to a variable. */
const VALUE = '/.ATTRIBUTES/VARIABLE_VALUE';

/**
 * Sets a model's weights from a checkpoint: of Keras 2's `save_weights`, where layers with weights are numbered, or of
 * `program.saveCheckpoint`, where variables have their names. What is not the model's, such as an optimizer's state, is
 * left out.
 *
 * @throws ERR_NOT_READABLE, ERR_FILE_FORMAT; ERR_SHAPE where it does not fit
 */
export async function loadCheckpointWeights(model: Model, prefix: string, options: LoadWeightsOptions): Promise<void> {
  const entries = await readCheckpointIndex(prefix);
  const paths = new Map(numberedPaths(model, '').map(([variable, path]) => [variable, `${path}${VALUE}`]));
  const stored = namedArrays(model).flatMap(({ name, variable }): StoredArray[] => {
    const key = [variable.name, paths.get(variable)].find((one) => one !== undefined && entries.has(one));
    const entry = key === undefined ? undefined : entries.get(key);
    if (key === undefined || !entry) return [];
    const read = async () => {
      const [value] = await readTensors(prefix, [{ name: key, dtype: entry.dtype }]);
      return value?.dataSync() as TypedArray;
    };
    return [{ name, ...entry, read }];
  });
  await restoreArrays(prefix, model, stored, options);
}

/** Where Keras 2 has each variable: `layer_with_weights-3/cell/kernel`. */
function numberedPaths(model: Model, prefix: string): [Variable, string][] {
  const layers = model.layers.filter(({ weights }) => weights.length > 0);
  return layers.flatMap((layer, i): [Variable, string][] => {
    const path = `${prefix}layer_with_weights-${i}/`;
    if (layer instanceof Model) return numberedPaths(layer, path);
    const names = new Map(layer.namedWeights.map(({ variable, name }) => [variable, name.replace(/^.*\//, '')]));
    return weightsTree(layer).flatMap(({ path: inner, layer: part, variables }) =>
      variables.map((variable): [Variable, string] => [
        variable,
        `${path}${inner === '' ? '' : `${keras2Path(inner)}/`}${keras2WeightName(part, names.get(variable) ?? '')}`,
      ]),
    );
  });
}

/** Keras 3 made the projections of attention public: `_query_dense` → `query_dense`. */
function keras2Path(path: string): string {
  return path.replace(/(?<=^|\/)(?:query|key|value|output)_dense(?=$|\/)/, '_$&');
}

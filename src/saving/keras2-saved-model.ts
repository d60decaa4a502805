import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readCheckpointIndex } from '../core/checkpoint-index.js';
import { messageOf, TensorFlowError } from '../errors/errors.js';
import { fromKeras2Config, type ModelConfig } from '../models/config-dialect.js';
import type { Model } from '../models/model.js';
import { decode } from '../proto/codec.js';
import { type KerasSavedObject, SavedMetadataSchema } from '../proto/saved-model.js';
import type { StoredWeight } from './hdf5/keras-h5.js';
import { parsePythonJson } from './hdf5/python-json.js';
import { compileFrom, restoreLayers, restoreOptimizer } from './keras-model.js';
import { ObjectGraph } from './object-graph.js';
import { readTensors } from './read-tensors.js';

const FILE = 'keras_metadata.pb';

/** What Keras 2 writes about a model: how to make it again, and how it was compiled. */
export interface Keras2Metadata {
  readonly model: ModelConfig;
  readonly training: Record<string, unknown> | null;
  /** Node of the object graph, by the name of the layer. */
  readonly layers: ReadonlyMap<string, number>;
}

/**
 * Keras 2's own description beside a SavedModel, undefined where there is none.
 *
 * @throws ERR_FILE_FORMAT
 */
export async function readKeras2Metadata(folder: string): Promise<Keras2Metadata | undefined> {
  const file = join(folder, FILE);
  const bytes = await readFile(file).catch(() => undefined);
  if (!bytes) return undefined;
  try {
    const { nodes } = decode(SavedMetadataSchema, bytes);
    const root = nodes.find(({ nodePath }) => nodePath === 'root');
    const { class_name, config, training_config } = root ? plainJson(root) : {};
    if (typeof class_name !== 'string') throw new Error('it does not say what its model is');
    const layers = nodes.filter(
      ({ identifier }) => identifier.startsWith('_tf_keras_') && identifier !== '_tf_keras_metric',
    );
    return {
      model: { class_name, config: fromKeras2Config(config) },
      training: isRecord(training_config) ? training_config : null,
      layers: new Map(layers.map((node) => [String(plainJson(node).name), node.nodeId])),
    };
  } catch (cause) {
    throw new TensorFlowError('ERR_FILE_FORMAT', `'${file}' is damaged: ${messageOf(cause)}.`, { cause });
  }
}

/** The JSON of a node, Python's tuples and shapes as lists. */
function plainJson({ metadata }: KerasSavedObject): Record<string, unknown> {
  const plain = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(plain);
    if (!isRecord(value)) return value;
    const { class_name: kind, items } = value;
    if ((kind === '__tuple__' || kind === 'TensorShape') && Array.isArray(items)) return items.map(plain);
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
  };
  const value = plain(parsePythonJson(metadata));
  return isRecord(value) ? value : {};
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Gives a model the weights of a SavedModel that Keras 2 wrote and, where it was compiled, the state of its optimizer.
 *
 * @throws ERR_FILE_FORMAT for damage
 */
export async function restoreKeras2(folder: string, { training, layers }: Keras2Metadata, model: Model): Promise<void> {
  const objects = await ObjectGraph.read(folder);
  const stored = model.layers.map(({ name }) => ({ name, nodes: objects.weightsOf(layers.get(name)) }));
  const state = objects.optimizerState();
  const values = await read(folder, objects, [...stored.flatMap(({ nodes }) => nodes), ...state]);
  const weights = (nodes: readonly number[]): StoredWeight[] => nodes.flatMap((node) => values.get(node) ?? []);
  await restoreLayers(
    folder,
    model,
    stored.map(({ name, nodes }) => ({ name, weights: weights(nodes) })),
  );
  if (training) compileFrom(folder, model, training);
  if (model.isCompiled && state.length > 0 && !(await restoreOptimizer(model, weights(state)))) {
    process.emitWarning(`'${folder}': the optimizer's state does not fit and starts anew.`);
  }
}

/** Values of variables by their nodes. */
async function read(
  folder: string,
  objects: ObjectGraph,
  nodes: readonly number[],
): Promise<Map<number, StoredWeight>> {
  const prefix = join(folder, 'variables', 'variables');
  const entries = await readCheckpointIndex(prefix);
  const places = [...new Set(nodes)].map((node) => {
    const key = `${objects.pathOf(node)}/.ATTRIBUTES/VARIABLE_VALUE`;
    const entry = entries.get(key);
    if (entry) return { node, key, dtype: entry.dtype };
    throw new TensorFlowError('ERR_FILE_FORMAT', `'${prefix}' is damaged: it lacks '${key}'.`);
  });
  const tensors = await readTensors(
    prefix,
    places.map(({ key, dtype }) => ({ name: key, dtype })),
  );
  return new Map(
    places.map(({ node, dtype }, i) => {
      const value = tensors[i] as (typeof tensors)[number];
      return [node, { name: objects.nameOf(node), dtype, shape: [...value.shape], data: async () => value }];
    }),
  );
}

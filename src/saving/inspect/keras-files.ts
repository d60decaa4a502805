import { readH5 } from '../hdf5/container.js';
import { withKerasH5 } from '../hdf5/keras-h5.js';
import { parsePythonJson } from '../hdf5/python-json.js';
import { type TreeArray, treeArrays } from '../hdf5/weights-h5.js';
import { withKeras } from '../keras-archive.js';
import { isRecord } from '../tfjs/manifest.js';
import { type Findings, type InspectedWeight, versions } from './inspection.js';
import { inspectConfig } from './layered.js';

/** A Keras HDF5 file, of a model or of its weights. */
export function inspectH5(path: string): Promise<Findings> {
  return withKerasH5(path, async (file) => {
    const { kerasVersion: keras, backend, modelConfig, trainingConfig } = file;
    return {
      writtenBy: versions({ keras, backend }),
      ...(modelConfig && { model: inspectConfig(path, modelConfig) }),
      ...(trainingConfig && { training: trainingConfig }),
      weights: [...file.layers.flatMap(({ weights }) => weights), ...(file.topLevelWeights ?? [])].map(described),
      optimizerState: file.optimizerWeights.map(described),
    };
  });
}

function described({ name, dtype, shape }: InspectedWeight): InspectedWeight {
  return { name, dtype, shape };
}

/** Keras 3's `.weights.h5`. */
export async function inspectWeightsH5(path: string): Promise<Findings> {
  return { writtenBy: {}, ...parted(await readH5(path, (file) => treeArrays(file))) };
}

/** A `.keras` archive, or a folder of its parts. */
export function inspectKeras(path: string): Promise<Findings> {
  return withKeras(path, async ({ model, compile, metadata, file }) => {
    const { keras_version: keras, date_saved: date } = jsonOf(metadata);
    return {
      writtenBy: versions({ keras, date }),
      model: inspectConfig(path, model),
      ...(compile?.optimizer ? { training: compile } : {}),
      ...parted(await treeArrays(file)),
    };
  });
}

function parted(arrays: readonly TreeArray[]): Pick<Findings, 'weights' | 'optimizerState'> {
  const ofOptimizer = ({ name }: TreeArray): boolean => name.startsWith('optimizer/');
  return {
    weights: arrays.filter((array) => !ofOptimizer(array)),
    optimizerState: arrays.filter(ofOptimizer),
  };
}

/** Why lenient: a model loads whatever it says of its origin. */
function jsonOf(text: string | undefined): Record<string, unknown> {
  try {
    const json = parsePythonJson(text ?? '{}');
    return isRecord(json) ? json : {};
  } catch {
    return {};
  }
}

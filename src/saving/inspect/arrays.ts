import { readCheckpointIndex } from '../../core/checkpoint-index.js';
import type { StoredArray } from '../arrays/named-arrays.js';
import { withNpz } from '../arrays/npz.js';
import { storedSafetensors } from '../arrays/safetensors.js';
import type { Findings, InspectedWeight } from './inspection.js';

/** NumPy's `.npz`. */
export function inspectNpz(path: string): Promise<Findings> {
  return withNpz(path, async (stored) => ({ writtenBy: {}, weights: stored.map(described) }));
}

export async function inspectSafetensors(path: string): Promise<Findings> {
  return { writtenBy: {}, weights: (await storedSafetensors(path)).map(described) };
}

function described({ name, dtype, shape }: StoredArray): InspectedWeight {
  return { name, dtype, shape };
}

export async function inspectCheckpoint(prefix: string): Promise<Findings> {
  return { writtenBy: {}, ...(await checkpointArrays(prefix)) };
}

/** What Keras puts after the way to a variable. */
const VALUE = /\/\.ATTRIBUTES\/VARIABLE_VALUE$/;
const OF_OPTIMIZER = /(^|\/)_?optimizer\/|OPTIMIZER_SLOT/;
/** Counters, metrics, and the second place where Keras 3 puts every weight. */
const NO_WEIGHT = /^(_all_variables|keras_api|save_counter)(\/|$)/;

/** The arrays of a checkpoint: weights, and the state of a Keras optimizer. */
export async function checkpointArrays(prefix: string): Promise<Pick<Findings, 'weights' | 'optimizerState'>> {
  const entries = [...(await readCheckpointIndex(prefix))].filter(([name]) => !NO_WEIGHT.test(name));
  const arrays = entries.map(([name, { dtype, shape }]) => ({ name: name.replace(VALUE, ''), dtype, shape }));
  return {
    weights: arrays.filter(({ name }) => !OF_OPTIMIZER.test(name)),
    optimizerState: arrays.filter(({ name }) => OF_OPTIMIZER.test(name)),
  };
}

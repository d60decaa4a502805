import { mapSeveral, type Several } from '../core/several.js';
import { knownRank } from '../core/shape.js';
import type { TensorSpec } from '../core/spec.js';
import { specsIn } from '../data/dataset-step.js';
import type { BatchLayout, DataSource } from '../data/source.js';

/** Where x, y and sample weights are among a source's tensors. */
export function layoutOf({ layout, elementSpec }: Pick<DataSource, 'layout' | 'elementSpec'>): BatchLayout {
  if (layout) return layout;
  const { length } = specsIn(elementSpec);
  return { x: 0, ...(length > 1 && { y: 1 }), ...(length > 2 && { sampleWeight: 2 }) };
}

/** The tensors of a source's batches. */
export function batchSpecs({ elementSpec }: Pick<DataSource, 'elementSpec'>): TensorSpec[] {
  return specsIn(elementSpec).map(({ dtype, shape }) => ({ dtype, shape: knownRank('the data', shape) }));
}

/** The parts of a batch, from its tensors. */
export function partsOf<T>({ x, y, sampleWeight }: BatchLayout, tensors: readonly T[]) {
  const part = (places: Several<number>): Several<T> => mapSeveral(places, isPlace, (place) => tensors[place] as T);
  return {
    x: part(x),
    ...(y !== undefined && { y: part(y) }),
    ...(sampleWeight !== undefined && { sampleWeight: part(sampleWeight) }),
  };
}

export function isPlace(value: unknown): value is number {
  return typeof value === 'number';
}

import type { Specs } from '../core/function.js';
import type { Several } from '../core/several.js';
import { isSpec } from '../core/spec.js';
import { repack } from '../core/structure.js';
import { TensorFlowError } from '../errors/errors.js';
import { type LeafSpec, specsIn } from './dataset-step.js';
import type { BatchLayout } from './source.js';

/** x, y and sample weights. */
const PARTS = 3;

/**
 * Which tensors of an element a model takes as x, y and sample weights.
 *
 * @throws ERR_ARGUMENT for elements of other parts than these
 */
export function layoutOf(elementSpec: Specs): BatchLayout {
  let place = 0;
  const placed = (part: Specs) =>
    repack<LeafSpec, number>(
      part,
      isSpec,
      specsIn(part).map(() => place++),
    ) as Several<number>;
  if (!Array.isArray(elementSpec)) return { x: placed(elementSpec) };
  if (elementSpec.length === 0 || elementSpec.length > PARTS) {
    throw new TensorFlowError(
      'ERR_ARGUMENT',
      `A model takes a dataset of x, [x, y] or [x, y, sampleWeight]; this one's elements have ${elementSpec.length} parts: map them to such.`,
    );
  }
  const [x = 0, y, sampleWeight] = elementSpec.map(placed);
  return { x, ...(y !== undefined && { y }), ...(sampleWeight !== undefined && { sampleWeight }) };
}

import type { Specs } from '../core/function.js';
import type { Shape } from '../core/shape.js';
import { TensorFlowError } from '../errors/errors.js';
import { type LeafSpec, leavesOf, mapSpecs } from './dataset-step.js';

/**
 * A row of a tensor of an element.
 *
 * @throws ERR_SHAPE for a scalar
 */
export function rowOf({ dtype, shape }: LeafSpec, path: string): LeafSpec {
  if (shape?.length === 0) {
    throw new TensorFlowError(
      'ERR_SHAPE',
      `Dataset.unbatch: ${path ? `'${path}'` : 'the element'} is a scalar and has no rows; leave unbatch out, or map it to rows.`,
    );
  }
  return { dtype, shape: shape?.slice(1) ?? null };
}

/**
 * What fits the elements of both.
 *
 * @throws ERR_ARGUMENT for elements of other structures or dtypes
 */
export function commonSpec<S extends Specs>(one: S, other: Specs): S {
  const others = leavesOf(other);
  const leaves = leavesOf(one);
  const alike =
    leaves.length === others.length &&
    leaves.every(([path, { dtype }], i) => others[i]?.[0] === path && others[i]?.[1].dtype === dtype);
  if (!alike) {
    const list = (of: typeof leaves) => of.map(([path, { dtype }]) => `${path || 'element'}: ${dtype}`).join(', ');
    throw new TensorFlowError(
      'ERR_ARGUMENT',
      `Dataset.concatenate: one has elements of (${list(leaves)}), the other of (${list(others)}); give them the same structure and dtypes.`,
    );
  }
  let next = 0;
  return mapSpecs(one, ({ dtype, shape }) => ({ dtype, shape: common(shape, others[next++]?.[1].shape ?? null) }));
}

/** What two shapes have in common. */
function common(one: Shape, other: Shape): Shape {
  if (!one || one.length !== other?.length) return null;
  return one.map((size, i) => (size === other[i] ? size : null));
}

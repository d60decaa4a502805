/**
 * Ops as people know them where the library's own form is older, narrower or clumsier. Plain numbers follow the dtype
 * of the graph value beside them: `mul(x, 2)` works for any x.
 */
import { constant } from '../core/constant.js';
import type { DType } from '../core/dtype.js';
import { type Operand, toOutput } from '../core/operand.js';
import type { Operation, Output } from '../core/output.js';
import { withControls } from '../core/scope.js';
import { knownRank } from '../core/shape.js';
import { TensorFlowError } from '../errors/errors.js';
import type { Int, Named, Operands, Outputs } from './apply.js';
import * as raw from './generated/index.js';
import { dtypeOf } from './operands.js';

/** One axis, several, or `null` for all; negative ones count from the end. */
export type Axis = Operand | null;

export interface ReduceOptions extends Named {
  /** Whether reduced axes stay as length 1. Default false. */
  keepDims?: boolean;
}

type Reduce = (x: Operand, axis: Operand, options: ReduceOptions) => Output;

/** a + b, with broadcasting. */
export const add = raw.addV2;
/** a / b, with broadcasting; integers are divided as `floorDiv` does not: towards zero. */
export const div = raw.realDiv;
/** x where the condition holds, else y, with broadcasting. */
export const select = raw.selectV2;

export const sum = reduction(raw.sum);
export const mean = reduction(raw.mean);
export const prod = reduction(raw.prod);
export const max = reduction(raw.max);
export const min = reduction(raw.min);
export const any = reduction(raw.any);
export const all = reduction(raw.all);

function reduction(reduce: Reduce): (x: Operand, axis?: Axis, options?: ReduceOptions) => Output {
  return (x, axis = null, options = {}) => {
    const input = toOutput(x);
    return reduce(input, axis ?? axesOf(input), options);
  };
}

/** [0, 1, … rank − 1]. */
function axesOf(x: Output): Operand {
  return x.shape ? constant(Int32Array.from(x.shape, (_, axis) => axis)) : raw.range(0, raw.rank(x), 1);
}

/** The group as one operation, which runs after all of them. */
export function group(...operations: readonly (Operation | Output)[]): Operation {
  return withControls(operations, () => raw.noOp({ name: 'group' }));
}

/** x as another dtype; x itself where it has that dtype. */
export function cast(x: Operand, dtype: DType, options: Named & { truncate?: boolean } = {}): Output {
  const input = toOutput(x);
  return input.dtype === dtype ? input : raw.cast(input, { ...options, dstT: dtype });
}

/** Zeros of a shape, which may itself be a value of the graph. */
export function zeros(shape: Operand, dtype: DType = 'float32', options: Named = {}): Output {
  return raw.fill(shape, constant(0, dtype), options);
}

/** Ones of a shape, which may itself be a value of the graph. */
export function ones(shape: Operand, dtype: DType = 'float32', options: Named = {}): Output {
  return raw.fill(shape, constant(1, dtype), options);
}

/** start, start + delta, … below limit: int32 for whole numbers, else float32. */
export function range(start: Operand, limit: Operand, delta: Operand = 1, options: Named = {}): Output {
  const ends = [start, limit, delta];
  const dtype = ends.map(dtypeOf).find((known) => known) ?? (ends.every(Number.isInteger) ? 'int32' : 'float32');
  return raw.range(toOutput(start, dtype), toOutput(limit, dtype), toOutput(delta, dtype), options);
}

/** [..., depth]: `onValue` at each index, `offValue` elsewhere. */
export function oneHot(
  indices: Operand,
  depth: Operand,
  onValue: Operand = 1,
  offValue: Operand = 0,
  options: Named & { axis?: Int } = {},
): Output {
  return raw.oneHot(wholeNumbers(indices), depth, onValue, offValue, options);
}

/** Joined along an axis that exists. */
export function concat(values: Operands, axis: Operand, options: Named = {}): Output {
  const [only] = values;
  // Why: the library's op refuses a single input.
  return values.length === 1 && only !== undefined ? toOutput(only) : raw.concatV2(values, axis, options);
}

/** Joined along a new axis. */
export function stack(values: Operands, axis = 0, options: Named = {}): Output {
  return raw.pack(values, { ...options, axis });
}

/** The slices along an axis of known length, without that axis. */
export function unstack(x: Operand, axis = 0, options: Named = {}): Outputs {
  const input = toOutput(x);
  const num = knownRank('unstack', input.shape).at(axis);
  if (num == null) {
    throw new TensorFlowError('ERR_SHAPE', `unstack: axis ${axis} of '${input.name}' must have a known length.`);
  }
  return raw.unpack(input, { ...options, num, axis });
}

/** Cut along an axis into so many equal parts, or into parts of these lengths. */
export function split(x: Operand, parts: number | readonly number[], axis: Operand = 0, options: Named = {}): Outputs {
  return typeof parts === 'number'
    ? raw.split(axis, x, { ...options, numSplit: parts })
    : raw.splitV(x, parts, axis, { ...options, numSplit: parts.length });
}

/** Without these axes of length 1; by default without any. */
export function squeeze(x: Operand, axis: number | readonly number[] = [], options: Named = {}): Output {
  return raw.squeeze(x, { ...options, squeezeDims: [axis].flat() });
}

/** Axes in the given order; by default reversed. */
export function transpose(x: Operand, perm?: Operand, options: Named = {}): Output {
  const input = toOutput(x);
  return raw.transpose(input, perm ?? raw.reverseV2(axesOf(input), [0]), options);
}

/** x[begin:end:strides] with TensorFlow's bit masks. */
export function stridedSlice(
  x: Operand,
  begin: Operand,
  end: Operand,
  strides?: Operand,
  masks: Parameters<typeof raw.stridedSlice>[4] = {},
): Output {
  const from = toOutput(begin, dtypeOf(end) ?? 'int32');
  return raw.stridedSlice(x, from, end, strides ?? raw.onesLike(from), masks);
}

/** Rows of x along an axis, by index. */
export function gather(
  x: Operand,
  indices: Operand,
  axis: Operand = 0,
  options: Named & { batchDims?: Int } = {},
): Output {
  const input = toOutput(x);
  // Why: the library's gradient takes a negative axis for a place in the shape.
  const at = typeof axis === 'number' && axis < 0 && input.shape ? axis + input.shape.length : axis;
  return raw.gatherV2(input, wholeNumbers(indices), at, options);
}

/** With three arguments x or y, element by element, as the condition says; with one the indices of what is true. */
export function where(condition: Operand, options?: Named): Output;
export function where(condition: Operand, x: Operand, y: Operand, options?: Named): Output;
export function where(condition: Operand, x?: Operand | Named, y?: Operand, options: Named = {}): Output {
  return y === undefined ? raw.where(condition, x as Named) : raw.selectV2(condition, x as Operand, y, options);
}

/** Product of matrices, or of batches of matrices: [..., n, k] · [..., k, m] → [..., n, m]. */
export function matMul(
  a: Operand,
  b: Operand,
  options: Named & { transposeA?: boolean; transposeB?: boolean } = {},
): Output {
  const x = toOutput(a, dtypeOf(b));
  const y = toOutput(b, x.dtype);
  if (x.shape?.length === 2 && y.shape?.length === 2) return raw.matMul(x, y, options);
  const { transposeA = false, transposeB = false, name } = options;
  return raw.batchMatMulV2(x, y, { adjX: transposeA, adjY: transposeB, name });
}

/** exp(x) / Σ exp(x) along an axis. */
export function softmax(x: Operand, axis = -1, options: Named = {}): Output {
  return alongAxis('softmax', x, axis, (logits) => raw.softmax(logits, options));
}

/** log(softmax(x)), without overflow. */
export function logSoftmax(x: Operand, axis = -1, options: Named = {}): Output {
  return alongAxis('logSoftmax', x, axis, (logits) => raw.logSoftmax(logits, options));
}

/** For ops that know only the last axis: swaps the axis with the last one, before and after. */
function alongAxis(where: string, x: Operand, axis: number, build: (x: Output) => Output): Output {
  const input = toOutput(x);
  if (axis === -1) return build(input);
  const order = knownRank(where, input.shape).map((_, i) => i);
  const last = order.length - 1;
  const at = axis < 0 ? axis + order.length : axis;
  const swapped = order.map((i) => (i === at ? last : i === last ? at : i));
  return at === last ? build(input) : raw.transpose(build(raw.transpose(input, swapped)), swapped);
}

/** Plain numbers as int32: the library would also take others, but an index is whole. */
function wholeNumbers(indices: Operand): Output {
  return toOutput(indices, dtypeOf(indices) ?? 'int32');
}

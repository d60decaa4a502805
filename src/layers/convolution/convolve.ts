/** Convolutions with channels last over one, two or three axes, by the library's kernels for CPUs and GPUs. */
import type { Output } from '../../core/output.js';
import { knownRank, knownShape } from '../../core/shape.js';
import * as ops from '../../ops/index.js';
import { opPadding } from '../pairs.js';
import type { Geometry } from './geometry.js';

/** x `[batch, …, channels]`, kernel `[…, channels, filters]` → `[batch, …′, filters]`. */
export function convolve(x: Output, kernel: Output, geometry: Geometry): Output {
  const { kernelSize, dilationRate, padding } = geometry;
  if (padding === 'causal') {
    const gap = (dilationRate[0] as number) * ((kernelSize[0] as number) - 1);
    const padded = ops.pad(x, [[0, 0], [gap, 0], [0, 0]]); // biome-ignore format: one axis
    return convolve(padded, kernel, { ...geometry, padding: 'valid' });
  }
  if (kernelSize.length === 1) return asRows(x, kernel, (rows, wide) => convolve(rows, wide, inRows(geometry)));
  if (kernelSize.length === 2) {
    return ops.conv2d(x, kernel, { ...movement(geometry), dilations: [1, ...dilationRate, 1] });
  }
  if (dilationRate.every((d) => d === 1)) return ops.conv3d(x, kernel, movement(geometry));
  const y = withGaps(withMargins(x, geometry), dilationRate, (phases) => ops.conv3d(phases, kernel, PLAIN_3D));
  return y.setShape(shapeAfter(x, geometry, kernel.shape?.at(-1)));
}

/**
 * x `[batch, …, channels]`, kernel `[…, channels, filters / groups]`: each group of channels with filters of its own.
 *
 * Why not the library's grouped convolution: it has no gradient on CPUs.
 */
export function convolveGroups(x: Output, kernel: Output, geometry: Geometry, groups: number): Output {
  if (groups === 1) return convolve(x, kernel, geometry);
  const { kernelSize } = geometry;
  if (kernel.shape?.at(-2) === 1 && kernelSize.length === 2 && geometry.padding !== 'causal') {
    // Why: groups of one channel are what the library's depthwise kernels are for.
    const filters = kernel.shape.at(-1) ?? groups;
    return convolveDepthwise(x, ops.reshape(kernel, [...kernelSize, groups, filters / groups]), geometry);
  }
  const xs = ops.split(x, groups, -1);
  const kernels = ops.split(kernel, groups, -1);
  return ops.concat(
    xs.map((part, i) => convolve(part, kernels[i] as Output, geometry)),
    -1,
  );
}

/** x `[batch, …, channels]`, kernel `[…, channels, multiplier]` → `[batch, …′, channels · multiplier]`. */
export function convolveDepthwise(x: Output, kernel: Output, geometry: Geometry): Output {
  const { kernelSize, strides, dilationRate } = geometry;
  if (kernelSize.length === 1) {
    return asRows(x, kernel, (rows, wide) => convolveDepthwise(rows, wide, inRows(geometry)));
  }
  if (dilationRate.every((d) => d === 1) && strides[0] === strides[1]) {
    return ops.depthwiseConv2dNative(x, kernel, movement(geometry));
  }
  // Why: the library's kernels know neither gaps nor different strides.
  const every = withGaps(withMargins(x, geometry), dilationRate, (phases) =>
    ops.depthwiseConv2dNative(phases, kernel, PLAIN_2D),
  );
  const [channels = 0, multiplier = 0] = knownShape('depthwise kernel', kernel.shape).slice(-2);
  return everyNth(every, strides).setShape(shapeAfter(x, geometry, channels * multiplier));
}

/**
 * The transpose of a convolution: x `[batch, …, channels]`, kernel `[…, filters, channels]` → `[batch, …′, filters]`,
 * where `…′` are the lengths that the convolution would bring to `…`.
 */
export function convolveTransposed(x: Output, kernel: Output, geometry: Geometry, lengths: Output): Output {
  const { kernelSize, dilationRate } = geometry;
  if (kernelSize.length === 1) {
    return asRows(x, kernel, (rows, wide) =>
      convolveTransposed(rows, wide, inRows(geometry), ops.concat([[1], lengths], 0)),
    );
  }
  const [batch, filters] = [ops.slice(ops.shape(x), [0], [1]), ops.slice(ops.shape(kernel), [kernelSize.length], [1])];
  const shape = ops.concat([batch, lengths, filters], 0);
  const wide = dilate(kernel, dilationRate);
  return kernelSize.length === 2
    ? ops.conv2dBackpropInput(shape, wide, x, movement(geometry))
    : ops.conv3dBackpropInputV2(shape, wide, x, movement(geometry));
}

/** Lengths of a kernel with its gaps. */
export function reaches({ kernelSize, dilationRate }: Geometry): number[] {
  return kernelSize.map((k, i) => (k - 1) * (dilationRate[i] as number) + 1);
}

/** The shape after a convolution, as far as it is known. */
function shapeAfter(x: Output, geometry: Geometry, filters: number | null = null): (number | null)[] {
  const [batch = null, ...rest] = knownRank('convolution', x.shape);
  const spans = reaches(geometry);
  const lengths = rest.slice(0, -1).map((length, i) => {
    if (length === null) return null;
    const starts = geometry.padding === 'same' ? length : length - (spans[i] as number) + 1;
    return Math.ceil(starts / (geometry.strides[i] as number));
  });
  return [batch, ...lengths, filters];
}

const PLAIN_2D = { strides: [1, 1, 1, 1], padding: 'VALID' } as const;
const PLAIN_3D = { strides: [1, 1, 1, 1, 1], padding: 'VALID' } as const;

function movement({ strides, padding }: Geometry): { strides: number[]; padding: 'VALID' | 'SAME' } {
  return { strides: [1, ...strides, 1], padding: opPadding(padding === 'same' ? 'same' : 'valid') };
}

/** Steps as one row of columns. Both strides are the same, since the library's depthwise kernel wants that. */
function asRows(x: Output, kernel: Output, apply: (x: Output, kernel: Output) => Output): Output {
  return ops.squeeze(apply(ops.expandDims(x, 1), ops.expandDims(kernel, 0)), [1]);
}

function inRows({ kernelSize, strides, dilationRate, padding }: Geometry): Geometry {
  return {
    kernelSize: [1, ...kernelSize],
    strides: [strides[0] as number, ...strides],
    dilationRate: [1, ...dilationRate],
    padding,
  };
}

/** The kernel with its gaps filled by zeros. */
function dilate(kernel: Output, dilationRate: readonly number[]): Output {
  return dilationRate.reduce((wide, d, axis) => (d === 1 ? wide : spread(wide, axis, d)), kernel);
}

/** d − 1 zeros between the elements of one axis. */
function spread(kernel: Output, axis: number, d: number): Output {
  const shape = knownShape('dilationRate', kernel.shape);
  const [before, length, after] = [shape.slice(0, axis), shape[axis] as number, shape.slice(axis + 1)];
  const taps = ops.reshape(kernel, [...before, length, 1, ...after]);
  const none = (axes: readonly unknown[]): number[][] => axes.map(() => [0, 0]);
  const padded = ops.pad(taps, [...none(before), [0, 0], [0, d - 1], ...none(after)]);
  const whole = ops.reshape(padded, [...before, length * d, ...after]);
  return ops.slice(whole, Array<number>(shape.length).fill(0), [...before, (length - 1) * d + 1, ...after]);
}

/**
 * A convolution of stride 1 without margins whose kernel has gaps, by one without: the batch holds the phases, so that
 * every d-th element lies side by side (as in TensorFlow's `with_space_to_batch`).
 */
function withGaps(x: Output, gaps: readonly number[], apply: (phases: Output) => Output): Output {
  if (gaps.every((d) => d === 1)) return apply(x);
  const none = ops.constant(Array<number>(gaps.length).fill(0), 'int32');
  const missing = ops.floorMod(ops.neg(spatialLengths(x, gaps.length)), [...gaps]);
  const phases = ops.spaceToBatchND(x, [...gaps], ops.stack([none, missing], 1));
  return ops.batchToSpaceND(apply(phases), [...gaps], ops.stack([none, missing], 1));
}

/** The input with the margins of zeros that `same` means, so that a convolution without margins may follow. */
function withMargins(x: Output, geometry: Geometry): Output {
  if (geometry.padding !== 'same') return x;
  const strides = ops.constant([...geometry.strides], 'int32');
  const lengths = spatialLengths(x, geometry.strides.length);
  const steps = ops.floorDiv(ops.sub(ops.add(lengths, strides), 1), strides);
  const covered = ops.add(ops.mul(ops.sub(steps, 1), strides), reaches(geometry));
  const total = ops.maximum(ops.sub(covered, lengths), 0);
  const before = ops.floorDiv(total, 2);
  return ops.pad(x, ops.pad(ops.stack([before, ops.sub(total, before)], 1), [[1, 1], [0, 0]])); // biome-ignore format: axes
}

/** Every stride-th result. */
function everyNth(y: Output, strides: readonly number[]): Output {
  if (strides.every((s) => s === 1)) return y;
  const all = Array<number>(strides.length + 2).fill(0);
  const masks = 2 ** all.length - 1;
  return ops.stridedSlice(y, all, all, [1, ...strides, 1], { beginMask: masks, endMask: masks });
}

function spatialLengths(x: Output, rank: number): Output {
  return ops.slice(ops.shape(x), [1], [rank]);
}

import { isComplex } from '../core/dtype.js';
import type { Operation, Output } from '../core/output.js';
import { knownRank, knownShape } from '../core/shape.js';
import { TensorFlowError } from '../errors/errors.js';
import * as ops from '../ops/index.js';
import { boolAttr, conv2dAttrs, conv3dAttrs, intAttr, pool3dAttrs, typeAttr } from './attributes.js';
import { type Gradient, registerGradient } from './registry.js';
import { input, rule } from './rule.js';

// Elementwise, from simple to involved. Binary ones broadcast, so each gradient is summed back to its input's shape.
rule(['Identity', 'EnsureShape', 'PlaceholderWithDefault', 'CheckNumerics', 'ReadVariableOp'], (_, dy) => [dy]);
rule('Neg', (_, dy) => [ops.neg(dy)]);
rule('Square', (_, dy, inputs) => [ops.mul(dy, ops.mul(conj(input(inputs, 0)), 2))]);
rule('Erfc', (_, dy, inputs) => [
  ops.mul(dy, ops.mul(ops.exp(ops.neg(ops.square(input(inputs, 0)))), -2 / Math.sqrt(Math.PI))),
]);
rule('Digamma', (_, dy, inputs) => [ops.mul(dy, ops.polygamma(ops.onesLike(input(inputs, 0)), input(inputs, 0)))]);
binary(['Add', 'AddV2'], (dy) => [dy, dy]);
binary('Sub', (dy) => [dy, ops.neg(dy)]);
binary('Mul', (dy, x, y) => [ops.mul(dy, conj(y)), ops.mul(dy, conj(x))]);
binary('MulNoNan', (dy, x, y) => [ops.mulNoNan(dy, y), ops.mulNoNan(x, dy)]);
binary(['RealDiv', 'Div'], (dy, x, y) => [
  ops.realDiv(dy, conj(y)),
  ops.neg(ops.mul(dy, conj(ops.realDiv(ops.realDiv(x, y), y)))),
]);
binary('DivNoNan', (dy, x, y) => [ops.divNoNan(dy, y), ops.neg(ops.mul(dy, ops.divNoNan(ops.divNoNan(x, y), y)))]);
binary('FloorMod', (dy, x, y) => [dy, ops.neg(ops.mul(dy, ops.floorDiv(x, y)))]);
binary('Atan2', (dy, y, x) => {
  const scaled = ops.realDiv(dy, ops.add(ops.square(x), ops.square(y)));
  return [ops.mul(scaled, x), ops.neg(ops.mul(scaled, y))];
});
binary('SquaredDifference', (dy, x, y) => {
  const dx = ops.mul(dy, ops.mul(ops.sub(x, y), 2));
  return [dx, ops.neg(dx)];
});
binary('Maximum', (dy, x, y) => split(dy, ops.greaterEqual(x, y)));
binary('Minimum', (dy, x, y) => split(dy, ops.lessEqual(x, y)));
binary('Pow', (dy, x, y) => {
  const positive = ops.greater(x, 0);
  const log = ops.selectV2(positive, ops.log(ops.selectV2(positive, x, ops.onesLike(x))), ops.zerosLike(x));
  return [ops.mul(dy, ops.mul(y, ops.pow(x, ops.sub(y, 1)))), ops.mul(dy, ops.mul(ops.pow(x, y), log))];
});
binary('Xlogy', (dy, x, y) => [
  ops.mul(dy, ops.selectV2(ops.equal(x, 0), ops.zerosLike(ops.mul(x, y)), ops.log(y))),
  ops.mul(dy, ops.xdivy(x, y)),
]);
binary('Xlog1py', (dy, x, y) => [
  ops.mul(dy, ops.selectV2(ops.equal(x, 0), ops.zerosLike(ops.mul(x, y)), ops.log1p(y))),
  ops.mul(dy, ops.xdivy(x, ops.add(y, 1))),
]);
binary('Xdivy', (dy, x, y) => [
  ops.mul(dy, ops.selectV2(ops.equal(x, 0), ops.zerosLike(ops.mul(x, y)), ops.reciprocal(y))),
  ops.mul(dy, ops.neg(ops.xdivy(ops.realDiv(x, y), y))),
]);
rule('ClipByValue', (_, dy, inputs) => {
  const [x, low, high] = [input(inputs, 0), input(inputs, 1), input(inputs, 2)];
  const [below, above, none] = [ops.less(x, low), ops.greater(x, high), ops.zerosLike(dy)];
  return [
    ops.selectV2(ops.logicalOr(below, above), none, dy),
    sumTo(ops.selectV2(below, dy, none), x, low, 1),
    sumTo(ops.selectV2(above, dy, none), x, high, 1),
  ];
});

// Shape, order, choice.
rule('Reshape', (_, dy, inputs) => [ops.reshape(dy, shapeOf(input(inputs, 0))), null]);
rule('MatrixDiagPart', (_, dy, inputs) => [ops.matrixSetDiag(ops.zerosLike(input(inputs, 0)), dy)]);
rule('TensorScatterAdd', (_, dy, inputs) => [dy, null, ops.gatherNd(dy, input(inputs, 1))]);
rule('TensorScatterUpdate', (_, dy, inputs) => {
  const [indices, updates] = [input(inputs, 1), input(inputs, 2)];
  return [ops.tensorScatterUpdate(dy, indices, ops.zerosLike(updates)), null, ops.gatherNd(dy, indices)];
});
rule('TopKV2', (op, dy, inputs) => {
  const depth = ops.squeeze(ops.slice(ops.shape(input(inputs, 0)), [-1 + rankOf(input(inputs, 0))], [1]), [0]);
  const chosen = ops.oneHot(op.output(1), depth, ops.constant(1, dy.dtype), ops.constant(0, dy.dtype));
  return [ops.sum(ops.mul(chosen, ops.expandDims(dy, -1)), -2), null];
});
rule('Cumprod', (op, dy, inputs) => {
  const [x, axis] = [input(inputs, 0), input(inputs, 1)];
  const attrs = { exclusive: boolAttr(op, 'exclusive'), reverse: !boolAttr(op, 'reverse') };
  return [ops.realDiv(ops.cumsum(ops.mul(op.output(), dy), axis, attrs), x), null];
});

// Normalised exponentials. The library's LogSoftmax gradient sums over axis 1, whatever the rank.
rule('LogSoftmax', (op, dy) => [ops.sub(dy, ops.mul(ops.exp(op.output()), ops.sum(dy, -1, { keepDims: true })))]);
// Why ours: the library has none for sparse labels, and its other one knows float32 only.
registerGradient('SparseSoftmaxCrossEntropyWithLogits', (op, dys) => [crossEntropyToLogits(op, dys), null]);
registerGradient('SoftmaxCrossEntropyWithLogits', (op, dys) => {
  const [logits, labels] = [input(op.inputs, 0), input(op.inputs, 1)];
  const [dLoss, dBackprop] = dys;
  const toLabels = total([
    dLoss ? ops.neg(ops.mul(ops.expandDims(dLoss, -1), ops.logSoftmax(logits))) : null,
    dBackprop ? ops.neg(dBackprop) : null,
  ]);
  const toLogits = crossEntropyToLogits(op, dys);
  return [toLogits && sumTo(toLogits, logits, labels, 0), toLabels && sumTo(toLabels, logits, labels, 1)];
});

// Convolutions. The library's Conv2D gradient ignores dilations and explicit padding; its Conv3D has none.
rule('Conv2D', (op, dy, inputs) => {
  const [x, filter] = [input(inputs, 0), input(inputs, 1)];
  const { dilations, ...attrs } = conv2dAttrs(op);
  const space = dilations.slice(attrs.dataFormat === 'NHWC' ? 1 : 2).slice(0, 2);
  const wide = dilate(filter, space);
  const dWide = ops.conv2dBackpropFilter(x, ops.shape(wide), dy, attrs);
  return [
    ops.conv2dBackpropInput(ops.shape(x), wide, dy, attrs),
    wide === filter ? dWide : ops.stridedSlice(dWide, [0, 0], ops.slice(ops.shape(wide), [0], [2]), space),
  ];
});
rule('Conv3D', (op, dy, inputs) => {
  const [x, filter] = [input(inputs, 0), input(inputs, 1)];
  const attrs = conv3dAttrs(op);
  return [
    ops.conv3dBackpropInputV2(ops.shape(x), filter, dy, attrs),
    ops.conv3dBackpropFilterV2(x, ops.shape(filter), dy, attrs),
  ];
});

// Pooling.
rule('MaxPool3D', (op, dy, inputs) => [ops.maxPool3dGrad(input(inputs, 0), op.output(), dy, pool3dAttrs(op))]);
rule('AvgPool3D', (op, dy, inputs) => [ops.avgPool3dGrad(ops.shape(input(inputs, 0)), dy, pool3dAttrs(op))]);

// Reading rows of a variable.
rule('ResourceGather', (op, dy, inputs) => {
  if (intAttr(op, 'batch_dims') > 0) {
    throw new TensorFlowError('ERR_GRADIENT', `No gradient through ${op} with batch dimensions: read, then gather.`);
  }
  const [handle, indices] = [input(inputs, 0), input(inputs, 1)];
  const shape = ops.variableShape(handle, { outType: 'int32' });
  const row = ops.slice(shape, [1], [-1]);
  const rows = ops.reshape(dy, ops.concat([ops.reshape(ops.size(indices), [1]), row], 0));
  const count = ops.reshape(ops.slice(shape, [0], [1]), []);
  return [ops.cast(ops.unsortedSegmentSum(rows, ops.reshape(indices, [-1]), count), typeAttr(op, 'dtype')), null];
});
rule('ResourceGatherNd', (_, dy, inputs) => {
  const [handle, indices] = [input(inputs, 0), input(inputs, 1)];
  const outType = indices.dtype === 'int64' ? 'int64' : 'int32';
  return [ops.scatterNd(indices, dy, ops.variableShape(handle, { outType })), null];
});

function binary(
  types: string | readonly string[],
  apply: (dy: Output, x: Output, y: Output) => [Output, Output],
): void {
  rule(types, (_, dy, inputs) => {
    const [x, y] = [input(inputs, 0), input(inputs, 1)];
    const [dx, dyy] = apply(dy, x, y);
    return [sumTo(dx, x, y, 0), sumTo(dyy, x, y, 1)];
  });
}

/** x̄ for complex x, x itself otherwise. */
function conj(x: Output): Output {
  return isComplex(x.dtype) ? ops.conj(x) : x;
}

function rankOf(x: Output): number {
  return knownRank('rank', x.shape).length;
}

/** The sum of those there are. */
function total(parts: readonly Gradient[]): Gradient {
  const present = parts.filter((part): part is Output => part !== null);
  return present.length > 1 ? ops.addN(present) : (present[0] ?? null);
}

/** From the loss and, for second order, from the op's own gradient, softmax(logits) − labels. */
function crossEntropyToLogits(op: Operation, [dLoss, dBackprop]: readonly Gradient[]): Gradient {
  const fromBackprop = (dy: Output): Output => {
    const p = ops.softmax(input(op.inputs, 0));
    return ops.mul(p, ops.sub(dy, ops.sum(ops.mul(p, dy), -1, { keepDims: true })));
  };
  return total([
    dLoss ? ops.mul(ops.expandDims(dLoss, -1), op.output(1)) : null,
    dBackprop ? fromBackprop(dBackprop) : null,
  ]);
}

/** The filter with zeros between its taps. Why: the backward kernels of the CPU know no dilations. */
function dilate(filter: Output, [high, wide]: readonly number[]): Output {
  if (!high || !wide || (high === 1 && wide === 1)) return filter;
  const [rows, columns, channels, units] = knownShape('Conv2D', filter.shape) as [number, number, number, number];
  const taps = ops.reshape(filter, [rows, 1, columns, 1, channels, units]);
  const padded = ops.pad(taps, [
    [0, 0],
    [0, high - 1],
    [0, 0],
    [0, wide - 1],
    [0, 0],
    [0, 0],
  ]);
  const whole = ops.reshape(padded, [rows * high, columns * wide, channels, units]);
  return ops.slice(whole, [0, 0, 0, 0], [(rows - 1) * high + 1, (columns - 1) * wide + 1, channels, units]);
}

/** The gradient where the first input won, and where the second did. */
function split(dy: Output, first: Output): [Output, Output] {
  const none = ops.zerosLike(dy);
  return [ops.selectV2(first, dy, none), ops.selectV2(first, none, dy)];
}

/** Undoes the broadcasting of `x` with `y`: sums the gradient over the axes along which the input was repeated. */
function sumTo(gradient: Output, x: Output, y: Output, which: 0 | 1): Output {
  const own = which === 0 ? x : y;
  const [from, to] = [gradient.shape, own.shape];
  if (from?.every((d) => d !== null) && to && from.join() === to.join()) return gradient;
  if (isSurelyWhole(x, y, which)) return gradient;
  const shapes = ops.broadcastGradientArgs(ops.shape(x), ops.shape(y));
  const axes = which === 0 ? shapes.r0 : shapes.r1;
  return ops.reshape(ops.sum(gradient, axes), shapeOf(own));
}

/** Whether shapes tell, with unknown dimensions, that the input was not repeated: the other one is a scalar or of length 1 or equal. */
function isSurelyWhole(x: Output, y: Output, which: 0 | 1): boolean {
  const [own, other] = which === 0 ? [x.shape, y.shape] : [y.shape, x.shape];
  if (!own || !other || other.length > own.length) return false;
  const offset = own.length - other.length;
  return other.every((d, i) => d === 1 || (d !== null && d === own[i + offset]));
}

/** The shape as a constant where it is known. */
function shapeOf(x: Output): Output | number[] {
  return x.shape?.every((d): d is number => d !== null) ? [...knownRank('shape', x.shape)].map(Number) : ops.shape(x);
}

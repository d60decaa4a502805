import type { Operation, Output } from '../core/output.js';
import { knownRank } from '../core/shape.js';
import * as ops from '../ops/index.js';
import { boolAttr, intListAttr, stringAttr, typeAttr } from './attributes.js';
import { type Gradient, registerGradient } from './registry.js';

/** One row a rule. Why ours: the library has none, or a wrong one, or one that walks twice through tied inputs. */
type Rule = (op: Operation, dy: Output, inputs: Output[]) => readonly Gradient[];

function rule(types: string | readonly string[], apply: Rule): void {
  for (const type of [types].flat()) {
    registerGradient(type, (op, [dy]) => (dy ? apply(op, dy, op.inputs) : []));
  }
}

function input(inputs: readonly Output[], index: number): Output {
  const found = inputs[index];
  if (!found) throw new RangeError(`The operation has no input ${index}.`);
  return found;
}

// Elementwise, from simple to involved. Binary ones broadcast, so each gradient is summed back to its input's shape.
rule(['Identity', 'EnsureShape', 'PlaceholderWithDefault', 'CheckNumerics', 'ReadVariableOp'], (_, dy) => [dy]);
rule('Neg', (_, dy) => [ops.neg(dy)]);
rule('Square', (_, dy, [x]) => [ops.mul(dy, ops.mul(x as Output, 2))]);
binary(['Add', 'AddV2'], (dy) => [dy, dy]);
binary('Sub', (dy) => [dy, ops.neg(dy)]);
binary('Mul', (dy, x, y) => [ops.mul(dy, y), ops.mul(dy, x)]);
binary(['RealDiv', 'Div'], (dy, x, y) => [ops.realDiv(dy, y), ops.neg(ops.mul(dy, ops.realDiv(ops.realDiv(x, y), y)))]);
binary('DivNoNan', (dy, x, y) => [ops.divNoNan(dy, y), ops.neg(ops.mul(dy, ops.divNoNan(ops.divNoNan(x, y), y)))]);
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
binary('Xdivy', (dy, x, y) => [
  ops.mul(dy, ops.selectV2(ops.equal(x, 0), ops.zerosLike(ops.mul(x, y)), ops.reciprocal(y))),
  ops.mul(dy, ops.neg(ops.xdivy(ops.realDiv(x, y), y))),
]);
rule('ClipByValue', (_, dy, inputs) => {
  const [x, low, high] = [input(inputs, 0), input(inputs, 1), input(inputs, 2)];
  const inside = ops.logicalAnd(ops.greaterEqual(x, low), ops.lessEqual(x, high));
  return [ops.selectV2(inside, dy, ops.zerosLike(dy)), null, null];
});

// Shape.
rule('Reshape', (_, dy, inputs) => [ops.reshape(dy, shapeOf(input(inputs, 0))), null]);

// Normalised exponentials. The library's LogSoftmax gradient sums over axis 1, whatever the rank.
rule('LogSoftmax', (op, dy) => [ops.sub(dy, ops.mul(ops.exp(op.output()), ops.sum(dy, -1, { keepDims: true })))]);
registerGradient('SparseSoftmaxCrossEntropyWithLogits', (op, [dy]) =>
  dy ? [ops.mul(ops.expandDims(dy, -1), op.output(1)), null] : [],
);

// Convolutions. The library's Conv2D gradient ignores dilations and explicit padding; its Conv3D has none.
rule('Conv2D', (op, dy, inputs) => {
  const [x, filter] = [input(inputs, 0), input(inputs, 1)];
  const attrs = {
    strides: intListAttr(op, 'strides'),
    padding: stringAttr<'EXPLICIT' | 'SAME' | 'VALID'>(op, 'padding'),
    explicitPaddings: intListAttr(op, 'explicit_paddings'),
    dilations: intListAttr(op, 'dilations'),
    dataFormat: stringAttr<'NCHW' | 'NHWC'>(op, 'data_format'),
    useCudnnOnGpu: boolAttr(op, 'use_cudnn_on_gpu'),
  };
  return [
    ops.conv2dBackpropInput(ops.shape(x), filter, dy, attrs),
    ops.conv2dBackpropFilter(x, ops.shape(filter), dy, attrs),
  ];
});
rule('Conv3D', (op, dy, inputs) => {
  const [x, filter] = [input(inputs, 0), input(inputs, 1)];
  const attrs = {
    strides: intListAttr(op, 'strides'),
    padding: stringAttr<'SAME' | 'VALID'>(op, 'padding'),
    dilations: intListAttr(op, 'dilations'),
    dataFormat: stringAttr<'NCDHW' | 'NDHWC'>(op, 'data_format'),
  };
  return [
    ops.conv3dBackpropInputV2(ops.shape(x), filter, dy, attrs),
    ops.conv3dBackpropFilterV2(x, ops.shape(filter), dy, attrs),
  ];
});

// Reading rows of a variable.
rule('ResourceGather', (op, dy, inputs) => {
  const [handle, indices] = [input(inputs, 0), input(inputs, 1)];
  const shape = ops.variableShape(handle, { outType: 'int32' });
  const row = ops.slice(shape, [1], [-1]);
  const rows = ops.reshape(dy, ops.concat([ops.reshape(ops.size(indices), [1]), row], 0));
  const count = ops.reshape(ops.slice(shape, [0], [1]), []);
  return [ops.cast(ops.unsortedSegmentSum(rows, ops.reshape(indices, [-1]), count), typeAttr(op, 'dtype')), null];
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

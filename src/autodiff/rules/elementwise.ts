import type { Output } from '../../core/output.js';
import * as ops from '../../ops/index.js';
import { companion, floatAttr } from '../attributes.js';
import { binary, conj, sumTo } from '../broadcasting.js';
import { addRule } from '../registry.js';
import { input, rule } from '../rule.js';

rule(['Identity', 'EnsureShape', 'PlaceholderWithDefault', 'CheckNumerics', 'Snapshot', 'ReadVariableOp'], (_, dy) => [
  dy,
]);
// Why by the result, which has the sign of the input: reading the input too keeps the library from fusing the operation
// with a convolution and bias before it, over which its optimizer stumbles and complains.
rule('LeakyRelu', (op, dy, inputs) => {
  const alpha = floatAttr(op, 'alpha');
  return [ops.leakyReluGrad(dy, alpha < 0 ? input(inputs, 0) : op.output(), { alpha })];
});
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

function complexOf(re: Output, im: Output): Output {
  return ops.complex(re, im, { tout: re.dtype === 'float64' ? 'complex128' : 'complex64' });
}

function realOf(z: Output): Output {
  return ops.real(z, { tout: z.dtype === 'complex128' ? 'float64' : 'float32' });
}

function imaginaryOf(z: Output): Output {
  return ops.imag(z, { tout: z.dtype === 'complex128' ? 'float64' : 'float32' });
}

/** The gradient where the first input won, and where the second did. */
function split(dy: Output, first: Output): [Output, Output] {
  const none = ops.zerosLike(dy);
  return [ops.selectV2(first, dy, none), ops.selectV2(first, none, dy)];
}

addRule('IdentityN', (_, dys) => dys);
rule('AccumulateNV2', (_, dy, inputs) => inputs.map(() => dy));

// Complex numbers. Why ours: the library's rules know complex64 only. A gradient's real part is that of the real part.
binary('Complex', (dy) => [realOf(dy), imaginaryOf(dy)]);
rule('Real', (_, dy) => [complexOf(dy, ops.zerosLike(dy))]);
rule('Imag', (_, dy) => [complexOf(ops.zerosLike(dy), dy)]);
rule('ComplexAbs', (op, dy, inputs) => [
  ops.mul(complexOf(ops.divNoNan(dy, op.output()), ops.zerosLike(dy)), input(inputs, 0)),
]);
rule('Angle', (_, dy, inputs) => {
  const z = input(inputs, 0);
  const turned = complexOf(imaginaryOf(z), realOf(z));
  return [ops.neg(ops.realDiv(complexOf(dy, ops.zerosLike(dy)), turned))];
});

binary(['TruncateMod', 'Mod'], (dy, x, y) => [dy, ops.neg(ops.mul(dy, ops.truncateDiv(x, y)))]);

// Quantized in training: straight through, within the range.
rule('QuantizeAndDequantizeV2', (_, dy) => [dy, null, null]);
rule('QuantizeAndDequantizeV4', (op, dy, inputs) => {
  const [x, low, high] = [input(inputs, 0), input(inputs, 1), input(inputs, 2)];
  return companion(op, 'QuantizeAndDequantizeV4Grad', [dy, x, low, high]).outputs;
});
rule('FakeQuantWithMinMaxArgs', (op, dy, inputs) => [
  companion(op, 'FakeQuantWithMinMaxArgsGradient', [dy, input(inputs, 0)]).output(),
]);
for (const type of ['FakeQuantWithMinMaxVars', 'FakeQuantWithMinMaxVarsPerChannel']) {
  rule(type, (op, dy, inputs) => companion(op, `${type}Gradient`, [dy, ...inputs]).outputs);
}

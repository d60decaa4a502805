import type { Output } from '../../core/output.js';
import * as ops from '../../ops/index.js';
import { binary, sumTo } from '../broadcasting.js';
import { input, rule } from '../rule.js';

/** dy · slope, the derivative at x, where y is the function's value there. */
function unary(type: string, slope: (x: Output, y: Output) => Output): void {
  rule(type, (op, dy, inputs) => [ops.mul(dy, slope(input(inputs, 0), op.output()))]);
}

unary('Expint', (x) => ops.realDiv(ops.exp(x), x));
unary('Dawsn', (x, y) => ops.sub(1, ops.mul(ops.mul(x, y), 2)));
unary('FresnelCos', (x) => ops.cos(ops.mul(ops.square(x), Math.PI / 2)));
unary('FresnelSin', (x) => ops.sin(ops.mul(ops.square(x), Math.PI / 2)));
unary('Spence', (x) => {
  const isOne = ops.equal(x, 1);
  const distance = ops.selectV2(isOne, ops.onesLike(x), ops.sub(1, x));
  return ops.selectV2(isOne, ops.neg(ops.onesLike(x)), ops.realDiv(ops.log(x), distance));
});

// Bessel functions: Abramowitz and Stegun 9.1.27–28, 9.6.26–28.
unary('BesselI0', (x) => ops.besselI1(x));
unary('BesselI1', (x, y) => halfAtZero(x, (safe) => ops.sub(ops.besselI0(x), ops.realDiv(y, safe))));
unary('BesselI0e', (x, y) => ops.sub(ops.besselI1e(x), ops.mul(ops.sign(x), y)));
unary('BesselI1e', (x, y) =>
  halfAtZero(x, (safe) => ops.sub(ops.besselI0e(x), ops.mul(y, ops.add(ops.sign(x), ops.reciprocal(safe))))),
);
unary('BesselK0', (x) => ops.neg(ops.besselK1(x)));
unary('BesselK1', (x, y) => ops.neg(ops.add(ops.besselK0(x), ops.realDiv(y, x))));
unary('BesselK0e', (x, y) => ops.sub(y, ops.besselK1e(x)));
unary('BesselK1e', (x, y) => ops.sub(ops.mul(y, ops.sub(1, ops.reciprocal(x))), ops.besselK0e(x)));
unary('BesselJ0', (x) => ops.neg(ops.besselJ1(x)));
unary('BesselJ1', (x, y) => halfAtZero(x, (safe) => ops.sub(ops.besselJ0(x), ops.realDiv(y, safe))));
unary('BesselY0', (x) => ops.neg(ops.besselY1(x)));
unary('BesselY1', (x, y) => ops.sub(ops.besselY0(x), ops.realDiv(y, x)));

// Incomplete gamma and beta functions. By a and b of the latter there is no closed form: null.
binary('Igamma', (dy, a, x) => [ops.mul(dy, ops.igammaGradA(a, x)), ops.mul(dy, gammaDensity(a, x))]);
binary('Igammac', (dy, a, x) => [
  ops.neg(ops.mul(dy, ops.igammaGradA(a, x))),
  ops.neg(ops.mul(dy, gammaDensity(a, x))),
]);
rule('Betainc', (_, dy, inputs) => {
  const [a, b, x] = [input(inputs, 0), input(inputs, 1), input(inputs, 2)];
  const logBeta = ops.sub(ops.add(ops.lgamma(a), ops.lgamma(b)), ops.lgamma(ops.add(a, b)));
  const logDensity = ops.add(ops.xlog1py(ops.sub(b, 1), ops.neg(x)), ops.xlogy(ops.sub(a, 1), x));
  return [null, null, sumTo(ops.mul(dy, ops.exp(ops.sub(logDensity, logBeta))), x, ops.add(a, b), 0)];
});
rule('Zeta', (_, dy, inputs) => {
  const [x, q] = [input(inputs, 0), input(inputs, 1)];
  return [null, sumTo(ops.mul(dy, ops.mul(ops.neg(x), ops.zeta(ops.add(x, 1), q))), x, q, 1)];
});

/** xᵃ⁻¹ e⁻ˣ / Γ(a) */
function gammaDensity(a: Output, x: Output): Output {
  return ops.exp(ops.sub(ops.sub(ops.xlogy(ops.sub(a, 1), x), x), ops.lgamma(a)));
}

function halfAtZero(x: Output, slope: (safe: Output) => Output): Output {
  const isZero = ops.equal(x, 0);
  const half = ops.mul(ops.onesLike(x), 0.5);
  return ops.selectV2(isZero, half, slope(ops.selectV2(isZero, ops.onesLike(x), x)));
}

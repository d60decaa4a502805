import { describe, test } from 'vitest';
import type { Output } from '../../../src/core/output.js';
import * as ops from '../../../src/ops/index.js';
import { aboveOne, agrees, any, type Build, type Domain, one, positive, twice, two, unit } from './checks.js';

/** Of `first` ones the gradient cannot be differentiated again. */
const UNARY: readonly (readonly [name: string, build: Build, domain?: Domain, order?: 'first'])[] = [
  ['identity', (x) => ops.identity(x)],
  ['neg', ops.neg],
  ['abs', ops.abs],
  ['sign', ops.sign, any, 'first'],
  ['square', ops.square],
  ['reciprocal', ops.reciprocal, positive],
  ['sqrt', ops.sqrt, positive],
  ['rsqrt', ops.rsqrt, positive],
  ['exp', ops.exp],
  ['expm1', ops.expm1],
  ['log', ops.log, positive],
  ['log1p', ops.log1p, positive],
  ['sin', ops.sin],
  ['cos', ops.cos],
  ['tan', ops.tan, unit],
  ['asin', ops.asin, unit],
  ['acos', ops.acos, unit],
  ['atan', ops.atan],
  ['sinh', ops.sinh],
  ['cosh', ops.cosh],
  ['tanh', ops.tanh],
  ['asinh', ops.asinh],
  ['acosh', ops.acosh, aboveOne],
  ['atanh', ops.atanh, unit],
  ['sigmoid', ops.sigmoid],
  ['softplus', ops.softplus],
  ['softsign', ops.softsign],
  ['relu', ops.relu],
  ['relu6', (x) => ops.relu6(ops.mul(x, 9))],
  ['leakyRelu', (x) => ops.leakyRelu(x, { alpha: 0.3 })],
  ['leakyRelu, falling', (x) => ops.leakyRelu(x, { alpha: -0.5 })],
  ['elu', ops.elu],
  ['selu', ops.selu],
  ['erf', ops.erf],
  ['erfc', ops.erfc],
  ['erfinv', ops.erfinv, unit],
  ['ndtri', ops.ndtri, (x) => 0.5 + 0.4 * unit(x)],
  ['lgamma', ops.lgamma, positive],
  ['digamma', ops.digamma, positive],
  ['softmax', (x) => ops.softmax(x)],
  ['logSoftmax', (x) => ops.logSoftmax(x)],
  ['clipByValue', (x) => ops.clipByValue(x, -0.2, 0.3)],
  ['checkNumerics', (x) => ops.checkNumerics(x, { message: 'x' })],
  ['l2Loss', ops.l2Loss],
  ['cast and back', (x) => ops.cast(ops.cast(x, 'complex128'), 'float64')],
  ['expint', ops.expint, positive],
  ['dawsn', ops.dawsn],
  ['fresnelCos', ops.fresnelCos],
  ['fresnelSin', ops.fresnelSin],
  ['spence', ops.spence, positive],
  ['besselI0', ops.besselI0],
  ['besselI1', ops.besselI1],
  ['besselI0e', ops.besselI0e],
  ['besselI1e', ops.besselI1e],
  ['besselK0', ops.besselK0, positive],
  ['besselK1', ops.besselK1, positive],
  ['besselK0e', ops.besselK0e, positive],
  ['besselK1e', ops.besselK1e, positive],
  ['besselJ0', ops.besselJ0, positive],
  ['besselJ1', ops.besselJ1, positive],
  ['besselY0', ops.besselY0, positive],
  ['besselY1', ops.besselY1, positive],
  [
    'betainc',
    (x) => ops.betainc(ops.constant(1.7, 'float64'), ops.constant(2.4, 'float64'), x),
    (x) => 0.5 + 0.4 * unit(x),
  ],
  ['snapshot', ops.snapshot],
  ['placeholderWithDefault', (x) => ops.placeholderWithDefault(x, { shape: null })],
  ['identityN', (x) => ops.mul(...(ops.identityN([x, ops.sin(x)]) as [Output, Output]))],
  ['complexAbs', (x) => ops.complexAbs(ops.complex(x, ops.mul(x, x), { tout: 'complex128' }), { tout: 'float64' })],
  ['angle', (x) => ops.angle(ops.complex(x, ops.exp(x), { tout: 'complex128' }), { tout: 'float64' })],
  [
    'complex square',
    (x) => ops.imag(ops.square(ops.complex(x, ops.sin(x), { tout: 'complex128' })), { tout: 'float64' }),
  ],
  ['x · sigmoid(x)', (x) => ops.mul(x, ops.sigmoid(x))],
  ['x · x', (x) => ops.mul(x, x)],
];

const BINARY: readonly (readonly [name: string, build: Build, domain?: Domain, order?: 'first'])[] = [
  ['add', ops.add],
  ['addV1', (x, y) => ops.applyOp('Add', [x, y]).output()],
  ['sub', ops.sub],
  ['mul', ops.mul],
  ['realDiv', ops.realDiv, positive],
  ['div', (x, y) => ops.applyOp('Div', [x, y]).output(), positive],
  ['divNoNan', ops.divNoNan, positive],
  ['mulNoNan', ops.mulNoNan],
  ['squaredDifference', ops.squaredDifference],
  ['maximum', ops.maximum],
  ['minimum', ops.minimum],
  ['pow', ops.pow, positive],
  ['xlogy', ops.xlogy, positive],
  ['xlog1py', ops.xlog1py, positive],
  ['xdivy', ops.xdivy, positive],
  ['atan2', ops.atan2, positive],
  ['floorMod', ops.floorMod, positive],
  ['mod', ops.mod, positive],
  ['truncateMod', ops.truncateMod, positive],
  ['igamma', ops.igamma, positive, 'first'],
  ['igammac', ops.igammac, positive, 'first'],
  ['zeta', (x, q) => ops.zeta(ops.constant(2.5, 'float64'), ops.add(q, ops.stopGradient(ops.mul(x, 0)))), positive],
  ['accumulateNV2', (x, y) => ops.accumulateNV2([ops.add(x, y), ops.mul(x, y)], { shape: null })],
  ['select', (x, y) => ops.select(ops.greater(x, 0.1), x, y)],
];

describe('first order', () => {
  for (const [name, build, domain] of UNARY) test(name, () => agrees(build, one(domain)));
  for (const [name, build, domain] of BINARY) {
    test(`${name}, broadcast`, () => agrees(build, two(domain)));
    test(`${name}, broadcast with unknown dimensions`, () => agrees(build, two(domain), { open: true }));
  }
});

describe('second order', () => {
  for (const [name, build, domain, order] of UNARY) {
    if (!order) test(name, () => agrees(twice(build), one(domain)));
  }
  for (const [name, build, domain, order] of BINARY) {
    if (!order) test(name, () => agrees(twice(build), two(domain)));
  }
});

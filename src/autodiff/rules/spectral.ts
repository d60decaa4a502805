import { isComplex } from '../../core/dtype.js';
import type { Output } from '../../core/output.js';
import { knownRank } from '../../core/shape.js';
import * as ops from '../../ops/index.js';
import { input, rule } from '../rule.js';

type Transform = (x: Output) => Output;
type Sized = (x: Output, length: Output) => Output;

/** Rows: how many axes, the transform and its inverse, and the same of real values. */
const FAMILIES: readonly (readonly [suffix: string, axes: number, Transform, Transform, Sized])[] = [
  ['', 1, ops.fft, ops.ifft, real(ops.rfft)],
  ['2D', 2, ops.fft2d, ops.ifft2d, real(ops.rfft2d)],
  ['3D', 3, ops.fft3d, ops.ifft3d, real(ops.rfft3d)],
];

for (const [suffix, axes, forward, inverse, realForward] of FAMILIES) {
  rule(`FFT${suffix}`, (_, dy) => [ops.mul(inverse(dy), countAs(dy, axes))]);
  rule(`IFFT${suffix}`, (_, dy) => [ops.realDiv(forward(dy), countAs(dy, axes))]);
  // A real transform is the first half of the complex one, of the input cut or padded to a length.
  rule(`RFFT${suffix}`, (_, dy, inputs) => {
    const [x, length] = [input(inputs, 0), input(inputs, 1)];
    const whole = resized(dy, axes, length);
    return [
      resized(ops.real(ops.mul(inverse(whole), countAs(whole, axes)), { tout: x.dtype }), axes, lastOf(x, axes)),
      null,
    ];
  });
  // All coefficients but the first and, of an even length, the middle one stand for two.
  rule(`IRFFT${suffix}`, (_, dy, inputs) => {
    const [x, length] = [input(inputs, 0), input(inputs, 1)];
    const spectrum = realForward(dy, length);
    const twice = ops.mul(spectrum, ops.cast(weights(dy), spectrum.dtype));
    return [resized(ops.realDiv(twice, ops.cast(countAs(dy, axes), x.dtype)), axes, lastOf(x, axes)), null];
  });
}

function real(
  transform: (x: Output, length: Output, attrs: { tcomplex: 'complex64' | 'complex128' }) => Output,
): Sized {
  return (x, length) => transform(x, length, { tcomplex: x.dtype === 'float64' ? 'complex128' : 'complex64' });
}

/** Number of values in the last axes, in the dtype of x. */
function countAs(x: Output, axes: number): Output {
  const count = ops.prod(lastOf(x, axes));
  return isComplex(x.dtype) ? ops.cast(ops.cast(count, 'float64'), x.dtype) : ops.cast(count, x.dtype);
}

function lastOf(x: Output, axes: number): Output {
  const rank = knownRank('transform', x.shape).length;
  return ops.slice(ops.shape(x), [rank - axes], [axes]);
}

/** The last axes cut, or padded with zeros, to these lengths. */
function resized(x: Output, axes: number, lengths: Output): Output {
  const rank = knownRank('transform', x.shape).length;
  const shape = ops.shape(x);
  const wanted = ops.concat([ops.slice(shape, [0], [rank - axes]), lengths], 0);
  const kept = ops.minimum(shape, wanted);
  const after = ops.sub(wanted, kept);
  return ops.pad(ops.slice(x, ops.zerosLike(shape), kept), ops.stack([ops.zerosLike(after), after], 1));
}

/** 1, 2, 2 … and a last 1 where the real length is even. */
function weights(dy: Output): Output {
  const length = ops.reshape(lastOf(dy, 1), []);
  const places = ops.range(0, ops.add(ops.floorDiv(length, 2), 1), 1);
  const single = ops.logicalOr(ops.equal(places, 0), ops.equal(ops.mul(places, 2), length));
  return ops.selectV2(single, ops.constant(1, 'float32'), ops.constant(2, 'float32'));
}

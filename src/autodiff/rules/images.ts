import type { Output } from '../../core/output.js';
import * as ops from '../../ops/index.js';
import { companion } from '../attributes.js';
import { backpropagate } from '../backpropagate.js';
import { input, rule } from '../rule.js';

// As TensorFlow has it: the gradient picture taken back by the inverse transform, exact where pixels fall on pixels.
rule(['ImageProjectiveTransformV2', 'ImageProjectiveTransformV3'], (op, dy, inputs) => {
  const [pictures, transforms] = [input(inputs, 0), input(inputs, 1)];
  const size = ops.slice(ops.shape(pictures), [1], [2]);
  const fill = op.type === 'ImageProjectiveTransformV3' ? [ops.constant(0, 'float32')] : [];
  return [companion(op, op.type, [dy, inverseOf(transforms), size, ...fill]).output()];
});
rule('CropAndResizeGradImage', (op, g, inputs) => {
  const [dy, boxes, places] = [input(inputs, 0), input(inputs, 1), input(inputs, 2)];
  const size = ops.slice(ops.shape(dy), [1], [2]);
  return [companion(op, 'CropAndResize', [g, boxes, places, size]).output()];
});
rule('ResizeBicubicGrad', (op, g, inputs) => {
  const size = ops.slice(ops.shape(input(inputs, 0)), [1], [2]);
  return [companion(op, 'ResizeBicubic', [g, size]).output()];
});
// Colours, by formulas written out, and these differentiated.
rule('HSVToRGB', (_, dy, inputs) => through(input(inputs, 0), rgbOf, dy));
rule('RGBToHSV', (_, dy, inputs) => through(input(inputs, 0), hsvOf, dy));

function through(x: Output, formula: (x: Output) => Output, dy: Output) {
  const copy = ops.identity(x);
  return backpropagate([formula(copy)], [copy], [dy]);
}

/** Each colour is value · (1 − saturation · how far it is from the hue). */
function rgbOf(hsv: Output): Output {
  const [hue, saturation, value] = ops.unstack(hsv, -1) as [Output, Output, Output];
  const from = (place: number): Output => ops.abs(ops.sub(ops.mul(hue, 6), place));
  const nearness = [ops.sub(from(3), 1), ops.sub(2, from(2)), ops.sub(2, from(4))];
  const colours = nearness.map((near) => {
    const distance = ops.sub(1, ops.clipByValue(near, 0, 1));
    return ops.mul(value, ops.sub(1, ops.mul(saturation, distance)));
  });
  return ops.stack(colours, -1);
}

function hsvOf(rgb: Output): Output {
  const [red, green, blue] = ops.unstack(rgb, -1) as [Output, Output, Output];
  const value = ops.max(rgb, -1);
  const range = ops.sub(value, ops.min(rgb, -1));
  const turn = (a: Output, b: Output): Output => ops.divNoNan(ops.sub(a, b), ops.mul(range, 6));
  const beyondRed = ops.selectV2(ops.equal(value, green), turn(blue, red), turn(red, green));
  // Up to a constant: the sixths that a hue starts from.
  const hue = ops.selectV2(ops.equal(value, red), turn(green, blue), beyondRed);
  return ops.stack([hue, ops.divNoNan(range, value), value], -1);
}

/** Of transforms [a0 a1 a2; b0 b1 b2; c0 c1 1]. */
function inverseOf(transforms: Output): Output {
  const ones = ops.onesLike(ops.slice(transforms, [0, 0], [-1, 1]));
  const matrices = ops.reshape(ops.concat([transforms, ones], 1), [-1, 3, 3]);
  const flat = ops.reshape(ops.matrixInverse(matrices), [-1, 9]);
  return ops.slice(ops.realDiv(flat, ops.slice(flat, [0, 8], [-1, 1])), [0, 0], [-1, 8]);
}

import type { Output } from '../../core/output.js';
import * as ops from '../../ops/index.js';
import { companion } from '../attributes.js';
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
// Each colour is value · (1 − saturation · how far it is from the hue).
rule('HSVToRGB', (_, dy, inputs) => {
  const [hue, saturation, value] = ops.unstack(input(inputs, 0), -1) as [Output, Output, Output];
  const dys = ops.unstack(dy, -1);
  const sixth = ops.mul(hue, 6);
  const colours = [
    { clip: ops.sub(ops.abs(ops.sub(sixth, 3)), 1), slope: ops.sign(ops.sub(sixth, 3)) },
    { clip: ops.sub(2, ops.abs(ops.sub(sixth, 2))), slope: ops.neg(ops.sign(ops.sub(sixth, 2))) },
    { clip: ops.sub(2, ops.abs(ops.sub(sixth, 4))), slope: ops.neg(ops.sign(ops.sub(sixth, 4))) },
  ];
  const parts = colours.map(({ clip, slope }, i) => {
    const d = dys[i] as Output;
    const share = ops.clipByValue(clip, 0, 1);
    const inside = ops.logicalAnd(ops.greater(clip, 0), ops.less(clip, 1));
    const bySlope = ops.selectV2(inside, ops.mul(slope, 6), ops.zerosLike(slope));
    return [
      ops.mul(d, ops.mul(ops.mul(value, saturation), bySlope)),
      ops.mul(d, ops.mul(value, ops.sub(share, 1))),
      ops.mul(d, ops.add(ops.sub(1, saturation), ops.mul(saturation, share))),
    ];
  });
  const totals = [0, 1, 2].map((i) => ops.addN(parts.map((part) => part[i] as Output)));
  return [ops.stack(totals, -1)];
});

/** Of transforms [a0 a1 a2; b0 b1 b2; c0 c1 1]. */
function inverseOf(transforms: Output): Output {
  const ones = ops.onesLike(ops.slice(transforms, [0, 0], [-1, 1]));
  const matrices = ops.reshape(ops.concat([transforms, ones], 1), [-1, 3, 3]);
  const flat = ops.reshape(ops.matrixInverse(matrices), [-1, 9]);
  return ops.slice(ops.realDiv(flat, ops.slice(flat, [0, 8], [-1, 1])), [0, 0], [-1, 8]);
}

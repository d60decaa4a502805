import type { Output } from '../../core/output.js';
import { knownRank, knownShape } from '../../core/shape.js';
import * as ops from '../../ops/index.js';
import { companion, conv2dAttrs, conv3dAttrs, intListAttr, stringAttr } from '../attributes.js';
import { input, rule } from '../rule.js';

// The library's Conv2D gradient ignores dilations and explicit padding; its Conv3D has none.
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

rule('Dilation2D', (op, dy, inputs) => [
  companion(op, 'Dilation2DBackpropInput', [...inputs, dy]).output(),
  companion(op, 'Dilation2DBackpropFilter', [...inputs, dy]).output(),
]);
// A patch is what a convolution with the identity sees.
rule('ExtractImagePatches', (op, dy, inputs) => {
  const x = input(inputs, 0);
  const channels = knownRank('ExtractImagePatches', x.shape)[3] ?? 0;
  const [, high = 1, wide = 1] = intListAttr(op, 'ksizes');
  const size = high * wide * channels;
  const diagonal = ops.matrixDiag(ops.ones([size], dy.dtype));
  const filter = dilate(ops.reshape(diagonal, [high, wide, channels, size]), intListAttr(op, 'rates').slice(1, 3));
  const attrs = { strides: intListAttr(op, 'strides'), padding: stringAttr<'SAME' | 'VALID'>(op, 'padding') };
  return [ops.conv2dBackpropInput(ops.shape(x), filter, dy, attrs)];
});

rule('ExtractVolumePatches', (op, dy, inputs) => {
  const x = input(inputs, 0);
  const channels = knownRank('ExtractVolumePatches', x.shape)[4] ?? 0;
  const window = intListAttr(op, 'ksizes').slice(1, 4);
  const size = window.reduce((a, b) => a * b, channels);
  const filter = ops.reshape(ops.matrixDiag(ops.ones([size], dy.dtype)), [...window, channels, size]);
  const attrs = { strides: intListAttr(op, 'strides'), padding: stringAttr<'SAME' | 'VALID'>(op, 'padding') };
  return [ops.conv3dBackpropInputV2(ops.shape(x), filter, dy, attrs)];
});

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

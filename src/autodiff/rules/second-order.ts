import type { Operation, Output } from '../../core/output.js';
import * as ops from '../../ops/index.js';
import { boolAttr, conv2dAttrs, conv3dAttrs, intAttr, pool2dAttrs, pool3dAttrs, stringAttr } from '../attributes.js';
import { input, rule } from '../rule.js';

/** Gradients of the ops that gradients are made of, for gradients of gradients. The library has almost none of them. */

/** For ops (y, dy), where y is the forward result: the op itself is linear in dy. */
function ofResult(
  type: string,
  again: (y: Output, g: Output) => Output,
  toResult: (g: Output, y: Output, dy: Output) => Output,
): void {
  rule(type, (_, g, inputs) => {
    const [y, dy] = [input(inputs, 0), input(inputs, 1)];
    return [toResult(g, y, dy), again(y, g)];
  });
}

/** For ops (dy, x): the op itself is linear in dy. */
function ofGradient(
  type: string,
  again: (g: Output, x: Output) => Output,
  toInput: (g: Output, dy: Output, x: Output) => Output | null,
): void {
  rule(type, (_, g, inputs) => {
    const [dy, x] = [input(inputs, 0), input(inputs, 1)];
    return [again(g, x), toInput(g, dy, x)];
  });
}

// Elementwise.
ofResult('ReciprocalGrad', ops.reciprocalGrad, (g, y, dy) => ops.mul(ops.mul(g, dy), ops.mul(y, -2)));
ofResult('SqrtGrad', ops.sqrtGrad, (g, y, dy) => ops.mul(g, ops.realDiv(ops.mul(dy, -0.5), ops.square(y))));
ofResult('RsqrtGrad', ops.rsqrtGrad, (g, y, dy) => ops.mul(ops.mul(g, dy), ops.mul(ops.square(y), -1.5)));
ofResult('TanhGrad', ops.tanhGrad, (g, y, dy) => ops.mul(ops.mul(g, dy), ops.mul(y, -2)));
ofResult('SigmoidGrad', ops.sigmoidGrad, (g, y, dy) => ops.mul(ops.mul(g, dy), ops.sub(1, ops.mul(y, 2))));
ofGradient('ReluGrad', ops.reluGrad, () => null);
ofGradient('Relu6Grad', ops.relu6Grad, () => null);
ofGradient('EluGrad', ops.eluGrad, whereNegative);
ofGradient('SeluGrad', ops.seluGrad, whereNegative);
ofGradient('SoftplusGrad', ops.softplusGrad, (g, dy, x) => ops.mul(g, ops.sigmoidGrad(ops.sigmoid(x), dy)));
ofGradient('SoftsignGrad', ops.softsignGrad, (g, dy, x) =>
  ops.mul(ops.mul(g, dy), ops.realDiv(ops.mul(ops.sign(x), -2), ops.pow(ops.add(ops.abs(x), 1), 3))),
);
rule('Polygamma', (_, g, inputs) => [null, ops.mul(g, ops.polygamma(ops.add(input(inputs, 0), 1), input(inputs, 1)))]);

// Shape and choice.
rule('StridedSliceGrad', (op, g, inputs) => {
  const masks = {
    beginMask: intAttr(op, 'begin_mask'),
    endMask: intAttr(op, 'end_mask'),
    ellipsisMask: intAttr(op, 'ellipsis_mask'),
    newAxisMask: intAttr(op, 'new_axis_mask'),
    shrinkAxisMask: intAttr(op, 'shrink_axis_mask'),
  };
  const [begin, end, strides] = [input(inputs, 1), input(inputs, 2), input(inputs, 3)];
  return [null, null, null, null, ops.stridedSlice(g, begin, end, strides, masks)];
});
rule('Gather', (_, g, inputs) => {
  const [x, indices] = [input(inputs, 0), input(inputs, 1)];
  return [ops.scatterNd(ops.expandDims(indices, -1), g, ops.shape(x, { outType: indexType(indices) })), null];
});

// Layers.
rule('BiasAddGrad', (op, g, inputs) => {
  const dataFormat = stringAttr<'NHWC' | 'NCHW'>(op, 'data_format');
  return [ops.biasAdd(ops.zerosLike(input(inputs, 0)), g, { dataFormat })];
});
rule('Conv2DBackpropInput', (op, g, inputs) => {
  const [filter, dy, attrs] = [input(inputs, 1), input(inputs, 2), conv2dAttrs(op)];
  return [null, ops.conv2dBackpropFilter(g, ops.shape(filter), dy, attrs), ops.conv2d(g, filter, attrs)];
});
rule('Conv2DBackpropFilter', (op, g, inputs) => {
  const [x, dy, attrs] = [input(inputs, 0), input(inputs, 2), conv2dAttrs(op)];
  return [ops.conv2dBackpropInput(ops.shape(x), g, dy, attrs), null, ops.conv2d(x, g, attrs)];
});
rule('DepthwiseConv2dNativeBackpropInput', (op, g, inputs) => {
  const [filter, dy, attrs] = [input(inputs, 1), input(inputs, 2), conv2dAttrs(op)];
  return [
    null,
    ops.depthwiseConv2dNativeBackpropFilter(g, ops.shape(filter), dy, attrs),
    ops.depthwiseConv2dNative(g, filter, attrs),
  ];
});
rule('DepthwiseConv2dNativeBackpropFilter', (op, g, inputs) => {
  const [x, dy, attrs] = [input(inputs, 0), input(inputs, 2), conv2dAttrs(op)];
  return [
    ops.depthwiseConv2dNativeBackpropInput(ops.shape(x), g, dy, attrs),
    null,
    ops.depthwiseConv2dNative(x, g, attrs),
  ];
});
rule('Conv3DBackpropInputV2', (op, g, inputs) => {
  const [filter, dy, attrs] = [input(inputs, 1), input(inputs, 2), conv3dAttrs(op)];
  return [null, ops.conv3dBackpropFilterV2(g, ops.shape(filter), dy, attrs), ops.conv3d(g, filter, attrs)];
});
rule('Conv3DBackpropFilterV2', (op, g, inputs) => {
  const [x, dy, attrs] = [input(inputs, 0), input(inputs, 2), conv3dAttrs(op)];
  return [ops.conv3dBackpropInputV2(ops.shape(x), g, dy, attrs), null, ops.conv3d(x, g, attrs)];
});
rule('MaxPoolGrad', (op, g, inputs) => [
  null,
  null,
  ops.maxPoolGradGrad(input(inputs, 0), input(inputs, 1), g, pool2dAttrs(op)),
]);
rule('AvgPoolGrad', (op, g) => [null, ops.avgPool(g, pool2dAttrs(op))]);
rule('AvgPool3DGrad', (op, g) => [null, ops.avgPool3d(g, pool3dAttrs(op))]);
rule('ResizeNearestNeighborGrad', (op, g, inputs) => [
  ops.resizeNearestNeighbor(g, sizeOf(input(inputs, 0)), resizeAttrs(op)),
  null,
]);
rule('ResizeBilinearGrad', (op, g, inputs) => [ops.resizeBilinear(g, sizeOf(input(inputs, 0)), resizeAttrs(op)), null]);

function whereNegative(g: Output, dy: Output, y: Output): Output {
  return ops.selectV2(ops.less(y, 0), ops.mul(g, dy), ops.zerosLike(y));
}

function resizeAttrs(op: Operation) {
  return { alignCorners: boolAttr(op, 'align_corners'), halfPixelCenters: boolAttr(op, 'half_pixel_centers') };
}

/** Height and width of pictures. */
function sizeOf(pictures: Output): Output {
  return ops.slice(ops.shape(pictures), [1], [2]);
}

function indexType(indices: Output): 'int32' | 'int64' {
  return indices.dtype === 'int64' ? 'int64' : 'int32';
}

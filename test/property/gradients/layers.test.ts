import { describe, test } from 'vitest';
import type { Output } from '../../../src/core/output.js';
import { tensor } from '../../../src/core/tensor.js';
import * as ops from '../../../src/ops/index.js';
import { agrees, type Build, inputsOf, type Row, testRows, twice } from './checks.js';

const conv = (strides: number[], padding: 'SAME' | 'VALID' | 'EXPLICIT', more: object = {}): Build =>
  ((x: Output, f: Output) => ops.conv2d(x, f, { strides: [1, ...strides, 1], padding, ...more })) as Build;
const depthwise = (strides: number[], padding: 'SAME' | 'VALID' | 'EXPLICIT', more: object = {}): Build =>
  ((x: Output, f: Output) =>
    ops.depthwiseConv2dNative(x, f, { strides: [1, ...strides, 1], padding, ...more })) as Build;

const ROWS: readonly Row[] = [
  ['biasAdd', (x, b) => ops.biasAdd(x, b), [[2, 2, 3], [3]]],
  ['biasAdd, channels first', (x, b) => ops.biasAdd(x, b, { dataFormat: 'NCHW' }), [[2, 3, 2, 2], [3]]],
  [
    'conv2d same',
    conv([1, 1], 'SAME'),
    [
      [1, 4, 4, 2],
      [3, 3, 2, 2],
    ],
  ],
  [
    'conv2d valid',
    conv([1, 1], 'VALID'),
    [
      [2, 4, 4, 1],
      [2, 3, 1, 2],
    ],
  ],
  [
    'conv2d same, strides',
    conv([2, 2], 'SAME'),
    [
      [1, 5, 4, 1],
      [3, 3, 1, 2],
    ],
  ],
  [
    'conv2d valid, strides',
    conv([2, 1], 'VALID'),
    [
      [1, 5, 4, 1],
      [2, 2, 1, 2],
    ],
  ],
  [
    'conv2d explicit',
    conv([1, 2], 'EXPLICIT', { explicitPaddings: [0, 0, 1, 0, 0, 2, 0, 0] }),
    [
      [1, 4, 4, 1],
      [3, 2, 1, 1],
    ],
  ],
  [
    'conv2d valid, dilations',
    conv([1, 1], 'VALID', { dilations: [1, 2, 1, 1] }),
    [
      [1, 5, 4, 1],
      [2, 2, 1, 2],
    ],
  ],
  [
    'conv2d same, dilations',
    conv([1, 1], 'SAME', { dilations: [1, 2, 2, 1] }),
    [
      [1, 5, 5, 1],
      [3, 2, 1, 1],
    ],
  ],
  [
    'depthwise same',
    depthwise([1, 1], 'SAME'),
    [
      [1, 4, 4, 2],
      [3, 3, 2, 2],
    ],
  ],
  [
    'depthwise valid, strides',
    depthwise([2, 2], 'VALID'),
    [
      [1, 5, 5, 2],
      [2, 2, 2, 1],
    ],
  ],
  [
    'depthwise explicit',
    depthwise([1, 1], 'EXPLICIT', { explicitPaddings: [0, 0, 1, 0, 0, 2, 0, 0] }),
    [
      [1, 3, 3, 1],
      [2, 2, 1, 1],
    ],
  ],
  [
    'conv2d transposed',
    (x, f) => ops.conv2dBackpropInput([1, 5, 5, 1], f, x, { strides: [1, 2, 2, 1], padding: 'VALID' }),
    [
      [1, 2, 2, 2],
      [3, 3, 1, 2],
    ],
  ],
  [
    'conv3d',
    (x, f) => ops.conv3d(x, f, { strides: [1, 1, 2, 1, 1], padding: 'SAME' }),
    [
      [1, 2, 3, 3, 1],
      [2, 2, 2, 1, 1],
    ],
  ],
  [
    'conv3d transposed',
    (x, f) =>
      ops.conv3dBackpropInputV2([1, 3, 3, 3, 1], f, x, {
        strides: [1, 1, 1, 1, 1],
        padding: 'VALID',
      }),
    [
      [1, 2, 2, 2, 1],
      [2, 2, 2, 1, 1],
    ],
  ],
  ['maxPool', (x) => ops.maxPool(x, { ksize: [1, 2, 2, 1], strides: [1, 2, 1, 1], padding: 'SAME' }), [[1, 4, 4, 2]]],
  ['avgPool', (x) => ops.avgPool(x, { ksize: [1, 2, 2, 1], strides: [1, 2, 1, 1], padding: 'SAME' }), [[1, 4, 3, 2]]],
  ['resizeNearestNeighbor', (x) => ops.resizeNearestNeighbor(x, [4, 4], { halfPixelCenters: true }), [[1, 2, 2, 1]]],
  [
    'softmaxCrossEntropyWithLogits',
    (x, y) => ops.softmaxCrossEntropyWithLogits(x, ops.softmax(y)).loss,
    [
      [2, 3],
      [2, 3],
    ],
  ],
  ['sparseSoftmaxCrossEntropyWithLogits', (x) => ops.sparseSoftmaxCrossEntropyWithLogits(x, [2, 0]).loss, [[2, 3]]],

  [
    'extractImagePatches',
    (x) =>
      ops.extractImagePatches(x, { ksizes: [1, 2, 3, 1], strides: [1, 2, 1, 1], rates: [1, 1, 1, 1], padding: 'SAME' }),
    [[1, 4, 4, 2]],
  ],
  [
    'extractImagePatches, rates',
    (x) =>
      ops.extractImagePatches(x, {
        ksizes: [1, 2, 2, 1],
        strides: [1, 1, 1, 1],
        rates: [1, 2, 2, 1],
        padding: 'VALID',
      }),
    [[1, 4, 4, 1]],
  ],
  [
    'maxPoolWithArgmax',
    (x) => ops.maxPoolWithArgmax(x, { ksize: [1, 2, 2, 1], strides: [1, 2, 2, 1], padding: 'VALID' }).output,
    [[2, 4, 4, 2]],
  ],
];

const ONCE: readonly Row[] = [
  // Why not twice: the library’s optimizer takes its five dimensions for four, so rank and sum go wrong.
  [
    'extractVolumePatches',
    (x) => ops.extractVolumePatches(x, { ksizes: [1, 2, 1, 2, 1], strides: [1, 1, 2, 1, 1], padding: 'SAME' }),
    [[1, 2, 3, 3, 2]],
  ],
  [
    'dilation2d',
    (x, f) => ops.dilation2d(x, ops.mul(f, 0.37), { strides: [1, 1, 1, 1], rates: [1, 2, 1, 1], padding: 'VALID' }),
    [
      [1, 5, 4, 1],
      [2, 2, 1],
    ],
  ],
];

/** Ops that know no float64. */
const SINGLE: readonly Row[] = [
  [
    'maxPool3D',
    (x) => ops.maxPool3d(x, { ksize: [1, 2, 2, 2, 1], strides: [1, 1, 1, 1, 1], padding: 'VALID' }),
    [[1, 3, 3, 2, 1]],
  ],
  [
    'avgPool3D',
    (x) => ops.avgPool3d(x, { ksize: [1, 2, 2, 2, 1], strides: [1, 1, 1, 1, 1], padding: 'VALID' }),
    [[1, 3, 3, 2, 1]],
  ],
  [
    'conv2d in float32',
    conv([2, 1], 'SAME'),
    [
      [1, 4, 4, 2],
      [3, 2, 2, 2],
    ],
  ],
  [
    'conv2d in float32, dilations',
    conv([1, 1], 'SAME', { dilations: [1, 2, 3, 1] }),
    [
      [1, 5, 5, 1],
      [2, 2, 1, 2],
    ],
  ],
];

const batchNorm =
  (type: string, isTraining: boolean): Build =>
  (x, scale, offset) => {
    const [mean, variance] = isTraining
      ? [[], []]
      : [
          [0.1, -0.2],
          [0.8, 1.3],
        ];
    const attrs: object = { isTraining, epsilon: 0.01 };
    return ops.applyOp(type, [x, scale, offset, tensor(mean), tensor(variance)], attrs).output();
  };

testRows(ROWS, ONCE);

describe('in float32', () => {
  const single = { dtype: 'float32', step: 1e-2, tolerance: 5e-3 } as const;
  for (const [name, build, given] of SINGLE) {
    test(name, () => agrees(build, inputsOf(given), single));
    test(`${name}, second order`, () => agrees(twice(build), inputsOf(given), { ...single, tolerance: 2e-2 }));
  }
  for (const type of ['FusedBatchNorm', 'FusedBatchNormV2', 'FusedBatchNormV3']) {
    test.each([true, false])(`${type}, training: %s`, async (isTraining) => {
      const [build, inputs] = [batchNorm(type, isTraining), inputsOf([[3, 2, 2, 2], [2], [2]])];
      await agrees(build, inputs, { ...single, tolerance: 2e-2 });
      await agrees(twice(build), inputs, { ...single, tolerance: 5e-2 });
    });
  }
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { gradients } from '../../src/autodiff/gradients.js';
import type { Output } from '../../src/core/output.js';
import { sizeOf } from '../../src/core/shape.js';
import { tensor } from '../../src/core/tensor.js';
import * as ops from '../../src/ops/index.js';
import { type Build, type CheckOptions, gradientError, type Input, spread } from '../unit/autodiff/numeric.js';

type Domain = (x: number) => number;
const any: Domain = (x) => x;
const positive: Domain = (x) => 0.4 + Math.abs(x);
const unit: Domain = (x) => Math.tanh(x) * 0.95;
const aboveOne: Domain = (x) => 1.3 + Math.abs(x);

const shapes = fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 3 });

/** Distinct values in a random order. */
function inputOf(shape: readonly number[], domain: Domain = any, shift?: number): fc.Arbitrary<Input> {
  const all = Array.from({ length: sizeOf(shape) }, (_, i) => i);
  return fc
    .shuffledSubarray(all, { minLength: all.length })
    .map((order) => spread(shape, order, shift))
    .map(({ values }) => ({ shape, values: values.map(domain) }));
}

/** Two shapes that broadcast: some axes of one of them are of length 1, or missing. */
const broadcasting = fc
  .record({
    shape: shapes,
    kept: fc.array(fc.boolean(), { minLength: 3, maxLength: 3 }),
    drop: fc.nat(2),
    swap: fc.boolean(),
  })
  .map(({ shape, kept, drop, swap }) => {
    const narrow = shape.map((d, i) => (kept[i] ? d : 1)).slice(Math.min(drop, shape.length));
    return swap ? ([narrow, shape] as const) : ([shape, narrow] as const);
  });

function agrees(
  build: Build,
  inputs: fc.Arbitrary<readonly Input[]>,
  options: CheckOptions & { tolerance?: number } = {},
) {
  const property = fc.asyncProperty(inputs, async (given) => {
    expect(await gradientError(build, given, options)).toBeLessThan(options.tolerance ?? 1e-6);
  });
  return fc.assert(property, { numRuns: 4 });
}

const UNARY: readonly (readonly [name: string, build: Build, domain?: Domain])[] = [
  ['identity', (x) => ops.identity(x)],
  ['neg', ops.neg],
  ['abs', ops.abs],
  ['sign', ops.sign],
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
  ['x · sigmoid(x)', (x) => ops.mul(x, ops.sigmoid(x))],
  ['x · x', (x) => ops.mul(x, x)],
];

const BINARY: readonly (readonly [name: string, build: Build, domain?: Domain])[] = [
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
  ['atan2', ops.atan2],
  ['floorMod', ops.floorMod, positive],
  ['select', (x, y) => ops.select(ops.greater(x, 0.1), x, y)],
];

const conv = (strides: number[], padding: 'SAME' | 'VALID' | 'EXPLICIT', more: object = {}): Build =>
  ((x: Output, f: Output) => ops.conv2d(x, f, { strides: [1, ...strides, 1], padding, ...more })) as Build;
const depthwise = (strides: number[], padding: 'SAME' | 'VALID' | 'EXPLICIT', more: object = {}): Build =>
  ((x: Output, f: Output) =>
    ops.depthwiseConv2dNative(x, f, { strides: [1, ...strides, 1], padding, ...more })) as Build;

/** Name, function, shapes of its inputs. */
const SHAPED: readonly (readonly [name: string, build: Build, shapes: readonly (readonly number[])[]])[] = [
  ['reshape', (x) => ops.reshape(x, [3, -1]), [[2, 3]]],
  ['transpose', (x) => ops.transpose(x, [2, 0, 1]), [[2, 3, 2]]],
  ['expandDims', (x) => ops.expandDims(x, 1), [[2, 3]]],
  ['squeeze', (x) => ops.squeeze(x, [1]), [[2, 1, 3]]],
  ['squeeze of all', (x) => ops.squeeze(x), [[2, 1, 3, 1]]],
  [
    'concat',
    (x, y) => ops.concat([x, y], 1),
    [
      [2, 2],
      [2, 3],
    ],
  ],
  [
    'concat of the same',
    (x, y) => ops.concat([x, x, y], 0),
    [
      [2, 2],
      [2, 2],
    ],
  ],
  ['concat of one and what depends on it', (x) => ops.concat([x, x, ops.mul(x, 2)], 0), [[2, 2]]],
  [
    'stack',
    (x, y) => ops.stack([x, y], 1),
    [
      [2, 3],
      [2, 3],
    ],
  ],
  ['unstack', (x) => ops.mul(...(ops.unstack(x, 0) as [Output, Output])), [[2, 3]]],
  ['one of unstack', (x) => ops.unstack(x, 1)[1] as Output, [[2, 3]]],
  ['split', (x) => ops.mul(...(ops.split(x, 2, 1) as [Output, Output])), [[2, 4]]],
  ['one of split', (x) => ops.split(x, 3, 1)[2] as Output, [[2, 3]]],
  ['splitV', (x) => ops.split(x, [1, 3], 1)[1] as Output, [[2, 4]]],
  ['tile', (x) => ops.tile(x, [2, 3]), [[2, 2]]],
  [
    'pad',
    (x) =>
      ops.pad(x, [
        [1, 0],
        [2, 1],
      ]),
    [[2, 2]],
  ],
  [
    'padV2',
    (x) =>
      ops.padV2(
        x,
        [
          [1, 0],
          [2, 1],
        ],
        ops.constant(7, 'float64'),
      ),
    [[2, 2]],
  ],
  [
    'mirrorPad reflect',
    (x) =>
      ops.mirrorPad(
        x,
        [
          [1, 0],
          [2, 1],
        ],
        { mode: 'REFLECT' },
      ),
    [[2, 3]],
  ],
  [
    'mirrorPad symmetric',
    (x) =>
      ops.mirrorPad(
        x,
        [
          [1, 0],
          [2, 1],
        ],
        { mode: 'SYMMETRIC' },
      ),
    [[2, 3]],
  ],
  ['slice', (x) => ops.slice(x, [0, 1], [2, -1]), [[3, 3]]],
  ['stridedSlice', (x) => ops.stridedSlice(x, [0, 2], [3, 0], [2, -1]), [[3, 3]]],
  ['stridedSlice shrinking', (x) => ops.stridedSlice(x, [1, 0], [2, 2], [1, 1], { shrinkAxisMask: 1 }), [[3, 3]]],
  [
    'stridedSlice with a new axis',
    (x) => ops.stridedSlice(x, [0, 0, 1], [0, 0, 3], [1, 1, 1], { newAxisMask: 1, beginMask: 2, endMask: 2 }),
    [[3, 3]],
  ],
  ['gather', (x) => ops.gather(x, [2, 0, 2]), [[3, 2]]],
  [
    'gather along an axis',
    (x) =>
      ops.gather(
        x,
        [
          [1, 0],
          [1, 1],
        ],
        1,
      ),
    [[3, 2]],
  ],
  [
    'gather in batches',
    (x) =>
      ops.gather(
        x,
        [
          [2, 0],
          [1, 1],
        ],
        1,
        { batchDims: 1 },
      ),
    [[2, 3, 2]],
  ],
  [
    'gatherNd',
    (x) =>
      ops.gatherNd(x, [
        [1, 0],
        [0, 1],
        [1, 0],
      ]),
    [[2, 2, 2]],
  ],
  ['reverse', (x) => ops.reverseV2(x, [1]), [[2, 3]]],
  ['roll', (x) => ops.roll(x, [1], [1]), [[2, 3]]],
  ['reverseSequence', (x) => ops.reverseSequence(x, [2, 3], { seqDim: 1, batchDim: 0 }), [[2, 3]]],
  ['broadcastTo', (x) => ops.broadcastTo(x, [2, 3, 2]), [[3, 1]]],
  ['depthToSpace', (x) => ops.depthToSpace(x, { blockSize: 2 }), [[1, 2, 2, 4]]],
  ['spaceToDepth', (x) => ops.spaceToDepth(x, { blockSize: 2 }), [[1, 4, 2, 1]]],
  [
    'batchToSpaceND',
    (x) =>
      ops.batchToSpaceND(
        x,
        [2, 1],
        [
          [0, 1],
          [0, 0],
        ],
      ),
    [[2, 2, 2, 1]],
  ],
  [
    'spaceToBatchND',
    (x) =>
      ops.spaceToBatchND(
        x,
        [2, 1],
        [
          [0, 1],
          [0, 0],
        ],
      ),
    [[1, 3, 2, 1]],
  ],
  ['matrixDiag', (x) => ops.matrixDiag(x), [[2, 3]]],
  ['matrixDiagPart', (x) => ops.matrixDiagPart(x), [[2, 3, 3]]],
  ['matrixBandPart', (x) => ops.matrixBandPart(x, ops.constant(1, 'int64'), ops.constant(0, 'int64')), [[3, 3]]],
  [
    'tensorScatterUpdate',
    (x, y) => ops.tensorScatterUpdate(x, [[2], [0]], y),
    [
      [3, 2],
      [2, 2],
    ],
  ],
  [
    'tensorScatterAdd',
    (x, y) => ops.tensorScatterAdd(x, [[2], [2]], y),
    [
      [3, 2],
      [2, 2],
    ],
  ],
  ['scatterNd', (x) => ops.scatterNd([[2], [0]], x, [4, 2]), [[2, 2]]],
  ['unsortedSegmentSum', (x) => ops.unsortedSegmentSum(x, [1, 0, 1], 2), [[3, 2]]],
  ['segmentSum', (x) => ops.segmentSum(x, [0, 0, 1]), [[3, 2]]],
  ['cumsum', (x) => ops.cumsum(x, 1), [[2, 3]]],
  ['cumsum reverse, exclusive', (x) => ops.cumsum(x, 0, { reverse: true, exclusive: true }), [[3, 2]]],
  ['cumprod', (x) => ops.cumprod(x, 1), [[2, 3]]],
  ['sum', (x) => ops.sum(x), [[2, 3]]],
  ['sum along an axis', (x) => ops.sum(x, [-1], { keepDims: true }), [[2, 3]]],
  ['mean', (x) => ops.mean(x, [0, 2]), [[2, 3, 2]]],
  ['max', (x) => ops.max(x, [1]), [[2, 3]]],
  ['min', (x) => ops.min(x, [0], { keepDims: true }), [[2, 3]]],
  ['prod', (x) => ops.prod(x, [1]), [[2, 3]]],
  [
    'addN',
    (x, y) => ops.addN([x, y, x]),
    [
      [2, 2],
      [2, 2],
    ],
  ],
  ['topK', (x) => ops.topKV2(x, 2).values, [[2, 4]]],
  [
    'matMul',
    (x, y) => ops.matMul(x, y),
    [
      [2, 3],
      [3, 2],
    ],
  ],
  [
    'matMul, first transposed',
    (x, y) => ops.matMul(x, y, { transposeA: true }),
    [
      [3, 2],
      [3, 2],
    ],
  ],
  [
    'matMul, second transposed',
    (x, y) => ops.matMul(x, y, { transposeB: true }),
    [
      [2, 3],
      [2, 3],
    ],
  ],
  [
    'matMul, both transposed',
    (x, y) => ops.matMul(x, y, { transposeA: true, transposeB: true }),
    [
      [3, 2],
      [2, 3],
    ],
  ],
  ['matMul with itself', (x) => ops.matMul(x, x), [[3, 3]]],
  [
    'batchMatMul',
    (x, y) => ops.matMul(x, y),
    [
      [2, 2, 3],
      [2, 3, 2],
    ],
  ],
  [
    'batchMatMul, transposed',
    (x, y) => ops.matMul(x, y, { transposeA: true, transposeB: true }),
    [
      [2, 3, 2],
      [2, 2, 3],
    ],
  ],
  [
    'batchMatMul, broadcasting',
    (x, y) => ops.matMul(x, y),
    [
      [2, 1, 2, 3],
      [3, 3, 2],
    ],
  ],
  [
    'einsum',
    (x, y) => ops.einsum([x, y], { equation: 'abc,cd->abd' }),
    [
      [2, 2, 3],
      [3, 2],
    ],
  ],
  [
    'einsum of attention',
    (x, y) => ops.einsum([x, y], { equation: 'btnh,bsnh->bnts' }),
    [
      [1, 2, 2, 2],
      [1, 3, 2, 2],
    ],
  ],
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
  ['unused input', (x, _y) => ops.neg(x), [[2], [2]]],
];

/** Ops that know no float64. */
const SINGLE: typeof SHAPED = [
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
  ['resizeBilinear', (x) => ops.resizeBilinear(x, [3, 5], { halfPixelCenters: true }), [[1, 2, 2, 1]]],
];

const batchNorm =
  (isTraining: boolean): Build =>
  (x, scale, offset) => {
    const [mean, variance] = isTraining
      ? [[], []]
      : [
          [0.1, -0.2],
          [0.8, 1.3],
        ];
    return ops.fusedBatchNormV3(x, scale, offset, tensor(mean), tensor(variance), { isTraining, epsilon: 0.01 }).y;
  };

const inputsOf = (given: readonly (readonly number[])[]) =>
  fc.tuple(...given.map((shape, i) => inputOf(shape, any, 0.25 + 0.3 * i)));
const one = (domain?: Domain) => shapes.chain((shape) => fc.tuple(inputOf(shape, domain)));
const two = (domain?: Domain) => broadcasting.chain(([a, b]) => fc.tuple(inputOf(a, domain), inputOf(b, domain, 0.6)));

describe('elementwise', () => {
  for (const [name, build, domain] of UNARY) test(name, () => agrees(build, one(domain)));
  for (const [name, build, domain] of BINARY) {
    test(`${name}, broadcast`, () => agrees(build, two(domain)));
    test(`${name}, broadcast with unknown dimensions`, () => agrees(build, two(domain), { open: true }));
  }
});

describe('of given shapes', () => {
  for (const [name, build, given] of SHAPED) test(name, () => agrees(build, inputsOf(given)));
});

describe('in float32', () => {
  const single = { dtype: 'float32', step: 1e-2, tolerance: 5e-3 } as const;
  for (const [name, build, given] of SINGLE) test(name, () => agrees(build, inputsOf(given), single));
  test.each([true, false])('batch normalization, training: %s', (isTraining) =>
    agrees(batchNorm(isTraining), inputsOf([[3, 2, 2, 2], [2], [2]]), { ...single, tolerance: 2e-2 }),
  );
});

describe('second order', () => {
  const twice =
    (build: Build): Build =>
    (...xs) => {
      const dxs = gradients(ops.sum(ops.square(build(...xs))), xs);
      return ops.concat(
        dxs.flatMap((dx) => (dx ? [ops.reshape(dx, [-1])] : [])),
        0,
      );
    };
  for (const [name, build, domain] of UNARY) test(name, () => agrees(twice(build), one(domain)));
  for (const [name, build, domain] of BINARY) test(name, () => agrees(twice(build), two(domain)));
  for (const [name, build, given] of SHAPED) test(name, () => agrees(twice(build), inputsOf(given)));
});

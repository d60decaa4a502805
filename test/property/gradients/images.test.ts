import { describe, test } from 'vitest';
import type { Output } from '../../../src/core/output.js';
import * as ops from '../../../src/ops/index.js';
import { agrees, type Domain, inputsOf, type Row, testRows, twice } from './checks.js';

/** Pixels fall on pixels: a quarter turn, and a shift out of the picture. */
const QUARTER = [[0, 1, 0, -1, 0, 3, 0, 0]];
const SHIFT = [[1, 0, 1, 0, 1, -1, 0, 0]];
const turned = (transforms: number[][], interpolation: 'BILINEAR' | 'NEAREST') => (x: Output) =>
  ops.imageProjectiveTransformV3(x, transforms, [4, 4], 0, { interpolation, fillMode: 'CONSTANT' });

const colour: Domain = (x) => 0.5 + 0.4 * Math.tanh(x);
const BOXES = [
  [0.1, 0, 0.8, 1],
  [0, 0.3, 1, 0.6],
];

const ROWS: readonly Row[] = [
  ['imageProjectiveTransform, nearest', turned(QUARTER, 'NEAREST'), [[1, 4, 4, 2]]],
  [
    'imageProjectiveTransformV2',
    (x) => ops.imageProjectiveTransformV2(x, QUARTER, [4, 4], { interpolation: 'NEAREST', fillMode: 'CONSTANT' }),
    [[1, 4, 4, 1]],
  ],
  ['hsvToRGB', (x) => ops.hsvToRGB(x), [[5, 3]], [colour]],
  ['rgbToHSV', (x) => ops.rgbToHSV(x), [[5, 3]], [colour]],
  ['hue and back', (x) => ops.hsvToRGB(ops.mul(ops.rgbToHSV(x), [1, 0.5, 1])), [[2, 2, 3]], [colour]],
];

testRows(ROWS);

describe('in float32', () => {
  const single = { dtype: 'float32', step: 1e-2, tolerance: 1e-2 } as const;
  const rows: readonly Row[] = [
    ['imageProjectiveTransform, bilinear', turned(QUARTER, 'BILINEAR'), [[1, 4, 4, 1]]],
    ['imageProjectiveTransform, a shift', turned(SHIFT, 'BILINEAR'), [[1, 4, 4, 1]]],
    ['resizeBilinear', (x) => ops.resizeBilinear(x, [3, 5], { halfPixelCenters: true }), [[1, 2, 2, 1]]],
    ['resizeBicubic', (x) => ops.resizeBicubic(x, [3, 5], { halfPixelCenters: true }), [[1, 3, 2, 1]]],
    ['cropAndResize', (x) => ops.cropAndResize(x, BOXES, [0, 0], [2, 3]), [[1, 4, 4, 1]]],
  ];
  for (const [name, build, shapes] of rows) {
    test(name, () => agrees(build, inputsOf(shapes), single));
    test(`${name}, second order`, () => agrees(twice(build), inputsOf(shapes), single));
  }
});

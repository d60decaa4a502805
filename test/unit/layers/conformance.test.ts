import { describe, expect, test } from 'vitest';
import * as layers from '../../../src/layers/index.js';
import '../../../src/models/sequential.js';
import { checkLayer } from './check-layer.js';
import { KINDS } from './kinds.js';
import { PREPROCESSING_KINDS } from './preprocessing-kinds.js';
import { SEQUENCE_KINDS } from './sequence-kinds.js';

const ALL_KINDS = { ...KINDS, ...SEQUENCE_KINDS, ...PREPROCESSING_KINDS };

test('every class that files may contain is held here', () => {
  const models = ['Functional', 'Sequential'];
  expect([...Object.keys(ALL_KINDS), ...models].sort()).toEqual(layers.layerNames());
});

describe.each(Object.entries(ALL_KINDS))('%s', checkLayer);

describe('options of a wrong value', () => {
  test.each([
    ['no units', () => layers.dense({ units: 0 }), 'ERR_ARGUMENT', /units.*positive integer.*0/],
    ['units left out', () => layers.dense({} as never), 'ERR_ARGUMENT', /units/],
    ['half a filter', () => layers.conv2d({ filters: 1.5, kernelSize: 3 }), 'ERR_ARGUMENT', /filters/],
    ['kernelSize left out', () => layers.conv2d({ filters: 1 } as never), 'ERR_ARGUMENT', /kernelSize/],
    [
      'three strides',
      () => layers.conv2d({ filters: 1, kernelSize: 3, strides: [1, 2, 3] }),
      'ERR_ARGUMENT',
      /strides/,
    ],
    [
      'an unknown padding',
      () => layers.maxPooling2d({ padding: 'sane' }),
      'ERR_ARGUMENT',
      /'valid' or 'same', got 'sane'/,
    ],
    [
      'an unknown format',
      () => layers.maxPooling2d({ dataFormat: 'channels' }),
      'ERR_ARGUMENT',
      /'channels_last' or 'channels_first', got 'channels'/,
    ],
    ['two open axes', () => layers.reshape({ targetShape: [-1, 2, -1] }), 'ERR_ARGUMENT', /at most one of them -1/],
    ['half a length', () => layers.reshape({ targetShape: [1.5] }), 'ERR_ARGUMENT', /targetShape/],
    ['targetShape left out', () => layers.reshape({} as never), 'ERR_ARGUMENT', /targetShape/],
    ['a negative slope', () => layers.leakyReLU({ negativeSlope: -1 }), 'ERR_ARGUMENT', /negativeSlope.*got -1/],
    [
      'an output padding as long as the stride',
      () => layers.conv2dTranspose({ filters: 1, kernelSize: 3, strides: 2, outputPadding: 2 }),
      'ERR_ARGUMENT',
      /outputPadding/,
    ],
    [
      'strides and dilation at once',
      () => layers.conv2dTranspose({ filters: 1, kernelSize: 3, strides: 2, dilationRate: 2 }),
      'ERR_ARGUMENT',
      /strides or dilationRate/,
    ],
    ['everything dropped', () => layers.dropout({ rate: 1 }), 'ERR_ARGUMENT', /rate must be in \[0, 1\), got 1/],
    ['rate left out', () => layers.dropout({} as never), 'ERR_ARGUMENT', /rate/],
    ['an unknown activation', () => layers.dense({ units: 1, activation: 'relo' }), 'ERR_UNKNOWN_NAME', /'relu'/],
    ['an activation left out', () => layers.activation({} as never), 'ERR_UNKNOWN_NAME', /activation/],
    [
      'an unknown initializer',
      () => layers.dense({ units: 1, kernelInitializer: 'heNormall' }),
      'ERR_UNKNOWN_NAME',
      /heNormal/,
    ],
    ['an unknown dtype', () => layers.dense({ units: 1, dtype: 'float23' }), 'ERR_', /float23/],
    [
      'an unknown class',
      () => layers.deserialize({ class_name: 'Dens', config: {} }),
      'ERR_UNKNOWN_NAME',
      /Did you mean 'Dense'/,
    ],
  ])('%s', (_, make, code, message) => {
    // biome-ignore format: one case a line
    expect(make).toThrow(expect.objectContaining({ code: expect.stringContaining(code), message: expect.stringMatching(message) }));
  });
});

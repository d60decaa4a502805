import { describe, expect, test } from 'vitest';
import * as layers from '../../../src/layers/index.js';
import { input } from '../../../src/models/index.js';

const refused = (make: () => unknown) => {
  try {
    make();
  } catch (error) {
    const { code, message } = error as { code: string; message: string };
    return { code, message: message.replace(/^(\w+) '\w+'/, '$1') };
  }
  throw new Error('It was not refused.');
};

/** What a user writes who has no types to be warned by. */
const made = (layer: string, ...options: unknown[]) => {
  const make = new Map<string, unknown>(Object.entries(layers)).get(layer) as (...options: unknown[]) => layers.Layer;
  return make(...options);
};

describe('options of a wrong kind', () => {
  test.each([
    ['conv2d', [], 'Conv2D: filters must be a positive integer, got undefined.'],
    ['dense', [3], 'Dense takes its options by name, such as { units: … }, got 3.'],
    ['dropout', [[0.5]], 'Dropout takes its options by name, such as { rate: … }, got [0.5].'],
    ['flatten', [null], 'Flatten takes its options by name, such as { dataFormat: … }, got null.'],
    ['dense', [{ units: 1, name: 5 }], 'Dense: name must be text, got 5.'],
    ['dense', [{ units: 1, trainable: 'no' }], 'Dense: trainable must be true or false, got "no".'],
    ['dense', [{ units: 1, inputShape: 'a' }], 'Dense: inputShape must be a list of lengths, null for any, got "a".'],
    ['dense', [{ units: 1, inputShape: 4 }], 'Dense: inputShape must be a list of lengths, null for any, got 4.'],
    [
      'dense',
      [{ units: 1, batchInputShape: [-1, 4] }],
      'Dense: batchInputShape must be a list of lengths, null for any, got [-1,4].',
    ],
    ['inputLayer', [{ shape: 4 }], 'InputLayer: shape must be a list of lengths, null for any, got 4.'],
    ['conv2d', [{ filters: 1, kernelSize: 3, useBias: 'no' }], 'Conv2D: useBias must be true or false, got "no".'],
    ['batchNormalization', [{ momentum: 'a' }], 'BatchNormalization: momentum must be a number, got "a".'],
    ['batchNormalization', [{ epsilon: -1 }], 'BatchNormalization: epsilon must be a number of 0 or more, got -1.'],
    ['layerNormalization', [{ axis: 'x' }], 'LayerNormalization: axis must be an axis or a list of axes, got "x".'],
    ['softmax', [{ axis: 0.5 }], 'Softmax: axis must be an axis or a list of axes, got 0.5.'],
    ['lstm', [{ units: 2, returnSequences: 1 }], 'LSTM: returnSequences must be true or false, got 1.'],
    ['embedding', [{ inputDim: 2, outputDim: 2, maskZero: 0 }], 'Embedding: maskZero must be true or false, got 0.'],
    ['dropout', [{ rate: 0.5, seed: 'a' }], 'Dropout: seed must be a number, got "a".'],
    ['masking', [{ maskValue: 'a' }], 'Masking: maskValue must be a number, got "a".'],
  ] as const)('%s(%j)', (layer, options, message) => {
    expect(refused(() => made(layer, ...options))).toEqual({ code: 'ERR_ARGUMENT', message });
  });

  test('options that are null, as in files, are as if left out', () => {
    expect(layers.layerNormalization({ axis: null, epsilon: null } as never).epsilon).toBe(1e-3);
  });

  test.each([undefined, null, {}, { class_name: 'Dense' }])('deserialize(%j)', (config) => {
    expect(refused(() => layers.deserialize(config as never)).message).toMatch(
      /^deserialize takes { class_name, config } of a layer, got /,
    );
  });
});

describe('inputs that do not fit', () => {
  test('say which operation of the library refused them, without its attributes', () => {
    const large = layers.conv2d({ filters: 1, kernelSize: 9 });
    expect(refused(() => large.apply(input({ shape: [8, 8, 1] })))).toEqual({
      code: 'ERR_SHAPE',
      message:
        'Conv2D does not fit an input of float32 [null, 8, 8, 1]: Negative dimension size caused by subtracting 9 from 8 (in Conv2D).',
    });
  });

  test('of another dtype are named', () => {
    const whole = input({ shape: [8, 8, 1], dtype: 'int32' });
    expect(refused(() => layers.conv2d({ filters: 1, kernelSize: 3 }).apply(whole))).toEqual({
      code: 'ERR_DTYPE',
      message: 'Conv2D does not fit an input of int32 [null, 8, 8, 1]: it computes in float32; cast the input before.',
    });
  });

  test('are named with the layer when its function gives what is no output', () => {
    const five = layers.lambda({ function: () => 5 as never, name: 'five' });
    expect(() => five.apply(input({ shape: [4] }))).toThrow(
      /^Lambda 'five' does not fit an input of float32 \[null, 4\]: the result is 5;/,
    );
  });

  test('have the axes that prelu shares', () => {
    expect(refused(() => layers.prelu({ sharedAxes: [9] }).apply(input({ shape: [3] })))).toEqual({
      code: 'ERR_SHAPE',
      message: 'PReLU expects axes 9 after the batch, got (None, 3). Change sharedAxes.',
    });
  });

  test('need channels', () => {
    const conv = layers.conv2d({ filters: 1, kernelSize: 3 });
    expect(refused(() => conv.apply(input({ shape: [8, 8] }))).message).toMatch(
      /^Conv2D expects \[batch, rows, columns, channels\] with known channels, got \(None, 8, 8\)\./,
    );
  });
});

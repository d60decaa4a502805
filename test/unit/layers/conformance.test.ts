import { describe, expect, test } from 'vitest';
import { Program, spec } from '../../../src/core/program.js';
import { type Tensor, tensor } from '../../../src/core/tensor.js';
import * as layers from '../../../src/layers/index.js';
import { normalizeModelConfig, toKerasModelConfig } from '../../../src/models/config-dialect.js';
import { deserialize as modelFrom } from '../../../src/models/deserialize.js';
import { sequential } from '../../../src/models/sequential.js';

const failure = (code: string, message: RegExp) =>
  expect.objectContaining({ code, message: expect.stringMatching(message) });

interface Kind {
  make: (options?: object) => layers.Layer;
  /** `[input, output]`; output shapes by hand. */
  shapes: [(number | null)[], (number | null)[]][];
  weights: Record<string, number[]>;
  /** An option a hurried person types, and the one that is meant. */
  typo: [string, string];
  /** An input that does not fit, and what the error says was expected. */
  misfit?: [(number | null)[], RegExp];
}

const KINDS: Record<string, Kind> = {
  Dense: {
    make: (o) => layers.dense({ units: 3, name: 'it', activation: 'relu', ...o }),
    shapes: [
      [[null, 4], [null, 3]], // biome-ignore format: pairs
      [[2, 5, 4], [2, 5, 3]], // biome-ignore format: pairs
      [[null, null, 4], [null, null, 3]], // biome-ignore format: pairs
    ],
    weights: { 'it/kernel': [4, 3], 'it/bias': [3] },
    typo: ['unit', 'units'],
    misfit: [[4], /at least a batch and a known last axis, got \(4,\)\. Add a batch axis/],
  },
  Conv2D: {
    make: (o) => layers.conv2d({ filters: 5, kernelSize: [3, 2], strides: 2, name: 'it', padding: 'same', ...o }),
    shapes: [
      [[null, 8, 7, 2], [null, 4, 4, 5]], // biome-ignore format: pairs
      [[null, null, null, 2], [null, null, null, 5]], // biome-ignore format: pairs
    ],
    weights: { 'it/kernel': [3, 2, 2, 5], 'it/bias': [5] },
    typo: ['filter', 'filters'],
    misfit: [[null, 8, 7], /\[batch, rows, columns, channels\].*got \(None, 8, 7\)/],
  },
  Conv2DTranspose: {
    make: (o) =>
      layers.conv2dTranspose({ filters: 5, kernelSize: [4, 3], strides: 2, name: 'it', padding: 'same', ...o }),
    shapes: [
      [[null, 4, 3, 2], [null, 8, 6, 5]], // biome-ignore format: pairs
      [[null, null, null, 2], [null, null, null, 5]], // biome-ignore format: pairs
    ],
    weights: { 'it/kernel': [4, 3, 5, 2], 'it/bias': [5] },
    typo: ['outputPad', 'outputPadding'],
    misfit: [[null, 8, 7], /\[batch, rows, columns, channels\].*got \(None, 8, 7\)/],
  },
  MaxPooling2D: {
    make: (o) => layers.maxPooling2d({ poolSize: [2, 3], name: 'it', ...o }),
    shapes: [[[null, 6, 7, 2], [null, 3, 2, 2]]], // biome-ignore format: pairs
    weights: {},
    typo: ['poolsize', 'poolSize'],
    misfit: [[null, 8], /\[batch, rows, columns, channels\], got \(None, 8\)\. Put it after/],
  },
  AveragePooling2D: {
    make: (o) => layers.averagePooling2d({ poolSize: 2, strides: 1, padding: 'same', name: 'it', ...o }),
    shapes: [[[null, 6, 7, 2], [null, 6, 7, 2]]], // biome-ignore format: pairs
    weights: {},
    typo: ['stride', 'strides'],
    misfit: [[null, 8], /\[batch, rows, columns, channels\], got \(None, 8\)\. Put it after/],
  },
  BatchNormalization: {
    make: (o) => layers.batchNormalization({ momentum: 0.9, name: 'it', ...o }),
    shapes: [
      [[null, 6, 7, 2], [null, 6, 7, 2]], // biome-ignore format: pairs
      [[null, 2], [null, 2]], // biome-ignore format: pairs
    ],
    weights: { 'it/gamma': [2], 'it/beta': [2], 'it/moving_mean': [2], 'it/moving_variance': [2] },
    typo: ['momentun', 'momentum'],
    misfit: [[null, null], /a known axis -1, got \(None, None\)/],
  },
  Activation: {
    make: (o) => layers.activation({ activation: 'softmax', name: 'it', ...o }),
    shapes: [[[null, 3], [null, 3]]], // biome-ignore format: pairs
    weights: {},
    typo: ['activaton', 'activation'],
  },
  Dropout: {
    make: (o) => layers.dropout({ rate: 0.5, name: 'it', ...o }),
    shapes: [[[null, 3, 4], [null, 3, 4]]], // biome-ignore format: pairs
    weights: {},
    typo: ['rates', 'rate'],
  },
  Flatten: {
    make: (o) => layers.flatten({ name: 'it', ...o }),
    shapes: [
      [[null, 3, 4, 2], [null, 24]], // biome-ignore format: pairs
      [[2, 3], [2, 3]], // biome-ignore format: pairs
    ],
    weights: {},
    typo: ['dataFormatt', 'dataFormat'],
  },
  Reshape: {
    make: (o) => layers.reshape({ targetShape: [-1, 4], name: 'it', ...o }),
    shapes: [
      [[null, 3, 8], [null, 6, 4]], // biome-ignore format: pairs
      [[2, 8], [2, 2, 4]], // biome-ignore format: pairs
      [[null, null, 6], [null, null, 4]], // biome-ignore format: pairs
    ],
    weights: {},
    typo: ['targetShap', 'targetShape'],
    misfit: [[null, 5, 3], /samples that fill \(-1, 4\), got \(None, 5, 3\)\. Set targetShape/],
  },
  LeakyReLU: {
    make: (o) => layers.leakyReLU({ negativeSlope: 0.2, name: 'it', ...o }),
    shapes: [[[null, 3, 4], [null, 3, 4]]], // biome-ignore format: pairs
    weights: {},
    typo: ['negativSlope', 'negativeSlope'],
  },
  InputLayer: {
    make: (o) => layers.inputLayer({ shape: [3], name: 'it', ...o }),
    shapes: [[[null, 3], [null, 3]]], // biome-ignore format: pairs
    weights: {},
    typo: ['shap', 'shape'],
  },
};

test('every class that files may contain is held here', () => {
  const models = ['Functional', 'Sequential'];
  expect([...Object.keys(KINDS), ...models].sort()).toEqual(layers.layerNames());
});

describe.each(Object.entries(KINDS))('%s', (className, { make, shapes, weights, typo, misfit }) => {
  const called = (layer: layers.Layer, shape: (number | null)[], training = false) => {
    const program = new Program({ seed: 1 });
    const run = program.trace('call', { x: spec('float32', shape) }, ({ x }) => ({
      y: layer.invoke(program, x, { training }),
    }));
    return { program, run };
  };

  test.each(shapes)('%j becomes %j, and running agrees', async (input, output) => {
    const layer = make();
    const { program, run } = called(layer, input);
    using _ = program;
    expect(layer.outputShape).toEqual(output);
    const full = input.map((d, i) => d ?? [6, 6, 6, 2][i] ?? 2);
    const x = new Float32Array(full.reduce((a, b) => a * b, 1)).fill(0.5);
    const { y } = (await run({ x: tensor(x, full) })) as { y: Tensor };
    expect(y.rank).toBe(output.length);
    for (const [i, d] of output.entries()) if (d !== null) expect(y.shape[i]).toBe(d);
  });

  test('has Keras’ weights in Keras’ order', () => {
    const layer = make();
    using _ = called(layer, shapes[0]?.[0] ?? []).program;
    expect(Object.fromEntries(layer.weights.map((w) => [w.name, w.shape]))).toEqual(weights);
    expect(layer.weights.map((w) => w.name)).toEqual(Object.keys(weights));
    layer.trainable = false;
    expect(layer.trainableWeights).toEqual([]);
    expect(layer.nonTrainableWeights).toHaveLength(layer.weights.length);
  });

  test('keeps that shape in training', () => {
    const layer = make();
    using _ = called(layer, shapes[0]?.[0] ?? [], true).program;
    expect(layer.outputShape).toEqual(shapes[0]?.[1]);
  });

  test('its config makes it again', () => {
    const layer = make({ trainable: false });
    const twin = layers.deserialize({ class_name: className, config: layer.getConfig() });
    expect(twin).toBeInstanceOf(layer.constructor);
    expect(twin.getConfig()).toEqual(layer.getConfig());
    expect(twin.name).toBe('it');
    expect(JSON.parse(JSON.stringify(layer.getConfig()))).toEqual(layer.getConfig());
  });

  test.each(['keras2', 'keras3'] as const)('its config survives the %s dialect', (dialect) => {
    if (className === 'InputLayer') return;
    using model = sequential({ name: 'm' });
    model.add(make({ inputShape: shapes[0]?.[0].slice(1) }));
    const written = toKerasModelConfig(
      dialect,
      normalizeModelConfig({ class_name: 'Sequential', config: model.getConfig() } as never),
    );
    using again = modelFrom(JSON.parse(JSON.stringify(written)));
    expect(again.layers.map((l) => l.getConfig())).toEqual(model.layers.map((l) => l.getConfig()));
    expect(again.inputShape).toEqual(model.inputShape);
  });

  test('an option nobody reads is refused with the nearest', () => {
    const [wrong, meant] = typo;
    expect(() => make({ [wrong]: 1 })).toThrow(
      failure('ERR_UNKNOWN_NAME', new RegExp(`option of ${className} 'it' '${wrong}'.*Did you mean '${meant}'`)),
    );
  });

  test('an input that does not fit is refused with layer, expected, got and the way out', () => {
    if (!misfit) return;
    const [shape, message] = misfit;
    expect(() => called(make(), shape)).toThrow(
      failure('ERR_SHAPE', new RegExp(`${className} 'it'.*${message.source}`)),
    );
  });
});

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
    ['channels first', () => layers.maxPooling2d({ dataFormat: 'channels_first' }), 'ERR_ARGUMENT', /channels last/],
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

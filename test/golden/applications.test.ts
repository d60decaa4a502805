import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import * as applications from '../../src/applications/index.js';
import { resetNames } from '../../src/core/naming.js';
import { sizeOf } from '../../src/core/shape.js';
import { type Tensor, tensor } from '../../src/core/tensor.js';
import type { Layer } from '../../src/layers/index.js';
import type { Functional } from '../../src/models/functional.js';
import { expectClose, type PackedArray, readFixture, unpack, valuesOf } from './nn-fixtures.js';

interface Values {
  count: number;
  first64: PackedArray;
  sum: number;
  sum_abs: number;
  l2: number;
  argmax: number;
  max: number;
  min: number;
}

interface Arguments {
  classes?: number;
  input_shape?: number[];
}

interface Golden {
  name: string;
  gamma_centre: number;
  architecture: {
    arguments: Arguments;
    total_params: number;
    trainable_params: number;
    layers: [name: string, className: string, shape: (number | null)[], parameters: number][];
  };
  headless: {
    arguments: { input_shape: number[] };
    total_params: number;
    weights: [index: number, layer: string, weight: string, shape: number[]][];
    output: Values;
    tolerance: { rtol: number; atol_times_max: number };
  };
  with_top?: { logits: Values; probabilities: Values; tolerance: { rtol: number; atol_times_max: number } };
}

interface Fixture {
  seed: number;
  formula_check: Record<string, number[]>;
  preprocess_input: { mode: string; input: PackedArray; output: PackedArray; tolerance: { atol: number } }[];
  decode_predictions: { predictions: PackedArray; top: number; result: [string, string, number][][] };
  models: Golden[];
}

const fixture = readFixture<Fixture>('applications.json');
const { seed } = fixture;
const networks = new Map(Object.entries(applications).map(([name, made]) => [name.toLowerCase(), made]));

/** Uniform around a centre: the formula of the fixture. */
function uniform(i: number, count: number, centre = 0, scale = 1): Float32Array {
  const base = Number((BigInt(i + 1) * 2654435761n + BigInt(seed) * 3266489917n) % 2n ** 32n);
  const values = new Float32Array(count);
  for (let j = 0; j < count; j++) {
    let h = (base + Math.imul(j + 1, 2246822519)) | 0;
    h = Math.imul(h ^ (h >>> 15), 2246822507);
    h = Math.imul(h ^ (h >>> 13), 3266489909);
    h ^= h >>> 16;
    values[j] = centre + scale * ((h >>> 8) / 8388608 - 1);
  }
  return values;
}

/** Centre and scale of a weight; null for what stays as it is. */
function spread(layer: Layer, name: string, shape: readonly number[], gamma: number): [number, number] | null {
  const { className } = layer.constructor as typeof Layer;
  if (name === 'depthwise_kernel' || (className === 'DepthwiseConv2D' && name === 'kernel')) {
    return [0, Math.sqrt(6 / sizeOf(shape.slice(0, 2)))];
  }
  if (name === 'kernel' || name === 'pointwise_kernel') {
    return [0, Math.sqrt((layer.name === 'predictions' ? 1 : 6) / sizeOf(shape.slice(0, -1)))];
  }
  if (['bias', 'beta', 'moving_mean', 'mean'].includes(name)) return [0, 0.1];
  if (name === 'gamma') return [gamma, 0.2];
  return ['moving_variance', 'variance'].includes(name) ? [1, 0.25] : null;
}

/** Sets every weight by the formula; gives the table of them. */
async function fill(model: Functional, gamma: number): Promise<[number, string, string, number[]][]> {
  const weights = model.layers.flatMap((layer) => layer.weights.map((weight) => ({ layer, weight })));
  const named = weights.map(({ layer, weight }) => ({ layer, weight, name: weight.name.split('/').at(-1) ?? '' }));
  const pairs = named.flatMap(({ layer, weight, name }, i) => {
    const centreScale = spread(layer, name, weight.shape, gamma);
    if (!centreScale) return [];
    return [[weight, tensor(uniform(i, sizeOf(weight.shape), ...centreScale), weight.shape)] as const];
  });
  await model.program.assign(pairs);
  for (const [, host] of pairs) host.dispose();
  return named.map(({ layer, weight, name }, i) => [i, layer.name, name, [...weight.shape]]);
}

function picture(name: string, [rows = 0, columns = 0, channels = 0]: readonly number[]): Tensor {
  const range = name.startsWith('EfficientNet') ? [127.5, 127.5] : [];
  return tensor(uniform(4095, rows * columns * channels, ...range), [1, rows, columns, channels]);
}

function expectValues(
  got: Tensor,
  expected: Values,
  { rtol, atol_times_max: atol }: { rtol: number; atol_times_max: number },
) {
  const data = got.dataSync() as Float32Array;
  const largest = Math.max(Math.abs(expected.max), Math.abs(expected.min));
  const far = valuesOf(expected.first64).flatMap((want, i) =>
    Math.abs((data[i] ?? Number.NaN) - want) <= rtol * Math.abs(want) + atol * largest
      ? []
      : [{ i, got: data[i], want }],
  );
  expect(far).toEqual([]);
  expect(data.length).toBe(expected.count);
  const l2 = Math.sqrt(data.reduce((sum, v) => sum + v * v, 0));
  expect(Math.abs(l2 - expected.l2)).toBeLessThanOrEqual(expected.l2 * (rtol + atol));
  expect(data.indexOf(Math.max(...data))).toBe(expected.argmax);
}

function networkOf(name: string): applications.Application {
  const made = networks.get(name.toLowerCase());
  if (typeof made !== 'function' || !('preprocessInput' in made)) throw new Error(`no network ${name}`);
  return made as applications.Application;
}

let model: Functional | undefined;

beforeEach(resetNames);
afterEach(() => {
  model?.dispose();
  model = undefined;
});

test('the formula is the fixture’s', () => {
  expect([...uniform(7, 4)]).toEqual(fixture.formula_check['u(7,0..3)']);
});

describe('architectures are Keras’', () => {
  test.each(fixture.models)('$name', async ({ name, architecture: { arguments: given, ...expected } }) => {
    model = await networkOf(name)({
      weights: null,
      ...(given.classes === undefined ? {} : { classes: given.classes }),
      ...(given.input_shape ? { inputShape: given.input_shape } : {}),
    });
    const layers = model.layers.map((layer) => [
      layer.name,
      (layer.constructor as typeof Layer).className,
      layer.outputShape,
      layer.countParams(),
    ]);
    expect(layers).toEqual(expected.layers);
    expect(model.countParams()).toBe(expected.total_params);
    const trained = model.trainableWeights.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
    expect(trained).toBe(expected.trainable_params);
  });
});

describe('features are Keras’, with weights by formula', () => {
  test.each(fixture.models)('$name', async ({ name, gamma_centre: gamma, headless }) => {
    const { input_shape: inputShape } = headless.arguments;
    model = await networkOf(name)({ weights: null, includeTop: false, pooling: 'avg', inputShape });
    expect(model.countParams()).toBe(headless.total_params);
    expect(await fill(model, gamma)).toEqual(headless.weights);
    using output = await model.predict(picture(name, inputShape));
    expectValues(output, headless.output, headless.tolerance);
  });
});

describe('scores of classes are Keras’, with weights by formula', () => {
  // Why not VGG16: its 138 million weights take their time, and its features were held against Keras’ above.
  const whole = fixture.models.filter(({ name, with_top: top }) => top && name !== 'VGG16');
  test.each(whole)('$name', async ({ name, gamma_centre: gamma, with_top: expected }) => {
    if (!expected) return;
    model = await networkOf(name)({ weights: null, classifierActivation: null });
    await fill(model, gamma);
    using logits = await model.predict(picture(name, [224, 224, 3]));
    expectValues(logits, expected.logits, expected.tolerance);
  });
});

describe('pixels are prepared as Keras does', () => {
  const families = { caffe: applications.vgg16, tf: applications.mobilenetV2, torch: applications.densenet121 };
  test.each(fixture.preprocess_input)('$mode', async ({ mode, input, output, tolerance }) => {
    const { preprocessInput } = families[mode as keyof typeof families];
    using prepared = preprocessInput(unpack(input));
    await expectClose(prepared, output, { rtol: 0, ...tolerance });
  });
});

test('the best classes and their names are Keras’', () => {
  const { predictions, top, result } = fixture.decode_predictions;
  const classes = Array.from({ length: 1000 }, (_, i) => [String(i), [`n${90000000 + i}`, `class_${i}`]]);
  const classIndex = join(mkdtempSync(join(tmpdir(), 'class-index-')), 'classes.json');
  writeFileSync(classIndex, JSON.stringify(Object.fromEntries(classes)));
  const decoded = applications.decodePredictions(unpack(predictions), { top, classIndex });
  expect(decoded.map((row) => row.map(({ wnid, name }) => [wnid, name]))).toEqual(
    result.map((row) => row.map(([wnid, name]) => [wnid, name])),
  );
  const scores = decoded.flat().map(({ score }) => score);
  expect(scores.every((score, i) => Math.abs(score - (result.flat()[i]?.[2] ?? 0)) < 1e-7)).toBe(true);
});

import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import * as applications from '../../src/applications/index.js';
import { resetNames } from '../../src/core/naming.js';
import type { Tensor } from '../../src/core/tensor.js';
import type { Functional } from '../../src/models/functional.js';
import { fill, layerRows, networkOf, PIXELS, picture, trainedParams, uniform } from './formula-networks.js';
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

/** EfficientNet rescales by itself. */
const rangeFor = (name: string) => (name.startsWith('EfficientNet') ? PIXELS : undefined);

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

let model: Functional | undefined;

beforeEach(resetNames);
afterEach(() => {
  model?.dispose();
  model = undefined;
});

test('the formula is the fixture’s', () => {
  expect([...uniform(seed, 7, 4)]).toEqual(fixture.formula_check['u(7,0..3)']);
});

describe('architectures are Keras’', () => {
  test.each(fixture.models)('$name', async ({ name, architecture: { arguments: given, ...expected } }) => {
    model = await networkOf(name)({
      weights: null,
      ...(given.classes === undefined ? {} : { classes: given.classes }),
      ...(given.input_shape ? { inputShape: given.input_shape } : {}),
    });
    expect(layerRows(model)).toEqual(expected.layers);
    expect(model.countParams()).toBe(expected.total_params);
    expect(trainedParams(model)).toBe(expected.trainable_params);
  });
});

describe('features are Keras’, with weights by formula', () => {
  test.each(fixture.models)('$name', async ({ name, gamma_centre: gamma, headless }) => {
    const { input_shape: inputShape } = headless.arguments;
    model = await networkOf(name)({ weights: null, includeTop: false, pooling: 'avg', inputShape });
    expect(model.countParams()).toBe(headless.total_params);
    expect(await fill(model, seed, gamma)).toEqual(headless.weights);
    using output = await model.predict(picture(seed, inputShape, rangeFor(name)));
    expectValues(output, headless.output, headless.tolerance);
  });
});

describe('scores of classes are Keras’, with weights by formula', () => {
  // Why not VGG16: its 138 million weights take their time, and its features were held against Keras’ above.
  const whole = fixture.models.filter(({ name, with_top: top }) => top && name !== 'VGG16');
  test.each(whole)('$name', async ({ name, gamma_centre: gamma, with_top: expected }) => {
    if (!expected) return;
    model = await networkOf(name)({ weights: null, classifierActivation: null });
    await fill(model, seed, gamma);
    using logits = await model.predict(picture(seed, [224, 224, 3], rangeFor(name)));
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

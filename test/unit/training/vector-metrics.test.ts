import { afterEach, expect, test, vi } from 'vitest';
import { tensor } from '../../../src/core/tensor.js';
import * as layers from '../../../src/layers/index.js';
import { type Sequential, sequential } from '../../../src/models/sequential.js';
import { metrics, optimizers } from '../../../src/nn/index.js';
import { history } from '../../../src/plots/index.js';
import { earlyStopping } from '../../../src/training/callbacks/index.js';
import { fillPattern } from '../../../src/training/callbacks/model-checkpoint.js';

// The scores are the model's input. Values of Keras 3.15: f1_score is [0.66666657, 0.49999994, 0.66666657] in its logs, and
// 0.6111 in its progress bar.
const SCORES = tensor(
  [0.7, 0.2, 0.1, 0.1, 0.8, 0.1, 0.3, 0.3, 0.4, 0.6, 0.3, 0.1, 0.2, 0.5, 0.3].map(Math.fround),
  [5, 3],
  'float32',
);
const LABELS = tensor(Float32Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 1, 0, 0, 0, 1), [5, 3]);
const EACH = { 'f1_score[0]': 0.6666666, 'f1_score[1]': 0.5, 'f1_score[2]': 0.6666666 };
const MEAN = 0.6111111;

function scorer(): Sequential {
  const model = sequential();
  model.add(layers.dense({ units: 3, inputShape: [3], kernelInitializer: 'identity' }));
  model.compile({ optimizer: optimizers.sgd(0), loss: 'meanSquaredError', metrics: [new metrics.F1Score()] });
  return model;
}

const said = vi.spyOn(console, 'log').mockImplementation(() => {});
afterEach(() => said.mockClear());

test('a metric that gives a vector is logged as its mean and each element', async () => {
  using model = scorer();
  const logs = await model.evaluate(SCORES, LABELS);
  expect(Object.keys(logs)).toEqual(['f1_score', ...Object.keys(EACH), 'loss']);
  for (const [name, value] of Object.entries({ f1_score: MEAN, ...EACH })) expect(logs[name]).toBeCloseTo(value, 6);
});

test('the history has both, of training and of validation, and each can be monitored', async () => {
  using model = scorer();
  const callbacks = [earlyStopping({ monitor: 'val_f1_score[1]', mode: 'max', patience: 1 })];
  const run = await model.fit(SCORES, LABELS, { epochs: 5, validationData: [SCORES, LABELS], callbacks });
  expect(run.epoch).toEqual([0, 1]);
  for (const [name, value] of Object.entries({ f1_score: MEAN, ...EACH })) {
    expect(run.history[name]?.[0]).toBeCloseTo(value, 6);
    expect(run.history[`val_${name}`]?.[0]).toBeCloseTo(value, 6);
  }
  expect(await history(run)).not.toContain('f1_score[');
});

test('a file name may have an element, as in Python', () => {
  expect(fillPattern('{epoch:02d}-{val_f1_score[1]:.2f}.h5', 3, { 'val_f1_score[1]': 0.5 })).toBe('03-0.50.h5');
});

test('a line about it tells the mean', async () => {
  using model = scorer();
  await model.evaluate(SCORES, LABELS, { verbose: 1 });
  expect(said.mock.calls.flat().join()).toMatch(/^f1_score: 0\.6111 - loss: 0\.1587$/);
});

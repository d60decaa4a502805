import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type Tensor, tensor } from '../../src/core/tensor.js';
import * as layers from '../../src/layers/index.js';
import { type Functional, input, model } from '../../src/models/index.js';
import { optimizers } from '../../src/nn/index.js';
import type { CompileOptions } from '../../src/training/compiled.js';
import type { FitOptions } from '../../src/training/fit.js';

interface Case {
  name: string;
  history: Record<string, number[]>;
  evaluate: Record<string, number>;
  weights: number[][];
}

const cases = JSON.parse(readFileSync(new URL('functional.json', import.meta.url), 'utf8')) as Case[];

/** As in make/functional.py. */
function fill(shape: readonly number[], k: number): Tensor {
  const n = shape.reduce((a, b) => a * b, 1);
  return tensor(
    Float32Array.from({ length: n }, (_, i) => ((i * 7 + k * 3) % 13) / 13 - 0.4),
    shape,
  );
}

async function build(): Promise<Functional> {
  const [a, b] = [input({ shape: [3], name: 'a' }), input({ shape: [2], name: 'b' })];
  const shared = layers.dense({ units: 4, activation: 'tanh', name: 'shared' });
  const lifted = layers.dense({ units: 2, name: 'lift' }).apply(a);
  const joined = layers.concatenate({ name: 'cat' }).apply([shared.apply(lifted), shared.apply(b)]);
  const kernelRegularizer = { class_name: 'L2', config: { l2: 0.1 } };
  const score = layers.dense({ units: 1, name: 'score', kernelRegularizer }).apply(joined);
  const label = layers.dense({ units: 3, activation: 'softmax', name: 'label' }).apply(joined);
  const made = model({ inputs: [a, b], outputs: [score, label], name: 'two' });
  await made.setWeights(made.weights.map((w, i) => fill(w.shape, i)));
  return made;
}

const a = fill([6, 3], 1);
const b = fill([6, 2], 2);
const y1 = fill([6, 1], 3);
const y2 = tensor([0, 1, 2, 0, 1, 2].map((c) => [0, 1, 2].map((i) => (i === c ? 1 : 0))));
const w1 = [1, 2, 3, 1, 2, 3];
const w2 = [1, 0, 1, 0, 1, 0.5];

const OPTIONS: Record<string, { compile: CompileOptions; fit?: FitOptions }> = {
  lists: { compile: { loss: ['mse', 'categoricalCrossentropy'], metrics: [['mae'], ['accuracy']] } },
  'by name': {
    compile: {
      loss: { score: 'mse', label: 'categoricalCrossentropy' },
      lossWeights: { score: 2, label: 0.5 },
      metrics: { label: ['accuracy'] },
    },
  },
  factors: { compile: { loss: 'mse', lossWeights: [0.3, 3] } },
  'sample weights': {
    compile: {
      loss: ['mse', 'categoricalCrossentropy'],
      metrics: [['mae'], []],
      weightedMetrics: [['mae'], ['accuracy']],
    },
    fit: { sampleWeight: [w1, w2] },
  },
  'one sample weight': { compile: { loss: ['mse', 'mse'] }, fit: { sampleWeight: w1 } },
};

/** The same data, in every form that fit takes. */
const DATA = {
  lists: { x: [a, b], y: [y1, y2] },
  'records, in another order': { x: { b, a }, y: { label: y2, score: y1 } },
  'nested arrays': { x: [a.array(), b.array()] as never, y: [y1.array(), y2.array()] as never },
};

describe.each(cases)('two inputs, two outputs, compiled with $name, as Keras trains them', (golden) => {
  const { compile, fit = {} } = OPTIONS[golden.name] as (typeof OPTIONS)[string];

  test.each(Object.entries(DATA))('data as %s', async (_, { x, y }) => {
    using two = await build();
    two.compile({ optimizer: optimizers.sgd(0.1), ...compile });
    const { history } = await two.fit(x, y, { epochs: 3, batchSize: 4, shuffle: false, ...fit });
    expect(Object.keys(history)).toEqual(Object.keys(golden.history).sort());
    for (const [name, values] of Object.entries(golden.history)) {
      for (const [i, value] of values.entries()) expect(history[name]?.[i]).toBeCloseTo(value, 5);
    }
    const weights = fit.sampleWeight === undefined ? {} : { sampleWeight: fit.sampleWeight };
    const scores = await two.evaluate(x, y, { batchSize: 4, ...weights });
    for (const [name, value] of Object.entries(golden.evaluate)) expect(scores[name]).toBeCloseTo(value, 5);
    for (const [i, weight] of (await two.getWeights()).entries()) {
      const values = weight.dataSync() as Float32Array;
      for (const [j, value] of (golden.weights[i] ?? []).entries()) expect(values[j]).toBeCloseTo(value, 5);
    }
  });
});

test('a generator of [[a, b], [y1, y2]] trains as arrays do', async () => {
  const golden = cases[0] as Case;
  using two = await build();
  two.compile({ optimizer: optimizers.sgd(0.1), ...OPTIONS.lists?.compile });
  const batches = async function* () {
    for (const [from, to] of [
      [0, 4],
      [4, 6],
    ] as const) {
      // biome-ignore format: short
      yield [[a.rows(from, to), b.rows(from, to)], { label: y2.rows(from, to), score: y1.rows(from, to) }];
    }
  };
  const { history } = await two.fit(batches, { epochs: 3 });
  for (const [name, values] of Object.entries(golden.history)) {
    for (const [i, value] of values.entries()) expect(history[name]?.[i]).toBeCloseTo(value, 5);
  }
  const [score, label] = await two.predict<Tensor[]>(batches);
  expect([score?.shape, label?.shape]).toEqual([[6, 1], [6, 3]]); // biome-ignore format: short
});

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { textClassifier } from '../../examples/lstm-text.js';
import { transformerEncoder } from '../../examples/transformer.js';
import { tensor } from '../../src/core/tensor.js';
import { sgd } from '../../src/nn/optimizers/index.js';
import { type PackedArray, unpack, valuesOf } from './nn-fixtures.js';

interface Run {
  weights: PackedArray[];
  x: PackedArray;
  y: PackedArray;
  losses: number[];
}

type Golden = { vocabulary: number; length: number } & Record<'textClassifier' | 'transformerEncoder', Run>;

const golden = JSON.parse(readFileSync(new URL('sequence-training.json', import.meta.url), 'utf8')) as Golden;

test.each([
  ['textClassifier', textClassifier],
  ['transformerEncoder', transformerEncoder],
] as const)('%s, with the same first weights, has the losses it has in Keras', async (name, make) => {
  const { weights, x, y, losses } = golden[name];
  using model = make(golden.vocabulary, golden.length);
  model.compile({
    optimizer: sgd({ learningRate: 0.05, momentum: 0.9 }),
    loss: 'binaryCrossentropy',
    metrics: ['accuracy'],
  });
  await model.setWeights(weights.map(unpack));
  const [steps = 0, ...batch] = x.shape;
  for (let i = 0; i < steps; i++) {
    const rows = (packed: PackedArray) => {
      const all = valuesOf(packed);
      return all.slice((i * all.length) / steps, ((i + 1) * all.length) / steps);
    };
    const tokens = tensor(Int32Array.from(rows(x)), batch);
    const labels = tensor(Float32Array.from(rows(y)), [batch[0] ?? 0, 1]);
    const { loss } = await model.trainOnBatch(tokens, labels);
    expect(Math.abs((loss ?? Number.NaN) - (losses[i] ?? Number.NaN))).toBeLessThan(1e-4);
  }
});

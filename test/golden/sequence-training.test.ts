import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { textClassifier } from '../../examples/lstm-text.js';
import { transformerEncoder } from '../../examples/transformer.js';
import { tensor } from '../../src/core/tensor.js';
import { adam, sgd } from '../../src/nn/optimizers/index.js';
import { type PackedArray, unpack, valuesOf } from './nn-fixtures.js';

const OPTIMIZERS = {
  sgd: () => sgd({ learningRate: 0.05, momentum: 0.9 }),
  adam: () => adam({ learningRate: 0.01 }),
};

interface Run {
  weights: PackedArray[];
  x: PackedArray;
  y: PackedArray;
  losses: Record<keyof typeof OPTIMIZERS, number[]>;
}

type Golden = { vocabulary: number; length: number } & Record<'textClassifier' | 'transformerEncoder', Run>;

const golden = JSON.parse(readFileSync(new URL('sequence-training.json', import.meta.url), 'utf8')) as Golden;

test.each([
  ['textClassifier', 'sgd', textClassifier],
  ['textClassifier', 'adam', textClassifier],
  ['transformerEncoder', 'sgd', transformerEncoder],
  ['transformerEncoder', 'adam', transformerEncoder],
] as const)(
  '%s with %s, with the same first weights, has the losses it has in Keras',
  async (name, optimizer, make) => {
    const { weights, x, y, losses } = golden[name];
    using model = make(golden.vocabulary, golden.length);
    model.compile({
      optimizer: OPTIMIZERS[optimizer](),
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
      expect(Math.abs((loss ?? Number.NaN) - (losses[optimizer][i] ?? Number.NaN))).toBeLessThan(1e-4);
    }
  },
);

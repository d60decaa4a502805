import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { compilePairJudge, pairJudge } from '../../examples/two-inputs.js';
import { type Tensor, tensor } from '../../src/core/tensor.js';
import { adam, sgd } from '../../src/nn/optimizers/index.js';
import { type PackedArray, unpack, valuesOf } from './nn-fixtures.js';

const OPTIMIZERS = {
  sgd: () => sgd({ learningRate: 0.05, momentum: 0.9 }),
  adam: () => adam({ learningRate: 0.01 }),
};

interface Golden {
  side: number;
  steps: number;
  weights: PackedArray[];
  /** uint8 `[2, steps, batch, side, side, 1]` */
  pictures: PackedArray;
  /** float32 `[steps, batch, 1]` */
  same: PackedArray;
  /** int32 `[steps, batch]` */
  larger: PackedArray;
  reports: Record<keyof typeof OPTIMIZERS, Record<string, number>[]>;
}

const golden = JSON.parse(readFileSync(new URL('two-inputs.json', import.meta.url), 'utf8')) as Golden;
const { side, steps } = golden;
const ink = valuesOf(golden.pictures).map((value) => value / 255);

/** The pictures of a step: the first ones, or the second ones. */
function pictures(which: 0 | 1, step: number): Tensor {
  const values = part(ink, 2 * steps, which * steps + step);
  return tensor(Float32Array.from(values), [values.length / side ** 2, side, side, 1]);
}

function part(values: readonly number[], parts: number, i: number): number[] {
  return values.slice((i * values.length) / parts, ((i + 1) * values.length) / parts);
}

test.each(['sgd', 'adam'] as const)(
  'two inputs and two outputs with %s, with the same first weights, have the losses and metrics they have in Keras',
  async (optimizer) => {
    using model = pairJudge(side);
    compilePairJudge(model, OPTIMIZERS[optimizer]());
    await model.setWeights(golden.weights.map(unpack));
    for (const [i, wanted] of golden.reports[optimizer].entries()) {
      const same = Float32Array.from(part(valuesOf(golden.same), steps, i));
      const larger = Int32Array.from(part(valuesOf(golden.larger), steps, i));
      const got = await model.trainOnBatch(
        { first: pictures(0, i), second: pictures(1, i) },
        { same: tensor(same, [same.length, 1]), larger: tensor(larger, [larger.length]) },
      );
      expect(Object.keys(got)).toEqual(Object.keys(wanted));
      for (const [name, value] of Object.entries(wanted)) {
        expect(Math.abs((got[name] ?? Number.NaN) - value), `${name} of step ${i}`).toBeLessThan(1e-4);
      }
    }
  },
);

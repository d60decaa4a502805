import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type Tensor, tensor } from '../../src/core/tensor.js';
import { deserialize } from '../../src/models/deserialize.js';
import type { Sequential } from '../../src/models/sequential.js';
import { lossScaleOptimizer, sgd } from '../../src/nn/optimizers/index.js';
import type { CompileOptions } from '../../src/training/compiled.js';
import { type PackedArray, unpack, valuesOf } from './nn-fixtures.js';

interface Golden {
  /** Of the model under `mixed_bfloat16`, with a float32 output layer. */
  config: object;
  weights: PackedArray[];
  /** float32 `[steps, batch, side, side, 3]` */
  x: PackedArray;
  /** int32 `[steps, batch]` */
  y: PackedArray;
  losses: Record<Policy, number[]>;
}

const golden = JSON.parse(readFileSync(new URL('mixed-precision.json', import.meta.url), 'utf8')) as Golden;
const { config, losses, weights } = golden;
const [steps = 0, batch = 0, ...picture] = golden.x.shape;
const pixels = Float32Array.from(valuesOf(golden.x));
const labels = Int32Array.from(valuesOf(golden.y));

/** What the orders of sums add up to, in the digits of the narrow dtype. */
const ROUNDING = { float32: 1e-4, mixed_bfloat16: 0.012, mixed_float16: 0.003 };
type Policy = keyof typeof ROUNDING;

function batchOf(step: number): { x: Tensor; y: Tensor } {
  const size = pixels.length / steps;
  return {
    x: tensor(pixels.slice(step * size, (step + 1) * size), [batch, ...picture]),
    y: tensor(labels.slice(step * batch, (step + 1) * batch), [batch]),
  };
}

async function train(options: CompileOptions): Promise<number[]> {
  using model = deserialize(config as never) as Sequential;
  model.compile({ optimizer: sgd({ learningRate: 0.05, momentum: 0.9 }), ...options });
  await model.setWeights(weights.map(unpack));
  const found: number[] = [];
  for (let i = 0; i < steps; i++) {
    const { x, y } = batchOf(i);
    found.push((await model.trainOnBatch(x, y)).loss ?? Number.NaN);
  }
  return found;
}

function expectNear(found: readonly number[], wanted: readonly number[], most: number): void {
  for (const [i, want] of wanted.entries()) {
    expect(Math.abs((found[i] ?? Number.NaN) - want), `step ${i}: ${found[i]} and ${want}`).toBeLessThan(most);
  }
}

const loss = 'sparseCategoricalCrossentropy';

test('a model of Keras under mixed_bfloat16 trains as it does there', async () => {
  expectNear(await train({ loss }), losses.mixed_bfloat16, ROUNDING.mixed_bfloat16);
});

test.each<Policy>(['float32', 'mixed_bfloat16', 'mixed_float16'])(
  'compiled for %s, it trains as it does in Keras',
  async (precision) => {
    expectNear(await train({ loss, precision }), losses[precision], ROUNDING[precision]);
  },
);

test('a loss scale that is too large skips updates until it fits', async () => {
  const innerOptimizer = sgd({ learningRate: 0.05, momentum: 0.9 });
  const optimizer = lossScaleOptimizer({ innerOptimizer, initialScale: 2 ** 40 });
  const found = await train({ loss, optimizer, precision: 'mixed_float16' });
  expect(found.every(Number.isFinite)).toBe(true);
});

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { gradients } from '../../src/autodiff/gradients.js';
import type { Output } from '../../src/core/output.js';
import { Program } from '../../src/core/program.js';
import { spec } from '../../src/core/spec.js';
import { tensor } from '../../src/core/tensor.js';
import * as layers from '../../src/layers/index.js';
import * as ops from '../../src/ops/index.js';
import { gradientError } from '../unit/autodiff/numeric.js';

/** Values of Python TensorFlow: make/wgan-gp.py. */
interface Golden {
  values: Record<string, unknown>;
  score: number[];
  penalty: number;
  gradients: unknown[];
}
const golden: Golden = JSON.parse(readFileSync(new URL('wgan-gp.json', import.meta.url), 'utf8'));
const { x, ...weights } = golden.values;

const flat = (values: unknown): number[] => [values].flat(Number.POSITIVE_INFINITY) as number[];
const shapeOf = (values: unknown): number[] => (Array.isArray(values) ? [values.length, ...shapeOf(values[0])] : []);
const given = (values: unknown) => tensor(flat(values), shapeOf(values), 'float64');

/** Gulrajani et al., 2017: how far the slope of the critic at x is from 1. */
function penaltyOf(score: Output, x: Output): Output {
  const [slope] = gradients(score, [x]) as [Output];
  const norm = ops.sqrt(ops.sum(ops.square(slope), [1, 2, 3]));
  return ops.mean(ops.square(ops.sub(norm, 1)));
}

test('the penalty of a WGAN-GP critic made of layers, and its gradients, are Python TensorFlow’s', async () => {
  using program = new Program({ seed: 1 });
  const dtype = 'float64';
  const critic = [
    layers.conv2d({ filters: 3, kernelSize: 3, strides: 2, padding: 'same', dtype }),
    layers.leakyReLU({ negativeSlope: 0.2, dtype }),
    layers.layerNormalization({ epsilon: 0.01, dtype }),
    layers.leakyReLU({ negativeSlope: 0.2, dtype }),
    layers.flatten({ dtype }),
    layers.dense({ units: 1, dtype }),
  ];
  const run = program.function('penalty', { x: spec(dtype, shapeOf(x)) }, ({ x }) => {
    const score = critic.reduce((h, layer) => layer.invoke(program, h, { training: true }), x);
    const penalty = penaltyOf(score, x);
    const of = critic.flatMap((layer) => layer.trainableWeights);
    return { score, penalty, gradients: gradients(penalty, of).map((d, i) => d ?? ops.zerosLike(of[i]?.read() ?? x)) };
  });
  for (const [i, weight] of critic.flatMap((layer) => layer.weights).entries()) {
    await weight.assign(given(Object.values(weights)[i]));
  }
  const result = await run({ x: given(x) });
  expectClose(flat(result.score.array()), golden.score);
  expectClose(flat(result.penalty.array()), [golden.penalty]);
  for (const [i, gradient] of result.gradients.entries())
    expectClose(flat(gradient.array()), flat(golden.gradients[i]));
});

test('its gradients by the weights are those of numeric differences', async () => {
  const penalty = (x: Output, conv: Output, convBias: Output, gamma: Output, beta: Output, dense: Output): Output => {
    const seen = ops.conv2d(x, conv, { strides: [1, 2, 2, 1], padding: 'SAME' });
    const h = ops.leakyRelu(ops.biasAdd(seen, convBias), { alpha: 0.2 });
    const centred = ops.sub(h, ops.mean(h, [-1], { keepDims: true }));
    const variance = ops.mean(ops.square(centred), [-1], { keepDims: true });
    const normal = ops.mul(centred, ops.rsqrt(ops.add(variance, 0.01)));
    const scaled = ops.leakyRelu(ops.add(ops.mul(normal, gamma), beta), { alpha: 0.2 });
    return penaltyOf(ops.matMul(ops.reshape(scaled, [3, -1]), dense), x);
  };
  const inputs = Object.entries(golden.values)
    .filter(([name]) => name !== 'dense/bias')
    .map(([, values]) => ({ shape: shapeOf(values), values: flat(values) }));
  expect(await gradientError(penalty, inputs)).toBeLessThan(1e-6);
});

function expectClose(got: readonly number[], wanted: readonly number[]): void {
  expect(got).toHaveLength(wanted.length);
  const size = Math.max(1, ...wanted.map(Math.abs));
  for (const [i, value] of wanted.entries())
    expect(Math.abs((got[i] ?? Number.NaN) - value)).toBeLessThan(1e-10 * size);
}

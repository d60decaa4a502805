import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Dialect, normalizeModelConfig } from '../../src/models/config-dialect.js';
import { type KerasH5Source, readKerasH5, writeKerasH5 } from '../../src/saving/hdf5/keras-h5.js';
import { matchOptimizerWeights, optimizerWeightNames } from '../../src/saving/hdf5/optimizer-weights.js';
import { normalizeTrainingConfig, toKerasTrainingConfig } from '../../src/saving/hdf5/training-dialect.js';

const python = process.env.LIBTENSORFLOW_NODE_PYTHON;
const models = resolve('../shared/fixtures/models');
const golden = resolve('test/golden/saving');
const SLOTS: Record<string, string[]> = {
  Adam: ['momentum', 'velocity'],
  'Adam amsgrad': ['momentum', 'velocity', 'velocity_hat'],
  RMSprop: ['velocity', 'momentum', 'average_gradient'],
  SGD: ['momentum'],
};

interface Verdict {
  model: string;
  layers: string[];
  loss: string;
  iterations: number;
  learningRate: number;
  predictions: number[];
  afterStep: number[][];
}

async function judge(dialect: Dialect, ...files: string[]): Promise<Verdict[]> {
  const script = resolve('test/interop/judge_h5.py');
  const { stdout } = await promisify(execFile)(python ?? '', [script, dialect, ...files], { maxBuffer: 2 ** 26 });
  return stdout
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line));
}

/** A model in the words of a dialect, optimizer included. */
async function translated(file: string, dialect: Dialect): Promise<KerasH5Source> {
  const model = await readKerasH5(file);
  if (!model.modelConfig || !model.trainingConfig) throw new Error(`${file} is no compiled model`);
  const training = normalizeTrainingConfig(model.trainingConfig);
  const { name } = (toKerasTrainingConfig(dialect, training) as { optimizer_config: { config: { name: string } } })
    .optimizer_config.config;
  const slots = SLOTS[`${training.optimizer?.class_name}${training.optimizer?.config.amsgrad ? ' amsgrad' : ''}`] ?? [];
  const variables = model.layers.flatMap(({ name: layer, weights }) =>
    weights
      .map((weight) => ({ layer, name: weight.name.replace(/.*\//, '').replace(':0', '') }))
      .filter((variable) => !variable.name.startsWith('moving_')),
  );
  const found = matchOptimizerWeights(model.optimizerWeights, variables.length, slots);
  const rate = Float32Array.of(Number(training.optimizer?.config.learning_rate));
  const modelName = normalizeModelConfig(model.modelConfig).config.name;
  const optimizerWeights = optimizerWeightNames(dialect, name, modelName, variables, slots).map((weight) => {
    const source = found?.get(weight.slot)?.[weight.variable ?? 0] ?? { dtype: 'float32', shape: [], data: rate };
    return { ...source, name: weight.name };
  });
  return { ...model, optimizerWeights, dialect };
}

function expectClose(got: readonly number[], wanted: readonly number[], tolerance: number): void {
  expect(got).toHaveLength(wanted.length);
  for (const [i, value] of got.entries()) {
    expect(Math.abs(value - (wanted[i] ?? Number.NaN))).toBeLessThanOrEqual(tolerance * Math.max(1, Math.abs(value)));
  }
}

function expectSame(ours: Verdict | undefined, theirs: Verdict | undefined): void {
  if (!ours || !theirs) throw new Error('Python gave no verdict');
  expect(ours.model).toBe(theirs.model);
  expect(ours.layers).toEqual(theirs.layers);
  expect(ours.loss).toBe(theirs.loss);
  expect(ours.iterations).toBe(theirs.iterations);
  expect(ours.learningRate).toBeCloseTo(theirs.learningRate, 8);
  expectClose(ours.predictions, theirs.predictions, 1e-5);
  expect(ours.afterStep).toHaveLength(theirs.afterStep.length);
  for (const [i, weight] of ours.afterStep.entries()) expectClose(weight, theirs.afterStep[i] ?? [], 1e-5);
}

describe.skipIf(!python)('Python Keras and our HDF5 files', { timeout: 120_000 }, () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'keras-h5-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  test('Keras 3 predicts and trains on from our copy of its model as from its own', async () => {
    const theirs = join(models, 'cifar_model.h5');
    const ours = join(folder, 'k3.h5');
    await writeKerasH5(ours, { ...(await readKerasH5(theirs)), dialect: 'keras3' });
    const [a, b] = await judge('keras3', ours, theirs);
    expectSame(a, b);
  });

  test('tf-keras predicts and trains on from our copy of its model as from its own', async () => {
    const theirs = join(models, 'cifar_model_k2.h5');
    const ours = join(folder, 'k2.h5');
    await writeKerasH5(ours, { ...(await readKerasH5(theirs)), dialect: 'keras2' });
    const [a, b] = await judge('keras2', ours, theirs);
    expectSame(a, b);
  });

  test('tf-keras takes a Keras 3 model that we translated', async () => {
    const theirs = join(models, 'cifar_model.h5');
    const ours = join(folder, 'k3-as-k2.h5');
    await writeKerasH5(ours, await translated(theirs, 'keras2'));
    const [a] = await judge('keras2', ours);
    const [b] = await judge('keras3', theirs);
    expectSame(a, b);
  });

  test('Keras 3 takes a tf-keras model that we translated', async () => {
    const theirs = join(models, 'cifar_model_k2.h5');
    const ours = join(folder, 'k2-as-k3.h5');
    await writeKerasH5(ours, await translated(theirs, 'keras3'));
    const [a] = await judge('keras3', ours);
    const [b] = await judge('keras2', theirs);
    expectSame(a, b);
  });

  test.each(['keras2', 'keras3'] as const)('%s trains on with every optimizer, from files of both', async (dialect) => {
    const names = ['keras2', 'keras3', 'legacy-adam'].concat(
      ['rmsprop', 'sgd', 'amsgrad'].flatMap((name) => [`${name}-keras2`, `${name}-keras3`]),
    );
    const ours = await Promise.all(
      names.map(async (name) => {
        const path = join(folder, `${name}-as-${dialect}.h5`);
        await writeKerasH5(path, await translated(join(golden, `small-${name}.h5`), dialect));
        return path;
      }),
    );
    const verdicts = await judge(dialect, ...ours);
    const original = (name: string) => join(golden, `small-${name}.h5`);
    const [k2, k3] = [
      names.filter((name) => !name.includes('keras3')),
      names.filter((name) => name.includes('keras3')),
    ];
    const theirs = [...(await judge('keras2', ...k2.map(original))), ...(await judge('keras3', ...k3.map(original)))];
    for (const [i, name] of [...k2, ...k3].entries()) expectSame(verdicts[names.indexOf(name)], theirs[i]);
  });
});

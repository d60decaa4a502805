import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Output } from '../../src/core/output.js';
import { Program } from '../../src/core/program.js';
import { type Tensor, tensor } from '../../src/core/tensor.js';
import * as ops from '../../src/ops/index.js';

const models = resolve('../shared/fixtures/models');
const file = join(models, 'graph_train.json');

interface Call {
  call: 'predict' | 'train_step' | 'save' | 'restore';
  batches?: number[];
  losses?: number[];
  probs?: { shape: number[]; b64: string };
  step?: number;
}

/** Python's own record of a SavedModel it trained, saved and restored. */
const golden: {
  images: { shape: [number, number, number, number, number]; b64: string };
  labels: number[][];
  calls_in_order: Call[];
  tolerance: { loss: number; probs_atol: number };
  checkpoint_tensors: string[];
} = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : { calls_in_order: [] };

function floats(packed: string): Float32Array {
  const bytes = Buffer.from(packed, 'base64');
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
}

function batch(index: number, rows?: number): { x: Tensor; y: Tensor } {
  const [, size, ...picture] = golden.images.shape;
  const length = size * picture.reduce((a, b) => a * b, 1);
  const pixels = Buffer.from(golden.images.b64, 'base64').subarray(index * length, (index + 1) * length);
  const hot = (golden.labels[index] ?? []).map((label) => Array.from({ length: 8 }, (_, i) => Number(i === label)));
  const x = tensor(
    Float32Array.from(pixels, (value) => value / 255),
    [size, ...picture],
  );
  return { x: rows === undefined ? x : x.rows(0, rows), y: tensor(hot) };
}

describe.skipIf(!existsSync(file))('a program that Python wrote', () => {
  let program: Program;
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'saved-model-'));
    program = await Program.load(join(models, 'graph_train'));
  });
  afterAll(async () => {
    program.dispose();
    await rm(folder, { recursive: true, force: true });
  });

  const play = {
    async predict(call: Call) {
      const { probs } = await program.get<{ probs: Output }>('predict')({ x: batch(0, 8).x });
      const expected = floats(call.probs?.b64 ?? '');
      expect(probs.shape).toEqual(call.probs?.shape);
      for (const [i, p] of (probs.dataSync() as Float32Array).entries())
        expect(Math.abs(p - (expected[i] ?? Number.NaN))).toBeLessThanOrEqual(golden.tolerance.probs_atol);
    },
    async train_step(call: Call) {
      const step = program.get<{ loss: Output; step: Output }>('train_step');
      for (const [i, index] of (call.batches ?? []).entries()) {
        const { loss } = await step(batch(index));
        const expected = call.losses?.[i] ?? Number.NaN;
        expect(Math.abs(Number(loss.array()) - expected)).toBeLessThanOrEqual(golden.tolerance.loss);
      }
    },
    async save() {
      await program.get('save')({ path: join(folder, 'ckpt') });
    },
    async restore(call: Call) {
      const { step } = await program.get<{ step: Output }>('restore')({ path: join(folder, 'ckpt') });
      expect(Number(step.array())).toBe(call.step);
    },
  };

  test.each(golden.calls_in_order.map((call, i) => [i + 1, call.call, call] as const))(
    'call %i, %s, gives what it gave Python',
    (_, name, call) => play[name](call),
  );

  test('its variables are there by name, and its checkpoint is ours to restore', async () => {
    const names = program.variables.filter((v) => v !== program.generator).map(({ name }) => name);
    expect(names.sort()).toEqual([...golden.checkpoint_tensors].sort());
    const count = program.variables.find(({ name }) => name === 'step');
    await count?.assign(99n);
    await program.restoreCheckpoint(join(folder, 'ckpt'), { partial: true });
    expect((await count?.value())?.array()).toBe(5n);
  });

  test('it can be used in further functions, and saved and loaded again', async () => {
    const weight = program.variables.find(({ name }) => name === 'fc_w');
    if (!weight) throw new Error('fc_w is missing');
    const norm = program.function('norm', {}, () => ops.sum(ops.square(weight.read()), [0, 1]));
    await program.save(join(folder, 'again'));
    using again = await Program.load(join(folder, 'again'));
    expect((await again.get<Output>('norm')({})).array()).toBe((await norm({})).array());
    const losses = async (from: Program) => (await from.get<{ loss: Output }>('train_step')(batch(1))).loss.array();
    expect(await losses(again)).toBeCloseTo(Number(await losses(program)), 5);
  });
});

test.skipIf(!existsSync(models)).each(['cifar_export', 'cifar_savedmodel_k2', 'mnist_dense', 'text_export'])(
  '%s, by Keras, predicts the same once saved by us',
  async (name) => {
    const folder = await mkdtemp(join(tmpdir(), 'saved-model-'));
    try {
      using first = await Program.load(join(models, name));
      await first.save(join(folder, 'again'));
      using again = await Program.load(join(folder, 'again'));
      const predict = async (program: Program) => {
        const serve = program.get('serving_default');
        const feeds = Object.entries(serve.inputs).map(([key, input]) => {
          const shape = (input.shape ?? []).map((size) => size ?? 2);
          const values = Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => (i * 7) % 5);
          return [key, tensor(values, shape, input.dtype)] as const;
        });
        return Object.values(await serve(Object.fromEntries(feeds))).map((output) => output.array());
      };
      const expected = await predict(first);
      expect(expected.length).toBeGreaterThan(0);
      expect(await predict(again)).toEqual(expected);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
);

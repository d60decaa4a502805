import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readCheckpointIndex } from '../../../src/core/checkpoint-index.js';
import { constant } from '../../../src/core/constant.js';
import type { Output } from '../../../src/core/output.js';
import { Program } from '../../../src/core/program.js';
import { spec } from '../../../src/core/spec.js';
import { tensor } from '../../../src/core/tensor.js';
import { dropout } from '../../../src/layers/index.js';
import { adam } from '../../../src/nn/optimizers/index.js';
import * as ops from '../../../src/ops/index.js';

const failing = (code: string, message: RegExp) =>
  expect.objectContaining({ code, message: expect.stringMatching(message) });

let folder = '';
let prefix = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'checkpoint-'));
  prefix = join(folder, 'ckpt');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** One layer with dropout, trained by Adam. */
function trainer(seed: number, extra: readonly string[] = []): Program {
  const program = new Program({ seed });
  const start = tensor([0.1, -0.2, 0.3, 0.4, -0.5, 0.6], [3, 2]);
  const w = program.variable('w', { shape: [3, 2], initializer: () => constant(start) });
  for (const name of extra) program.variable(name, { shape: [], initializer: () => constant(0) });
  const optimizer = adam({ learningRate: 0.05 });
  const drop = dropout({ rate: 0.5 });
  drop.build(program, [null, 3]);
  program.function('train', { x: spec('float32', [null, 3]) }, ({ x }) => {
    const kept = drop.call(x, { training: true }) as Output;
    const loss = ops.mean(ops.square(ops.matMul(kept, w)), [0, 1]);
    optimizer.minimize(loss, [w]);
    return { loss };
  });
  return program;
}

async function train(program: Program, steps: number): Promise<unknown[]> {
  const x = [
    [1, 2, 3],
    [4, 5, 7],
  ];
  const losses: unknown[] = [];
  for (let i = 0; i < steps; i++) losses.push((await program.get<{ loss: Output }>('train')({ x })).loss.array());
  return losses;
}

describe('a checkpoint', () => {
  test('lets a new program go on bit for bit, dropout and optimizer included', async () => {
    using straight = trainer(1);
    const expected = await train(straight, 10);
    using first = trainer(1);
    expect(await train(first, 5)).toEqual(expected.slice(0, 5));
    await first.saveCheckpoint(prefix);
    using second = trainer(2);
    await second.restoreCheckpoint(prefix);
    expect(await train(second, 5)).toEqual(expected.slice(5));
    await first.restoreCheckpoint(prefix);
    expect(await train(first, 5)).toEqual(expected.slice(5));
  });

  test('is two files, replaced whole, and nothing else', async () => {
    using program = trainer(1);
    await program.saveCheckpoint(prefix);
    await train(program, 2);
    await program.saveCheckpoint(prefix);
    expect((await readdir(folder)).sort()).toEqual(['ckpt.data-00000-of-00001', 'ckpt.index']);
  });

  test('lists its tensors', async () => {
    using program = trainer(1);
    await program.saveCheckpoint(prefix);
    const entries = await readCheckpointIndex(prefix);
    expect([...entries.keys()].sort()).toEqual(program.variables.map(({ name }) => name).sort());
    expect([entries.get('w'), entries.get('random/state')]).toEqual([
      { dtype: 'float32', shape: [3, 2] },
      { dtype: 'int64', shape: [3] },
    ]);
  });

  test('of many variables has an index of several blocks', async () => {
    using program = new Program();
    const names = Array.from({ length: 500 }, (_, i) => `layer_${i}/a_rather_long_name_for_a_weight`);
    for (const name of names) program.variable(name, { shape: [], initializer: () => constant(1) });
    await program.saveCheckpoint(prefix);
    expect([...(await readCheckpointIndex(prefix)).keys()].sort()).toEqual([...names, 'random/state'].sort());
  });

  test('is written and read by functions of the program', async () => {
    using program = new Program();
    const count = program.variable('count', { shape: [], initializer: () => constant(1) });
    const save = program.function('save', { path: spec('string', []) }, ({ path }) => {
      count.assignAdd(constant(1));
      program.saveCheckpoint(path);
      return { path };
    });
    const restore = program.function('restore', { path: spec('string', []) }, ({ path }) => {
      program.restoreCheckpoint(path);
      return { count: count.read() };
    });
    expect((await save({ path: prefix })).path.array()).toBe(prefix);
    await count.assign(9);
    expect((await restore({ path: prefix })).count.array()).toBe(2);
  });

  test('goes into folders that are made for it', async () => {
    using program = trainer(1);
    await program.saveCheckpoint(join(folder, 'a', 'b', 'ckpt'));
    await program.restoreCheckpoint(join(folder, 'a', 'b', 'ckpt'));
  });
});

describe('restoring refuses', () => {
  test('a checkpoint of other variables, naming them, unless told to take what fits', async () => {
    using small = trainer(1);
    await train(small, 3);
    await small.saveCheckpoint(prefix);
    using large = trainer(1, ['ema', 'steps']);
    await expect(large.restoreCheckpoint(prefix)).rejects.toThrow(
      failing('ERR_UNKNOWN_NAME', /it lacks 'ema', 'steps'; \{ partial: true \} takes what fits/),
    );
    await large.restoreCheckpoint(prefix, { partial: true });
    expect(await train(large, 1)).toEqual(await train(small, 1));
    await large.saveCheckpoint(prefix);
    await expect(small.restoreCheckpoint(prefix)).rejects.toThrow(
      failing('ERR_UNKNOWN_NAME', /the program has no 'ema', 'steps'/),
    );
  });

  test('another shape or dtype, and changes nothing', async () => {
    const make = (shape: number[], dtype: 'float32' | 'float64') => {
      const program = new Program({ seed: 1 });
      program.variable('a', { shape: [], initializer: () => constant(1) });
      program.variable('w', { shape, dtype, initializer: () => ops.zeros(shape, dtype) });
      return program;
    };
    using saved = make([2], 'float32');
    await saved.variables[1]?.assign(5);
    await saved.saveCheckpoint(prefix);
    using other = make([3], 'float32');
    await expect(other.restoreCheckpoint(prefix)).rejects.toThrow(
      failing('ERR_SHAPE', /has float32 \[2\] for 'w', which holds float32 \[3\]/),
    );
    using double = make([2], 'float64');
    await expect(double.restoreCheckpoint(prefix)).rejects.toThrow(failing('ERR_DTYPE', /float32 \[2\] for 'w'/));
    expect((await other.variables[1]?.value())?.array()).toBe(1);
  });

  test('what is missing or damaged', async () => {
    using program = trainer(1);
    await expect(program.restoreCheckpoint(prefix)).rejects.toThrow(failing('ERR_NOT_READABLE', /no checkpoint/));
    await program.saveCheckpoint(prefix);
    const index = await readFile(`${prefix}.index`);
    for (const bytes of [index.subarray(0, 30), index.subarray(4), Buffer.alloc(100), Buffer.alloc(0)]) {
      await writeFile(`${prefix}.index`, bytes);
      await expect(program.restoreCheckpoint(prefix)).rejects.toThrow(failing('ERR_FILE_FORMAT', /damaged/));
    }
    await writeFile(`${prefix}.index`, index);
    const data = await readFile(`${prefix}.data-00000-of-00001`);
    await writeFile(
      `${prefix}.data-00000-of-00001`,
      data.map((byte, i) => (i === 8 ? byte ^ 1 : byte)),
    );
    await expect(program.restoreCheckpoint(prefix)).rejects.toThrow(failing('TF_DATA_LOSS', /./));
    await rm(`${prefix}.data-00000-of-00001`);
    await expect(program.restoreCheckpoint(prefix)).rejects.toThrow(
      failing('ERR_NOT_READABLE', /data file is missing/),
    );
  });

  test('writing where nothing can be written', async () => {
    using program = trainer(1);
    await writeFile(join(folder, 'file'), '');
    await expect(program.saveCheckpoint(join(folder, 'file', 'ckpt'))).rejects.toThrow(
      failing('ERR_NOT_WRITABLE', /cannot be written/),
    );
  });
});

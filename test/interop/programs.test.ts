import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { constant } from '../../src/core/constant.js';
import type { Output } from '../../src/core/output.js';
import { Program } from '../../src/core/program.js';
import { statelessRandom } from '../../src/core/random.js';
import { spec } from '../../src/core/spec.js';
import { tensor } from '../../src/core/tensor.js';
import { adam } from '../../src/nn/optimizers/index.js';
import * as ops from '../../src/ops/index.js';

const python = process.env.LIBTENSORFLOW_NODE_PYTHON;
const x = [
  [1, 2, 3],
  [4, 5, 7],
];
const y = [
  [1, 0],
  [0, 1],
];

/** A network with dropout and Adam, a counter, a table from a file, and its own `save`. */
function trainer(words: string): Program {
  const program = new Program({ seed: 4 });
  const start = tensor([0.1, -0.2, 0.3, 0.4, -0.5, 0.6], [3, 2]);
  const w = program.variable('w', { shape: [3, 2], initializer: () => constant(start) });
  const count = program.variable('count', { shape: [], trainable: false, initializer: () => constant(0) });
  const optimizer = adam({ learningRate: 0.05 });
  const inputs = { x: spec('float32', [null, 3]), target: [spec('float32', [null, 2])] } as const;
  program.function('train_step', inputs, ({ x, target: [y] }) => {
    const kept = ops.cast(
      ops.greater(statelessRandom('StatelessRandomUniformV2', constant([2, 3], 'int32'), 'float32'), 0.3),
      'float32',
    );
    const loss = ops.mean(ops.squaredDifference(ops.matMul(ops.mul(x, kept), w), y), [0, 1]);
    optimizer.minimize(loss, [w]);
    return { loss };
  });
  program.function('predict', { x: inputs.x }, ({ x }) => ({ p: ops.matMul(x, w) }));
  program.function('count', {}, () => {
    count.assignAdd(constant(1));
    return {};
  });
  program.function('counted', {}, () => count.read());
  const table = program.initializer(() => {
    const table = ops.hashTableV2({ keyDtype: 'string', valueDtype: 'int64', sharedName: 'words' });
    ops.initializeTableFromTextFileV2(table, program.asset(words), { keyIndex: -2, valueIndex: -1 });
    return table;
  });
  program.function('lookup', spec('string', [null]), (keys) => ops.lookupTableFindV2(table, keys, constant(-1n)));
  program.function('save', { path: spec('string', []) }, ({ path }) => {
    program.saveCheckpoint(path);
    return { path };
  });
  return program;
}

async function losses(program: Program, count: number): Promise<number[]> {
  const step = program.get<{ loss: Output }>('train_step');
  const all: number[] = [];
  for (let i = 0; i < count; i++) all.push((await step({ x, target: [y] })).loss.dataSync()[0] as number);
  return all;
}

const close = (values: readonly number[]) => values.map((value) => expect.closeTo(value, 5));

describe.skipIf(!python)('a training program goes from Node to Python and back', () => {
  let folder = '';
  let expected: number[] = [];
  let seen: Record<string, unknown> = {};
  let program: Program;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'programs-'));
    const words = join(folder, 'words.txt');
    await writeFile(words, 'cat\ndog\n');
    await writeFile(join(folder, 'batch.json'), JSON.stringify({ x, y }));
    using straight = trainer(words);
    expected = await losses(straight, 15);
    program = trainer(words);
    expect(await losses(program, 5)).toEqual(expected.slice(0, 5));
    await program.save(join(folder, 'model'));
    const script = resolve('test/interop/judge_programs.py');
    const { stdout } = await promisify(execFile)(python ?? '', [script, join(folder, 'model'), join(folder, 'ckpt')]);
    seen = JSON.parse(stdout.split('\n').find((line) => line.startsWith('{')) ?? '');
  }, 120_000);

  afterAll(async () => {
    program?.dispose();
    await rm(folder, { recursive: true, force: true });
  });

  test('Python goes on with the losses where Node stopped, dropout included', () => {
    expect(seen.losses).toEqual(close(expected.slice(5, 10)));
  });

  test('and Node where Python stopped, from the checkpoint of the program’s own signature', async () => {
    expect(seen.saved).toBe(join(folder, 'ckpt'));
    await program.restoreCheckpoint(join(folder, 'ckpt'));
    expect(await losses(program, 5)).toEqual(close(expected.slice(10)));
  });

  test('a loaded program does so too', async () => {
    using loaded = await Program.load(join(folder, 'model'));
    await loaded.restoreCheckpoint(join(folder, 'ckpt'));
    expect(await losses(loaded, 5)).toEqual(close(expected.slice(10)));
  });

  test('effects run when Python calls a signature, also one without results', () => {
    expect(seen).toMatchObject({ count: { done: true }, counted: 1 });
  });

  test('tables are filled from the asset', () => {
    expect(seen.ids).toEqual([1, -1]);
  });

  test('keras.layers.TFSMLayer predicts as Node does', async () => {
    using loaded = await Program.load(join(folder, 'model'));
    const { p } = await loaded.get<{ p: Output }>('predict')({ x });
    expect(seen.layer).toEqual((p.array() as number[][]).map(close));
  });

  test('tf.train.load_checkpoint lists the variables, and Python knows them by name', () => {
    const names = program.variables.map(({ name }) => name).sort();
    expect((seen.checkpoint as [string, unknown][]).map(([name]) => name)).toEqual(names);
    expect((seen.variables as string[]).map((name) => name.replace(/:0$/, ''))).toEqual(names);
  });

  test('paths are the keys of inputs', () => {
    expect(seen.inputs).toMatchObject({ train_step: ['target/0', 'x'], count: [], lookup: ['input_0'] });
  });
});

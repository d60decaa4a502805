import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as tf from '../../src/index.js';

const REPOSITORY = resolve(import.meta.dirname, '../..');
const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47]);
let scratch: string;

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'dcgan-'));
  for (const [set, n] of Object.entries({ train: 60_000, t10k: 10_000 })) {
    await writeFile(join(scratch, `${set}-labels-idx1-ubyte`), idx([n]));
    await writeFile(join(scratch, `${set}-images-idx3-ubyte`), idx([n, 28, 28]));
  }
});
afterAll(() => rm(scratch, { recursive: true, force: true }));

/** Stripes in place of digits. */
function idx(shape: number[]): Buffer {
  const header = Buffer.alloc(4 + 4 * shape.length);
  header.set([0, 0, 8, shape.length]);
  for (const [axis, length] of shape.entries()) header.writeUInt32BE(length, 4 + 4 * axis);
  return Buffer.concat([header, Buffer.alloc(shape.reduce((a, b) => a * b)).fill(Buffer.from([0, 0, 7, 255]))]);
}

async function train(out: string, ...more: string[]): Promise<string> {
  const args = [
    '--import',
    'tsx',
    'examples/dcgan.ts',
    '--out',
    out,
    '--steps',
    '2',
    '--batch-size',
    '4',
    '--samples',
    '9',
  ];
  const { stdout } = await promisify(execFile)(process.execPath, [...args, ...more], {
    cwd: REPOSITORY,
    env: { ...process.env, MNIST_FOLDER: scratch },
  });
  return stdout;
}

test('trains, leaves pictures and checkpoints, resumes where it was, and exports its generator', async () => {
  const [whole, resumed] = [join(scratch, 'whole'), join(scratch, 'resumed')];
  await train(whole, '--epochs', '2');
  expect(await train(resumed, '--epochs', '1')).toMatch(/epoch 1\/1: 2 steps/);
  expect(await train(resumed, '--epochs', '2', '--resume')).toMatch(/^epoch 2\/2: 2 steps/);

  expect((await readdir(resumed)).sort()).toEqual([
    'checkpoint.data-00000-of-00001',
    'checkpoint.index',
    'epoch-001.png',
    'epoch-002.png',
    'generator',
    'generator.h5',
    'history.json',
    'losses.png',
  ]);
  for (const picture of ['epoch-001.png', 'epoch-002.png', 'losses.png']) {
    expect((await readFile(join(resumed, picture))).subarray(0, 4)).toEqual(PNG);
  }
  // The same batches and the same noise: sums in another order are the only difference.
  const losses = async (out: string) => JSON.parse(await readFile(join(out, 'history.json'), 'utf8'));
  const [expected, got] = [await losses(whole), await losses(resumed)];
  expect(got).toHaveLength(2);
  for (const [epoch, { discriminator, generator }] of expected.entries()) {
    expect(got[epoch].discriminator).toBeCloseTo(discriminator, 4);
    expect(got[epoch].generator).toBeCloseTo(generator, 4);
  }

  using model = await tf.loadModel(join(resumed, 'generator.h5'));
  using program = await tf.Program.load(join(resumed, 'generator'));
  const noise = tf.tensor(
    Float32Array.from({ length: 200 }, (_, i) => Math.sin(i)),
    [2, 100],
  );
  const { pictures } = (await program.get('serving_default')({ noise })) as { pictures: tf.Tensor };
  expect(pictures.shape).toEqual([2, 28, 28, 1]);
  const drawn = [...(pictures.dataSync() as Float32Array)];
  expect(Math.max(...drawn.map(Math.abs))).toBeLessThanOrEqual(1);
  const again = [...(((await model.predict(noise)) as tf.Tensor).dataSync() as Float32Array)];
  for (const [i, value] of again.entries()) expect(value).toBeCloseTo(drawn[i] ?? Number.NaN, 5);
}, 180_000);

test('refuses a data set it does not know', async () => {
  await expect(train(join(scratch, 'none'), '--data', 'digits')).rejects.toMatchObject({
    stderr: expect.stringContaining("--data is 'mnist' or 'cifar10', not 'digits'."),
  });
});

import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as tf from '../../src/index.js';

const REPOSITORY = resolve(import.meta.dirname, '../..');
const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47]);
const CLASSES = { data1: [6, 9, 4, 1, 2, 7, 8, 3], data2: [5, 0] };
const PICTURES = 4;
let scratch: string;
let said: string;

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'chapter-'));
  for (const [set, classes] of Object.entries(CLASSES)) {
    for (const part of ['train', 'valid']) {
      for (const one of classes) await writePictures(join(scratch, 'data', set, part, String(one)), one);
    }
  }
  for (const [set, n] of Object.entries({ train: 60_000, t10k: 10_000 })) {
    await writeFile(join(scratch, `${set}-labels-idx1-ubyte`), idx([n]));
    await writeFile(join(scratch, `${set}-images-idx3-ubyte`), idx([n, 28, 28]));
  }
  const folders = ['--data', join(scratch, 'data'), '--out', join(scratch, 'out')];
  const args = ['--import', 'tsx', 'examples/chapter/main.ts', ...folders, '--epochs', '1', '--vgg16', 'none'];
  const { stdout } = await promisify(execFile)(process.execPath, args, {
    cwd: REPOSITORY,
    env: { ...process.env, MNIST_FOLDER: scratch, NO_COLOR: '1' },
    maxBuffer: 2 ** 24,
  });
  said = stdout;
}, 240_000);
afterAll(() => rm(scratch, { recursive: true, force: true }));

/** Noise around a brightness of its class. */
async function writePictures(folder: string, one: number): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (let i = 1; i <= PICTURES; i++) {
    const pixels = Uint8Array.from({ length: 32 * 32 * 3 }, (_, at) => 25 * one + 20 * Math.sin(at * (i + one)));
    await sharp(pixels, { raw: { width: 32, height: 32, channels: 3 } })
      .png()
      .toFile(join(folder, `${i}.png`));
  }
}

/** Stripes in place of digits, all of one class. */
function idx(shape: number[]): Buffer {
  const header = Buffer.alloc(4 + 4 * shape.length);
  header.set([0, 0, 8, shape.length]);
  for (const [axis, length] of shape.entries()) header.writeUInt32BE(length, 4 + 4 * axis);
  const fill = shape.length === 1 ? Buffer.from([7]) : Buffer.from([0, 0, 7, 255]);
  return Buffer.concat([header, Buffer.alloc(shape.reduce((a, b) => a * b)).fill(fill)]);
}

test('runs every section in order', () => {
  expect(said.match(/━━━ (.*) ━━━/g)).toEqual(
    ['1-pictures', '2-model', '3-training', '4-saved-model', '5-vgg16', '6-transfer-learning', '7-mnist-served'].map(
      (section) => `━━━ ${section}.ts ━━━`,
    ),
  );
});

test('says what the chapter says', () => {
  expect(said).toContain('data1/train: 32 pictures of 8 classes, 1 2 3 4 6 7 8 9');
  expect(said).toContain('Total params: 1,182,248');
  expect(said).toContain('Found 32 images belonging to 8 classes.');
  expect(said).toMatch(/Epoch 1\/1\n.*val_accuracy/);
  expect(said).toMatch(/1\.png is of class automobile; the model says:/);
  expect(said).toMatch(/Evaluation: \{ accuracy: [\d.]+, loss: [\d.]+ \}/);
  expect(said).toContain('Predictions: 32 × 8');
  expect(said).toContain('Total params: 138,357,544');
  expect(said).toContain('trainable weights: 14');
  expect(said).toContain('trainable weights, frozen from conv1 to drop2: 6');
  expect(said).toContain('new_dense (Dense)');
  expect(said).toMatch(/served, it says over HTTP:\na 7 with probability/);
});

test('tells a photograph with real weights, where they lie beside the checkout', () => {
  const expected = existsSync(join(REPOSITORY, '../shared/fixtures/real/efficientnet_lite0.h5'))
    ? /What EfficientNet-Lite0 sees on coffee_224\.png:[\s\S]*espresso/
    : /There is no photograph .*coffee_224\.png; give one with --photo\./;
  expect(said).toMatch(expected);
});

test('leaves models and figures', async () => {
  const out = join(scratch, 'out');
  expect((await readdir(out)).sort()).toEqual([
    'activations.png',
    'cifar10.png',
    'cifar_model.h5',
    'confusion.png',
    'filters.png',
    'grad-cam.png',
    'history.png',
    'mistakes.png',
    'model.png',
    'savedmodel',
    'transfer-history.png',
  ]);
  for (const figure of (await readdir(out)).filter((name) => name.endsWith('.png'))) {
    expect((await readFile(join(out, figure))).subarray(0, 4)).toEqual(PNG);
  }
  using model = await tf.loadModel(join(out, 'savedmodel'));
  const scores = await model.predict(tf.tensor(new Float32Array(784), [1, 784]));
  expect(scores.shape).toEqual([1, 10]);
});

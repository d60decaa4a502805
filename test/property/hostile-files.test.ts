import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { codeOf, ERROR_CODES, messageOf } from '../../src/errors/errors.js';
import * as layers from '../../src/layers/index.js';
import { type Model, type Sequential, sequential } from '../../src/models/index.js';
import { loadModel } from '../../src/saving/load-model.js';
import '../../src/saving/tfjs/save.js';
import { hostileBytes } from './hostile-bytes.js';

// Warnings of damage that could be passed over are not looked at here.
process.on('warning', () => {});

function network(): Sequential {
  const model = sequential({ name: 'net' });
  model.add(layers.dense({ units: 3, inputShape: [2] }));
  model.add(layers.batchNormalization());
  model.compile({ optimizer: 'adam', loss: 'meanSquaredError', metrics: ['mae'] });
  return model;
}

let parent = '';
let good = '';
beforeAll(async () => {
  parent = await mkdtemp(join(tmpdir(), 'hostile-'));
  good = join(parent, 'good');
  for (const folder of ['tfjs', 'checkpoint']) await mkdir(join(good, folder), { recursive: true });
  using model = network();
  await model.exportSavedModel(join(good, 'described'));
  await cp(join(good, 'described'), join(good, 'graph'), { recursive: true });
  await rm(join(good, 'graph', 'assets.extra'), { recursive: true });
  await model.save(join(good, 'tfjs', 'model.json'));
  await model.program.saveCheckpoint(join(good, 'checkpoint', 'c'));
  await model.saveWeights(join(good, 'w.npz'));
  await model.saveWeights(join(good, 'w.safetensors'));
  await model.save(join(good, 'm.keras'));
}, 60_000);
afterAll(() => rm(parent, { recursive: true, force: true }));

/** Loads what is there as what it claims to be. */
async function load(path: string): Promise<void> {
  let model: Model | undefined;
  try {
    if (/\.(npz|safetensors)$|checkpoint/.test(path)) {
      model = network();
      await model.loadWeights(path);
    } else model = await loadModel(path);
  } finally {
    model?.dispose();
  }
}

describe('a damaged file is loaded, or refused by a coded error that names it; nothing else is written', () => {
  test.each([
    ['w.npz', 'w.npz'],
    ['w.safetensors', 'w.safetensors'],
    ['m.keras', 'm.keras'],
    ['checkpoint', 'checkpoint/c.index'],
    ['checkpoint', 'checkpoint/c.data-00000-of-00001'],
    ['described', 'described/assets.extra/keras_model.json'],
    ['described', 'described/variables/variables.index'],
    ['graph', 'graph/saved_model.pb'],
    ['graph', 'graph/variables/variables.index'],
    ['tfjs', 'tfjs/model.json'],
  ])('%s: %s', { timeout: 120_000 }, async (root, file) => {
    const original = await readFile(join(good, file));
    const place = join(parent, `bad-${file.replaceAll('/', '-')}`);
    await mkdir(place);
    await cp(join(good, root), join(place, root), { recursive: true });
    const path = join(place, root === 'checkpoint' ? 'checkpoint/c' : root);
    const names = await readdir(place, { recursive: true });
    await fc.assert(
      fc.asyncProperty(hostileBytes(original), async (bytes) => {
        await writeFile(join(place, file), bytes);
        const error = await load(path).then(() => undefined, (cause) => cause); // biome-ignore format: short
        if (error !== undefined) {
          expect(codeOf(error)).toSatisfy((code) => code in ERROR_CODES || String(code).startsWith('TF_'));
          expect(messageOf(error)).toContain(place);
        }
        expect(await readdir(place, { recursive: true })).toEqual(names);
      }),
      { numRuns: 100 },
    );
  });
});

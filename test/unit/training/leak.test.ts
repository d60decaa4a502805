import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, describe, expect, test } from 'vitest';
import { tensor } from '../../../src/core/tensor.js';
import * as layers from '../../../src/layers/index.js';
import { type Sequential, sequential } from '../../../src/models/sequential.js';
import { loadAddon } from '../../../src/native/library.js';
import { backupAndRestore, earlyStopping, tensorBoard } from '../../../src/training/callbacks/index.js';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

const folder = mkdtempSync(join(tmpdir(), 'leak-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const board = tensorBoard(folder, { histogramFreq: 1, updateFreq: 'batch' });
const backup = backupAndRestore(join(folder, 'backup'), { saveFreq: 2 });
const stop = earlyStopping({ monitor: 'loss', restoreBestWeights: true, patience: 9 });

const x = tensor(new Float32Array(32).fill(0.5), [16, 2]);
const y = tensor(new Float32Array(32).fill(0.5), [16, 2]);

function small(): Sequential {
  const model = sequential();
  model.add(layers.dense({ units: 2, inputShape: [2] }));
  model.compile({ optimizer: 'adam', loss: 'mse', metrics: ['accuracy'] });
  return model;
}

/** Why a function: what a loop last held must be out of reach when garbage is collected. */
async function repeat(times: number, use: () => Promise<unknown>): Promise<void> {
  for (let i = 0; i < times; i++) await use();
}

/** What the addon holds once garbage is gone; finalizers run after the collection, in turns of their own. */
async function held(): Promise<Record<string, number>> {
  for (let i = 0; i < 10; i++) {
    collect();
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return { ...loadAddon().counters() };
}

describe('native memory', () => {
  const uses: [string, (model: Sequential) => Promise<unknown>][] = [
    ['fit', (model) => model.fit(x, y, { epochs: 5, batchSize: 2, validationData: [x, y] })],
    ['fit from a generator', (model) => model.fit(async function* () { for (let i = 0; i < 8; i++) yield [x, y]; })], // biome-ignore format: one line
    ['fit with callbacks', (model) => model.fit(x, y, { epochs: 2, validationData: [x, y], callbacks: [board, stop, backup] })], // biome-ignore format: one line
    ['evaluate', (model) => model.evaluate(x, y, { batchSize: 2 })],
    ['predict', (model) => model.predict(x, { batchSize: 2 })],
    ['trainOnBatch', (model) => model.trainOnBatch(x, y)],
    ['a refused fit', (model) => model.fit(x, [[1, 2]]).catch(() => {})],
    ['weights out and in', async (model) => model.setWeights(await model.getWeights())],
    ['a snapshot put back', async (model) => (await model.snapshot()).restore()],
  ];

  test.each(uses)('%s, again and again, holds no more than once', async (_, use) => {
    using model = small();
    await repeat(2, () => use(model));
    const once = await held();
    await repeat(20, () => use(model));
    expect(await held()).toEqual(once);
  });

  test('a model that was disposed leaves nothing', async () => {
    const before = await held();
    await repeat(5, async () => {
      using model = small();
      await model.fit(x, y, { epochs: 2 });
      (await model.predict(x)).dispose();
    });
    expect(await held()).toEqual(before);
  });

  test('a model that was forgotten leaves nothing either', async () => {
    const before = await held();
    await repeat(2, () => small().fit(x, y));
    expect(await held()).toEqual(before);
  });
});

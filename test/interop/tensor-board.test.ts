import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { tensor } from '../../src/core/tensor.js';
import * as layers from '../../src/layers/index.js';
import { sequential } from '../../src/models/index.js';
import { tensorBoard } from '../../src/training/callbacks/index.js';

const python = process.env.LIBTENSORFLOW_NODE_PYTHON ?? '';
const MINUTE = 60_000;

interface Found {
  scalars: Record<string, [step: number, value: number][]>;
  histograms: Record<string, [step: number, count: number, sum: number][]>;
  images: Record<string, [step: number, height: number, width: number, channels: number][]>;
  graph: string[];
  steps: Record<string, number>;
  /** As TensorBoard itself has them, where it is installed. */
  tags?: { scalars: string[]; histograms: string[]; images: string[]; graph: boolean; run_metadata: string[] };
}

async function judge(folder: string): Promise<Found> {
  const { stdout } = await promisify(execFile)(python, [resolve('test/interop/judge_events.py'), folder]);
  return JSON.parse(/^RESULT (.*)$/m.exec(stdout)?.[1] ?? '{}');
}

test(
  'Python reads what the TensorBoard callback wrote',
  async () => {
    const root = await mkdtemp(join(tmpdir(), 'tensorboard-'));
    using model = sequential();
    model.add(layers.conv2d({ name: 'conv', filters: 2, kernelSize: 3, inputShape: [5, 5, 1] }));
    model.add(layers.flatten());
    model.add(layers.dense({ name: 'head', units: 1 }));
    model.compile({ optimizer: 'adam', loss: 'mse', metrics: ['mae'] });
    const x = tensor(Float32Array.from({ length: 8 * 25 }, (_, i) => Math.sin(i)), [8, 5, 5, 1]); // biome-ignore format: short
    const y = tensor(
      Float32Array.from({ length: 8 }, (_, i) => i / 8),
      [8, 1],
    );
    try {
      const { history } = await model.fit(x, y, {
        epochs: 2,
        batchSize: 4,
        validationData: [x, y],
        callbacks: [tensorBoard(root, { histogramFreq: 1, writeImages: true, updateFreq: 'batch', profileBatch: 2 })],
      });
      const [train, validation] = await Promise.all([judge(join(root, 'train')), judge(join(root, 'validation'))]);
      const byEpoch = (name: string) => history[name]?.map((value, epoch) => [epoch, value]);
      expect(train.scalars.epoch_loss).toEqual(byEpoch('loss'));
      expect(train.scalars.epoch_mae).toEqual(byEpoch('mae'));
      expect(train.scalars.batch_loss?.map(([step]) => step)).toEqual([1, 2, 3, 4]);
      expect(train.scalars.epoch_learning_rate).toHaveLength(2);
      expect(validation.scalars.epoch_loss).toEqual(byEpoch('val_loss'));

      const kernel = (await model.getWeights())[0]?.dataSync() as Float32Array;
      const [, last] = train.histograms['conv/kernel/histogram'] ?? [];
      expect(last?.slice(0, 2)).toEqual([1, 18]);
      expect(last?.[2]).toBeCloseTo(
        kernel.reduce((a, b) => a + b, 0),
        5,
      );
      expect(train.images['conv/kernel/image/1']).toEqual([[0, 3, 3, 1], [1, 3, 3, 1]]); // biome-ignore format: short
      expect(train.graph).toEqual(expect.arrayContaining(['Conv2D', 'ReadVariableOp']));
      expect(train.steps.batch_2).toBeGreaterThan(10);
      if (train.tags) {
        expect(train.tags.scalars).toEqual(expect.arrayContaining(['epoch_loss', 'batch_loss', 'epoch_learning_rate']));
        expect(train.tags).toMatchObject({ graph: true, run_metadata: ['batch_2'] });
      }
    } finally {
      await rm(root, { recursive: true, force: true });
    }
  },
  MINUTE,
);

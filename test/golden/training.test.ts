import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type Tensor, tensor } from '../../src/core/tensor.js';
import { deserialize, type LayerConfig } from '../../src/layers/registry.js';
import type { Sequential } from '../../src/models/sequential.js';
import { sequential } from '../../src/models/sequential.js';
import { summaryText } from '../../src/models/summary.js';
import { optimizers, type SerializedObject } from '../../src/nn/index.js';
import type { Logs } from '../../src/training/callbacks/index.js';
import { EarlyStopping, ModelCheckpoint } from '../../src/training/callbacks/index.js';
import { expectClose, type PackedArray, unpack } from './nn-fixtures.js';
import '../../src/layers/index.js';

interface FitCase {
  name: string;
  config: { layers: LayerConfig[] };
  loss: string;
  optimizer: SerializedObject;
  x: PackedArray;
  y: PackedArray;
  weights: PackedArray[];
  options: Record<string, number>;
  class_weight: Record<number, number> | null;
  sample_weight: PackedArray | null;
  history: Record<string, number[]>;
  evaluation: Logs;
  prediction: PackedArray;
}

interface CallbackCase {
  monitor: string;
  values: number[];
  options: Record<string, unknown>;
}

interface Golden {
  fits: FitCase[];
  early_stopping: (CallbackCase & {
    epochs_run: number;
    stopped_epoch: number;
    best_epoch: number;
    weights_of_epoch: number;
  })[];
  model_checkpoint: (CallbackCase & { filepath: string; saved: string[] })[];
  summary: {
    config: { layers: LayerConfig[] };
    rows: [string, string, string, number][];
    total: number;
    trainable: number;
    non_trainable: number;
  };
}

// Written by make/training.py.
const golden = JSON.parse(readFileSync(new URL('training.json', import.meta.url), 'utf8')) as Golden;

const fromLayers = (config: { layers: LayerConfig[] }): Sequential =>
  sequential({ name: 'golden', layers: config.layers.map(deserialize) });

const camelCased = <T>(options: Record<string, T>): Record<string, T> =>
  Object.fromEntries(
    Object.entries(options).map(([k, v]) => [k.replaceAll(/_(.)/g, (_, c: string) => c.toUpperCase()), v]),
  );

describe('fit without shuffling gives Keras’ history', () => {
  for (const wanted of golden.fits) {
    test(wanted.name, async () => {
      using model = fromLayers(wanted.config);
      await model.setWeights(wanted.weights.map(unpack));
      model.compile({ optimizer: optimizers.get(wanted.optimizer), loss: wanted.loss, metrics: ['accuracy'] });
      const [x, y] = [unpack(wanted.x), unpack(wanted.y)];
      const { history } = await model.fit(x, y, {
        ...camelCased(wanted.options),
        ...(wanted.class_weight ? { classWeight: wanted.class_weight } : {}),
        ...(wanted.sample_weight ? { sampleWeight: unpack(wanted.sample_weight) } : {}),
        shuffle: false,
      });
      expectCurves(history, wanted.history);
      expectCurves(await model.evaluate(x, y, { batchSize: 7 }), wanted.evaluation);
      await expectClose(await model.predict(x), wanted.prediction, { rtol: 0, atol: 1e-4 });
    });
  }
});

function expectCurves(got: Record<string, number | number[]>, wanted: Record<string, number | number[]>): void {
  expect(Object.keys(got).sort()).toEqual(Object.keys(wanted).sort());
  for (const [name, values] of Object.entries(wanted)) {
    for (const [i, value] of [values].flat().entries()) {
      const ours = [got[name] ?? []].flat()[i] ?? Number.NaN;
      expect(Math.abs(ours - value), `${name} ${i + 1}: ${ours} for ${value}`).toBeLessThan(1e-4);
    }
    expect([got[name]].flat()).toHaveLength([values].flat().length);
  }
}

/** What callbacks see of a model whose one weight is the number of the epoch. */
class Stub {
  readonly name = 'stub';
  readonly saved: string[] = [];
  stopTraining = false;
  weight = 0;

  async save(path: string): Promise<void> {
    this.saved.push(path);
  }
  saveWeights = this.save;
  async checkSavable(): Promise<void> {}
  async getWeights() {
    return [tensor(this.weight)];
  }
  async setWeights([weight]: readonly Tensor[]) {
    this.weight = Number(weight?.dataSync()[0]);
  }
}

describe('EarlyStopping decides as Keras’', () => {
  for (const { monitor, values, options, ...wanted } of golden.early_stopping) {
    test(`${monitor} ${values} ${JSON.stringify(options)}`, async () => {
      const model = new Stub();
      const callback = new EarlyStopping({ monitor, ...camelCased(options) });
      Object.assign(callback, { model, run: { aborted: false } });
      callback.onTrainBegin();
      let epochs = 0;
      for (; epochs < values.length && !model.stopTraining; epochs++) {
        model.weight = epochs;
        await callback.onEpochEnd(epochs, { [monitor]: values[epochs] ?? 0 });
      }
      await callback.onTrainEnd();
      expect({
        epochs_run: epochs,
        stopped_epoch: callback.stoppedEpoch,
        best_epoch: callback.bestEpoch,
        weights_of_epoch: model.weight,
      }).toEqual(wanted);
    });
  }
});

describe('ModelCheckpoint saves when Keras’ does, under the same names', () => {
  for (const { monitor, values, options, filepath, saved } of golden.model_checkpoint) {
    test(`${filepath} ${JSON.stringify(options)}`, async () => {
      const model = new Stub();
      const callback = new ModelCheckpoint({ filepath, monitor, ...camelCased(options) });
      callback.model = model as never;
      await callback.onTrainBegin();
      for (const [epoch, value] of values.entries()) {
        callback.onEpochBegin(epoch);
        await callback.onEpochEnd(epoch, { [monitor]: value });
      }
      expect(model.saved).toEqual(saved);
    });
  }
});

test('a summary has Keras’ shapes and numbers', () => {
  const { config, rows, total, trainable, non_trainable: other } = golden.summary;
  using model = fromLayers(config);
  const text = summaryText(model);
  const table = text.split('\n').filter((line) => line.startsWith('│'));
  expect(
    table.map((line) =>
      line
        .split('│')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    ),
  ).toEqual(rows.map(([name, kind, shape, count]) => [`${name} (${kind})`, shape, String(count)]));
  const totals = [...text.matchAll(/(\S+) params: ([\d,]+)/g)].map(([, name, n]) => [name, n]);
  expect(totals).toEqual([
    ['Total', String(total)],
    ['Trainable', String(trainable)],
    ['Non-trainable', String(other)],
  ]);
});

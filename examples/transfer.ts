/**
 * Transfer learning in one call: a trained network gets new classes, learning on features that are computed once; then
 * how much cheaper such an epoch is than one through the frozen network.
 *
 *     npx tsx examples/transfer.ts [--model cifar_model.h5] [--data data/cifar_10_images/data2] [--epochs 10]
 */
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import * as tf from 'libtensorflow-node';

const { values } = parseArgs({
  options: {
    model: { type: 'string', default: join('data', 'cifar_model.h5') },
    data: { type: 'string', default: join('data', 'cifar_10_images', 'data2') },
    epochs: { type: 'string', default: '10' },
  },
});

/** Seconds of each epoch, without its validation. */
class Stopwatch extends tf.callbacks.Callback {
  readonly seconds: number[] = [];
  #start = 0;
  #end = 0;

  override onEpochBegin(): void {
    this.#start = performance.now();
    this.#end = 0;
  }

  override onTestBegin(): void {
    this.#end = performance.now();
  }

  override onEpochEnd(): void {
    this.seconds.push(((this.#end || performance.now()) - this.#start) / 1000);
  }

  /** Of all but the first, which compiles the step. */
  get median(): number {
    const sorted = this.seconds.slice(1).sort((a, b) => a - b);
    return sorted[sorted.length >> 1] ?? Number.NaN;
  }
}

const base = await tf.loadModel(values.model);
if (!(base instanceof tf.Sequential || base instanceof tf.Functional)) throw new Error('The base has to have layers.');

const onFeatures = new Stopwatch();
const { model, evaluation } = await tf.applications.transfer(base, {
  classes: 2,
  train: join(values.data, 'train'),
  valid: join(values.data, 'valid'),
  cut: 'flatten',
  head: [
    tf.layers.dense({ name: 'new_dense_1', units: 256, activation: 'relu' }),
    tf.layers.dropout({ name: 'new_dropout', rate: 0.5 }),
    tf.layers.dense({ name: 'new_dense_2', units: 2, activation: 'softmax' }),
  ],
  batchSize: 50,
  epochs: Number(values.epochs),
  callbacks: [onFeatures],
  verbose: 0,
});
console.log('Evaluation:', evaluation);

const throughAll = new Stopwatch();
model.freezeWeights({ to: 'flatten' });
model.compile({ loss: 'categoricalCrossentropy', optimizer: 'adam', metrics: ['accuracy'] });
const plain = tf.data.imageDataGenerator({ rescale: 1 / 255 });
const flow = await plain.flowFromDirectory(join(values.data, 'train'), { targetSize: [32, 32], batchSize: 50 });
await model.fit(flow, { epochs: 3, callbacks: [throughAll], verbose: 0 });

const [cheap, full] = [onFeatures.median, throughAll.median];
console.log(`An epoch on the features takes ${cheap.toFixed(2)} s, through the frozen network ${full.toFixed(2)} s.`);
console.log(`Ratio: ${(cheap / full).toFixed(3)}`);

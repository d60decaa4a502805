/** Our side: `ours.ts WORKLOAD BATCH STEPS EPOCHS PICTURES GRAPH` prepares, then works once for each line `run`. */
import { writeFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import * as tf from '../src/index.js';
import { smallCnn } from '../src/models/small-cnn.js';

const [name = '', batch = '', steps = '', passes = '', pictures = '', graph = ''] = process.argv.slice(2);
const [batchSize, stepsPerEpoch, epochs] = [Number(batch), Number(steps), Number(passes)];
const WARM_UP_STEPS = 10;

type Work = (options: { stepsPerEpoch: number; epochs: number }) => Promise<unknown>;

const WORKLOADS: Readonly<Record<string, () => Promise<Work>>> = {
  'cnn-memory': async () => fitOnArrays(compiledCnn(), [32, 32, 3], 8),
  'cnn-memory-bfloat16': async () => fitOnArrays(compiledCnn('mixed_bfloat16'), [32, 32, 3], 8),
  'cnn-folders': async () => fitOnFolders(compiledCnn()),
  'cnn-folders-bfloat16': async () => fitOnFolders(compiledCnn('mixed_bfloat16')),
  'augment-32': async () => drawBatches(await augmentedFlow(32, false)),
  'augment-224': async () => drawBatches(await augmentedFlow(224, false)),
  'augment-32-cached': async () => drawBatches(await augmentedFlow(32, true)),
  'augment-224-cached': async () => drawBatches(await augmentedFlow(224, true)),
  'predict-1': async () => predictArrays(compiledCnn(), [1, 32, 32, 3]),
  'predict-256': async () => predictArrays(compiledCnn(), [256, 32, 32, 3]),
  'predict-VGG16': async () => predictArrays(await tf.applications.vgg16({ weights: pictures }), [1, 224, 224, 3]),
  'predict-ResNet50': async () =>
    predictArrays(await tf.applications.resnet50({ weights: pictures }), [1, 224, 224, 3]),
  'mnist-dense': async () => fitOnArrays(compiledDense(), [784], 10),
  'trivial-call': async () => {
    const program = new tf.Program({ seed: 1 });
    const trivial = program.function('trivial', { x: tf.spec('float32', [1]) }, ({ x }) => ({ y: tf.ops.add(x, 1) }));
    await writeFile(graph, program.graph.toGraphDef());
    const x = tf.tensor([1]);
    return async ({ stepsPerEpoch: calls }) => {
      for (let i = 0; i < calls; i++) (await trivial({ x })).y.dispose();
    };
  },
};

const prepare = WORKLOADS[name];
if (!prepare) throw new Error(`ours.ts knows ${Object.keys(WORKLOADS).join(', ')}, not '${name}'`);
const work = await prepare();
await work({ stepsPerEpoch: Math.min(WARM_UP_STEPS, stepsPerEpoch), epochs: 1 });
await work({ stepsPerEpoch, epochs: 1 });
say({
  ready: { 'libtensorflow-node': tf.version.package, libtensorflow: tf.version.tensorflow, Node: process.version },
});
for await (const line of createInterface({ input: process.stdin })) {
  if (line !== 'run') continue;
  const began = performance.now();
  await work({ stepsPerEpoch, epochs });
  say({ ms: performance.now() - began });
}

function say(answer: object): void {
  console.log(JSON.stringify(answer));
}

function augmentedFlow(side: number, cache: boolean) {
  const generator = tf.data.imageDataGenerator({
    rotationRange: 15,
    widthShiftRange: 0.2,
    heightShiftRange: 0.2,
    horizontalFlip: true,
    rescale: 1 / 255,
  });
  const options = { targetSize: [side, side], batchSize, classMode: 'categorical', cache, verbose: 0 } as const;
  return generator.flowFromDirectory(pictures, options);
}

/** Batches without a model, brought to JavaScript. */
function drawBatches(flow: { next(): Promise<tf.Tensor[]> }): Work {
  return async ({ stepsPerEpoch: batches }) => {
    for (let i = 0; i < batches; i++) for (const part of await flow.next()) part.dispose();
  };
}

/** The same pictures again and again, read each time. */
function predictArrays(model: tf.Model, shape: readonly number[]): Work {
  const values = Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, Math.random);
  const batchSize = shape[0] as number;
  return async ({ stepsPerEpoch: times }) => {
    for (let i = 0; i < times; i++) {
      using x = tf.tensor(values, shape);
      using y = await model.predict(x, { batchSize, verbose: 0 });
      await y.data();
    }
  };
}

async function fitOnFolders(model: tf.Sequential): Promise<Work> {
  const flow = await augmentedFlow(32, false);
  return (how) => model.fit(flow, { ...how, verbose: 0 });
}

function compiledCnn(precision: tf.Precision = 'float32'): tf.Sequential {
  const model = smallCnn();
  model.compile({ loss: 'categoricalCrossentropy', optimizer: 'adam', metrics: ['accuracy'], precision });
  return model;
}

function compiledDense(): tf.Sequential {
  const model = tf.sequential();
  model.add(tf.layers.dense({ units: 256, activation: 'relu', inputShape: [784] }));
  model.add(tf.layers.dense({ units: 128, activation: 'relu' }));
  model.add(tf.layers.dense({ units: 10, activation: 'softmax' }));
  model.compile({ loss: 'categoricalCrossentropy', optimizer: 'rmsprop', metrics: ['accuracy'] });
  return model;
}

/** Random pictures and one-hot labels, as many as an epoch takes. */
function fitOnArrays(model: tf.Sequential, shape: readonly number[], classes: number): Work {
  const n = batchSize * stepsPerEpoch;
  const size = shape.reduce((a, b) => a * b, 1);
  const x = tf.tensor(Float32Array.from({ length: n * size }, Math.random), [n, ...shape]);
  const labels = new Float32Array(n * classes);
  for (let i = 0; i < n; i++) labels[i * classes + Math.floor(Math.random() * classes)] = 1;
  const y = tf.tensor(labels, [n, classes]);
  return ({ epochs: passes }) => model.fit(x, y, { batchSize, epochs: passes, verbose: 0 });
}

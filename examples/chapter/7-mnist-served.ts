/**
 * A dense network learns MNIST and is exported as a SavedModel, which TensorFlow Serving and Python take.
 *
 *     npx tsx examples/chapter/7-mnist-export.ts [--epochs 3]
 *
 * The chapter then serves it over HTTP; serving is not part of this section yet.
 */
import { join } from 'node:path';
import * as tf from 'libtensorflow-node';
import { epochsOr, out, verbose } from './options.js';

const { train, test } = await tf.datasets.mnist.load();
const x = vectors(train);
const xTest = vectors(test);

const model = tf.sequential();
model.add(tf.layers.dense({ units: 256, activation: 'relu', inputShape: [784], name: 'image' }));
model.add(tf.layers.dense({ units: 128, activation: 'relu' }));
model.add(tf.layers.dense({ units: 10, activation: 'softmax', name: 'prediction' }));
model.compile({ loss: 'sparseCategoricalCrossentropy', optimizer: 'rmsprop', metrics: ['accuracy'] });
model.summary();

await model.fit(x, train.labels, { batchSize: 128, epochs: epochsOr(3), validationSplit: 0.2, verbose });
console.log('Evaluation:', await model.evaluate(xTest, test.labels));

const folder = join(out, 'savedmodel');
await model.exportSavedModel(folder);
const program = await tf.Program.load(folder);
const one = xTest.rows(0, 1);
const served = (await program.get('serving_default')({ image_input: one })) as { prediction: tf.Tensor };
const [scores = []] = served.prediction.array() as number[][];
console.log(
  `Exported to ${folder}; loaded again, its signature serving_default takes image_input and gives prediction:`,
);
console.log(`a ${scores.indexOf(Math.max(...scores))} with probability ${Math.max(...scores).toFixed(4)}.`);

/** Bytes `[n, 28, 28]` as `[n, 784]` from 0 to 1. */
function vectors({ images, shape: [count] }: tf.datasets.mnist.MnistSet): tf.Tensor<'float32'> {
  return tf.tensor(
    Float32Array.from(images, (value) => value / 255),
    [count, 784],
    'float32',
  );
}

/**
 * A dense network learns MNIST, is exported as a SavedModel, served over HTTP, and asked for a digit.
 *
 *     npx tsx examples/chapter/7-mnist-served.ts [--epochs 3] [--stay]
 *
 * With `--stay` the server stays up, on port 8089, for curl and a browser; Ctrl-C ends it.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as tf from 'libtensorflow-node';
import { epochsOr, out, stay, verbose } from './options.js';

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
const server = await tf.serve(folder, { port: stay ? 8089 : 0 });
const digit = Array.from(xTest.rows(0, 1).dataSync());
const answer = await fetch(`${server.url}/serving_default/predict`, {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ instances: [{ image_input: digit }] }),
});
const { predictions } = (await answer.json()) as { predictions: { prediction: number[] }[] };
const scores = predictions[0]?.prediction ?? [];
console.log(`Exported to ${folder}; served, it says over HTTP:`);
console.log(`a ${scores.indexOf(Math.max(...scores))} with probability ${Math.max(...scores).toFixed(4)}.`);
if (stay) {
  const request = join(out, 'digit.json');
  await writeFile(request, JSON.stringify({ instances: [{ image_input: digit }] }));
  console.log(`curl -X POST -H 'Content-Type: application/json' -d @${request} ${server.url}/serving_default/predict`);
} else {
  await server.close();
}

/** Bytes `[n, 28, 28]` as `[n, 784]` from 0 to 1. */
function vectors({ images, shape: [count] }: tf.datasets.mnist.MnistSet): tf.Tensor<'float32'> {
  return tf.tensor(
    Float32Array.from(images, (value) => value / 255),
    [count, 784],
    'float32',
  );
}

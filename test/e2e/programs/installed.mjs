/** What a program of somebody who installed the package does, in the folder where it runs; what came of it as JSON. */
import { deepStrictEqual } from 'node:assert';
import { mkdir, writeFile } from 'node:fs/promises';
import * as tf from 'libtensorflow-node';
import { serve } from 'libtensorflow-node/serving';
import sharp from 'sharp';

const x = tf.tensor([[0], [1], [2], [3]]);

const model = tf.sequential();
model.add(tf.layers.dense({ units: 1, inputShape: [1] }));
model.compile({ loss: 'mse', optimizer: tf.optimizers.sgd(0.1) });
const history = await model.fit(x, tf.tensor([[1], [3], [5], [7]]), { epochs: 200, batchSize: 4, verbose: 0 });
const predictions = await (await model.predict(x)).array();

for (const file of ['model.h5', 'model.keras']) {
  await model.save(file);
  const again = await tf.loadModel(file);
  deepStrictEqual(await (await again.predict(x)).array(), predictions);
}
await model.exportSavedModel('line');

await tf.plots.history(history, { file: 'history.png' });
await tf.plots.imageGrid(tf.tensor(new Float32Array(2 * 8 * 8 * 3), [2, 8, 8, 3]), { columns: 2, file: 'grid.png' });

const space = tf.featureSpace({ features: { age: 'floatNormalized', city: 'stringCategorical' } });
const table = { age: [20, 30, 40], city: ['Graz', 'Linz', 'Graz'] };
await space.adapt(table);
const features = (await space.encode({ age: tf.tensor(table.age), city: tf.tensor(table.city) })).shape;

const served = [];
for (const workers of [1, 2]) {
  const server = await serve('line', { port: 0, workers, logLevel: 'silent' });
  const body = JSON.stringify({ instances: [[4]] });
  const response = await fetch(`${server.url}/v1/models/line:predict`, { method: 'POST', body });
  served.push((await response.json()).predictions[0][0]);
  const page = await fetch(server.url);
  if (!(await page.text()).includes('<html')) throw new Error('the server has no page');
  await server.close();
}

for (const of of ['red', 'blue']) {
  const colour = of === 'red' ? [255, 0, 0] : [0, 0, 255];
  const pixels = Uint8Array.from({ length: 8 * 8 * 3 }, (_, i) => colour[i % 3] ?? 0);
  await mkdir(`pictures/${of}`, { recursive: true });
  const png = await sharp(pixels, { raw: { width: 8, height: 8, channels: 3 } })
    .png()
    .toBuffer();
  for (const i of [1, 2, 3, 4]) await writeFile(`pictures/${of}/${i}.png`, png);
}
console.log(JSON.stringify({ predictions: predictions.flat(), features, served }));

/** Trains on a folder of pictures from one seed and says what came of it: `repeatable.ts FOLDER SEED`. */
import { createHash } from 'node:crypto';
import * as tf from '../../../src/index.js';

const [folder = '', seed = ''] = process.argv.slice(2);
tf.config({ seed: Number(seed), intraOpThreads: 1, interOpThreads: 1 });

const model = tf.sequential();
model.add(tf.layers.conv2d({ filters: 4, kernelSize: 3, inputShape: [8, 8, 3], activation: 'relu' }));
model.add(tf.layers.batchNormalization());
model.add(tf.layers.flatten());
model.add(tf.layers.dropout({ rate: 0.5 }));
model.add(tf.layers.dense({ units: 2, activation: 'softmax' }));
model.compile({ optimizer: 'adam', loss: 'categoricalCrossentropy', metrics: ['accuracy'] });

const augmented = tf.data.imageDataGenerator({
  rotationRange: 30,
  horizontalFlip: true,
  zoomRange: 0.2,
  rescale: 1 / 255,
});
const flow = await augmented.flowFromDirectory(folder, { targetSize: [8, 8], batchSize: 4 });
const { history } = await model.fit(flow, { epochs: 3, verbose: 0 });

const hash = createHash('sha256');
for (const value of await model.program.values(model.program.variables)) {
  const data = value.dataSync();
  if (ArrayBuffer.isView(data)) hash.update(data);
}
console.log(JSON.stringify({ loss: history.loss, hash: hash.digest('hex') }));

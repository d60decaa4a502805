/**
 * Makes test/golden/tfjs/layers: a model that tfjs trained and saved, and what it predicts. Run in a folder where
 * `npm install @tensorflow/tfjs@4.22.0` was done: `node <here>/tfjs.mjs <folder>`.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const tf = createRequire(join(process.cwd(), 'x.js'))('@tensorflow/tfjs');
const [, , folder] = process.argv;
await tf.setBackend('cpu');

const image = tf.input({ shape: [6, 6, 3], name: 'image' });
const seed = (n) => tf.initializers.glorotUniform({ seed: n });
const inner = tf.sequential({ name: 'inner' });
inner.add(tf.layers.dense({ name: 'deep', units: 3, inputShape: [4], kernelInitializer: seed(9) }));
const layers = [
  tf.layers.conv2d({
    filters: 4,
    kernelSize: 3,
    padding: 'same',
    activation: 'swish',
    kernelRegularizer: 'l1l2',
    kernelInitializer: seed(1),
  }),
  tf.layers.depthwiseConv2d({ kernelSize: 3, depthwiseInitializer: seed(2) }),
  tf.layers.separableConv2d({
    kernelSize: 3,
    filters: 2,
    depthwiseInitializer: seed(3),
    pointwiseInitializer: seed(4),
  }),
  tf.layers.batchNormalization(),
  tf.layers.reshape({ targetShape: [4, 2] }),
  tf.layers.lstm({
    units: 3,
    returnSequences: true,
    kernelInitializer: seed(5),
    recurrentInitializer: seed(6),
  }),
  tf.layers.bidirectional({
    layer: tf.layers.gru({ units: 2, kernelInitializer: seed(7), recurrentInitializer: seed(8) }),
    mergeMode: 'concat',
  }),
  inner,
];
const model = tf.model({ inputs: image, outputs: layers.reduce((x, layer) => layer.apply(x), image) });
model.compile({ optimizer: tf.train.rmsprop(0.01, 0.8), loss: 'meanSquaredError', metrics: ['accuracy'] });
const x = tf.tensor(
  Float32Array.from({ length: 216 }, (_, i) => ((i * 7919) % 256) / 255),
  [2, 6, 6, 3],
);
await model.fit(x, tf.tensor([[1, 2, 3], [3, 2, 1]]), { epochs: 3, shuffle: false, verbose: 0 }); // biome-ignore format: a matrix

const files = tf.io.withSaveHandler(async ({ weightData, weightSpecs, ...rest }) => {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'weights.bin'), Buffer.from(weightData));
  const weightsManifest = [{ paths: ['weights.bin'], weights: weightSpecs }];
  writeFileSync(join(folder, 'model.json'), JSON.stringify({ ...rest, weightsManifest }));
  return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } };
});
await model.save(files, { includeOptimizer: true });
writeFileSync(join(folder, 'predictions.json'), JSON.stringify(model.predict(x).arraySync()));

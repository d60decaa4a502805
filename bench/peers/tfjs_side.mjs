/**
 * tfjs-node's side, as its documentation would have it: `tfjs_side.mjs FOLDER WORKLOAD BATCH STEPS EPOCHS PICTURES`
 * prepares, then works once for each line `run`.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const [folder, name, batch, steps, passes, pictures] = process.argv.slice(2);
const tf = createRequire(join(folder, 'package.json'))('@tensorflow/tfjs-node');
const [batchSize, stepsPerEpoch, epochs] = [Number(batch), Number(steps), Number(passes)];
const WARM_UP_STEPS = 10;
const SIDE = 32;

const WORKLOADS = {
  'cnn-memory': () => fitOnArrays(compiledCnn(), [SIDE, SIDE, 3], 8),
  'cnn-folders': () => {
    const model = compiledCnn();
    const flow = augmentedFlow();
    return ({ stepsPerEpoch: batches, epochs: times }) =>
      model.fitDataset(flow, { batchesPerEpoch: batches, epochs: times, verbose: 0 });
  },
  'mnist-dense': () => fitOnArrays(compiledDense(), [784], 10),
  'augment-32': async () => {
    const batches = await augmentedFlow().iterator();
    return async ({ stepsPerEpoch: count }) => {
      for (let i = 0; i < count; i++) tf.dispose((await batches.next()).value);
    };
  },
  'predict-1': () => predictArrays(compiledCnn(), 1),
  'predict-256': () => predictArrays(compiledCnn(), 256),
};

const READY = { ready: { 'tfjs-node': tf.version['tfjs-node'] } };
if (name === 'start') {
  await predictArrays(compiledCnn(), 1)({ stepsPerEpoch: 1 });
  say(READY);
  process.exit();
}
const work = await WORKLOADS[name]();
await work({ stepsPerEpoch: Math.min(WARM_UP_STEPS, stepsPerEpoch), epochs: 1 });
await work({ stepsPerEpoch, epochs: 1 });
say(READY);
for await (const line of createInterface({ input: process.stdin })) {
  if (line !== 'run') continue;
  const began = performance.now();
  await work({ stepsPerEpoch, epochs });
  say({ ms: performance.now() - began });
}

function say(answer) {
  console.log(JSON.stringify(answer));
}

function compiledCnn() {
  const { layers } = tf;
  const conv = (filters, first = {}) => [
    layers.conv2d({ filters, kernelSize: 3, padding: 'same', ...first }),
    layers.activation({ activation: 'relu' }),
  ];
  const pool = () => [layers.maxPooling2d({ poolSize: 2 }), layers.dropout({ rate: 0.25 })];
  const dense = () => [
    layers.dense({ units: 256 }),
    layers.activation({ activation: 'relu' }),
    layers.dropout({ rate: 0.5 }),
  ];
  const model = tf.sequential({
    layers: [
      ...conv(32, { inputShape: [SIDE, SIDE, 3] }),
      ...[...conv(32), ...pool(), ...conv(64), ...conv(64), ...pool()],
      ...[layers.flatten(), ...dense(), ...dense()],
      ...[layers.dense({ units: 8 }), layers.activation({ activation: 'softmax' })],
    ],
  });
  model.compile({ loss: 'categoricalCrossentropy', optimizer: 'adam', metrics: ['accuracy'] });
  return model;
}

function compiledDense() {
  const { layers } = tf;
  const model = tf.sequential({
    layers: [
      layers.dense({ units: 256, activation: 'relu', inputShape: [784] }),
      layers.dense({ units: 128, activation: 'relu' }),
      layers.dense({ units: 10, activation: 'softmax' }),
    ],
  });
  model.compile({ loss: 'categoricalCrossentropy', optimizer: 'rmsprop', metrics: ['accuracy'] });
  return model;
}

/** Random pictures and one-hot labels, as many as an epoch takes. */
function fitOnArrays(model, shape, classes) {
  const count = batchSize * stepsPerEpoch;
  const x = tf.randomUniform([count, ...shape]);
  const y = oneHot(
    Array.from({ length: count }, () => Math.floor(Math.random() * classes)),
    classes,
  );
  return ({ epochs: times }) => model.fit(x, y, { batchSize, epochs: times, verbose: 0 });
}

/** Pictures one batch at a time, each a tensor made, predicted on, read and disposed. */
function predictArrays(model, count) {
  const values = Float32Array.from({ length: count * SIDE * SIDE * 3 }, Math.random);
  return async ({ stepsPerEpoch: calls }) => {
    for (let i = 0; i < calls; i++) {
      const x = tf.tensor(values, [count, SIDE, SIDE, 3]);
      const y = model.predict(x, { batchSize: count });
      await y.data();
      tf.dispose([x, y]);
    }
  };
}

function oneHot(labels, classes) {
  return tf.tidy(() => tf.oneHot(tf.tensor1d(labels, 'int32'), classes).toFloat());
}

/**
 * Pictures rotated by up to 15°, shifted by up to a fifth, flipped, by an affine map in JavaScript.
 *
 * Why: its own rotation has no kernel in tfjs-node and falls back to a slower one in JavaScript.
 */
function augmentedFlow() {
  const files = shuffled(
    readdirSync(pictures).flatMap((label, i) =>
      readdirSync(join(pictures, label)).map((file) => [join(pictures, label, file), i]),
    ),
  );
  let at = 0;
  return tf.data.generator(async function* () {
    for (;;) {
      const chosen = Array.from({ length: batchSize }, () => files[at++ % files.length]);
      const size = SIDE * SIDE * 3;
      const values = new Float32Array(batchSize * size);
      for (const [i, [file]] of chosen.entries()) {
        const picture = tf.node.decodePng(readFileSync(file), 3);
        augment(picture.dataSync(), values, i * size);
        picture.dispose();
      }
      yield {
        xs: tf.tensor4d(values, [batchSize, SIDE, SIDE, 3]),
        ys: oneHot(
          chosen.map(([, label]) => label),
          8,
        ),
      };
    }
  });
}

function shuffled(list) {
  for (let i = list.length - 1; i > 0; i--) {
    const j = Math.floor(Math.random() * (i + 1));
    [list[i], list[j]] = [list[j], list[i]];
  }
  return list;
}

/** Bilinear, with the edge repeated, between 0 and 1. */
function augment(from, to, offset) {
  const spread = () => Math.random() * 2 - 1;
  const [angle, tx, ty] = [(spread() * 15 * Math.PI) / 180, spread() * 0.2 * SIDE, spread() * 0.2 * SIDE];
  const [cos, sin, flip, middle, last] = [
    Math.cos(angle),
    Math.sin(angle),
    Math.random() < 0.5 ? -1 : 1,
    (SIDE - 1) / 2,
    SIDE - 1,
  ];
  for (let row = 0; row < SIDE; row++) {
    for (let column = 0; column < SIDE; column++) {
      const [dx, dy] = [column - middle, row - middle];
      const x = Math.min(last, Math.max(0, flip * cos * dx - sin * dy + middle + tx));
      const y = Math.min(last, Math.max(0, flip * sin * dx + cos * dy + middle + ty));
      const [x0, y0] = [Math.floor(x), Math.floor(y)];
      const [x1, y1] = [Math.min(last, x0 + 1), Math.min(last, y0 + 1)];
      const [p, q] = [x - x0, y - y0];
      for (let channel = 0; channel < 3; channel++) {
        const pixel = (r, c) => from[(r * SIDE + c) * 3 + channel];
        const upper = pixel(y0, x0) * (1 - p) + pixel(y0, x1) * p;
        const lower = pixel(y1, x0) * (1 - p) + pixel(y1, x1) * p;
        to[offset + (row * SIDE + column) * 3 + channel] = (upper * (1 - q) + lower * q) / 255;
      }
    }
  }
}

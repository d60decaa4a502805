/** Our side of `start`, as a user has it: the built package, by its name, a network, one prediction. */
import * as tf from 'libtensorflow-node';

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
    ...conv(32, { inputShape: [32, 32, 3] }),
    ...[...conv(32), ...pool(), ...conv(64), ...conv(64), ...pool()],
    ...[layers.flatten(), ...dense(), ...dense()],
    ...[layers.dense({ units: 8 }), layers.activation({ activation: 'softmax' })],
  ],
});
const x = tf.tensor(new Float32Array(32 * 32 * 3), [1, 32, 32, 3]);
await (await model.predict(x)).data();
console.log(JSON.stringify({ ready: { 'libtensorflow-node': tf.version.package, Node: process.version } }));
process.exit();

/** Our side of `start`, as a user has it: the built package, a network, one prediction. */
import * as tf from '../dist/index.js';
import { smallCnn } from '../dist/models/small-cnn.js';

const model = smallCnn();
const x = tf.tensor(new Float32Array(32 * 32 * 3), [1, 32, 32, 3]);
await (await model.predict(x)).data();
console.log(JSON.stringify({ ready: { 'libtensorflow-node': tf.version.package, Node: process.version } }));
process.exit();

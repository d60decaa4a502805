/** Our side of `start`, as a user has it: the built package, by its name, a network, one prediction. */
import * as tf from 'libtensorflow-node';
import { smallCnn } from './small-cnn.mjs';

const model = smallCnn(tf);
const x = tf.tensor(new Float32Array(32 * 32 * 3), [1, 32, 32, 3]);
await (await model.predict(x)).data();
console.log(JSON.stringify({ ready: { 'libtensorflow-node': tf.version.package, Node: process.version } }));
process.exit();

/**
 * How long `compile` and the first step take, the first time and again: npx tsx bench/compile.ts
 */
import * as tf from '../src/index.js';
import { smallCnn } from '../src/models/small-cnn.js';

const TIMES = 5;
const BATCH = 2;

const model = smallCnn();
const x = tf.tensor(new Float32Array(BATCH * 32 * 32 * 3), [BATCH, 32, 32, 3]);
const y = tf.tensor(new Float32Array(BATCH * 8), [BATCH, 8]);
for (let time = 1; time <= TIMES; time++) {
  const before = performance.now();
  const optimizer = tf.optimizers.adam(1e-3);
  model.compile({ optimizer, loss: 'categoricalCrossentropy', metrics: ['accuracy'] });
  await model.fit(x, y, { batchSize: BATCH, verbose: 0 });
  console.log(`compile and first step, time ${time}: ${(performance.now() - before).toFixed(1)} ms`);
}
model.dispose();

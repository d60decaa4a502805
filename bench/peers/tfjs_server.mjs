/**
 * tfjs-node behind fastify, as both documentations show it: `tfjs_server.mjs FOLDER MODEL` says where it listens and its
 * versions, and serves until its input ends.
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import Fastify from 'fastify';

const [folder, path] = process.argv.slice(2);
const tf = createRequire(join(folder, 'package.json'))('@tensorflow/tfjs-node');
const model = await tf.loadLayersModel(`file://${path}`);

const app = Fastify();
app.post('/predict', async ({ body }) => {
  const x = tf.tensor(body.instances);
  const y = model.predict(x);
  const predictions = await y.array();
  tf.dispose([x, y]);
  return { predictions };
});
const url = await app.listen({ port: 0, host: '127.0.0.1' });
const versions = { 'tfjs-node': tf.version['tfjs-node'], fastify: app.version };
console.log(JSON.stringify({ url: `${url}/predict`, versions }));
process.stdin.on('end', () => process.exit()).resume();

/** Our server as a user starts it: `our-server.ts FORM MODEL` says where it listens and its versions, and serves until its input ends. */
import * as tf from '../../src/index.js';

const [form = '', model = ''] = process.argv.slice(2);
const { url } = await tf.serve(model, { port: 0, name: 'model' });
const versions = {
  'libtensorflow-node': tf.version.package,
  libtensorflow: tf.version.tensorflow,
  Node: process.version,
};
const path = form === 'bytes' ? '/v2/models/model/infer' : '/v1/models/model:predict';
console.log(JSON.stringify({ url: new URL(path, url).href, versions }));
process.stdin.on('end', () => process.exit()).resume();

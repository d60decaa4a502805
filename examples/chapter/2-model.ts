/**
 * The network: its table of layers, and its picture.
 *
 *     npx tsx examples/chapter/2-model.ts [--out out/chapter]
 */
import { join } from 'node:path';
import * as tf from 'libtensorflow-node';
import { cifarNetwork } from './network.js';
import { out } from './options.js';

const model = cifarNetwork();
model.summary();
await tf.plots.model(model, { file: join(out, 'model.png') });
console.log(`Its picture is in ${join(out, 'model.png')}.`);

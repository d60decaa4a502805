/** Our side: `side.ts WORKLOAD BATCH STEPS EPOCHS FILES GRAPH` prepares, then works once for each line `run`. */
import * as tf from '../../src/index.js';
import { say, takeTurns } from '../turns.mjs';
import { CALLS } from './calls.js';
import { CHAPTER } from './chapter.js';
import { DCGAN } from './dcgan.js';
import { APPLICATIONS } from './networks.js';
import { PICTURES } from './pictures.js';
import { SEQUENCES } from './sequences.js';
import { TOWERS } from './towers.js';
import { TRANSFER } from './transfer.js';
import type { Family } from './work.js';

const [name = '', batch = '', steps = '', passes = '', files = '', graph = ''] = process.argv.slice(2);
const [batchSize, stepsPerEpoch, epochs] = [Number(batch), Number(steps), Number(passes)];
const WARM_UP_STEPS = 10;
const WORKLOADS: Family = {
  ...CHAPTER,
  ...PICTURES,
  ...APPLICATIONS,
  ...TRANSFER,
  ...SEQUENCES,
  ...DCGAN,
  ...TOWERS,
  ...CALLS,
};

const prepare = WORKLOADS[name];
if (!prepare) throw new Error(`Our side knows ${Object.keys(WORKLOADS).join(', ')}, not '${name}'`);
const work = await prepare({ batchSize, stepsPerEpoch, epochs, files, graph });
await work({ stepsPerEpoch: Math.min(WARM_UP_STEPS, stepsPerEpoch), epochs: 1 });
await work({ stepsPerEpoch, epochs: 1 });
say({
  ready: { 'libtensorflow-node': tf.version.package, libtensorflow: tf.version.tensorflow, Node: process.version },
});
await takeTurns(() => work({ stepsPerEpoch, epochs }));

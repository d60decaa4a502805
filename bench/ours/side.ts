/** Our side: `side.ts WORKLOAD BATCH STEPS EPOCHS FILES GRAPH` prepares, then works once for each line `run`. */
import { createInterface } from 'node:readline';
import * as tf from '../../src/index.js';
import { CALLS } from './calls.js';
import { CHAPTER } from './chapter.js';
import { NETWORKS } from './networks.js';
import { PICTURES } from './pictures.js';
import type { Family } from './work.js';

const [name = '', batch = '', steps = '', passes = '', files = '', graph = ''] = process.argv.slice(2);
const [batchSize, stepsPerEpoch, epochs] = [Number(batch), Number(steps), Number(passes)];
const WARM_UP_STEPS = 10;
const WORKLOADS: Family = { ...CHAPTER, ...PICTURES, ...NETWORKS, ...CALLS };

const prepare = WORKLOADS[name];
if (!prepare) throw new Error(`Our side knows ${Object.keys(WORKLOADS).join(', ')}, not '${name}'`);
const work = await prepare({ batchSize, stepsPerEpoch, epochs, files, graph });
await work({ stepsPerEpoch: Math.min(WARM_UP_STEPS, stepsPerEpoch), epochs: 1 });
await work({ stepsPerEpoch, epochs: 1 });
say({
  ready: { 'libtensorflow-node': tf.version.package, libtensorflow: tf.version.tensorflow, Node: process.version },
});
for await (const line of createInterface({ input: process.stdin })) {
  if (line !== 'run') continue;
  const began = performance.now();
  await work({ stepsPerEpoch, epochs });
  say({ ms: performance.now() - began });
}

function say(answer: object): void {
  console.log(JSON.stringify(answer));
}

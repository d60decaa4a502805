/**
 * tfjs-node's side, as its documentation would have it: `side.mjs FOLDER WORKLOAD BATCH STEPS EPOCHS FILES` prepares,
 * then works once for each line `run`; of `start`, it works once and ends.
 */
import { createInterface } from 'node:readline';
import { CHAPTER } from './chapter.mjs';
import { VERSIONS } from './library.mjs';
import { PICTURES } from './pictures.mjs';

const [, name, batch, steps, passes, files] = process.argv.slice(2);
const [batchSize, stepsPerEpoch, epochs] = [Number(batch), Number(steps), Number(passes)];
const WARM_UP_STEPS = 10;
const WORKLOADS = { ...CHAPTER, ...PICTURES };

const work = await WORKLOADS[name]({ batchSize, stepsPerEpoch, epochs, files });
if (name === 'start') {
  await work({ stepsPerEpoch: 1, epochs: 1 });
  say({ ready: VERSIONS });
  process.exit();
}
await work({ stepsPerEpoch: Math.min(WARM_UP_STEPS, stepsPerEpoch), epochs: 1 });
await work({ stepsPerEpoch, epochs: 1 });
say({ ready: VERSIONS });
for await (const line of createInterface({ input: process.stdin })) {
  if (line !== 'run') continue;
  const began = performance.now();
  await work({ stepsPerEpoch, epochs });
  say({ ms: performance.now() - began });
}

function say(answer) {
  console.log(JSON.stringify(answer));
}

/**
 * tfjs' side, as its documentation would have it: `side.mjs FOLDER BACKEND WORKLOAD BATCH STEPS EPOCHS FILES` prepares,
 * then works once for each line `run`; of `start`, it works once and ends.
 */
import { say, takeTurns } from '../../turns.mjs';
import { CALLS } from './calls.mjs';
import { CHAPTER } from './chapter.mjs';
import { DCGAN } from './dcgan.mjs';
import { VERSIONS } from './library.mjs';
import { NETWORKS } from './networks.mjs';
import { PICTURES } from './pictures.mjs';
import { SEQUENCES } from './sequences.mjs';
import { TOWERS } from './towers.mjs';
import { TRANSFER } from './transfer.mjs';

const [, , name, batch, steps, passes, files] = process.argv.slice(2);
const WARM_UP_STEPS = 10;
/** A turn that would last longer, in milliseconds, has fewer steps. */
const LONGEST_TURN = 10_000;
/** So few are made whatever they take. */
const FEW_STEPS = 4;
const ONCE = { stepsPerEpoch: 1, epochs: 1 };
const WORKLOADS = { ...CHAPTER, ...PICTURES, ...NETWORKS, ...TRANSFER, ...SEQUENCES, ...DCGAN, ...TOWERS, ...CALLS };
const prepare = WORKLOADS[name];

const asked = { batchSize: Number(batch), stepsPerEpoch: Number(steps), epochs: Number(passes), files };
if (name === 'start') {
  const work = await prepare(asked);
  await work(ONCE);
  say({ ready: VERSIONS });
  process.exit();
}
const task = await affordable();
const { stepsPerEpoch, epochs } = task;
const work = await prepare(task);
await work({ stepsPerEpoch: Math.min(WARM_UP_STEPS, stepsPerEpoch), epochs: 1 });
await work({ stepsPerEpoch, epochs: 1 });
say({ ready: VERSIONS });
await takeTurns(() => work({ stepsPerEpoch, epochs }), { steps: stepsPerEpoch * epochs });

/** What is asked for, with as many steps as a turn has time for. */
async function affordable() {
  if (asked.stepsPerEpoch * asked.epochs <= FEW_STEPS) return asked;
  const step = await prepare({ ...asked, ...ONCE });
  await step(ONCE);
  const began = performance.now();
  await step(ONCE);
  const most = Math.max(1, Math.floor(LONGEST_TURN / (performance.now() - began)));
  if (asked.stepsPerEpoch * asked.epochs <= most) return asked;
  return { ...asked, stepsPerEpoch: Math.min(asked.stepsPerEpoch, most), epochs: 1 };
}

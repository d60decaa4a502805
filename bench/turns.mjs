/** How the sides in JavaScript take their turns. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

/** Whether pauses of the event loop are to be told: watching costs a little. */
const WATCHED = process.env.BENCH_PAUSES === '1';
/** Between two looks at the event loop, in milliseconds. */
const RESOLUTION = 1;

/**
 * Works once for each line `run` and says how long it took; of the event loop's pauses the longest.
 *
 * @param facts what else is said of each turn
 */
export async function takeTurns(work, facts = {}) {
  for await (const line of createInterface({ input: process.stdin })) {
    if (line === 'run') say({ ...(await (WATCHED ? watchedTurn(work) : turn(work))), ...facts });
  }
}

export function say(answer) {
  console.log(JSON.stringify(answer));
}

async function turn(work) {
  const began = performance.now();
  await work();
  return { ms: performance.now() - began };
}

/** Why it waits: a pause lies between a look before the work, and one that came late, after it. */
async function watchedTurn(work) {
  const looks = monitorEventLoopDelay({ resolution: RESOLUTION });
  looks.enable();
  await sleep(10 * RESOLUTION);
  const answer = await turn(work);
  await sleep(10 * RESOLUTION);
  looks.disable();
  return { ...answer, pause: looks.max / 1e6 };
}

/** Several workers use the addon at once and end as the first argument says; prints one line per worker. */
import { fileURLToPath } from 'node:url';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { blockingRun, busyRun, loadAddon } from './common.mjs';

const COUNT = 4;

async function main(way) {
  if (way !== 'workersOnly') loadAddon();
  const workers = Array.from({ length: COUNT }, () => new Worker(fileURLToPath(import.meta.url), { workerData: way }));
  const ended = workers.map((worker) => new Promise((resolve) => worker.on('exit', resolve)));
  const started = workers.map((worker) => new Promise((resolve) => worker.once('message', resolve)));
  if (way.startsWith('terminate')) {
    await Promise.all(started);
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
  if (way === 'mainExits') {
    await Promise.all(started);
    process.exit(0);
  }
  console.log(JSON.stringify({ exits: await Promise.all(ended), first: await Promise.all(started) }));
}

async function work(way) {
  const addon = loadAddon();
  if (way === 'finish' || way === 'workersOnly') {
    const { callable } = busyRun(addon, 50);
    const runs = await Promise.all(Array.from({ length: 20 }, () => callable.run([])));
    return parentPort.postMessage(runs.length);
  }
  const { callable } = way === 'terminateBlocked' || way === 'mainExits' ? blockingRun(addon) : busyRun(addon);
  const running = way === 'terminateLoop' ? callable.runMany([], 1e9).done : callable.run([]);
  parentPort.postMessage(0);
  if (way === 'workerExits') process.exit(0);
  if (way === 'workerThrows') throw new Error('thrown in a worker');
  await running;
  while (way === 'terminateBusy') await callable.run([]);
}

if (isMainThread) await main(process.argv[2]);
else await work(workerData);

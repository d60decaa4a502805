/**
 * Prints by how much the process grew over thousands of steps, as a share of what one forgotten tensor a step would
 * have added. Growth is between the lowest of the early and the lowest of the late readings: memory that waits for the
 * collector, or that malloc keeps, raises some of them, a leak raises all. With the argument `leak` the outputs are kept.
 */
import { setTimeout } from 'node:timers/promises';
import { busyRun, loadAddon } from './common.mjs';

const addon = loadAddon();
const STEPS = 1000; // of each round
const BYTES = 40_000; // of each step's output, and of its string
const { callable } = busyRun(addon, Math.sqrt(BYTES / 4));
const text = 'x'.repeat(BYTES);
const kept = [];

async function rssAfter(steps) {
  for (let i = 0; i < steps; i++) {
    const [output] = await callable.run([]);
    output.buffer();
    if (process.argv[2] === 'leak') kept.push(output);
    else output.dispose();
    addon.stringTensor([1], [text]).dispose();
  }
  for (let i = 0; i < 6; i++) {
    globalThis.gc();
    await setTimeout(20);
  }
  return process.memoryUsage().rss;
}

const readings = [];
for (let round = 0; round < 12; round++) readings.push(await rssAfter(STEPS));
const growth = Math.min(...readings.slice(9)) - Math.min(...readings.slice(3, 6));
console.log(growth / (6 * STEPS * BYTES));

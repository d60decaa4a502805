/** `ours.ts save|load FILE`: one turn of main.ts, in this library. */
import { readFileSync, writeFileSync } from 'node:fs';
import { vgg16 } from '../../src/applications/index.js';
import * as tf from '../../src/index.js';

const [what = '', file = ''] = process.argv.slice(2);

function peak(): number {
  const line = /VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'));
  return Number(line?.[1]) * 1024;
}

/** Lets the highest memory be counted from now on. */
function forgetPeak(): void {
  writeFileSync('/proc/self/clear_refs', '5');
}

const made = what === 'save' ? await vgg16({ weights: null }) : undefined;
if (made) await made.program.initialize();
forgetPeak();
const start = performance.now();
if (made) await made.save(file);
const model = made ?? (await tf.loadModel(file));
const ms = performance.now() - start;
const highest = peak();
const last = model.weights.at(-2);
const values = last ? ((await last.value()).dataSync() as Float32Array) : new Float32Array();
console.log(JSON.stringify({ ms, peak: highest, sum: values.reduce((sum, value) => sum + Math.abs(value), 0) }));

/** `options.ts SETTINGS JIT-COMPILE`: what a step takes under these settings of the process, by workload, in ms, as JSON. */
import * as tf from '../../src/index.js';
import { median } from '../statistics.js';
import { CHAPTER } from './chapter.js';
import { SEQUENCES } from './sequences.js';
import type { Family } from './work.js';

const [settings = '{}', jitCompile = 'false'] = process.argv.slice(2);
const PASSES = 3;
const FAMILY: Family = { ...CHAPTER, ...SEQUENCES };
/** Batch and steps of a pass: short, there are many settings. */
const SIZES = {
  'cnn-memory': { batchSize: 50, stepsPerEpoch: 6 },
  'mnist-dense': { batchSize: 128, stepsPerEpoch: 60 },
  lstm: { batchSize: 32, stepsPerEpoch: 6 },
  'predict-1': { batchSize: 1, stepsPerEpoch: 60 },
  'predict-256': { batchSize: 256, stepsPerEpoch: 4 },
};

tf.config(JSON.parse(settings) as tf.Settings);
const times: Record<string, number | string> = {};
for (const [name, size] of Object.entries(SIZES)) times[name] = await stepOf(name, size);
console.log(JSON.stringify(times));

/** The middle one of several passes, the first apart; or why there is none. */
async function stepOf(name: string, size: { batchSize: number; stepsPerEpoch: number }): Promise<number | string> {
  try {
    const task = { ...size, epochs: 1, files: '', graph: '', jitCompile: jitCompile === 'true' };
    const work = await FAMILY[name]?.(task);
    const passes: number[] = [];
    for (let i = 0; i <= PASSES; i++) {
      const began = performance.now();
      await work?.(task);
      if (i > 0) passes.push((performance.now() - began) / size.stepsPerEpoch);
    }
    return median(passes);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

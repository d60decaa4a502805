import { writeFile } from 'node:fs/promises';
import * as tf from '../../src/index.js';
import type { Family } from './work.js';

const VALUES = 2 ** 24;

/** What a call costs besides what it computes, and what is given and taken. */
export const CALLS: Family = {
  'trivial-call': async ({ graph }) => {
    const program = new tf.Program({ seed: 1 });
    const trivial = program.function('trivial', { x: tf.spec('float32', [1]) }, ({ x }) => ({ y: tf.ops.add(x, 1) }));
    await writeFile(graph, program.graph.toGraphDef());
    const x = tf.tensor([1]);
    return async ({ stepsPerEpoch: calls }) => {
      for (let i = 0; i < calls; i++) (await trivial({ x })).y.dispose();
    };
  },
  transport: () => {
    const values = new Float32Array(VALUES).fill(1);
    return async ({ stepsPerEpoch: times }) => {
      for (let i = 0; i < times; i++) {
        using x = tf.tensor(values);
        await x.data();
      }
    };
  },
};

import { describe, expect, test } from 'vitest';
import { RunMode } from '../../../src/core/one-thread.js';
import * as tf from '../../../src/index.js';

/** `x · w` of a batch of rows, w of ones. */
function product(rows: number | null, inner: number, outer: number) {
  const program = new tf.Program({ seed: 1 });
  const w = program.variable('w', { shape: [inner, outer], initializer: 'ones' });
  return program.function('product', { x: tf.spec('float32', [rows, inner]) }, ({ x }) => ({ y: tf.ops.matMul(x, w) }));
}

describe('RunMode', () => {
  test('gives one thread what is neither so small that nothing is split up nor worth waking others for', () => {
    const mode = new RunMode(product(null, 1000, 1000)); // 2 MFLOP a row
    expect([0, 1, 20, 21].map((rows) => mode.optionsFor(rows) !== undefined)).toEqual([false, true, true, false]);
    expect(new RunMode(product(null, 100, 100)).optionsFor(1)).toBeUndefined();
  });

  test('counts a convolution at every place it is applied to', () => {
    const program = new tf.Program({ seed: 1 });
    const w = program.variable('w', { shape: [3, 3, 3, 8], initializer: 'ones' });
    const conv = (side: number | null) =>
      program.trace('conv', { x: tf.spec('float32', [null, side, side, 3]) }, ({ x }) => ({
        y: tf.ops.conv2d(x, w, { strides: [1, 1, 1, 1], padding: 'SAME' }),
      }));
    // 2 · 3 · 3 · 3 · 8 · 100 · 100 = 4.32 MFLOP a row
    const mode = new RunMode(conv(100));
    expect([1, 9, 10].map((rows) => mode.optionsFor(rows) !== undefined)).toEqual([true, true, false]);
    expect(new RunMode(conv(null)).optionsFor(1)).toBeUndefined();
  });

  test('leaves functions with effects and functions without products to all threads', () => {
    const program = new tf.Program({ seed: 1 });
    const w = program.variable('w', { shape: [1000, 1000], initializer: 'ones' });
    const x = tf.spec('float32', [null, 1000]);
    const update = program.trace('update', { x }, (given) => {
      w.assignAdd(tf.ops.mul(w.read(), 0));
      return { y: tf.ops.matMul(given.x, w) };
    });
    const double = program.trace('double', { x }, (given) => ({ y: tf.ops.mul(given.x, 2) }));
    for (const traced of [update, double]) expect(new RunMode(traced).optionsFor(1)).toBeUndefined();
  });
});

describe('a function that one thread runs', () => {
  test('gives what it gives on all threads, however many calls run at once', async () => {
    const call = product(null, 1000, 1000);
    const sums = await Promise.all(
      Array.from({ length: 300 }, async (_, i) => {
        const { y } = await call({ x: tf.tensor(new Float32Array(1000).fill(i), [1, 1000]) });
        return y.dataSync()[999];
      }),
    );
    expect(sums).toEqual(Array.from({ length: 300 }, (_, i) => i * 1000));
  });

  test('sees what was assigned before', async () => {
    const program = new tf.Program({ seed: 1 });
    const w = program.variable('w', { shape: [1000, 1000], initializer: 'ones' });
    const call = program.function('product', { x: tf.spec('float32', [1, 1000]) }, ({ x }) => ({
      y: tf.ops.matMul(x, w),
    }));
    const x = tf.tensor(new Float32Array(1000).fill(1), [1, 1000]);
    expect((await call({ x })).y.dataSync()[0]).toBe(1000);
    await w.assign(tf.tensor(new Float32Array(1e6).fill(2), [1000, 1000]));
    expect((await call({ x })).y.dataSync()[0]).toBe(2000);
  });
});

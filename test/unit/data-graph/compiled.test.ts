import { describe, expect, test } from 'vitest';
import { compiled } from '../../../src/data/compiled.js';
import * as tf from '../../../src/index.js';

const { ops } = tf;

describe('what is compiled', () => {
  test('uses what surrounds it, and takes inputs of any number of rows', async () => {
    using program = new tf.Program();
    const norm = program.function(
      'norm',
      { x: tf.spec('float32', [null, 2]), scale: tf.spec('float32', []) },
      ({ x, scale }) => {
        const y = compiled(() => ops.mul(ops.sqrt(ops.sum(ops.square(x), 1)), scale));
        expect(y.shape).toEqual([null]);
        return { y };
      },
    );
    const rows = [
      [3, 4],
      [6, 8],
      [5, 12],
    ];
    for (const count of [3, 1]) {
      const { y } = await norm({ x: tf.tensor(rows.slice(0, count)), scale: tf.tensor(2) });
      expect(y.array()).toEqual([10, 20, 26].slice(0, count));
    }
  });

  test('may stand in the body of a map', async () => {
    const lengths = tf.data.fromTensorSlices(tf.tensor([3, 5, 8])).map((n) => compiled(() => ops.mul(n, 10)));
    const seen: unknown[] = [];
    for await (const length of lengths) seen.push(length.array());
    expect(seen).toEqual([30, 50, 80]);
  });

  test('refuses what the compiler does not know', async () => {
    using program = new tf.Program();
    const read = program.function('read', { file: tf.spec('string', []) }, ({ file }) => ({
      y: compiled(() => ops.readFile(file)),
    }));
    await expect(read({ file: tf.tensor('x', [], 'string') })).rejects.toThrow(/unsupported operations/);
  });
});

import { describe, expect, test } from 'vitest';
import { jitCompiled } from '../../../src/core/jit.js';
import * as tf from '../../../src/index.js';

const { ops } = tf;

describe('what is compiled', () => {
  test('uses what surrounds it, and takes inputs of any number of rows', async () => {
    using program = new tf.Program();
    const norm = program.function(
      'norm',
      { x: tf.spec('float32', [null, 2]), scale: tf.spec('float32', []) },
      ({ x, scale }) => {
        const y = jitCompiled('body', () => ops.mul(ops.sqrt(ops.sum(ops.square(x), 1)), scale));
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
    const lengths = tf.data
      .fromTensorSlices(tf.tensor([3, 5, 8]))
      .map((n) => jitCompiled('body', () => ops.mul(n, 10)));
    const seen: unknown[] = [];
    for await (const length of lengths) seen.push(length.array());
    expect(seen).toEqual([30, 50, 80]);
  });

  test('refuses dtypes that the compiler does not know', async () => {
    using program = new tf.Program();
    const file = tf.spec('string', []);
    const read = program.function('read', { file }, ({ file }) => ops.readFile(file), { jitCompile: true });
    await expect(read({ file: tf.tensor('x', [], 'string') })).rejects.toThrow(
      expect.objectContaining({
        code: 'ERR_ARGUMENT',
        message: 'read: XLA takes and gives no tensors of dtype string; leave jitCompile out.',
      }),
    );
  });

  test('updates variables, and gives arrays and records', async () => {
    using program = new tf.Program();
    const w = program.variable('w', { shape: [2], initializer: 'ones' });
    const add = program.function(
      'add',
      { x: tf.spec('float32', [2]) },
      ({ x }) => {
        w.assignAdd(x);
        return { now: w.read(), parts: [ops.sum(w.read()), x] };
      },
      { jitCompile: true },
    );
    await add({ x: [1, 2] });
    const { now, parts } = await add({ x: [1, 2] });
    expect(now.array()).toEqual([3, 5]);
    expect(parts.map((part) => part.array())).toEqual([8, [1, 2]]);
  });
});

describe('a model with jitCompile', () => {
  const x = tf.tensor(
    Float32Array.from({ length: 24 }, (_, i) => Math.sin(i)),
    [8, 3],
  );
  const y = tf.tensor(
    Float32Array.from({ length: 16 }, (_, i) => (i % 4 === 0 || i % 4 === 3 ? 1 : 0)),
    [8, 2],
  );
  const network = () =>
    tf.sequential([
      tf.layers.dense({ units: 4, activation: 'tanh', inputShape: [3] }),
      tf.layers.dense({ units: 2, activation: 'softmax' }),
    ]);
  const COMPILE = { optimizer: 'adam', loss: 'categoricalCrossentropy', metrics: ['accuracy'] };

  test('learns as one without', async () => {
    using plain = network();
    using compiled = network();
    plain.compile(COMPILE);
    compiled.compile({ ...COMPILE, jitCompile: true });
    await compiled.setWeights(await plain.getWeights());
    const fit = { epochs: 5, batchSize: 3, shuffle: false };
    const [expected, got] = [await plain.fit(x, y, fit), await compiled.fit(x, y, fit)];
    expect(got.history.loss).toHaveLength(fit.epochs);
    for (const [i, loss] of (got.history.loss ?? []).entries())
      expect(loss).toBeCloseTo(expected.history.loss?.[i] ?? NaN, 5);
    expect((await compiled.evaluate(x, y)).loss).toBeCloseTo((await plain.evaluate(x, y)).loss ?? NaN, 5);
  });

  test('names the operation that XLA has no kernel of', async () => {
    using model = tf.sequential([tf.layers.lstm({ units: 2, inputShape: [3, 1] })]);
    model.compile({ optimizer: 'sgd', loss: 'mse', jitCompile: true });
    const sequences = tf.tensor(new Float32Array(6), [2, 3, 1]);
    await expect(model.fit(sequences, tf.tensor(new Float32Array(4), [2, 2]))).rejects.toThrow(
      /^Model 'sequential\w*': XLA cannot compile BlockLSTMV2; leave jitCompile out, or that operation\.$/,
    );
  });

  test('refuses what is neither true, false nor auto', () => {
    using model = network();
    expect(() => model.compile({ ...COMPILE, jitCompile: 'always' as never })).toThrow(/jitCompile.*"always"/);
  });
});

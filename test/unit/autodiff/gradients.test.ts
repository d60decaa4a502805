import { describe, expect, test } from 'vitest';
import { gradients } from '../../../src/autodiff/gradients.js';
import { type GradientRule, gradientRule, registerGradient, ruledOps } from '../../../src/autodiff/registry.js';
import type { Output } from '../../../src/core/output.js';
import { Program } from '../../../src/core/program.js';
import { spec } from '../../../src/core/spec.js';
import { type NestedArray, tensor } from '../../../src/core/tensor.js';
import * as ops from '../../../src/ops/index.js';
import { opTypes } from '../../../src/ops/index.js';
import { gradientError, spread } from './numeric.js';

/** dy/dx at a float32 vector. */
async function derivative(build: (x: Output) => Output | Output[], at: number[]): Promise<NestedArray> {
  using program = new Program({ seed: 1 });
  const run = program.function('run', { x: spec('float32', [null]) }, ({ x }) => {
    const [dx] = gradients(build(x), [x]);
    return { dx: dx as Output };
  });
  return (await run({ x: at })).dx.array();
}

describe('one input on several paths', () => {
  test('x · x', async () => {
    expect(await derivative((x) => ops.mul(x, x), [3])).toEqual([6]);
  });

  test('through an op of the library’s own gradient that takes it twice', async () => {
    expect(await derivative((x) => ops.addN([x, x, x]), [3])).toEqual([3]);
  });

  test('twice, and through what depends on it', async () => {
    expect(await derivative((x) => ops.addN([x, x, ops.mul(x, 2)]), [3])).toEqual([4]);
  });

  test('twice, beside an input that does not depend on it', async () => {
    expect(await derivative((x) => ops.concat([x, x, ops.ones([1])], 0), [3])).toEqual([2]);
  });

  test('both outputs of one operation', async () => {
    const sum = (x: Output) => ops.mul(...(ops.split(x, 2) as [Output, Output]));
    expect(await derivative(sum, [3, 5])).toEqual([5, 3]);
  });

  test('a long chain of ties agrees with numeric differences', async () => {
    const build = (x: Output): Output => {
      const h = ops.matMul(x, ops.tanh(ops.matMul(x, x)));
      return ops.batchMatMulV2(h, ops.softmax(ops.add(h, x)));
    };
    expect(await gradientError(build, [spread([3, 3], [4, 0, 8, 1, 7, 2, 6, 3, 5])])).toBeLessThan(1e-6);
  });
});

describe('where there is no gradient', () => {
  test.each<[string, (x: Output) => Output]>([
    ['the target does not depend on it', () => ops.constant([1, 2])],
    ['stopGradient', (x) => ops.stopGradient(ops.mul(x, 2))],
    ['whole numbers', (x) => ops.cast(ops.cast(x, 'int32'), 'float32')],
    ['rounding', (x) => ops.round(x)],
    ['a comparison', (x) => ops.cast(ops.greater(x, 1), 'float32')],
    ['only a shape', (x) => ops.cast(ops.shape(x), 'float32')],
    ['an index', (x) => ops.gather(ops.constant([5, 6, 7]), ops.argMax(x, 0))],
  ])('refused where nothing else is left: %s', async (_, build) => {
    await expect(derivative(build, [1.2, 0.4])).rejects.toThrow(
      expect.objectContaining({
        code: 'ERR_GRADIENT',
        message: expect.stringMatching(/'run\/.*' does not depend on 'run\/x:0'/),
      }),
    );
  });

  test('null beside one that has a gradient', () => {
    using program = new Program();
    program.trace('run', { x: spec('float32', []), y: spec('float32', []) }, ({ x, y }) => {
      expect(gradients(ops.square(x), [y, x])).toEqual([null, expect.anything()]);
      return {};
    });
  });

  test('the other paths remain', async () => {
    expect(await derivative((x) => ops.mul(x, ops.stopGradient(x)), [3])).toEqual([3]);
    expect(await derivative((x) => ops.atan2(x, ops.stopGradient(x)), [1])).toEqual([0.5]);
  });

  test('no targets', () => {
    using program = new Program();
    program.trace('run', { x: spec('float32', []) }, ({ x }) => {
      expect(gradients([], [x])).toEqual([null]);
      return {};
    });
  });

  test('refuses an op without gradient, naming op, input and ways out', () => {
    using program = new Program();
    const build = () =>
      program.trace('run', { x: spec('float32', [2, 2]) }, ({ x }) => {
        gradients(ops.resizeArea(ops.reshape(x, [1, 2, 2, 1]), [3, 3]), [x]);
        return {};
      });
    expect(build).toThrow(
      expect.objectContaining({
        code: 'ERR_GRADIENT',
        message: expect.stringMatching(
          /ResizeArea 'run\/ResizeArea' to 'run\/Reshape:0'.*registerGradient\('ResizeArea', rule\).*stopGradient/,
        ),
      }),
    );
  });

  test('refuses an op over whose gradient the library ends the process', () => {
    using program = new Program();
    const build = () =>
      program.trace('run', { x: spec('float32', []) }, ({ x }) => {
        const entered = ops.applyOp('Enter', [x], { frameName: 'loop' } as object).output();
        gradients(ops.applyOp('Exit', [entered]).output(), [x]);
        return {};
      });
    expect(build).toThrow(
      expect.objectContaining({ code: 'ERR_GRADIENT', message: expect.stringMatching(/Exit.*registerGradient/) }),
    );
  });

  test('refuses outputs of different programs', () => {
    using one = new Program();
    using other = new Program();
    const { x } = other.trace('run', { x: spec('float32', []) }, () => ({})).inputs;
    const build = () =>
      one.trace('run', {}, () => {
        gradients(ops.constant(1), [x]);
        return {};
      });
    expect(build).toThrow(expect.objectContaining({ code: 'ERR_GRAPH' }));
  });
});

describe('targets and starts', () => {
  test('several targets add up', async () => {
    expect(await derivative((x) => [ops.mul(x, 2), ops.square(x)], [3])).toEqual([8]);
  });

  test('a target that is the source itself', async () => {
    expect(await derivative((x) => x, [3])).toEqual([1]);
  });

  test('a target inside the way to another', async () => {
    const build = (x: Output): Output[] => {
      const h = ops.mul(x, 3);
      return [h, ops.square(h)];
    };
    expect(await derivative(build, [2])).toEqual([3 + 36]);
  });

  test('given gradients start the walk', async () => {
    using program = new Program();
    const run = program.function('run', { x: spec('float32', [2]) }, ({ x }) => ({
      dx: gradients(ops.square(x), [x], [ops.constant([10, 100])])[0] as Output,
    }));
    expect((await run({ x: [1, 2] })).dx.array()).toEqual([20, 400]);
  });

  test('third order', async () => {
    const next = (y: Output, x: Output): Output => gradients(y, [x])[0] as Output;
    expect(await derivative((x) => next(next(ops.pow(x, 4), x), x), [2])).toEqual([48]);
  });

  test('a batch of unknown size', async () => {
    using program = new Program();
    const run = program.function('run', { x: spec('float32', [null, 2]), b: spec('float32', [2]) }, ({ x, b }) => ({
      db: gradients(ops.add(x, b), [b])[0] as Output,
    }));
    expect(
      (
        await run({
          x: [
            [1, 1],
            [2, 2],
            [3, 3],
          ],
          b: [0, 0],
        })
      ).db.array(),
    ).toEqual([3, 3]);
  });

  test('complex numbers: the gradient of |z|² is 2z', async () => {
    using program = new Program();
    const run = program.function('run', { z: spec('complex64', []) }, ({ z }) => ({
      dz: gradients(ops.real(ops.mul(z, ops.conj(z))), [z])[0] as Output,
    }));
    expect((await run({ z: [3, -4] })).dz.array()).toEqual([6, -8]);
  });
});

describe('variables', () => {
  test('read twice', async () => {
    using program = new Program();
    const w = program.variable('w', { shape: [], initializer: () => ops.constant(3) });
    const run = program.function('run', {}, () => {
      const [dw] = gradients(ops.mul(w.read(), w), [w]);
      return { dw: dw as Output };
    });
    expect((await run({})).dw.array()).toBe(6);
  });

  test('read before and after an update', async () => {
    using program = new Program();
    const w = program.variable('w', { shape: [], initializer: () => ops.constant(3) });
    const run = program.function('run', {}, () => {
      const before = w.read();
      w.assign(ops.constant(5));
      return { dw: gradients(ops.mul(before, w.read()), [w])[0] as Output };
    });
    expect((await run({})).dw.array()).toBe(8);
  });

  test('rows by index, one of them twice', async () => {
    using program = new Program();
    const w = program.variable('w', { shape: [3, 2], initializer: () => ops.ones([3, 2]) });
    const run = program.function('run', { rows: spec('int32', [null]) }, ({ rows }) => {
      const y = ops.resourceGather(w.handle, rows, { dtype: 'float32' });
      return { dw: gradients(y, [w])[0] as Output };
    });
    expect((await run({ rows: [2, 0, 2] })).dw.array()).toEqual([
      [1, 1],
      [0, 0],
      [2, 2],
    ]);
  });

  test('elements by index', async () => {
    using program = new Program();
    const w = program.variable('w', { shape: [2, 2], initializer: () => ops.ones([2, 2]) });
    const run = program.function('run', { at: spec('int64', [null, 2]) }, ({ at }) => {
      const y = ops.resourceGatherNd(w.handle, at, { dtype: 'float32' });
      return { dw: gradients(y, [w])[0] as Output };
    });
    const at = [
      [0, 1],
      [1, 0],
      [0, 1],
    ];
    expect((await run({ at })).dw.array()).toEqual([
      [0, 2],
      [1, 0],
    ]);
  });

  test('rows in batches, one of them twice', async () => {
    using program = new Program();
    const w = program.variable('w', { shape: [2, 2, 1], initializer: () => ops.ones([2, 2, 1]) });
    const run = program.function('run', {}, () => {
      const y = ops.resourceGather(
        w.handle,
        [
          [0, 0, 1],
          [1, 1, 1],
        ],
        { dtype: 'float32', batchDims: 1 },
      );
      return { dw: gradients(y, [w])[0] as Output };
    });
    expect((await run({})).dw.array()).toEqual([
      [[2], [1]],
      [[0], [3]],
    ]);
  });

  test('unused: refused with the names of both', () => {
    using program = new Program();
    const w = program.variable('w', { shape: [], initializer: () => ops.constant(3) });
    const build = () =>
      program.trace('run', { x: spec('float32', []) }, ({ x }) => {
        gradients(ops.square(x), [w]);
        return {};
      });
    expect(build).toThrow(
      expect.objectContaining({ code: 'ERR_GRADIENT', message: expect.stringMatching(/'run\/Square:0'.*'w'/) }),
    );
  });
});

describe('rules', () => {
  test('a rule replaces the library’s gradient', async () => {
    registerGradient('Betainc', (op, [dy]) => [null, null, dy ? ops.mul(dy, op.inputs[2] as Output) : null]);
    expect(await derivative((x) => ops.betainc(ops.ones([1]), ops.ones([1]), x), [0.25])).toEqual([0.25]);
  });

  test('a rule opens what stops gradients', async () => {
    registerGradient('Rint', (_, [dy]) => [dy ?? null]);
    expect(await derivative((x) => ops.mul(ops.rint(x), 3), [1.2])).toEqual([3]);
  });

  test('a rule replaces one of ours; a second one for the op says that it replaces', async () => {
    const ours = gradientRule('Neg') as GradientRule;
    registerGradient('Neg', (_, [dy]) => [dy ?? null]);
    expect(await derivative((x) => ops.neg(x), [1])).toEqual([1]);
    expect(() => registerGradient('Neg', ours)).toThrow(
      expect.objectContaining({ code: 'ERR_ARGUMENT', message: expect.stringMatching(/Neg.*\{ override: true \}/) }),
    );
    registerGradient('Neg', ours, { override: true });
    expect(await derivative((x) => ops.neg(x), [1])).toEqual([-1]);
  });

  test('every rule is for an op of the library', () => {
    const known = new Set(opTypes());
    expect(ruledOps().filter((type) => !known.has(type))).toEqual([]);
  });

  test('second order of cross-entropies, labels included', async () => {
    const inner = (build: (x: Output) => Output) => (x: Output) =>
      gradients(ops.sum(ops.square(build(x))), [x])[0] as Output;
    const input = spread([2, 3], [3, 0, 5, 1, 4, 2]);
    const sparse = inner((x) => ops.sparseSoftmaxCrossEntropyWithLogits(x, [2, 0]).loss);
    const dense = inner((x) => ops.softmaxCrossEntropyWithLogits(x, ops.softmax(ops.neg(x))).loss);
    expect(await gradientError(sparse, [input])).toBeLessThan(1e-6);
    expect(await gradientError(dense, [input])).toBeLessThan(1e-6);
  });

  test('bounds of clipByValue', async () => {
    const build = (x: Output, low: Output, high: Output): Output => ops.clipByValue(x, low, high);
    const inputs = [
      spread([3, 3], [4, 0, 8, 1, 7, 2, 6, 3, 5]),
      { shape: [], values: [-0.3] },
      { shape: [], values: [0.2] },
    ];
    expect(await gradientError(build, inputs)).toBeLessThan(1e-6);
  });
});

test.each([
  ['a number', 3, '3 is no output'],
  ['nothing', null, 'null is no output'],
  ['a tensor', tensor([1]), 'a Tensor is no output'],
  ['a list with a tensor', [tensor([1])], 'a Tensor is no output'],
])('gradients of %s are refused', async (_, ys, said) => {
  const error: unknown = await derivative(() => ys as never, [1]).catch((cause: unknown) => cause);
  expect(error).toMatchObject({ code: 'ERR_ARGUMENT', message: expect.stringContaining(said) });
});

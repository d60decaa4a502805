import { describe, expect, test } from 'vitest';
import { gradients } from '../../../../src/autodiff/gradients.js';
import { FunctionBody } from '../../../../src/core/function-body.js';
import type { Output } from '../../../../src/core/output.js';
import { Program } from '../../../../src/core/program.js';
import { statelessRandom } from '../../../../src/core/random.js';
import { currentScope, withScope } from '../../../../src/core/scope.js';
import { spec } from '../../../../src/core/spec.js';
import { loopOf } from '../../../../src/ops/control-flow/loop.js';
import * as ops from '../../../../src/ops/index.js';
import { refusal, runs } from '../../ops/control-flow/building.js';

const decay = (program: Program) => program.variable('w', { shape: [2], initializer: () => ops.constant([0.5, 0.25]) });

describe('gradients reach variables that bodies read', () => {
  test('in a branch; the branch that did not run gives zeros', async () => {
    const build = (program: Program) => {
      const w = decay(program);
      const through = (condition: boolean) => {
        const y = ops.cond(
          condition,
          () => ops.square(w.read()),
          () => ops.constant([1, 1]),
        );
        return gradients(y, [w])[0] as Output;
      };
      return { taken: through(true), other: through(false) };
    };
    expect(await runs(build)).toEqual([{ taken: [1, 0.5], other: [0, 0] }]);
  });

  test('in a loop, summed over the iterations', async () => {
    const build = (program: Program) => {
      const w = decay(program);
      // h₃ = w³·1, so dh₃/dw = 3 w².
      const h = ops.whileLoop(
        ([i]) => ops.less(i, 3),
        ([i, h]) => [ops.add(i, 1), ops.mul(h, w.read())] as const,
        [ops.constant(0, 'int32'), ops.constant([1, 1])] as const,
      )[1];
      return { dw: gradients(h, [w])[0] as Output };
    };
    expect(await runs(build)).toEqual([{ dw: [0.75, 0.1875] }]);
  });

  test('by rows, where a body reads rows of a table', async () => {
    const build = (program: Program) => {
      const table = program.variable('table', { shape: [3, 2], initializer: () => ops.ones([3, 2]) });
      const rows = ops.mapFn(
        (i) => ops.resourceGather(table.handle, i, { dtype: 'float32' }),
        ops.constant([2, 0, 2], 'int32'),
      );
      return {
        d: gradients(
          ops.mul(rows, [
            [1, 1],
            [2, 2],
            [4, 4],
          ]),
          [table],
        )[0] as Output,
      };
    };
    expect(await runs(build)).toEqual([
      {
        d: [
          [2, 2],
          [0, 0],
          [5, 5],
        ],
      },
    ]);
  });

  test('and are taken inside a body', async () => {
    const build = (program: Program) => {
      const w = decay(program);
      return {
        d: ops.cond(
          true,
          () => gradients(ops.square(w.read()), [w])[0] as Output,
          () => w.read(),
        ),
      };
    };
    expect(await runs(build)).toEqual([{ d: [1, 0.5] }]);
  });
});

test('random numbers are the same when a body is computed again', async () => {
  const build = () => {
    const x = ops.constant([1, 1, 1, 1]);
    const draw = () => statelessRandom('StatelessRandomUniformV2', ops.constant([1], 'int32'), 'float32');
    const factors = ops.mapFn((e) => ops.mul(e, draw()), x);
    return { factors: ops.reshape(factors, [-1]), gradients: gradients(factors, [x])[0] as Output };
  };
  for (const { factors, gradients } of await runs(build, 2)) expect(gradients).toEqual(factors);
});

test('what a body does besides is done once, not again for the gradient', async () => {
  const build = (program: Program) => {
    const w = decay(program);
    const count = program.variable('count', { shape: [], initializer: () => ops.constant(0) });
    const y = ops.mapFn(
      (e) => {
        count.assignAdd(ops.constant(1));
        return ops.mul(e, w.read());
      },
      ops.ones([3]),
    );
    return { dw: gradients(y, [w])[0] as Output, count: count.read() };
  };
  expect(await runs(build)).toEqual([{ dw: [3, 3], count: 3 }]);
});

test('one step backwards costs the same, however many iterations there are', () => {
  using program = new Program();
  const operations = (steps: number) => {
    const before = program.graph.operations().length;
    const { outputs } = program.function(`steps${steps}`, { x: spec('float32', [steps, 2]) }, ({ x }) => {
      const y = ops.scan((h, e) => ops.tanh(ops.add(h, e)), x, ops.zeros([2]));
      return { dx: gradients(y, [x])[0] as Output };
    });
    const loops = program.graph
      .operations()
      .slice(before)
      .flatMap((op) => loopOf(op) ?? []);
    expect(outputs.dx.dtype).toBe('float32');
    return [loops.length, ...loops.map(({ body }) => body.graph.operations().length)];
  };
  expect(operations(1000)).toEqual(operations(10));
  expect(operations(20)[0]).toBe(3);
});

test('lists that are passed back are set or grown element by element, never added up', async () => {
  using program = new Program();
  let types: string[] = [];
  const run = program.function('run', { x: spec('float32', [1000, 1]) }, ({ x }) => {
    const before = program.graph.operations().length;
    const y = ops.scan((h, e) => ops.add(ops.mul(h, 0.5), e), x, ops.zeros([1]));
    const dx = gradients(y, [x])[0] as Output;
    const loops = program.graph
      .operations()
      .slice(before)
      .flatMap((op) => loopOf(op) ?? []);
    types = loops
      .flatMap(({ body }) => body.graph.operations())
      .filter((op) => op.outputs.some(({ dtype }) => dtype === 'variant'))
      .map(({ type }) => type);
    return { dx };
  });
  expect(new Set(types)).toEqual(new Set(['Placeholder', 'TensorListSetItem']));
  const { dx } = await run({ x: Array.from({ length: 1000 }, () => [1]) });
  expect(dx.dataSync()[0]).toBeCloseTo(2, 5);
  expect(dx.dataSync()[999]).toBe(1);
});

describe('refused with ERR_GRADIENT', () => {
  const build =
    (
      use: (program: { v: ReturnType<typeof decay>; x: Output }) => Output,
      after?: (v: ReturnType<typeof decay>) => void,
    ) =>
    () => {
      const program = new Program({ seed: 1 });
      const v = decay(program);
      program.function('f', { x: spec('float32', [3]) }, ({ x }) => {
        const y = use({ v, x });
        after?.(v);
        return gradients(y, [x])[0] as Output;
      });
    };
  const refused = (make: () => unknown): unknown => {
    try {
      make();
    } catch (error) {
      return error;
    }
    return undefined;
  };

  test.each([
    [
      'a body that reads what it updates',
      build(({ v, x }) =>
        ops.mapFn((e) => {
          v.assignAdd(ops.constant([1, 1]));
          return ops.mul(e, v.read());
        }, x),
      ),
      "uses what it also updates, in ReadVariableOp 'w/Read'",
    ],
    [
      'a body that draws from an op with a state of its own',
      build(({ x }) => ops.mapFn((e) => ops.mul(e, ops.randomUniform([1], { dtype: 'float32' })), x)),
      'RandomUniform',
    ],
    [
      'a variable that was updated meanwhile',
      build(
        ({ v, x }) => ops.mapFn((e) => ops.mul(e, v.read()), x),
        (v) => v.assign(ops.constant([1, 1])),
      ),
      'was updated since',
    ],
  ])('%s', (_, make, message) => {
    expect(refused(make)).toMatchObject({ code: 'ERR_GRADIENT', message: expect.stringContaining(message) });
  });

  test('an op whose body is not known here', () => {
    const make = () => {
      const body = new FunctionBody(currentScope());
      const input = body.input({ dtype: 'float32', shape: [] });
      const name = body.define('f', [input], [body.build(() => ops.neg(input))]);
      const x = ops.constant(1);
      const [y] = ops.statelessIf(true, [x], {
        thenBranch: name,
        elseBranch: name,
        tout: ['float32'],
        outputShapes: [[]],
      });
      return gradients(y as Output, [x]);
    };
    expect(refusal(make)).toMatchObject({ code: 'ERR_GRADIENT', message: expect.stringContaining('not made here') });
  });

  test('a list carried by hand', () => {
    using program = new Program();
    withScope(program.scope, () => {
      const x = ops.constant([1, 2]);
      const list = ops.tensorListFromTensor(x, ops.constant([], 'int32'));
      const [, last] = ops.whileLoop(
        ([i]) => ops.less(i, 2),
        ([i, l]) =>
          [
            ops.add(i, 1),
            ops.tensorListSetItem(l, 0, ops.tensorListGetItem(l, 1, [], { elementDtype: 'float32' })),
          ] as const,
        [ops.constant(0, 'int32'), list] as const,
      );
      const y = ops.tensorListStack(last, [], { elementDtype: 'float32' });
      expect(refused(() => gradients(y, [x]))).toMatchObject({
        code: 'ERR_GRADIENT',
        message: expect.stringContaining('use scan or mapFn'),
      });
    });
  });
});

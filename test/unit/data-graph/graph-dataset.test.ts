import { expect, test } from 'vitest';
import type { Output } from '../../../src/core/output.js';
import { Program } from '../../../src/core/program.js';
import { statelessRandom } from '../../../src/core/random.js';
import { withScope } from '../../../src/core/scope.js';
import { spec } from '../../../src/core/spec.js';
import { Tensor } from '../../../src/core/tensor.js';
import { GraphDataset } from '../../../src/data/graph-dataset.js';
import * as ops from '../../../src/ops/index.js';

const FLOAT = spec('float32', []);

test('the body of a map captures outputs and variables of the program', async () => {
  using program = new Program();
  const v = program.variable('v', { shape: [], initializer: () => ops.constant(1000) });
  const { start, next } = withScope(program.scope, () => {
    const ten = ops.constant(10);
    return GraphDataset.range(program, 3)
      .map([FLOAT], (i) => [ops.add(ops.mul(ops.cast(i, 'float32'), ten), v)])
      .iterate();
  });
  await program.initialize();
  await program.callable([], [], [start]).run([]);
  const step = program.trace('step', {}, () => ({ x: next()[0] as Output }));
  const seen = [];
  for (let i = 0; i < 3; i++) seen.push((await step({})).x.array());
  expect(seen).toEqual([1000, 1010, 1020]);
});

test('control flow works in the body of a map', async () => {
  using program = new Program();
  const { start, next } = withScope(program.scope, () =>
    GraphDataset.range(program, 4)
      .map([spec('int64', [])], (i) => [
        ops.whileLoop(
          (x) => ops.less(x, 10),
          (x) => ops.add(ops.mul(x, 2), 1),
          i as Output,
        ),
      ])
      .iterate(),
  );
  await program.callable([], [], [start]).run([]);
  const step = program.callable([], withScope(program.scope, next));
  const seen = [];
  for (let i = 0; i < 4; i++) seen.push((await step.run([])).map((value) => new Tensor(value).array()));
  expect(seen.flat()).toEqual([15n, 15n, 11n, 15n]);
});

test('random numbers are refused there: every element would draw the same', () => {
  using program = new Program();
  const draw = () => [statelessRandom('StatelessRandomUniformV2', ops.constant([], 'int32'), 'float32')];
  const build = () => GraphDataset.range(program, 3).map([FLOAT], draw);
  expect(() => withScope(program.scope, build)).toThrow(expect.objectContaining({ code: 'ERR_GRAPH' }));
});

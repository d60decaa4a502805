import { expect, test } from 'vitest';
import { Program } from '../../../src/core/program.js';
import { spec } from '../../../src/core/spec.js';
import { type Tensor, tensor } from '../../../src/core/tensor.js';
import { lambda } from '../../../src/layers/index.js';
import * as ops from '../../../src/ops/index.js';

test('a function is a layer', async () => {
  using program = new Program();
  const layer = lambda({ function: (x) => ops.square(x as never) });
  const run = program.trace('run', { x: spec('float32', [2]) }, ({ x }) => ({ y: layer.invoke(program, x) }));
  const { y } = (await run({ x: tensor([2, 3]) })) as { y: Tensor };
  expect([...((await y.data()) as Float32Array)]).toEqual([4, 9]);
});

test('it cannot be kept in a file, and what is no function is refused', () => {
  const refused = expect.objectContaining({ code: 'ERR_ARGUMENT', message: expect.stringMatching(/registerLayer/) });
  expect(() => lambda({ function: () => [] }).getConfig()).toThrow(refused);
  expect(() => lambda({} as never)).toThrow(/must be a function/);
});

import { expect, test } from 'vitest';
import { Program } from '../../../src/core/program.js';
import { spec } from '../../../src/core/spec.js';
import { type Tensor, tensor } from '../../../src/core/tensor.js';
import { Embedding } from '../../../src/layers/index.js';

const ROWS = [
  [1, 2],
  [3, 4],
  [5, 6],
];
const options = { inputDim: 3, outputDim: 2 };

async function looked(weights: ConstructorParameters<typeof Embedding>[0]['weights']): Promise<number[]> {
  using program = new Program({ seed: 1 });
  const layer = new Embedding({ ...options, weights: weights ?? null });
  const run = program.trace('rows', { x: spec('int32', [null]) }, ({ x }) => ({ y: layer.invoke(program, x) }));
  const { y } = (await run({ x: tensor([2, 0], [2], 'int32') })) as { y: Tensor };
  expect(y.dtype).toBe('float32');
  return Array.from((await y.data()) as Float32Array);
}

test.each([
  ['rows', ROWS],
  ['a tensor', tensor(ROWS)],
  ['a typed array', Float64Array.from(ROWS.flat())],
])('starts from %s', async (_, weights) => {
  expect(await looked(weights)).toEqual([5, 6, 1, 2]);
});

test('weights are no part of the config', () => {
  const layer = new Embedding({ ...options, weights: ROWS, name: 'it' });
  expect(layer.getConfig()).toEqual(new Embedding({ ...options, name: 'it' }).getConfig());
});

test('rows of another number or length are refused', () => {
  const wrong = [
    [1, 2, 3],
    [4, 5, 6],
  ];
  expect(() => new Embedding({ ...options, weights: wrong, name: 'it' })).toThrow(
    expect.objectContaining({
      code: 'ERR_SHAPE',
      message: expect.stringMatching(/Embedding 'it' expects weights of shape \(3, 2\), got \(2, 3\)/),
    }),
  );
});

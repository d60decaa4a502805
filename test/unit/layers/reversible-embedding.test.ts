import { expect, test } from 'vitest';
import { maskOf } from '../../../src/core/mask.js';
import { Program } from '../../../src/core/program.js';
import { spec } from '../../../src/core/spec.js';
import { type Tensor, tensor } from '../../../src/core/tensor.js';
import { ReversibleEmbedding } from '../../../src/layers/index.js';

const TABLE = [
  [1, 2],
  [3, 4],
  [5, 6],
];

/** `[[1, 10]]` on the way back. */
async function scores(options: object, weights: number[][][]): Promise<number[]> {
  using program = new Program({ seed: 1 });
  const layer = new ReversibleEmbedding({ inputDim: 3, outputDim: 2, ...options });
  const run = program.trace('back', { x: spec('float32', [null, 2]) }, ({ x }) => ({
    y: layer.invoke(program, x, { reverse: true }),
  }));
  await layer.setWeights(weights);
  const { y } = (await run({ x: tensor([[1, 10]]) })) as { y: Tensor };
  expect(y.shape).toEqual([1, 3]);
  return Array.from((await y.data()) as Float32Array);
}

test('the way back is the product with the same rows', async () => {
  expect(await scores({}, [TABLE])).toEqual([21, 43, 65]);
  expect(await scores({ reverseDtype: 'float64' }, [TABLE])).toEqual([21, 43, 65]);
});

test('or with weights of its own, `[outputDim, inputDim]`', async () => {
  const back = [
    [1, 0, 2],
    [0, 1, 3],
  ];
  expect(await scores({ tieWeights: false }, [TABLE, back])).toEqual([1, 10, 32]);
});

test('a cap bounds the scores', async () => {
  const capped = await scores({ logitSoftCap: 30 }, [TABLE]);
  for (const [i, v] of [21, 43, 65].entries()) expect(capped[i]).toBeCloseTo(30 * Math.tanh(v / 30), 4);
});

test('only the way there tells what is padding', () => {
  using program = new Program({ seed: 1 });
  const layer = new ReversibleEmbedding({ inputDim: 3, outputDim: 2, maskZero: true });
  program.trace('both', { x: spec('int32', [null, 4]) }, ({ x }) => {
    const vectors = layer.invoke(program, x);
    expect(maskOf(vectors)?.dtype).toBe('bool');
    expect(maskOf(vectors)?.shape).toEqual([null, 4]);
    const back = layer.invoke(program, vectors, { reverse: true });
    expect(back.shape).toEqual([null, 4, 3]);
    expect(maskOf(back)).toBeUndefined();
    return { back };
  });
});

test('its config has Keras’ keys', () => {
  expect(Object.keys(new ReversibleEmbedding({ inputDim: 3, outputDim: 2 }).getConfig()).sort()).toEqual([
    'activity_regularizer',
    'dtype',
    'embeddings_constraint',
    'embeddings_initializer',
    'embeddings_regularizer',
    'input_dim',
    'logit_soft_cap',
    'mask_zero',
    'name',
    'output_dim',
    'quantization_config',
    'reverse_dtype',
    'tie_weights',
    'trainable',
  ]);
});

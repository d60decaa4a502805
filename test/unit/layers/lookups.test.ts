import { expect, test } from 'vitest';
import { Program } from '../../../src/core/program.js';
import { spec } from '../../../src/core/spec.js';
import { type Tensor, tensor } from '../../../src/core/tensor.js';
import * as layers from '../../../src/layers/index.js';

async function looked(layer: layers.Layer, words: string[]): Promise<number[]> {
  using program = new Program();
  const run = program.trace('look', { x: spec('string', [null]) }, ({ x }) => ({ y: layer.invoke(program, x) }));
  const { y } = (await run({ x: tensor(words) })) as { y: Tensor };
  return Array.from((await y.data()) as BigInt64Array, Number);
}

test('a vocabulary may begin with the special tokens, or leave them out', async () => {
  const given = layers.stringLookup({ maskToken: '', vocabulary: ['', '[UNK]', 'a', 'b'] });
  const short = layers.stringLookup({ maskToken: '', vocabulary: ['a', 'b'] });
  expect(given.getVocabulary()).toEqual(short.getVocabulary());
  expect(short.getVocabulary({ includeSpecialTokens: false })).toEqual(['a', 'b']);
  expect(await looked(given, ['b', '', 'zz'])).toEqual([3, 0, 1]);
  expect(await looked(short, ['b', '', 'zz'])).toEqual([3, 0, 1]);
});

test('without indices for them, unknown tokens are an error of the run', async () => {
  const layer = layers.stringLookup({ numOovIndices: 0, vocabulary: ['a', 'b'] });
  expect(await looked(layer, ['b', 'a'])).toEqual([1, 0]);
  const strict = layers.stringLookup({ numOovIndices: 0, vocabulary: ['a'] });
  await expect(looked(strict, ['x'])).rejects.toThrow(/numOovIndices 0/);
});

test('a program that is saved takes the vocabulary along', async () => {
  const { mkdtemp, rm } = await import('node:fs/promises');
  const { tmpdir } = await import('node:os');
  const { join } = await import('node:path');
  const folder = await mkdtemp(join(tmpdir(), 'lookup-'));
  try {
    using program = new Program();
    const layer = layers.textVectorization({ vocabulary: ['the', 'end'], outputSequenceLength: 3 });
    program.function('look', { x: spec('string', [null]) }, ({ x }) => ({ y: layer.invoke(program, x) }));
    await program.save(join(folder, 'model'));
    using loaded = await Program.load(join(folder, 'model'));
    const { y } = (await loaded.get('look')({ x: tensor(['The end!', 'no']) })) as { y: Tensor };
    expect(Array.from((await y.data()) as BigInt64Array, Number)).toEqual([2, 3, 0, 1, 0, 0]);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test.each([
  ['a token twice', () => layers.stringLookup({ vocabulary: ['a', 'b', 'a'] }), 'ERR_ARGUMENT', /'a' does again/],
  [
    'too many tokens',
    () => layers.stringLookup({ maxTokens: 2, vocabulary: ['a', 'b'] }),
    'ERR_ARGUMENT',
    /maxTokens 2/,
  ],
  [
    'tf_idf without weights',
    () => layers.stringLookup({ outputMode: 'tf_idf', vocabulary: ['a'] }),
    'ERR_ARGUMENT',
    /idfWeights/,
  ],
  ['an unknown mode', () => layers.stringLookup({ outputMode: 'multi_hut' }), 'ERR_', /multi_hot/],
  ['an unknown standard', () => layers.textVectorization({ standardize: 'upper' }), 'ERR_', /lower/],
  ['neither boundaries nor bins', () => layers.discretization({}), 'ERR_ARGUMENT', /numBins and adapt/],
  ['no bins', () => layers.hashing({ numBins: 0 }), 'ERR_ARGUMENT', /numBins/],
])('%s is refused', (_, make, code, message) => {
  expect(make).toThrow(
    expect.objectContaining({ code: expect.stringContaining(code), message: expect.stringMatching(message) }),
  );
});

test('what has not learned yet says so', () => {
  using program = new Program();
  const call = (layer: layers.Layer, dtype: 'string' | 'float32') =>
    program.trace(layer.name, { x: spec(dtype, [null, 2]) }, ({ x }) => ({ y: layer.invoke(program, x) }));
  const message = (text: RegExp) =>
    expect.objectContaining({ code: 'ERR_NOT_BUILT', message: expect.stringMatching(text) });
  expect(() => call(layers.stringLookup({ outputMode: 'count' }), 'string')).toThrow(message(/call adapt/));
  expect(() => call(layers.discretization({ numBins: 3 }), 'float32')).toThrow(message(/call adapt/));
});

test('a vocabulary in use is not exchanged', async () => {
  const layer = layers.stringLookup({ vocabulary: ['a'] });
  using program = new Program();
  program.trace('look', { x: spec('string', [null]) }, ({ x }) => ({ y: layer.invoke(program, x) }));
  expect(() => layer.setVocabulary(['b'])).toThrow(expect.objectContaining({ code: 'ERR_GRAPH' }));
});

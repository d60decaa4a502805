import { describe, expect, test } from 'vitest';
import { type Tensor, tensor } from '../../../src/core/tensor.js';
import * as layers from '../../../src/layers/index.js';
import type { SymbolicTensor } from '../../../src/layers/symbolic.js';
import { normalizeModelConfig, toKerasModelConfig } from '../../../src/models/config-dialect.js';
import { deserialize } from '../../../src/models/deserialize.js';
import { model } from '../../../src/models/functional.js';
import { input } from '../../../src/models/input.js';
import type { Model } from '../../../src/models/model.js';

/** The states of one layer start another, and attention is told not to look ahead. */
function translator() {
  const source = input({ shape: [5, 4], name: 'source' });
  const tokens = input({ shape: [6], dtype: 'int32', name: 'tokens' });
  const words = layers.embedding({ inputDim: 9, outputDim: 4, maskZero: true, name: 'words' }).apply(tokens);
  const encoder = layers.lstm({ units: 3, returnState: true, returnSequences: true, name: 'encoder' });
  const [y, h, c] = encoder.apply<SymbolicTensor[]>(source) as [SymbolicTensor, SymbolicTensor, SymbolicTensor];
  const decoder = layers.lstm({ units: 3, returnSequences: true, name: 'decoder' });
  const decoded = decoder.apply(words, { initialState: [h, c] });
  const attention = layers.multiHeadAttention({ numHeads: 2, keyDim: 2, name: 'attention' });
  const attended = attention.apply([decoded, y], { useCausalMask: true });
  return model({ inputs: [source, tokens], outputs: attended, name: 'translator' });
}

const X = [
  tensor(
    Float32Array.from({ length: 40 }, (_, i) => Math.sin(i)),
    [2, 5, 4],
  ),
  tensor(Int32Array.from([1, 2, 3, 0, 0, 0, 4, 5, 6, 7, 8, 0]), [2, 6]),
];

describe('calls with more than inputs', () => {
  test('what a layer starts from is among what its call depends on', () => {
    using whole = translator();
    const [call] = whole.getLayer('decoder').nodes;
    expect(call?.parents.map(({ name }) => name)).toEqual(['words', 'encoder', 'encoder']);
  });

  test('another start gives another output', async () => {
    using whole = translator();
    const [source, tokens] = X as [Tensor, Tensor];
    const other = tensor(
      Float32Array.from({ length: 40 }, (_, i) => Math.cos(i)),
      [2, 5, 4],
    );
    const [a, b] = [await whole.predict([source, tokens]), await whole.predict([other, tokens])];
    expect(a.array()).not.toEqual(b.array());
  });

  test.each(['keras2', 'keras3'] as const)('they survive the %s dialect', async (dialect) => {
    using whole = translator();
    const plain = normalizeModelConfig({ class_name: 'Functional', config: whole.getConfig() });
    const written = JSON.parse(JSON.stringify(toKerasModelConfig(dialect, plain)));
    using again = deserialize(written);
    await again.setWeights(await whole.getWeights());
    const first = async (one: Model): Promise<unknown> => {
      const [y] = [await one.predict<Tensor | Tensor[]>(X)].flat();
      return (y as Tensor).array();
    };
    expect(await first(again)).toEqual(await first(whole));
  });
});

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { type Tensor, tensor } from '../../../src/core/tensor.js';
import { loadModel } from '../../../src/saving/load-model.js';
import { withVocabularies } from '../../../src/saving/vocabularies.js';

// Python Keras 3.15.1 wrote the files after `adapt`, and gave these indices.
test.each<[string, Tensor, unknown]>([
  ['text-vectorization', tensor(['c a', 'b z'], [2, 1], 'string'), [[2, 4, 0, 0], [3, 1, 0, 0]]], // biome-ignore format: short
  ['integer-lookup', tensor([3n, 9n], [2, 1], 'int64'), [[1], [0]]],
])('%s: a vocabulary that Python learned comes with its archive, and goes on with ours', async (name, x, wanted) => {
  const folder = await mkdtemp(join(tmpdir(), 'vocabularies-'));
  try {
    using theirs = await loadModel(resolve(`test/golden/saving/${name}.keras`));
    const path = join(folder, 'ours.keras');
    await theirs.save(path);
    using ours = await loadModel(path);
    for (const model of [theirs, ours]) {
      const indices = (await model.predict(x)) as Tensor;
      expect((indices.array() as (number | bigint)[][]).map((row) => row.map(Number))).toEqual(wanted);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test('layers of a class are counted list by list; a vocabulary in the config counts more than a file', async () => {
  const lookup = (vocabulary: unknown = null) => ({ class_name: 'StringLookup', config: { vocabulary } });
  const inner = { class_name: 'Sequential', config: { layers: [lookup()] } };
  const asked: string[] = [];
  const found = await withVocabularies({ layers: [lookup(), lookup(['own']), inner, lookup()] }, async (name) => {
    asked.push(name);
    return '[UNK]\na b';
  });
  expect(asked).toEqual([
    'assets/layers/string_lookup/vocabulary.txt',
    'assets/layers/sequential/layers/string_lookup/vocabulary.txt',
    'assets/layers/string_lookup_2/vocabulary.txt',
  ]);
  const read = lookup(['[UNK]', 'a b']);
  expect(found).toEqual({
    layers: [read, lookup(['own']), { class_name: 'Sequential', config: { layers: [read] } }, read],
  });
});

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { create } from '@bufbuild/protobuf';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Tensor, tensor } from '../../../src/core/tensor.js';
import { encode } from '../../../src/proto/codec.js';
import { AttrValueSchema, DataType, GraphDefSchema } from '../../../src/proto/graph.js';
import { keysOf } from '../../../src/saving/graph-ends.js';
import { loadModel } from '../../../src/saving/load-model.js';
import type { ServedModel } from '../../../src/saving/served-model.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'frozen-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('tensors have names of their own, where their nodes have the same or similar ones', () => {
  expect(keysOf(['a/b', 'a_b', 'a_b_1', 'split', 'split:1', 'x/y:0'])).toEqual([
    ...['a_b', 'a_b_1', 'a_b_1_1', 'split', 'split_1', 'x_y'],
  ]);
});

test('a graph with the placeholders a/b and a_b takes both', async () => {
  const float = create(AttrValueSchema, { value: { case: 'type', value: DataType.DT_FLOAT } });
  const placeholder = (name: string) => ({ name, op: 'Placeholder', attr: { dtype: float } });
  const node = [placeholder('a/b'), placeholder('a_b'), { name: 'less', op: 'Sub', input: ['a/b', 'a_b'], attr: { T: float } }]; // biome-ignore format: a graph
  const file = join(folder, 'twins.pb');
  await writeFile(file, encode(GraphDefSchema, create(GraphDefSchema, { node })));
  using model = await loadModel(file);
  expect(model.inputNames).toEqual(['a_b', 'a_b_1']);
  const [seven, two] = [7, 2].map((value) => tensor([value], [1], 'float32')) as [Tensor, Tensor];
  const { less } = (await (model as ServedModel).signature({ a_b: seven, a_b_1: two })) as { less: Tensor };
  expect(less.array()).toEqual([5]);
});

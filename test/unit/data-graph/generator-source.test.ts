import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { type Tensor, tensor } from '../../../src/core/tensor.js';
import { type BatchGenerator, GeneratorSource } from '../../../src/data/generator-source.js';

async function opened(generator: BatchGenerator) {
  const source = new GeneratorSource(generator);
  await source.open();
  return { source, built: source.build() };
}

type Built = Awaited<ReturnType<typeof opened>>['built'];

async function pass(built: Built, number = 0): Promise<unknown[]> {
  await built.start(number);
  const seen: unknown[] = [];
  for (let batch = await built.feed?.(); batch; batch = await built.feed?.()) seen.push(batch[0]?.array());
  return seen;
}

describe('batches from JavaScript', () => {
  test('a function is called for each pass', async () => {
    const { source, built } = await opened(function* () {
      yield [
        [1, 2],
        [0, 1],
      ];
      yield [[3], [1]];
    });
    expect(source.elementSpec).toEqual([
      { dtype: 'float32', shape: [null] },
      { dtype: 'float32', shape: [null] },
    ]);
    expect(await pass(built)).toEqual([[1, 2], [3]]);
    expect(await pass(built, 1)).toEqual([[1, 2], [3]]);
  });

  test('a list of batches is gone through in each pass', async () => {
    const { built } = await opened([[[1]], [[2]]]);
    expect([await pass(built), await pass(built)]).toEqual([
      [[1], [2]],
      [[1], [2]],
    ]);
  });

  test('a running generator goes on', async () => {
    async function* endless() {
      for (let i = 0; ; i++) yield [[i]];
    }
    const { built } = await opened(endless());
    await built.start(0);
    expect((await built.feed?.())?.[0]?.array()).toEqual([0]);
    await built.finish();
    await built.start(1);
    expect((await built.feed?.())?.[0]?.array()).toEqual([1]);
  });

  test('runs two batches ahead, no further, and is ended by finish', async () => {
    let made = 0;
    let ended = false;
    const { built } = await opened(async function* () {
      try {
        while (true) yield [[made++]];
      } finally {
        ended = true;
      }
    });
    await built.start(0);
    await built.feed?.();
    await turn();
    expect(made).toBe(3);
    await built.finish();
    expect(ended).toBe(true);
  });

  test('a tensor stays the generator’s own', async () => {
    const own: Tensor = tensor([1, 2]);
    const { built } = await opened(() => [own]);
    await built.start(0);
    for (const part of (await built.feed?.()) ?? []) part.dispose();
    expect(own.array()).toEqual([1, 2]);
  });

  test('a failure arrives with the batch that could not be made', async () => {
    const { built } = await opened(function* () {
      yield [[1]];
      throw new Error('no more disk');
    });
    await built.start(0);
    expect((await built.feed?.())?.[0]?.array()).toEqual([1]);
    await expect(built.feed?.()).rejects.toThrow('no more disk');
  });
});

describe('refusals', () => {
  test('a shape before the first batch was seen', () => {
    expect(() => new GeneratorSource([]).elementSpec).toThrow(expect.objectContaining({ code: 'ERR_NOT_BUILT' }));
  });

  test('no batch at all', async () => {
    await expect(new GeneratorSource([]).open()).rejects.toMatchObject({ code: 'ERR_DATA_EMPTY' });
  });

  test.each([
    ['another width', [[[1, 2]]], 'ERR_SHAPE'],
    ['another number of parts', [[[1]], [1]], 'ERR_ARGUMENT'],
    ['a scalar', [1], 'ERR_SHAPE'],
  ])('%s than in the first batch', async (_, second, code) => {
    const { built } = await opened([[[[1]]], second] as BatchGenerator);
    await built.start(0);
    await built.feed?.();
    await expect(built.feed?.()).rejects.toMatchObject({ code });
  });
});

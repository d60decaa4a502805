import { afterEach, describe, expect, test } from 'vitest';
import { config } from '../../../src/core/config.js';
import { constant } from '../../../src/core/constant.js';
import type { Output } from '../../../src/core/output.js';
import { Program } from '../../../src/core/program.js';
import { statelessRandom } from '../../../src/core/random.js';
import type { NestedArray } from '../../../src/core/tensor.js';

const draw = (): Output => statelessRandom('StatelessRandomUniformV2', constant([4], 'int32'), 'float32');

/** What three runs of f (two draws), then one of g (one draw) give. */
async function draws(seed?: number): Promise<NestedArray[]> {
  using program = new Program(seed === undefined ? {} : { seed });
  const f = program.function('f', {}, () => [draw(), draw()] as const);
  const g = program.function('g', {}, () => [draw()] as const);
  const seen: NestedArray[] = [];
  for (const run of [f, f, f, g]) for (const value of await run({})) seen.push(value.array());
  return seen;
}

const distinct = (values: unknown[]): number => new Set(values.map((value) => JSON.stringify(value))).size;

describe('draws', () => {
  test('differ between ops of a function, between runs and between functions', async () => {
    expect(distinct(await draws(1))).toBe(7);
  });

  test('are the same for the same seed, and differ for another', async () => {
    expect(await draws(1)).toEqual(await draws(1));
    expect(distinct([...(await draws(1)), ...(await draws(2))])).toBe(14);
  });

  test('differ without a seed', async () => {
    expect(distinct([...(await draws()), ...(await draws())])).toBe(14);
  });

  test('of first values follow the seed too', async () => {
    const initial = async (seed: number) => {
      using program = new Program({ seed });
      const [a, b] = ['a', 'b'].map((name) => program.variable(name, { shape: [4], initializer: draw }));
      return (await program.values([a, b].flatMap((v) => v ?? []))).map((value) => value.array());
    };
    expect(await initial(1)).toEqual(await initial(1));
    expect(distinct([...(await initial(1)), ...(await initial(2))])).toBe(4);
  });

  test('go on where a program’s generator is set back to', async () => {
    using program = new Program({ seed: 1 });
    const f = program.function('f', {}, () => ({ y: draw() }));
    await f({});
    const state = await program.generator.value();
    const next = (await f({})).y.array();
    await program.generator.assign(state);
    expect((await f({})).y.array()).toEqual(next);
  });

  test('at once are drawn apart', async () => {
    using program = new Program({ seed: 1 });
    const f = program.function('f', {}, () => ({ y: draw() }));
    const all = await Promise.all(Array.from({ length: 50 }, () => f({})));
    expect(distinct(all.map(({ y }) => y.array()))).toBe(50);
  });
});

describe('seeds', () => {
  afterEach(() => config({ seed: undefined as never }));

  test('of the process hold for programs without their own', async () => {
    config({ seed: 1 });
    expect(await draws()).toEqual(await draws(1));
  });

  test.each([1.5, Number.NaN, Number.POSITIVE_INFINITY])('%s is refused', (seed) => {
    expect(() => new Program({ seed })).toThrow(expect.objectContaining({ code: 'ERR_ARGUMENT' }));
  });

  test.each([0, -1, 2 ** 60])('%s is taken', async (seed) => {
    expect(distinct(await draws(seed))).toBe(7);
  });
});

test('random ops outside of a program are refused', () => {
  expect(draw).toThrow(expect.objectContaining({ code: 'ERR_GRAPH' }));
});

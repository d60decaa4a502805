import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Tensor } from '../../src/core/tensor.js';
import type { LeafSpec } from '../../src/data/dataset-step.js';
import { type Dataset, range } from '../../src/data/index.js';
import * as ops from '../../src/ops/index.js';

type Numbers = Dataset<LeafSpec>;
/** A step, done by the library and done to an array. */
interface Step {
  readonly name: string;
  inGraph(dataset: Numbers): Numbers;
  onArray(values: number[]): number[];
}

const count = fc.integer({ min: 0, max: 9 });
const positive = fc.integer({ min: 1, max: 5 });

const steps: fc.Arbitrary<Step> = fc.oneof(
  count.map((n) => ({
    name: `take ${n}`,
    inGraph: (d: Numbers) => d.take(n),
    onArray: (v: number[]) => v.slice(0, n),
  })),
  count.map((n) => ({ name: `skip ${n}`, inGraph: (d: Numbers) => d.skip(n), onArray: (v: number[]) => v.slice(n) })),
  fc.integer({ min: 0, max: 3 }).map((n) => ({
    name: `repeat ${n}`,
    inGraph: (d: Numbers) => d.repeat(n),
    onArray: (v: number[]) => Array<number[]>(n).fill(v).flat(),
  })),
  positive.map((n) => ({
    name: `add ${n}`,
    inGraph: (d: Numbers) => d.map((x) => ops.add(x, n)),
    onArray: (v: number[]) => v.map((x) => x + n),
  })),
  positive.map((n) => ({
    name: `multiples of ${n}`,
    inGraph: (d: Numbers) => d.filter((x) => ops.equal(ops.floorMod(x, n), 0)),
    onArray: (v: number[]) => v.filter((x) => x % n === 0),
  })),
  fc.tuple(positive, count).map(([n, i]) => ({
    name: `shard ${n} ${i % n}`,
    inGraph: (d: Numbers) => d.shard(n, i % n),
    onArray: (v: number[]) => v.filter((_, at) => at % n === i % n),
  })),
  fc.tuple(positive, fc.boolean()).map(([n, dropRemainder]) => ({
    name: `batch ${n} ${dropRemainder} and back`,
    inGraph: (d: Numbers) => d.batch(n, { dropRemainder }).unbatch(),
    onArray: (v: number[]) => (dropRemainder ? v.slice(0, v.length - (v.length % n)) : v),
  })),
  fc.tuple(positive, positive).map(([size, shift]) => ({
    name: `sums of windows ${size} ${shift}`,
    inGraph: (d: Numbers) => d.window(size, { shift }).map((w) => ops.sum(w)),
    onArray: (v: number[]) =>
      v.flatMap((_, at) => (at % shift === 0 ? [v.slice(at, at + size).reduce((a, b) => a + b, 0)] : [])),
  })),
  fc.constant({
    name: 'twice in a row',
    inGraph: (d: Numbers) => d.concatenate(d),
    onArray: (v: number[]) => [...v, ...v],
  }),
  fc.constant({
    name: 'numbers times elements',
    inGraph: (d: Numbers) => d.enumerate().map(([i, x]) => ops.mul(i, x)),
    onArray: (v: number[]) => v.map((x, i) => i * x),
  }),
  fc.constant({ name: 'cache', inGraph: (d: Numbers) => d.cache(), onArray: (v: number[]) => v }),
  fc.constant({ name: 'prefetch', inGraph: (d: Numbers) => d.prefetch(), onArray: (v: number[]) => v }),
);

test('a chain of steps does to a dataset what it does to an array, and knows how many elements there are', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: 12 }), fc.array(steps, { maxLength: 5 }), async (n, chain) => {
      const start = Array.from({ length: n }, (_, i) => i);
      const expected = chain.reduce((values, step) => step.onArray(values), start);
      const dataset = chain.reduce((made, step) => step.inGraph(made), range(n));
      const found = ((await dataset.toArray()) as Tensor[]).map((x) => Number(x.array()));
      expect(found).toEqual(expected);
      expect(dataset.cardinality ?? expected.length).toBe(expected.length);
    }),
    { numRuns: 60 },
  );
});

test('a shuffle changes the order only, however large its buffer', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 20 }), positive, fc.nat(), async (n, bufferSize, seed) => {
      const shuffled = range(n).shuffle(bufferSize, { seed });
      const order = ((await shuffled.toArray()) as Tensor[]).map((x) => Number(x.array()));
      expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: n }, (_, i) => i));
      // Nothing comes out before it is in the buffer.
      for (const [at, value] of order.entries()) expect(value).toBeLessThan(at + bufferSize);
    }),
    { numRuns: 20 },
  );
});

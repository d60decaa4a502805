import fc from 'fast-check';
import { expect, test } from 'vitest';
import { gradients } from '../../src/autodiff/gradients.js';
import type { Output } from '../../src/core/output.js';
import * as ops from '../../src/ops/index.js';
import { gradientError, spread } from '../unit/autodiff/numeric.js';

/** Gradients through control flow are as central differences in float64 say. */

const TOLERANCE = 1e-6;
const int = (value: number) => ops.constant(value, 'int32');

/** What a body does with the state h, an element e and a captured w, all `[n]`. */
const steps: Record<string, (h: Output, e: Output, w: Output) => Output> = {
  linear: (h, e, w) => ops.add(ops.mul(h, w), e),
  recurrent: (h, e, w) => ops.tanh(ops.add(ops.mul(h, w), e)),
  gated: (h, e, w) => ops.add(ops.mul(ops.sigmoid(e), h), ops.mul(ops.sigmoid(w), e)),
  'ignoring the state': (_, e, w) => ops.mul(ops.sin(e), w),
  'ignoring the element': (h, _, w) => ops.mul(ops.sin(h), w),
  choosing: (h, e, w) =>
    ops.cond(
      ops.greater(ops.sum(e), 0),
      () => ops.tanh(ops.add(h, ops.mul(e, w))),
      () => ops.sub(ops.mul(h, w), e),
    ),
  'with a loop in it': (h, e, w) =>
    ops.whileLoop(
      ([i]) => ops.less(i, 2),
      ([i, x]) => [ops.add(i, 1), ops.sin(ops.add(ops.mul(x, w), e))] as const,
      [int(0), h] as const,
    )[1],
};

const step = fc.constantFrom(...Object.keys(steps));
const shape = { n: fc.integer({ min: 1, max: 3 }), length: fc.integer({ min: 1, max: 4 }) };
const orders = fc.shuffledSubarray(
  Array.from({ length: 12 }, (_, i) => i),
  { minLength: 12 },
);

/** The inputs xs `[length, n]`, w `[n]` and the first state `[n]`. */
function inputs(n: number, length: number, order: readonly number[]) {
  return [
    spread(
      [length, n],
      order.filter((i) => i < n * length),
    ),
    spread([n], [2, 0, 1]),
    spread([n], [1, 2, 0], 0.6),
  ];
}

test('through scan, in both directions', async () => {
  await fc.assert(
    fc.asyncProperty(step, fc.record(shape), orders, fc.boolean(), async (name, { n, length }, order, reverse) => {
      const body = steps[name] as (typeof steps)[string];
      const build = (xs: Output, w: Output, h: Output) => ops.scan((c, e) => body(c, e, w), xs, h, { reverse });
      expect(await gradientError(build as never, inputs(n, length, order))).toBeLessThan(TOLERANCE);
    }),
    { numRuns: 20 },
  );
});

test('through whileLoop, without a known bound', async () => {
  await fc.assert(
    fc.asyncProperty(step, fc.record(shape), orders, async (name, { n, length }, order) => {
      const body = steps[name] as (typeof steps)[string];
      const build = (xs: Output, w: Output, h: Output) =>
        ops.whileLoop(
          ({ i }) => ops.less(i, length),
          ({ i, h }) => ({ i: ops.add(i, 1), h: body(h, ops.gather(xs, i), w) }),
          { i: int(0), h },
        ).h;
      expect(await gradientError(build as never, inputs(n, length, order))).toBeLessThan(TOLERANCE);
    }),
    { numRuns: 15 },
  );
});

test('through cond, caseOf and mapFn', async () => {
  await fc.assert(
    fc.asyncProperty(
      step,
      step,
      fc.record(shape),
      orders,
      fc.integer({ min: 0, max: 2 }),
      async (one, other, { n, length }, order, index) => {
        const [f, g] = [one, other].map((name) => steps[name] as (typeof steps)[string]);
        const build = (xs: Output, w: Output, h: Output) => {
          const mapped = ops.mapFn((e) => (f as NonNullable<typeof f>)(h, e, w), xs);
          const first = ops.sum(mapped, 0);
          return ops.caseOf(index, [() => first, () => (g as NonNullable<typeof g>)(first, w, h)], () =>
            ops.cond(
              ops.less(ops.sum(h), 0),
              () => h,
              () => ops.mul(first, h),
            ),
          );
        };
        expect(await gradientError(build as never, inputs(n, length, order))).toBeLessThan(TOLERANCE);
      },
    ),
    { numRuns: 15 },
  );
});

test('gradients of gradients, through scan and cond', async () => {
  await fc.assert(
    fc.asyncProperty(step, fc.record(shape), orders, async (name, { n, length }, order) => {
      const body = steps[name] as (typeof steps)[string];
      const build = (xs: Output, w: Output, h: Output) => {
        const last = ops.scan((c, e) => body(c, e, w), xs, h);
        const [d] = gradients(ops.add(ops.square(last), ops.mul(xs, xs)), [xs]);
        return d as Output;
      };
      expect(await gradientError(build as never, inputs(n, length, order))).toBeLessThan(1e-5);
    }),
    { numRuns: 8 },
  );
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { backpropagate } from '../../../src/autodiff/backpropagate.js';
import { IndexedSlices } from '../../../src/autodiff/indexed-slices.js';
import '../../../src/autodiff/rules/index.js';
import { sizeOf } from '../../../src/core/shape.js';
import * as ops from '../../../src/ops/index.js';
import { type Build, type CheckOptions, gradientError, type Input, spread } from '../../unit/autodiff/numeric.js';

export type { Build } from '../../unit/autodiff/numeric.js';

export type Domain = (x: number) => number;
export const any: Domain = (x) => x;
export const positive: Domain = (x) => 0.4 + Math.abs(x);
export const unit: Domain = (x) => Math.tanh(x) * 0.95;
export const aboveOne: Domain = (x) => 1.3 + Math.abs(x);

export const shapes = fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 3 });

/** Distinct values in a random order. */
export function inputOf(shape: readonly number[], domain: Domain = any, shift?: number): fc.Arbitrary<Input> {
  const all = Array.from({ length: sizeOf(shape) }, (_, i) => i);
  return fc
    .shuffledSubarray(all, { minLength: all.length })
    .map((order) => spread(shape, order, shift))
    .map(({ values }) => ({ shape, values: values.map(domain) }));
}

/** Two shapes that broadcast: some axes of one of them are of length 1, or missing. */
export const broadcasting = fc
  .record({
    shape: shapes,
    kept: fc.array(fc.boolean(), { minLength: 3, maxLength: 3 }),
    drop: fc.nat(2),
    swap: fc.boolean(),
  })
  .map(({ shape, kept, drop, swap }) => {
    const narrow = shape.map((d, i) => (kept[i] ? d : 1)).slice(Math.min(drop, shape.length));
    return swap ? ([narrow, shape] as const) : ([shape, narrow] as const);
  });

export function agrees(
  build: Build,
  inputs: fc.Arbitrary<readonly Input[]>,
  options: CheckOptions & { tolerance?: number } = {},
) {
  const property = fc.asyncProperty(inputs, async (given) => {
    expect(await gradientError(build, given, options)).toBeLessThan(options.tolerance ?? 1e-6);
  });
  return fc.assert(property, { numRuns: 2 });
}

export const inputsOf = (given: readonly (readonly number[])[], domains: readonly Domain[] = []) =>
  fc.tuple(...given.map((shape, i) => inputOf(shape, domains[i] ?? any, 0.25 + 0.3 * i)));
export const one = (domain?: Domain) => shapes.chain((shape) => fc.tuple(inputOf(shape, domain)));
export const two = (domain?: Domain) =>
  broadcasting.chain(([a, b]) => fc.tuple(inputOf(a, domain), inputOf(b, domain, 0.6)));

/** The gradient of a function of it, to be differentiated again. */
export const twice =
  (build: Build): Build =>
  (...xs) => {
    const y = build(...xs);
    const dxs = backpropagate([ops.sum(ops.square(y))], xs);
    const parts = dxs.flatMap((dx) => (dx && !(dx instanceof IndexedSlices) ? [ops.reshape(dx, [-1])] : []));
    return ops.concat(parts, 0);
  };

/** Name, function, shapes of its inputs, domain of each where not all numbers are allowed. */
export type Row = readonly [
  name: string,
  build: Build,
  shapes: readonly (readonly number[])[],
  domains?: readonly Domain[],
];

/** Both orders of every row, in float64; of `once` only the first: the gradient's own op has none. */
export function testRows(rows: readonly Row[], once: readonly Row[] = []): void {
  describe('first order', () => {
    for (const [name, build, given, domains] of [...rows, ...once]) {
      test(name, () => agrees(build, inputsOf(given, domains)));
    }
  });
  describe('second order', () => {
    for (const [name, build, given, domains] of rows) test(name, () => agrees(twice(build), inputsOf(given, domains)));
  });
}

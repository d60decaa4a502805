import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { gradients } from '../../src/autodiff/gradients.js';
import type { Output } from '../../src/core/output.js';
import { Program } from '../../src/core/program.js';
import { spec } from '../../src/core/spec.js';
import * as ops from '../../src/ops/index.js';

/** Values and gradients of Python TensorFlow: make/control-flow.py. */
interface Golden {
  inputs: { xs: number[][]; w: number[][]; h: number[] };
  cases: Record<string, { y: unknown; gradients: unknown[] }>;
}
const golden: Golden = JSON.parse(readFileSync(new URL('control-flow.json', import.meta.url), 'utf8'));

type Case = (xs: Output, w: Output, h: Output) => Output;

const times = (w: Output, h: Output) => ops.squeeze(ops.matMul(w, ops.expandDims(h, 1)), [1]);
const cell = (h: Output, x: Output, w: Output) => ops.tanh(ops.add(times(w, h), x));
const choosing = (h: Output, x: Output, w: Output) =>
  ops.cond(
    ops.greater(ops.sum(x), 0),
    () => cell(h, x, w),
    () => ops.sub(h, x),
  );

const cases: Record<string, Case> = {
  cond: (_, w, h) =>
    ops.cond(
      ops.greater(ops.sum(h), 10),
      () => times(w, h),
      () => ops.square(h),
    ),
  caseOf: (_, w, h) => ops.caseOf(3, [() => h, () => ops.neg(h)], () => times(w, h)),
  whileLoop: (xs, w, h) =>
    ops.whileLoop(
      ({ i, h }) => ops.logicalAnd(ops.less(i, 5), ops.greater(ops.sum(ops.abs(h)), 0.1)),
      ({ i, h }) => ({ i: ops.add(i, 1), h: cell(h, ops.gather(xs, i), w) }),
      { i: ops.constant(0, 'int32'), h },
    ).h,
  mapFn: (xs, w, h) => ops.mapFn((x) => cell(h, x, w), xs),
  scan: (xs, w, h) => ops.scan((h, x) => cell(h, x, w), xs, h),
  scanReverse: (xs, w, h) => ops.scan((h, x) => cell(h, x, w), xs, h, { reverse: true }),
  condInScan: (xs, w, h) => ops.scan((h, x) => choosing(h, x, w), xs, h),
};

test.each(Object.keys(golden.cases))('%s: values and gradients of Python TensorFlow', async (name) => {
  using program = new Program();
  const inputs = { xs: spec('float64', [5, 3]), w: spec('float64', [3, 3]), h: spec('float64', [3]) };
  const run = program.function('run', inputs, ({ xs, w, h }) => {
    const y = (cases[name] as Case)(xs, w, h);
    const given = [xs, w, h];
    return { y, gradients: gradients(y, given).map((d, i) => d ?? ops.zerosLike(given[i] as Output)) };
  });
  const result = await run(golden.inputs);
  const expected = golden.cases[name] as Golden['cases'][string];
  const flat = (values: unknown) => [values].flat(Number.POSITIVE_INFINITY) as number[];
  const got = [result.y, ...result.gradients].flatMap((value) => flat(value.array()));
  const wanted = flat([expected.y, ...expected.gradients]);
  expect(got).toHaveLength(wanted.length);
  for (const [i, value] of wanted.entries()) expect(got[i]).toBeCloseTo(value, 12);
});

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { gradients } from '../../src/autodiff/gradients.js';
import type { Output } from '../../src/core/output.js';
import { Program } from '../../src/core/program.js';
import { spec } from '../../src/core/spec.js';
import * as ops from '../../src/ops/index.js';

/** Values of Python TensorFlow: make/picture-gradients.py. */
interface Golden {
  x: number[][][][];
  dy: number[][][][];
  transforms: number[][];
  cases: { interpolation: string; fillMode: string; dx: unknown[] }[];
}
const golden: Golden = JSON.parse(readFileSync(new URL('picture-gradients.json', import.meta.url), 'utf8'));

const flat = (values: unknown): number[] => [values].flat(Number.POSITIVE_INFINITY) as number[];

test.each(golden.cases)('a transformed picture, $interpolation, $fillMode', async ({ dx, ...attrs }) => {
  using program = new Program();
  const picture = spec('float32', [2, 5, 4, 2]);
  const run = program.function('run', { x: picture, dy: picture }, ({ x, dy }) => {
    const y = ops.imageProjectiveTransformV3(x, golden.transforms, [5, 4], 0.25, attrs);
    return { dx: gradients([y], [x], [dy])[0] as Output };
  });
  const got = flat((await run({ x: golden.x, dy: golden.dy })).dx.array());
  const wanted = flat(dx);
  expect(got).toHaveLength(wanted.length);
  for (const [i, value] of wanted.entries()) expect(got[i]).toBeCloseTo(value, 4);
});

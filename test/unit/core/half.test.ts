import { describe, expect, test } from 'vitest';
import { fromBfloat16, fromFloat16, toBfloat16, toFloat16 } from '../../../src/core/half.js';
import { Program } from '../../../src/core/program.js';
import { spec } from '../../../src/core/spec.js';
import * as ops from '../../../src/ops/index.js';

const BITS = Array.from({ length: 65536 }, (_, bits) => bits);

/** What the library makes of float32 values as `dtype`, and of those back as float32. */
async function judged(dtype: 'float16' | 'bfloat16', values: Float32Array): Promise<Float32Array> {
  using program = new Program();
  const run = program.function('run', { x: spec('float32', [null]) }, ({ x }) => ({
    y: ops.cast(ops.cast(x, dtype), 'float32'),
  }));
  return (await run({ x: values })).y.dataSync() as Float32Array;
}

describe.each([
  ['float16', toFloat16, fromFloat16, 0x7c00],
  ['bfloat16', toBfloat16, fromBfloat16, 0x7f80],
] as const)('%s', (dtype, to, from, infinity) => {
  const isNaNBits = (bits: number): boolean => (bits & 0x7fff) > infinity;

  test('every pattern of bits comes back', () => {
    for (const bits of BITS) {
      if (isNaNBits(bits)) expect(from(bits)).toBeNaN();
      else if (to(from(bits)) !== bits) throw new Error(`0x${bits.toString(16)} → ${from(bits)} → ${to(from(bits))}`);
    }
    expect(isNaNBits(to(Number.NaN))).toBe(true);
  });

  test('rounds as the library does: to nearest, ties to even, overflow to infinity, subnormals', async () => {
    const finite = BITS.filter((bits) => (bits & 0x7fff) < infinity && bits % 7 === 0).map(from);
    const between = finite.flatMap((value, i) => {
      const next = from((BITS[i * 7] ?? 0) + 1);
      const middle = (value + next) / 2;
      return [middle, middle * (1 + 2 ** -20), middle * (1 - 2 ** -20), value * 1.0001];
    });
    const values = Float32Array.from([...between, 65519, 65520, 65536, 1e38, 3.4e38, -0, 1e-8, 6e-8, -6e-8]);
    const expected = await judged(dtype, values);
    const wrong = [...values].filter((value, i) => !Object.is(from(to(value)), expected[i]));
    expect(wrong).toEqual([]);
  });
});

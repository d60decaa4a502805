import { describe, expect, test } from 'vitest';
import { gradients } from '../../../src/autodiff/gradients.js';
import type { Output } from '../../../src/core/output.js';
import { Program } from '../../../src/core/program.js';
import { spec } from '../../../src/core/spec.js';
import * as ops from '../../../src/ops/index.js';

/** Gradients that are agreed on, not derived: the numeric ones of steps are 0. Values by hand. */
async function derivatives(build: (...xs: Output[]) => Output, ...at: (number | number[])[]): Promise<unknown[]> {
  using program = new Program({ seed: 1 });
  const specs = Object.fromEntries(at.map((x, i) => [`x${i}`, spec('float32', Array.isArray(x) ? [x.length] : [])]));
  const run = program.function('run', specs, (given) => {
    const xs = Object.values(given);
    return { dxs: gradients(build(...xs), xs).map((dx, i) => dx ?? ops.zerosLike(xs[i] as Output)) };
  });
  const { dxs } = await run(Object.fromEntries(at.map((x, i) => [`x${i}`, x])));
  return dxs.map((dx) => dx.array());
}

describe('what training for whole numbers rounds is passed through within the range', () => {
  test('fakeQuantWithMinMaxArgs', async () => {
    const build = (x: Output) => ops.fakeQuantWithMinMaxArgs(x, { min: -1, max: 1 });
    expect(await derivatives(build, [-3, -0.4, 0.3, 2])).toEqual([[0, 1, 1, 0]]);
  });

  test('fakeQuantWithMinMaxVars: beyond the range it goes to the bounds', async () => {
    const build = (x: Output, low: Output, high: Output) => ops.fakeQuantWithMinMaxVars(x, low, high);
    expect(await derivatives(build, [-3, -0.4, 2, 5], -1, 1)).toEqual([[0, 1, 0, 0], 1, 2]);
  });

  test('fakeQuantWithMinMaxVarsPerChannel: each channel has bounds of its own', async () => {
    const build = (x: Output, low: Output, high: Output) => ops.fakeQuantWithMinMaxVarsPerChannel(x, low, high);
    expect(await derivatives(build, [-3, -3, 2], [-1, -4, -1], [1, 4, 1])).toEqual([
      [0, 1, 0],
      [1, 0, 0],
      [0, 0, 1],
    ]);
  });

  test('quantizeAndDequantizeV2: everywhere', async () => {
    const build = (x: Output) => ops.quantizeAndDequantizeV2(x, -1, 1, { rangeGiven: true });
    expect(await derivatives(build, [-3, 0.4])).toEqual([[1, 1]]);
  });

  test('quantizeAndDequantizeV4', async () => {
    const build = (x: Output) => ops.quantizeAndDequantizeV4(x, -1, 1, { rangeGiven: true });
    expect(await derivatives(build, [-3, 0.4, 2])).toEqual([[0, 1, 0]]);
  });
});

describe('samples of a gamma distribution, whose mean is its shape: so the slopes’ mean is 1', () => {
  const alpha = [0.7, 2, 5];
  const count = 20_000;
  const slopes = (draw: (alpha: Output) => Output) =>
    derivatives((a) => ops.realDiv(ops.sum(draw(a), [0]), count), alpha) as Promise<[number[]]>;

  test.each<[string, (alpha: Output) => Output]>([
    ['randomGamma', (a) => ops.randomGamma([count], a, { seed: 3, seed2: 4 })],
    ['statelessRandomGammaV2', (a) => ops.statelessRandomGammaV2([count, 3], [3, 4], a)],
    [
      'statelessRandomGammaV3',
      (a) => ops.statelessRandomGammaV3([count, 3], ops.cast([7], 'uint64'), ops.cast([0, 0], 'uint64'), 1, a),
    ],
  ])('%s', async (_, draw) => {
    const [found] = await slopes(draw);
    expect(found).toHaveLength(3);
    for (const slope of found) expect(Math.abs(slope - 1)).toBeLessThan(0.03);
  });
});

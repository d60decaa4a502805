import { describe, expect, test } from 'vitest';
import { Program } from '../../../src/core/program.js';
import { spec } from '../../../src/core/spec.js';
import { type Tensor, tensor } from '../../../src/core/tensor.js';
import * as layers from '../../../src/layers/index.js';

const SHAPE = [16, 4, 5, 3];
const picture = Float32Array.from({ length: 60 }, (_, i) => (i * 37) % 256);
/** The same picture sixteen times. */
const pictures = tensor(
  Float32Array.from({ length: 960 }, (_, i) => picture[i % 60] ?? 0),
  SHAPE,
);

async function run(layer: layers.Layer, { seed = 3, training = true, times = 1 } = {}): Promise<number[][]> {
  using program = new Program({ seed });
  const call = program.trace('call', { x: spec('float32', SHAPE) }, ({ x }) => ({
    y: layer.invoke(program, x, { training }),
  }));
  const all: number[][] = [];
  for (let i = 0; i < times; i++) {
    const { y } = (await call({ x: pictures })) as { y: Tensor };
    all.push(Array.from((await y.data()) as Float32Array));
  }
  return all;
}

/** The pictures of a batch, each as text. */
const each = (batch: number[] = []): string[] =>
  Array.from({ length: 16 }, (_, i) => batch.slice(i * 60, (i + 1) * 60).join());

const KINDS: Record<string, (factor: number) => layers.Layer> = {
  RandomFlip: () => layers.randomFlip(),
  RandomRotation: (factor) => layers.randomRotation({ factor }),
  RandomTranslation: (factor) => layers.randomTranslation({ heightFactor: factor, widthFactor: factor }),
  RandomZoom: (factor) => layers.randomZoom({ heightFactor: factor }),
  RandomShear: (factor) => layers.randomShear({ xFactor: factor }),
  RandomPerspective: (factor) => layers.randomPerspective({ scale: factor }),
  RandomBrightness: (factor) => layers.randomBrightness({ factor }),
  RandomContrast: (factor) => layers.randomContrast({ factor }),
  RandomInvert: (factor) => layers.randomInvert({ factor }),
  RandomHue: (factor) => layers.randomHue({ factor }),
  RandomSharpness: (factor) => layers.randomSharpness({ factor: [0.5 - factor, 0.5 + factor] }),
  RandomColorDegeneration: (factor) => layers.randomColorDegeneration({ factor }),
  RandomColorJitter: (factor) => layers.randomColorJitter({ brightnessFactor: factor, contrastFactor: factor }),
  RandomGrayscale: (factor) => layers.randomGrayscale({ factor }),
  RandomGaussianBlur: (factor) => layers.randomGaussianBlur({ factor }),
  RandomErasing: (factor) => layers.randomErasing({ factor }),
  RandomElasticTransform: (factor) => layers.randomElasticTransform({ factor }),
};

describe.each(Object.entries(KINDS))('%s', (name, make) => {
  test('passes pictures as they are outside of training', async () => {
    const [y] = await run(make(0.4), { training: false });
    expect(y).toEqual([...(pictures.dataSync() as Float32Array)]);
  });

  test('changes each picture differently, each time anew, and stays in the range of values', async () => {
    const [first, second] = await run(make(0.4), { times: 2 });
    expect(new Set(each(first)).size).toBeGreaterThan(1);
    expect(second).not.toEqual(first);
    for (const value of first ?? []) {
      expect(value).toBeGreaterThanOrEqual(0);
      expect(value).toBeLessThanOrEqual(255.001);
    }
  });

  test('repeats itself with the same seed', async () => {
    expect(await run(make(0.4), { times: 2 })).toEqual(await run(make(0.4), { times: 2 }));
  });

  test('changes nothing with a factor of zero', async () => {
    if (name === 'RandomFlip') return;
    const [y] = await run(make(0));
    const x = pictures.dataSync() as Float32Array;
    for (const [i, value] of (y ?? []).entries()) expect(value).toBeCloseTo(x[i] ?? Number.NaN, 2);
  });
});

test('a flip is the picture or its mirror image, about as often', async () => {
  const [y] = await run(layers.randomFlip({ mode: 'horizontal' }));
  const at = (row: number, column: number, channel: number): number => picture[(row * 5 + column) * 3 + channel] ?? 0;
  const mirrored = Array.from({ length: 60 }, (_, i) =>
    at(Math.floor(i / 15), 4 - (Math.floor(i / 3) % 5), i % 3),
  ).join();
  const counts = new Map<string, number>();
  for (const text of each(y)) counts.set(text, (counts.get(text) ?? 0) + 1);
  expect([...counts.keys()].sort()).toEqual([[...picture].join(), mirrored].sort());
  for (const n of counts.values()) expect(n).toBeGreaterThan(2);
});

test('a random crop is a part of the picture, another one in the next run', async () => {
  const parts = await run(layers.randomCrop({ height: 2, width: 2 }), { times: 12 });
  const known = new Set<string>();
  for (let row = 0; row < 3; row++) {
    for (let column = 0; column < 4; column++) {
      const from = (r: number): number[] => [...picture.slice(((row + r) * 5 + column) * 3).slice(0, 6)];
      known.add([...from(0), ...from(1)].join());
    }
  }
  const seen = new Set(parts.map((part) => part.slice(0, 12).join()));
  expect(seen.size).toBeGreaterThan(3);
  for (const part of seen) expect(known).toContain(part);
});

test.each([
  ['RandAugment', () => layers.randAugment({ factor: 0.4 })],
  ['AugMix', () => layers.augMix({ factor: 0.4 })],
  ['AugMix without colours', () => layers.augMix({ factor: 0.4, allOps: false })],
])('%s changes pictures anew each time, in their range, by the seed, and only in training', async (_, make) => {
  const runs = await run(make(), { times: 6 });
  expect(new Set(runs.map((y) => y.join())).size).toBeGreaterThan(3);
  for (const value of runs.flat()) expect(value >= 0 && value <= 255.001).toBe(true);
  expect(await run(make(), { times: 6 })).toEqual(runs);
  expect(await run(make(), { training: false })).toEqual([[...(pictures.dataSync() as Float32Array)]]);
});

test.each([
  ['RandAugment', layers.randAugment],
  ['AugMix', layers.augMix],
  ['RandomRotation', (options: object) => layers.randomRotation({ factor: 0.1, ...options })],
  ['RandomPerspective', layers.randomPerspective],
  ['RandomElasticTransform', layers.randomElasticTransform],
])('%s refuses an interpolation nobody knows under its own name', (className, make) => {
  const options = { name: 'mine', interpolation: 'bilinar' };
  expect(() => make(options)).toThrow(`value of ${className} 'mine': interpolation 'bilinar'`);
  expect(() => make(options)).toThrow(/Did you mean 'bilinear'/);
});

test('mixing gives pictures between those of the batch', async () => {
  const program = new Program({ seed: 5 });
  using _ = program;
  for (const layer of [layers.mixUp({ alpha: 1 }), layers.cutMix()]) {
    const call = program.trace(layer.name, { x: spec('float32', [4, 3, 3, 1]) }, ({ x }) => ({
      y: layer.invoke(program, x, { training: true }),
    }));
    const x = tensor(
      Float32Array.from({ length: 36 }, (_, i) => Math.floor(i / 9)),
      [4, 3, 3, 1],
    );
    const { y } = (await call({ x })) as { y: Tensor };
    const values = [...((await y.data()) as Float32Array)];
    expect(values).not.toEqual([...(x.dataSync() as Float32Array)]);
    for (const value of values) expect(value >= 0 && value <= 3).toBe(true);
  }
});

test.each([
  [
    'a turn of two rounds',
    () => layers.randomRotation({ factor: 2 }),
    'ERR_ARGUMENT',
    /factor must be a number in \[-1, 1\]/,
  ],
  ['three ends', () => layers.randomBrightness({ factor: [0, 0.1, 0.2] }), 'ERR_ARGUMENT', /factor/],
  ['one value as a range', () => layers.randomInvert({ factor: 1, valueRange: [1] }), 'ERR_ARGUMENT', /valueRange/],
  ['an unknown mode', () => layers.randomFlip({ mode: 'horizontl' }), 'ERR_UNKNOWN_NAME', /'horizontal'/],
  [
    'an unknown filling',
    () => layers.randomZoom({ heightFactor: 0, fillMode: 'reflekt' }),
    'ERR_UNKNOWN_NAME',
    /'reflect'/,
  ],
  [
    'cropped and padded',
    () => layers.resizing({ height: 2, width: 2, cropToAspectRatio: true, padToAspectRatio: true }),
    'ERR_ARGUMENT',
    /exclude/,
  ],
  ['no height', () => layers.resizing({ width: 2 } as never), 'ERR_ARGUMENT', /height/],
])('%s is refused', (_, make, code, message) => {
  expect(make).toThrow(expect.objectContaining({ code, message: expect.stringMatching(message) }));
});

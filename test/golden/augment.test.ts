import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Tensor, tensor } from '../../src/core/tensor.js';
import type { ColorMode, Interpolation } from '../../src/data/decode.js';
import { imageDataGenerator, type PictureTransform } from '../../src/data/image-data-generator.js';
import type { ImageDataGeneratorOptions } from '../../src/data/image-data-generator-options.js';
import type { FillMode } from '../../src/data/sampling.js';

interface Packed {
  dtype: 'uint8' | 'float32';
  shape: number[];
  b64: string;
}

interface Case {
  image: Packed;
  parameters: Record<string, number | boolean>;
  fill_mode: FillMode;
  cval: number;
  interpolation_order: 0 | 1;
  output: Packed;
  tolerance: { atol: number; mean_atol?: number; allowed_mismatching_pixels?: number };
}

interface Standardized {
  arguments: Record<string, number | boolean>;
  output: Packed;
  tolerance: { rtol: number; atol: number };
}

interface Fitted extends Standardized {
  fit_images: Packed;
  images: Packed;
}

interface Resized {
  png: string;
  target_size: [number, number];
  color_mode: ColorMode;
  interpolation: Interpolation;
  output: Packed;
}

interface Fixture {
  image: Packed;
  cases: Omit<Case, 'image'>[];
  standardize_fit_images: Packed;
  standardize: Standardized[];
}

function readJson<T>(file: string): T {
  return JSON.parse(readFileSync(join(import.meta.dirname, file), 'utf8'));
}

const fixture = readJson<Fixture>('../../../shared/fixtures/augment.json');
const oblong = readJson<{ cases: Case[] }>('augment-oblong.json');
const more = readJson<{ cases: Case[]; standardize: Fitted[]; resize: Resized[] }>('augment-more.json');
const random = readJson<{ cases: Case[]; standardize: Fitted[] }>('augment-random.json');
const cases: Case[] = [
  ...fixture.cases.map((golden) => ({ ...golden, image: fixture.image })),
  ...oblong.cases,
  ...more.cases,
  ...random.cases,
];
const standardized: Fitted[] = [
  ...fixture.standardize.map((golden) => ({
    ...golden,
    fit_images: fixture.standardize_fit_images,
    images: fixture.image,
  })),
  ...more.standardize,
  ...random.standardize,
];

function numbers({ dtype, b64 }: Packed): Uint8Array | Float32Array {
  const bytes = Uint8Array.from(Buffer.from(b64, 'base64'));
  return dtype === 'uint8' ? bytes : new Float32Array(bytes.buffer);
}

function camelCase<T>(record: Record<string, unknown>): T {
  const rename = (key: string) => key.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [rename(key), value])) as T;
}

/** A picture, or several of one size. */
const pictures = (packed: Packed) => {
  const [height = 0, width = 0, channels = 0] = packed.shape.slice(-3);
  const values = numbers(packed);
  return tensor(values, [values.length / (height * width * channels), height, width, channels], packed.dtype);
};

describe('transforms are those of Keras', () => {
  test.each(cases.map((golden) => [JSON.stringify(golden.parameters), golden.fill_mode, golden] as const))(
    '%s %s',
    async (_, fillMode, { image, parameters, cval, interpolation_order, output, tolerance }) => {
      const generator = imageDataGenerator({ fillMode, cval, interpolationOrder: interpolation_order });
      const got = await generator.applyTransform(pictures(image), camelCase<PictureTransform>(parameters));
      const expected = numbers(output);
      const distances = Array.from(got.dataSync(), (value, i) => Math.abs(value - (expected[i] ?? Number.NaN)));
      const wrong = distances.filter((distance) => !(distance <= tolerance.atol)).length;
      expect(wrong).toBeLessThanOrEqual((tolerance.allowed_mismatching_pixels ?? 0) * 3);
      const mean = distances.reduce((sum, distance) => sum + distance, 0) / distances.length;
      if (tolerance.mean_atol !== undefined) expect(mean).toBeLessThanOrEqual(tolerance.mean_atol);
    },
  );
});

describe('normalisations are those of Keras', () => {
  test.each(
    standardized.map((golden) => [JSON.stringify(golden.arguments), golden.images.shape.join('x'), golden] as const),
  )('%s %s', async (_, __, golden) => {
    const options = camelCase<ImageDataGeneratorOptions>(golden.arguments);
    const generator = imageDataGenerator(options);
    if (options.featurewiseCenter || options.featurewiseStdNormalization || options.zcaWhitening)
      await generator.fit(pictures(golden.fit_images));
    const got = await generator.standardize(pictures(golden.images));
    const { rtol, atol } = golden.tolerance;
    const expected = numbers(golden.output);
    const wrong = got.dataSync().filter((value, i) => {
      const wanted = expected[i] ?? Number.NaN;
      return !(Math.abs(value - wanted) <= atol + rtol * Math.abs(wanted));
    });
    expect(wrong).toHaveLength(0);
  });
});

describe('pictures cut to the aspect ratio are those of Pillow', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'aspect-'));
    for (const [i, { png }] of more.resize.entries()) {
      mkdirSync(join(folder, String(i), 'a'), { recursive: true });
      writeFileSync(join(folder, String(i), 'a', 'x.png'), Buffer.from(png, 'base64'));
    }
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test.each(more.resize.map((golden, i) => [golden.interpolation, golden.output.shape.join('x'), i, golden] as const))(
    '%s %s',
    async (interpolation, _, i, { target_size, color_mode, output }) => {
      const flow = await imageDataGenerator().flowFromDirectory(join(folder, String(i)), {
        targetSize: target_size,
        colorMode: color_mode,
        interpolation,
        keepAspectRatio: true,
        classMode: null,
        verbose: 0,
      });
      for await (const [x] of flow) {
        const expected = numbers(output);
        const furthest = Math.max(
          ...(x as Tensor<'float32'>).dataSync().map((v, at) => Math.abs(v - (expected[at] ?? 0))),
        );
        expect(furthest).toBeLessThanOrEqual(1);
      }
    },
  );
});

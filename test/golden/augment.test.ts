import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { tensor } from '../../src/core/tensor.js';
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
const cases: Case[] = [...fixture.cases.map((golden) => ({ ...golden, image: fixture.image })), ...oblong.cases];

function numbers({ dtype, b64 }: Packed): Uint8Array | Float32Array {
  const bytes = Uint8Array.from(Buffer.from(b64, 'base64'));
  return dtype === 'uint8' ? bytes : new Float32Array(bytes.buffer);
}

function camelCase<T>(record: Record<string, unknown>): T {
  const rename = (key: string) => key.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [rename(key), value])) as T;
}

const pictures = (packed: Packed, count: number) =>
  tensor(numbers(packed), [count, ...packed.shape.slice(-3)], packed.dtype);

describe('transforms are those of Keras', () => {
  test.each(cases.map((golden) => [JSON.stringify(golden.parameters), golden.fill_mode, golden] as const))(
    '%s %s',
    async (_, fillMode, { image, parameters, cval, interpolation_order, output, tolerance }) => {
      const generator = imageDataGenerator({ fillMode, cval, interpolationOrder: interpolation_order });
      const got = await generator.applyTransform(pictures(image, 1), camelCase<PictureTransform>(parameters));
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
  test.each(fixture.standardize.map((golden) => [JSON.stringify(golden.arguments), golden] as const))(
    '%s',
    async (_, golden) => {
      const options = camelCase<ImageDataGeneratorOptions>(golden.arguments);
      const generator = imageDataGenerator(options);
      if (options.featurewiseCenter) await generator.fit(pictures(fixture.standardize_fit_images, 16));
      const got = await generator.standardize(pictures(fixture.image, 1));
      const { rtol, atol } = golden.tolerance;
      const expected = numbers(golden.output);
      const wrong = got.dataSync().filter((value, i) => {
        const wanted = expected[i] ?? Number.NaN;
        return !(Math.abs(value - wanted) <= atol + rtol * Math.abs(wanted));
      });
      expect(wrong).toHaveLength(0);
    },
  );
});

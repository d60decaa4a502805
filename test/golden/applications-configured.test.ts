import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { resetNames } from '../../src/core/naming.js';
import type { Functional } from '../../src/models/functional.js';
import {
  camelCase,
  fill,
  isOperation,
  layerRows,
  networkOf,
  PIXELS,
  picture,
  trainedParams,
} from './formula-networks.js';

interface Golden {
  name: string;
  arguments: { input_shape: number[] } & Record<string, unknown>;
  total_params: number;
  trainable_params: number;
  layer_count: number;
  layers_sha256: string;
  gamma_centre: number;
  count: number;
  first16: number[];
  largest: number;
  l2: number;
}

const { seed, models } = JSON.parse(readFileSync(new URL('applications-configured.json', import.meta.url), 'utf8')) as {
  seed: number;
  models: Golden[];
};

let model: Functional | undefined;

beforeEach(resetNames);
afterEach(() => {
  model?.dispose();
  model = undefined;
});

describe('networks of other widths, depths, shapes and classes are Keras’, with weights by formula', () => {
  test.each(models.map((golden) => [golden.name, JSON.stringify(golden.arguments), golden] as const))(
    '%s %s',
    async (name, _, expected) => {
      model = await networkOf(name)({ weights: null, ...camelCase(expected.arguments) });
      const rows = layerRows(model).filter((row) => !isOperation(name, row));
      expect(rows.length).toBe(expected.layer_count);
      expect(createHash('sha256').update(JSON.stringify(rows)).digest('hex')).toBe(expected.layers_sha256);
      expect(model.countParams()).toBe(expected.total_params);
      expect(trainedParams(model)).toBe(expected.trainable_params);

      await fill(model, seed, expected.gamma_centre);
      const range = name.startsWith('Inception') ? undefined : PIXELS;
      using output = await model.predict(picture(seed, expected.arguments.input_shape, range));
      const values = [...(output.dataSync() as Float32Array)];
      expect(values.length).toBe(expected.count);
      for (const [i, want] of expected.first16.entries()) {
        expect(Math.abs((values[i] ?? Number.NaN) - want)).toBeLessThanOrEqual(
          2e-3 * Math.abs(want) + 1e-3 * expected.largest,
        );
      }
      expect(Math.sqrt(values.reduce((sum, v) => sum + v * v, 0)) / expected.l2).toBeCloseTo(1, 3);
    },
  );
});

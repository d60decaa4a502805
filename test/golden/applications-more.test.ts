import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { resetNames } from '../../src/core/naming.js';
import type { Functional } from '../../src/models/functional.js';
import { fill, isOperation, layerRows, networkOf, PIXELS, picture, trainedParams } from './formula-networks.js';

interface Features {
  gamma_centre: number;
  first16: number[];
  largest: number;
  l2: number;
}

interface Golden {
  name: string;
  model: string;
  total_params: number;
  trainable_params: number;
  layer_count: number;
  layers_sha256: string;
  features?: Features;
}

const { seed, size, models } = JSON.parse(readFileSync(new URL('applications-more.json', import.meta.url), 'utf8')) as {
  seed: number;
  size: number;
  models: Golden[];
};

let model: Functional | undefined;

beforeEach(resetNames);
afterEach(() => {
  model?.dispose();
  model = undefined;
});

describe('architectures are Keras’', () => {
  test.each(models)('$name', async ({ name, ...expected }) => {
    model = await networkOf(name)({ weights: null });
    const rows = layerRows(model).filter((row) => !isOperation(name, row));
    expect(rows.length).toBe(expected.layer_count);
    expect(createHash('sha256').update(JSON.stringify(rows)).digest('hex')).toBe(expected.layers_sha256);
    expect(model.countParams()).toBe(expected.total_params);
    expect(trainedParams(model)).toBe(expected.trainable_params);
    expect(model.name).toBe(expected.model);
  });
});

describe('features are Keras’, with weights by formula', () => {
  const computed = models.flatMap(({ name, features }) => (features ? [{ name, features }] : []));
  test.each(computed)('$name', async ({ name, features }) => {
    const inputShape = [size, size, 3];
    model = await networkOf(name)({ weights: null, includeTop: false, pooling: 'avg', inputShape });
    await fill(model, seed, features.gamma_centre);
    using output = await model.predict(picture(seed, inputShape, name.startsWith('Inception') ? undefined : PIXELS));
    const values = [...(output.dataSync() as Float32Array)];
    for (const [i, want] of features.first16.entries()) {
      expect(Math.abs((values[i] ?? Number.NaN) - want)).toBeLessThanOrEqual(
        2e-3 * Math.abs(want) + 1e-3 * features.largest,
      );
    }
    expect(Math.sqrt(values.reduce((sum, v) => sum + v * v, 0)) / features.l2).toBeCloseTo(1, 3);
  });
});

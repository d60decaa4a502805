import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decodePredictions, efficientnetLite0 } from '../../src/applications/index.js';
import type { Tensor } from '../../src/core/tensor.js';
import { load } from '../../src/data/image.js';
import type { Functional } from '../../src/models/functional.js';
import '../../src/saving/h5-format.js';
import { loadModel } from '../../src/saving/load-model.js';

/** EfficientNet-Lite0 with its real weights, and what it says about real photographs. */
const real = (name: string): string => fileURLToPath(new URL(`../../../shared/fixtures/real/${name}`, import.meta.url));

interface Expected {
  parameters: number;
  tolerance: { probability_abs: number };
  photos: {
    file: string;
    top5: { index: number; wnid: string; name: string; probability: number }[];
    probabilities_base64: string;
  }[];
}

const expected = JSON.parse(readFileSync(real('expected.json'), 'utf8')) as Expected;
const classIndex = real('imagenet_class_index.json');
let network: Functional;

beforeAll(async () => {
  network = await efficientnetLite0({ weights: real('efficientnet_lite0.h5') });
});
afterAll(() => network.dispose());

test('the network is the file’s', async () => {
  using loaded = await loadModel(real('efficientnet_lite0.h5'));
  expect(network.countParams()).toBe(expected.parameters);
  const kept = network.layers.slice(1).map((layer) => [layer.name, layer.outputShape]);
  expect(kept).toEqual(loaded.layers.slice(1).map((layer) => [layer.name, layer.outputShape]));
});

test('its .keras file is the same network', async () => {
  using loaded = await loadModel(real('efficientnet_lite0.keras'));
  const [theirs, ours] = [await loaded.getWeights(), await network.getWeights()];
  const bytes = (weight: Tensor) => Buffer.from((weight.dataSync() as Float32Array).buffer);
  for (const [i, weight] of theirs.entries()) expect(bytes(weight).equals(bytes(ours[i] as Tensor))).toBe(true);
  using picture = await load(real('photos/chelsea_224.png'), { targetSize: [224, 224] });
  const x = efficientnetLite0.preprocessInput(picture.expandDims(0));
  expect((await loaded.predict(x)).dataSync()).toEqual((await network.predict(x)).dataSync());
});

describe('a photograph gets its classes, from the path to the names', () => {
  test.each(expected.photos)('$file', async ({ file, top5, probabilities_base64: packed }) => {
    using picture = await load(real(`photos/${file}`), { targetSize: [224, 224] });
    const scores = await network.predict(efficientnetLite0.preprocessInput(picture.expandDims(0)));
    const [best = []] = decodePredictions(scores, { top: 5, classIndex });
    expect(best.map(({ wnid, name }) => [wnid, name])).toEqual(top5.map(({ wnid, name }) => [wnid, name]));
    const bytes = Buffer.from(packed, 'base64');
    const data = scores.dataSync() as Float32Array;
    const far = [...data].filter(
      (value, i) => Math.abs(value - bytes.readFloatLE(4 * i)) > expected.tolerance.probability_abs,
    );
    expect(far).toEqual([]);
  });
});

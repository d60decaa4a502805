import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { type Tensor, tensor } from '../../src/core/tensor.js';
import { loadModel } from '../../src/saving/load-model.js';
import '../../src/saving/h5-format.js';

const folder = 'test/golden/tfjs/layers';

/** The pictures of make/tfjs.mjs. */
function pictures(): Tensor {
  return tensor(
    Float32Array.from({ length: 216 }, (_, i) => ((i * 7919) % 256) / 255),
    [2, 6, 6, 3],
    'float32',
  );
}

describe('a model that tfjs trained and saved', () => {
  test.each([folder, `${folder}/model.json`])('predicts from %s what tfjs predicts', async (path) => {
    using model = await loadModel(path);
    const predicted = (await model.predict(pictures())) as Tensor;
    const expected: number[][] = JSON.parse(await readFile(`${folder}/predictions.json`, 'utf8'));
    const ours = Array.from(predicted.dataSync() as Float32Array);
    for (const [i, value] of expected.flat().entries()) expect(ours[i]).toBeCloseTo(value, 6);
  });

  test('is compiled as it was', async () => {
    using model = await loadModel(folder);
    expect(model.optimizer.getConfig()).toMatchObject({ rho: 0.8, momentum: 0, centered: false });
    expect(await model.trainOnBatch(pictures(), tensor([[1, 2, 3], [3, 2, 1]], [2, 3], 'float32'))).toHaveProperty('accuracy'); // biome-ignore format: a matrix
  });
});

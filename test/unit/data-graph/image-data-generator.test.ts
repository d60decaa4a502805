import { describe, expect, test } from 'vitest';
import { type Tensor, tensor } from '../../../src/core/tensor.js';
import { imageDataGenerator } from '../../../src/data/image-data-generator.js';
import type { ImageDataGeneratorOptions } from '../../../src/data/image-data-generator-options.js';

/** One row of five pixels, one channel: a picture whose shifts can be read off. */
const ROW = [1, 2, 3, 4, 5];
const rows = (count: number) => tensor(Array.from({ length: count }, () => ROW).flat(), [count, 1, 5, 1]);

/** All pictures of one pass, flat. */
async function augmented(options: ImageDataGeneratorOptions, x: Tensor = rows(64)): Promise<number[][]> {
  const pictures: number[][] = [];
  const width = x.size / (x.shape[0] ?? 1);
  for await (const [batch] of imageDataGenerator({ seed: 1, ...options }).flow(x, undefined, { batchSize: 16 })) {
    const data = Array.from(batch?.dataSync() as Float32Array);
    while (data.length > 0) pictures.push(data.splice(0, width));
  }
  return pictures;
}

const kinds = (pictures: number[][]) => [...new Set(pictures.map((picture) => picture.join()))].sort();

describe('random transformations', () => {
  test('without options pictures stay as they are', async () => {
    expect(kinds(await augmented({}))).toEqual(['1,2,3,4,5']);
  });

  test('half of the pictures are mirrored', async () => {
    const pictures = await augmented({ horizontalFlip: true }, rows(256));
    expect(kinds(pictures)).toEqual(['1,2,3,4,5', '5,4,3,2,1']);
    const mirrored = pictures.filter(([first]) => first === 5).length;
    expect(mirrored).toBeGreaterThan(96);
    expect(mirrored).toBeLessThan(160);
  });

  test('a whole number shifts by fewer whole pixels, either way', async () => {
    // Why heightShiftRange: Keras draws the shift along the columns from it.
    expect(kinds(await augmented({ heightShiftRange: 3 }))).toEqual([
      '1,1,1,2,3',
      '1,1,2,3,4',
      '1,2,3,4,5',
      '2,3,4,5,5',
      '3,4,5,5,5',
    ]);
  });

  test('a list shifts by one of its values, either way', async () => {
    expect(kinds(await augmented({ heightShiftRange: [2] }))).toEqual(['1,1,1,2,3', '3,4,5,5,5']);
  });

  test('a fraction shifts by up to that share of the size', async () => {
    const x = tensor(Array.from({ length: 64 }, () => [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]).flat(), [64, 10, 1, 1]);
    const shifts = (await augmented({ widthShiftRange: 0.2 }, x)).map((picture) => (picture[5] ?? 0) - 5);
    expect(Math.max(...shifts.map(Math.abs))).toBeLessThanOrEqual(0.2);
    const wide = (await augmented({ heightShiftRange: 0.2 }, tensor(x.dataSync(), [64, 1, 10, 1]))).map(
      (picture) => (picture[5] ?? 0) - 5,
    );
    expect(Math.max(...wide.map(Math.abs))).toBeLessThanOrEqual(0.2);
    expect(kinds(await augmented({ widthShiftRange: 0.2 }, x)).length).toBeGreaterThan(32);
  });

  test('rescale comes last', async () => {
    expect(kinds(await augmented({ heightShiftRange: [2], rescale: 2 }))).toEqual(['2,2,2,4,6', '6,8,10,10,10']);
  });

  test('one option does not change what another one draws', async () => {
    const flips = (pictures: number[][]) => pictures.map(([first = 0, , , , last = 0]) => first > last);
    const alone = await augmented({ horizontalFlip: true });
    const together = await augmented({ horizontalFlip: true, brightnessRange: [0.9, 1.1], shearRange: 5 });
    expect(flips(together)).toEqual(flips(alone));
  });
});

describe('arrays', () => {
  const x = tensor(Array.from({ length: 7 }, (_, i) => [i, i]).flat(), [7, 1, 2, 1], 'uint8');
  const y = tensor([0, 1, 2, 3, 4, 5, 6], [7], 'int32');

  test('labels and weights stay with their pictures, in their own dtype', async () => {
    const sampleWeight = tensor([0, 10, 20, 30, 40, 50, 60]);
    const seen: number[] = [];
    for await (const [pictures, labels, weights] of imageDataGenerator().flow(x, y, { batchSize: 3, sampleWeight })) {
      const values = (pictures as Tensor<'float32'>).dataSync().filter((_, i) => i % 2 === 0);
      expect([pictures?.dtype, labels?.dtype]).toEqual(['float32', 'int32']);
      expect(Array.from(labels?.dataSync() as Int32Array)).toEqual([...values]);
      expect(Array.from(weights?.dataSync() as Float32Array)).toEqual([...values].map((value) => value * 10));
      seen.push(...values);
    }
    expect(seen.sort()).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });

  test('are refused when they do not fit', () => {
    const generator = imageDataGenerator();
    expect(() => generator.flow(tensor([1, 2]))).toThrow(expect.objectContaining({ code: 'ERR_SHAPE' }));
    expect(() => generator.flow(x, tensor([1]))).toThrow(expect.objectContaining({ code: 'ERR_SHAPE' }));
  });
});

describe('refusals', () => {
  test.each([
    [{ rotation_range: 3 }, 'ERR_UNKNOWN_NAME', /rotationRange/],
    [{ fillMode: 'nearset' }, 'ERR_UNKNOWN_NAME', /nearest/],
    [{ zoomRange: [1] }, 'ERR_ARGUMENT', /zoomRange/],
    [{ rotationRange: '15' }, 'ERR_ARGUMENT', /rotationRange/],
    [{ interpolationOrder: 3 }, 'ERR_ARGUMENT', /interpolationOrder/],
    [{ validationSplit: 1 }, 'ERR_ARGUMENT', /validationSplit/],
  ])('%o', (options, code, message) => {
    expect(() => imageDataGenerator(options as ImageDataGeneratorOptions)).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(message) }),
    );
  });

  test('feature-wise options before fit', () => {
    const generator = imageDataGenerator({ featurewiseCenter: true });
    expect(() => generator.flow(rows(2))).toThrow(expect.objectContaining({ code: 'ERR_ARGUMENT' }));
  });
});

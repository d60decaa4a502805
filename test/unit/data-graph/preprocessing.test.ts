import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Output } from '../../../src/core/output.js';
import { type Tensor, tensor } from '../../../src/core/tensor.js';
import { imageDataGenerator } from '../../../src/data/image-data-generator.js';
import type { ImageFlow } from '../../../src/data/image-flow.js';
import type { PreprocessingFunction } from '../../../src/data/preprocessing-function.js';
import * as layers from '../../../src/layers/index.js';
import { sequential } from '../../../src/models/sequential.js';
import * as ops from '../../../src/ops/index.js';

const x = tensor(
  Array.from({ length: 24 }, (_, i) => i),
  [6, 2, 2, 1],
);
const y = tensor([0, 1, 2, 3, 4, 5], [6], 'int32');

async function values(flow: ImageFlow): Promise<number[]> {
  const all: number[] = [];
  for await (const [batch] of flow) all.push(...((batch as Tensor<'float32'>).dataSync() ?? []));
  return all;
}

/** Each picture less its own largest value: one that mistook a batch for a picture would show. */
const KINDS: readonly (readonly [string, PreprocessingFunction])[] = [
  ['traced', (picture: Output) => ops.sub(picture, ops.max(picture, null))],
  [
    'in JavaScript',
    (picture: Tensor<'float32'>) => {
      const data = picture.dataSync();
      return tensor(
        data.map((value) => value - Math.max(...data)),
        picture.shape,
      );
    },
  ],
  [
    'in JavaScript, later',
    async (picture: Tensor<'float32'>) => {
      const data = await picture.data();
      return tensor(
        data.map((value) => value - Math.max(...data)),
        picture.shape,
      );
    },
  ],
];

describe.each(KINDS)('a preprocessing function, %s', (_, preprocessingFunction) => {
  test('gets each picture before rescaling', async () => {
    const generator = imageDataGenerator({ preprocessingFunction, rescale: 2 });
    const flow = generator.flow(x, y, { shuffle: false, batchSize: 4 });
    expect(await values(flow)).toEqual(Array.from({ length: 24 }, (_, i) => 2 * ((i % 4) - 3)));
    expect([...(await generator.standardize(x)).dataSync()]).toEqual(await values(flow));
  });

  test('comes after augmentation, which stays the same', async () => {
    const options = { channelShiftRange: 1, horizontalFlip: true, seed: 4 };
    const plain = await values(imageDataGenerator(options).flow(x, y, { batchSize: 4 }));
    const seen = await values(imageDataGenerator({ ...options, preprocessingFunction }).flow(x, y, { batchSize: 4 }));
    const largest = (i: number) => Math.max(...plain.slice(i - (i % 4), i - (i % 4) + 4));
    expect(seen).toEqual(plain.map((value, i) => Math.fround(value - largest(i))));
  });

  test('is part of training, evaluating and predicting', async () => {
    const model = sequential({ layers: [layers.flatten({ inputShape: [2, 2, 1] }), layers.dense({ units: 1 })] });
    model.compile({ loss: 'meanSquaredError', optimizer: 'sgd' });
    const flow = imageDataGenerator({ preprocessingFunction }).flow(x, y, { batchSize: 4, shuffle: false });
    const { history } = await model.fit(flow, { epochs: 2, verbose: 0, validationData: flow });
    expect(history.val_loss ?? history.valLoss).toHaveLength(2);
    const predicted = await model.predict(
      imageDataGenerator({ preprocessingFunction }).flow(x, undefined, { shuffle: false }),
    );
    expect((predicted as Tensor).shape).toEqual([6, 1]);
  });
});

describe('a preprocessing function', () => {
  test.each<[string, PreprocessingFunction]>([
    ['traced', (picture: Output) => ops.sum(picture, null)],
    ['in JavaScript', (picture: Tensor<'float32'>) => picture.dataSync().slice(1)],
  ])('must keep the shape (%s)', async (_, preprocessingFunction) => {
    const failing = async () => values(imageDataGenerator({ preprocessingFunction }).flow(x));
    await expect(failing()).rejects.toMatchObject({ code: 'ERR_SHAPE', message: expect.stringContaining('[2,') });
  });

  test('that fails says why', async () => {
    const preprocessingFunction = () => {
      throw new Error('too dark');
    };
    const flow = imageDataGenerator({ preprocessingFunction }).flow(x);
    await expect(values(flow)).rejects.toMatchObject({
      code: 'ERR_CALLBACK',
      message: expect.stringContaining('too dark'),
    });
  });

  test('of ops that refuse is refused at once', () => {
    const preprocessingFunction = (picture: Output) => ops.matMul(picture, [1, 2]);
    expect(() => imageDataGenerator({ preprocessingFunction }).flow(x)).toThrow();
  });
});

describe('saveToDir', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'saved-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  test('keeps every picture as it is given, under its index, stretched to bytes', async () => {
    const saveToDir = join(folder, 'new');
    const flow = imageDataGenerator({ rescale: -1 }).flow(x, y, { saveToDir, savePrefix: 'p', batchSize: 4, seed: 1 });
    await values(flow);
    const files = (await readdir(saveToDir)).sort();
    expect(files.map((file) => file.replace(/\d+\.png$/, ''))).toEqual(
      [0, 1, 2, 3, 4, 5].map((index) => `p_${index}_`),
    );
    const pixels = await sharp(join(saveToDir, files[2] ?? ''))
      .raw()
      .toBuffer();
    expect([...pixels.filter((_, i) => i % (pixels.length / 4) === 0)]).toEqual([255, 170, 85, 0]);
  });

  test.each(['jpg', 'jpeg', 'webp'] as const)('writes %s', async (saveFormat) => {
    const saveToDir = join(folder, saveFormat);
    await values(
      imageDataGenerator().flow(tensor(new Float32Array(2 * 12), [2, 2, 2, 3]), undefined, { saveToDir, saveFormat }),
    );
    const [first = ''] = await readdir(saveToDir);
    expect((await sharp(join(saveToDir, first)).metadata()).format).toBe(saveFormat.replace('jpg', 'jpeg'));
  });

  test('refuses unknown formats, and folders that cannot be', async () => {
    const flow = (options: object) => imageDataGenerator().flow(x, y, { saveToDir: folder, ...options });
    expect(() => flow({ saveFormat: 'pgn' })).toThrow(expect.objectContaining({ code: 'ERR_UNKNOWN_NAME' }));
    const blocked = flow({ saveToDir: join(import.meta.filename, 'below') });
    await expect(values(blocked)).rejects.toMatchObject({ code: 'ERR_NOT_WRITABLE' });
  });
});

describe('reset', () => {
  test('begins a new pass', async () => {
    using flow = imageDataGenerator().flow(x, y, { shuffle: false, batchSize: 4 });
    const first = await flow.next();
    flow.reset();
    expect((await flow.next())[0]?.dataSync()).toEqual(first[0]?.dataSync());
    expect((await flow.next())[0]?.shape[0]).toBe(2);
    expect((await flow.next())[0]?.shape[0]).toBe(4);
  });
});

describe('subsets of arrays', () => {
  const labels = tensor([0, 1, 0, 1, 0, 1], [6], 'int32');
  const part = (subset: 'training' | 'validation', kinds: Tensor = labels, options = {}) =>
    imageDataGenerator({ validationSplit: 0.34 }).flow(x, kinds, { subset, shuffle: false, ...options });

  test('are the first rows for validation, and the rest', async () => {
    expect(await values(part('validation'))).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect((await values(part('training')))[0]).toBe(8);
    expect(part('training').samples).toBe(4);
  });

  test('have the same labels, unless that does not matter', () => {
    expect(() => part('validation', y)).toThrow(expect.objectContaining({ code: 'ERR_LABELS' }));
    expect(part('validation', y, { ignoreClassSplit: true }).n).toBe(2);
  });

  test('need a share', () => {
    expect(() => imageDataGenerator().flow(x, labels, { subset: 'training' })).toThrow(
      expect.objectContaining({ code: 'ERR_ARGUMENT' }),
    );
  });

  test('weights need labels', () => {
    expect(() => imageDataGenerator().flow(x, undefined, { sampleWeight: [1, 1, 1, 1, 1, 1] })).toThrow(
      expect.objectContaining({ code: 'ERR_ARGUMENT' }),
    );
  });
});

describe('fit', () => {
  test('learns from changed pictures when asked to', async () => {
    const options = { featurewiseCenter: true, brightnessRange: [0, 0] } as const;
    const plain = await imageDataGenerator(options).fit(x);
    const black = await imageDataGenerator(options).fit(x, { augment: true, rounds: 2, seed: 1 });
    const first = async (generator: typeof plain) => (await generator.standardize(x)).dataSync()[0];
    expect(await first(plain)).toBeCloseTo(-11.5);
    expect(await first(black)).toBeCloseTo(0);
  });

  test('whitened values are independent, of variance one', async () => {
    let state = 1;
    const noise = Float32Array.from({ length: 200 * 4 }, () => {
      state = (state * 16807) % 2147483647;
      return state / 2147483647;
    });
    const mixed = noise.map((value, i) => value + (i % 4 === 0 ? 0 : 0.7 * (noise[i - 1] ?? 0)));
    const pictures = tensor(mixed, [200, 2, 2, 1]);
    const generator = await imageDataGenerator({ zcaWhitening: true }).fit(pictures);
    const white = (await generator.standardize(pictures)).dataSync();
    for (let a = 0; a < 4; a++) {
      for (let b = 0; b < 4; b++) {
        let product = 0;
        for (let row = 0; row < 200; row++) product += (white[row * 4 + a] ?? 0) * (white[row * 4 + b] ?? 0);
        expect(product / 200).toBeCloseTo(a === b ? 1 : 0, 3);
      }
    }
  });

  test('whitening is refused before fit, and for pictures too large for it', async () => {
    const generator = imageDataGenerator({ zcaWhitening: true });
    expect(() => generator.flow(x)).toThrow(expect.objectContaining({ code: 'ERR_ARGUMENT' }));
    const large = tensor(new Float32Array(2 * 128 * 129), [2, 128, 129, 1]);
    await expect(generator.fit(large)).rejects.toMatchObject({ code: 'ERR_ARGUMENT' });
  });
});

test('a random transform is repeatable, each picture changed in its own way', async () => {
  const generator = imageDataGenerator({ heightShiftRange: 2 });
  const [one, same, other] = [7, 7, 8].map((seed) => generator.randomTransform(x, seed));
  expect((await one)?.dataSync()).toEqual((await same)?.dataSync());
  expect((await one)?.dataSync()).not.toEqual((await other)?.dataSync());
});

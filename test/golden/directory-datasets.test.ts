import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { Tensor } from '../../src/core/tensor.js';
import { type ImagesFromDirectoryOptions, imageDatasetFromDirectory } from '../../src/data/index.js';

/** What Keras gives of the same folder: make/directory-datasets.py. */
interface Golden {
  options: ImagesFromDirectoryOptions;
  batches: number[][][];
  means: number[];
  sizes: number[];
  files: string[];
  classNames: string[];
}
const golden: Record<string, Golden> = JSON.parse(
  readFileSync(new URL('directory-datasets.json', import.meta.url), 'utf8'),
);
const folder = join(fileURLToPath(new URL('.', import.meta.url)), 'pictures', 'data1', 'valid');

test.each(Object.entries(golden))('%s', async (_, { options, batches, means, sizes, files, classNames }) => {
  const { subset, ...rest } = options;
  const common = { imageSize: [3, 5], batchSize: 3, shuffle: false, verbose: 0 } as const;
  const dataset = await imageDatasetFromDirectory(folder, {
    ...rest,
    ...common,
    ...(subset && subset !== 'both' && { subset }),
  });
  expect(dataset.filePaths.map((file) => relative(folder, file))).toEqual(files);
  expect(dataset.classNames).toEqual(classNames);
  const found = (await dataset.toArray()).map((batch): Tensor[] => (batch instanceof Tensor ? [batch] : [...batch]));
  expect(found.map(([x]) => x?.shape[0])).toEqual(sizes);
  for (const [i, batch] of batches.entries()) {
    for (const [j, values] of batch.entries()) {
      const own = found[i]?.[j]?.dataSync() as Float32Array;
      expect(own.length).toBe(values.length);
      expect(furthest(own, values)).toBeLessThan(TOLERANCE);
    }
  }
  for (const [i, mean] of means.entries()) {
    const x = found[i]?.[0]?.dataSync() as Float32Array;
    expect(x.reduce((sum, value) => sum + value, 0) / x.length).toBeCloseTo(mean, 3);
  }
});

/** The file has three decimals. */
const TOLERANCE = 2e-3;

function furthest(own: ArrayLike<number>, expected: readonly number[]): number {
  return Math.max(...expected.map((value, i) => Math.abs(value - (own[i] as number))));
}

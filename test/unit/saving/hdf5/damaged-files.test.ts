import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { normalizeModelConfig } from '../../../../src/models/config-dialect.js';
import { readKerasH5 } from '../../../../src/saving/hdf5/keras-h5.js';

const golden = resolve('test/golden/saving');

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'damaged-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('hostile files are refused by name and place', () => {
  test.each([
    ['external-link', '/layer/kernel', 'link into another file'],
    ['external-group', '/layer', 'link into another file'],
    ['external-storage', '/layer/kernel', 'external raw data file'],
    ['virtual', '/layer/kernel', 'in other files'],
    ['broken-link', '/layer/kernel', 'broken link'],
    ['link-loop', '/layer/kernel', 'link'],
    ['group-loop', '/layer/kernel', 'not a dataset'],
    ['missing-weight', '/layer/kernel', 'no dataset'],
    ['missing-layer', '/layer', 'no group'],
    ['plug-in', '/layer/kernel', 'lzf'],
    ['huge', '/layer/kernel', 'more data than the file has'],
    ['huge-packed', '/layer/kernel', 'more data than the file has'],
    ['text-weight', '/layer/kernel', 'neither numbers'],
    ['complex-weight', '/layer/kernel', 'neither numbers'],
    ['empty-weight', '/layer/kernel', 'empty'],
    ['group-as-weight', '/layer/kernel', 'not a dataset'],
    ['numbers-as-names', '/', 'no strings'],
    ['config-not-json', '/', 'not JSON'],
    ['config-list', '/', 'not a JSON object'],
    ['config-empty', '/', 'class_name'],
    ['config-number', '/', 'no strings'],
    ['new-weights', '/', 'needs its model'],
  ])('%s', async (name, place, reason) => {
    const path = join(golden, 'evil', `${name}.h5`);
    const error = await readKerasH5(path).catch((error) => error);
    expect(error).toMatchObject({ name: 'TensorFlowError', code: 'ERR_FILE_FORMAT' });
    expect(error.message).toContain(`"${path}"`);
    expect(error.message).toContain(`"${place}"`);
    expect(error.message).toContain(reason);
  });

  test('a dataset in the place of a layer has no weights', async () => {
    const { layers } = await readKerasH5(join(golden, 'evil', 'weight-as-layer.h5'));
    expect(layers).toEqual([{ name: 'layer', weights: [] }]);
  });
});

describe('what is no HDF5 file', () => {
  test.each([
    ['nothing', ''],
    ['text', 'conv1,conv2\n'.repeat(1000)],
    ['a zip', 'PK\u0003\u0004'.repeat(100)],
    ['the signature alone', '\u0089HDF\r\n\u001a\n'],
  ])('%s', async (_, content) => {
    const path = join(folder, 'no.h5');
    await writeFile(path, content, 'latin1');
    await expect(readKerasH5(path)).rejects.toMatchObject({
      code: 'ERR_FILE_FORMAT',
      message: expect.stringContaining('no.h5" is not a readable HDF5 file'),
    });
  });

  test('a missing file and a folder', async () => {
    await expect(readKerasH5(join(folder, 'missing.h5'))).rejects.toMatchObject({ code: 'ERR_NOT_READABLE' });
    await expect(readKerasH5(folder)).rejects.toMatchObject({ code: 'ERR_NOT_READABLE' });
  });
});

/** A repeatable source of numbers below `limit`. */
function numbers(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}

/** Reads a broken copy: it must give a model or a clear error, and nothing else. */
async function outcome(name: string, bytes: Uint8Array): Promise<'read' | 'refused'> {
  const path = join(folder, name);
  await writeFile(path, bytes);
  try {
    // Why so little patience: some of these files make the library loop for ever.
    const { modelConfig, layers } = await readKerasH5(path, { stallMs: 2000 });
    if (modelConfig) normalizeModelConfig(modelConfig);
    for (const { weights } of layers) {
      for (const { shape, data } of weights) expect(data).toHaveLength(shape.reduce((a, b) => a * b, 1));
    }
    return 'read';
  } catch (error) {
    expect(error).toMatchObject({ name: 'TensorFlowError', code: 'ERR_FILE_FORMAT' });
    return 'refused';
  }
}

/** Outcomes of `count` broken copies, three at a time. */
async function outcomes(
  file: string,
  count: number,
  spoil: (good: Buffer, i: number) => Uint8Array,
): Promise<string[]> {
  const good = await readFile(join(golden, file));
  const found: string[] = [];
  for (let i = 0; i < count; i += 3) {
    const batch = [i, i + 1, i + 2].map((copy) => outcome(`${copy % 3}.h5`, spoil(Buffer.from(good), copy)));
    found.push(...(await Promise.all(batch)));
  }
  return found;
}

describe('broken copies of good files never do harm', { timeout: 120_000 }, () => {
  const files = ['small-keras3.h5', 'small-legacy-adam.h5', 'foreign.h5'];

  test.each(files)('%s with its end cut off', async (file) => {
    const found = await outcomes(file, 24, (good, i) => good.subarray(0, Math.floor((good.length * i) / 24)));
    expect(found.filter((how) => how !== 'refused')).toEqual([]);
  });

  test.each(files)('%s with bytes changed', async (file) => {
    const next = numbers(file.length);
    const found = await outcomes(file, 60, (bad) => {
      for (let changes = 1 + next(8); changes > 0; changes--) bad[next(bad.length)] = next(256);
      return bad;
    });
    expect(found.filter((how) => how === 'refused').length).toBeGreaterThan(2);
  });

  test.each(files)('%s with a stretch of zeros, of ones, or of itself', async (file) => {
    const next = numbers(7);
    await outcomes(file, 30, (bad, i) => {
      const [start, length] = [next(bad.length), 8 + next(600)];
      if (i % 3 === 2) bad.copyWithin(start, next(bad.length), bad.length);
      else bad.fill(i % 3 === 0 ? 0 : 255, start, Math.min(bad.length, start + length));
      return bad;
    });
  });

  test('a good file still reads afterwards', async () => {
    expect(await outcome('good.h5', await readFile(join(golden, 'small-keras3.h5')))).toBe('read');
  });
});

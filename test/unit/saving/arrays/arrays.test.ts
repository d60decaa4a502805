import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as layers from '../../../../src/layers/index.js';
import { sequential } from '../../../../src/models/index.js';
import { npyHeader, parseNpyHeader, toRows } from '../../../../src/saving/arrays/npy.js';
import { loadModel } from '../../../../src/saving/load-model.js';
import { ZipWriter } from '../../../../src/saving/zip/zip-writer.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'arrays-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const network = () => sequential({ layers: [layers.dense({ name: 'd', units: 2, inputShape: [3] })] });

/** A header as NumPy writes it. */
function numpyHeader(text: string, version = 1): Buffer {
  const length = Buffer.alloc(version === 1 ? 2 : 4);
  length.writeUIntLE(text.length + 1, 0, length.length);
  return Buffer.concat([Buffer.from(`\x93NUMPY${String.fromCharCode(version)}\0`, 'latin1'), length, Buffer.from(`${text}\n`)]); // biome-ignore format: one line
}

describe('an array of NumPy', () => {
  test.each([
    [[], '()'],
    [[3], '(3,)'],
    [[2, 3], '(2, 3)'],
  ])('of shape %j has the header that NumPy writes', (shape, text) => {
    const header = npyHeader('float32', shape) as Buffer;
    expect(header.length % 64).toBe(0);
    expect(header.toString('latin1', 10).trimEnd()).toBe(
      `{'descr': '<f4', 'fortran_order': False, 'shape': ${text}, }`,
    );
    expect(parseNpyHeader(header)).toEqual({ dtype: 'float32', shape, fortran: false, start: header.length });
  });

  test.each([2, 3])('of version %i is read', (version) => {
    const header = numpyHeader("{'descr': '<i8', 'fortran_order': True, 'shape': (4, 1), }", version);
    expect(parseNpyHeader(header)).toMatchObject({ dtype: 'int64', shape: [4, 1], fortran: true });
  });

  test.each([
    [numpyHeader("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }"), /'\|O', which a weight cannot be/],
    [numpyHeader("{'descr': '>f4', 'fortran_order': False, 'shape': (1,), }"), /'>f4'/],
    [numpyHeader('{}'), /header is damaged/],
    [Buffer.from('no array at all'), /no array of NumPy/],
    [numpyHeader("{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }").subarray(0, 30), /is not there/],
  ])('that is something else is refused: %#', (bytes, message) => {
    expect(() => parseNpyHeader(bytes)).toThrow(message);
  });

  test('columns first becomes rows first', () => {
    // np.asfortranarray([[1, 2, 3], [4, 5, 6]]) lies as 1 4 2 5 3 6.
    expect(toRows(Float32Array.of(1, 4, 2, 5, 3, 6), 'float32', [2, 3])).toEqual(Float32Array.of(1, 2, 3, 4, 5, 6));
    expect(toRows(new Float32Array(0), 'float32', [0, 3])).toHaveLength(0);
    expect(toRows(Float32Array.of(7), 'float32', [])).toEqual(Float32Array.of(7));
  });
});

test('arrays that NumPy numbered are taken in order', async () => {
  const path = join(folder, 'numbered.npz');
  const bytes = (values: number[]) => Buffer.from(Float32Array.from(values).buffer);
  await ZipWriter.write(path, async (zip) => {
    await zip.add('arr_1.npy', [npyHeader('float32', [2]) as Buffer, bytes([7, 8])]);
    await zip.add('arr_0.npy', [npyHeader('float32', [3, 2]) as Buffer, bytes([1, 2, 3, 4, 5, 6])]);
  });
  using model = network();
  await model.loadWeights(path);
  expect((await model.getWeights()).map((weight) => weight.array())).toEqual([[[1, 2], [3, 4], [5, 6]], [7, 8]]); // biome-ignore format: matrices
});

test('files of weights are no models', async () => {
  using model = network();
  for (const name of ['w.npz', 'w.safetensors', 'w.weights.h5']) {
    await model.saveWeights(join(folder, name));
    await expect(loadModel(join(folder, name))).rejects.toMatchObject({ code: 'ERR_FILE_FORMAT' });
    await expect(model.save(join(folder, name.replace('.weights.h5', '.txt')))).rejects.toMatchObject({ code: 'ERR_ARGUMENT' }); // biome-ignore format: one line
  }
});

describe('safetensors', () => {
  const file = (header: unknown, data = Buffer.alloc(32)): Buffer => {
    const json = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(json.length));
    return Buffer.concat([length, json, data]);
  };
  const kernel = { dtype: 'F32', shape: [3, 2], data_offsets: [0, 24] };
  const bias = { dtype: 'F32', shape: [2], data_offsets: [24, 32] };

  test('begin with their length and JSON, aligned', async () => {
    using model = network();
    const path = join(folder, 'model.safetensors');
    await model.saveWeights(path);
    const bytes = await readFile(path);
    const length = Number(bytes.readBigUInt64LE());
    expect(length % 8).toBe(0);
    expect(JSON.parse(bytes.toString('utf8', 8, 8 + length))).toEqual({
      __metadata__: { format: 'tf' },
      'd/kernel': kernel,
      'd/bias': bias,
    });
    expect(bytes).toHaveLength(8 + length + 32);
  });

  test.each<[string, unknown, RegExp]>([
    ['no JSON', '{"a', /no JSON/],
    ['a gap', { 'd/kernel': kernel, 'd/bias': { ...bias, shape: [1], data_offsets: [28, 32] } }, /'d\/bias' does not begin/], // biome-ignore format: one line
    ['an overlap', { 'd/kernel': kernel, 'd/bias': { ...bias, data_offsets: [20, 28] } }, /does not begin/],
    ['data beyond the end', { 'd/kernel': { ...kernel, shape: [300, 2], data_offsets: [0, 2400] } }, /beyond the end/],
    ['a size that is not the shape’s', { 'd/kernel': { ...kernel, shape: [4, 2] } }, /does not have its 24 bytes/],
    ['a dtype nobody knows', { 'd/kernel': { ...kernel, dtype: 'F8_E4M3' } }, /cannot be understood/],
    ['negative sizes', { 'd/kernel': { ...kernel, shape: [-3, -2] } }, /cannot be understood/],
    ['no object', '{"d/kernel":null}', /cannot be understood/],
  ])('with %s are refused', async (_, header, message) => {
    using model = network();
    const path = join(folder, 'bad.safetensors');
    await writeFile(path, file(header));
    await expect(model.loadWeights(path)).rejects.toMatchObject({ code: 'ERR_FILE_FORMAT', message: expect.stringMatching(message) }); // biome-ignore format: one line
  });

  test('of other names are refused, and nothing is set', async () => {
    using model = network();
    const before = (await model.getWeights()).map((weight) => weight.array());
    const path = join(folder, 'other.safetensors');
    await writeFile(path, file({ 'd/kernel': kernel, 'd/offset': bias }));
    await expect(model.loadWeights(path)).rejects.toMatchObject({ code: 'ERR_SHAPE', message: expect.stringMatching(/has no 'd\/bias'/) }); // biome-ignore format: one line
    expect((await model.getWeights()).map((weight) => weight.array())).toEqual(before);
  });
});

test('a flipped bit in an archive is found by its checksum', async () => {
  using model = network();
  const path = join(folder, 'flipped.npz');
  await model.saveWeights(path);
  const bytes = await readFile(path);
  const at = bytes.indexOf('NUMPY') + 150;
  bytes[at] = (bytes[at] as number) ^ 1;
  await writeFile(path, bytes);
  await expect(model.loadWeights(path)).rejects.toMatchObject({ code: 'ERR_FILE_FORMAT', message: expect.stringMatching(/at 'd\/kernel.npy'.*checksum/) }); // biome-ignore format: one line
});

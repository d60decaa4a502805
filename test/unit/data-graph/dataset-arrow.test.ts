import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as arrow from 'apache-arrow';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Output } from '../../../src/core/output.js';
import { spec } from '../../../src/core/spec.js';
import { Tensor } from '../../../src/core/tensor.js';
import { type ArrowOptions, type ArrowSource, fromArrow } from '../../../src/data/dataset-arrow.js';
import { dense } from '../../../src/layers/index.js';
import { sequential } from '../../../src/models/sequential.js';
import * as ops from '../../../src/ops/index.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'arrow-'));
});
afterAll(() => rm(folder, { recursive: true }));

const pets = arrow.tableFromArrays({
  name: ['rex', 'tom', 'naïve 🐶'],
  weight: Float32Array.of(12.5, 4, 0.5),
  legs: Int32Array.of(4, 4, 3),
});

type Element = Tensor | readonly Element[] | { readonly [name: string]: Element };

/** Host values, structured alike. */
function plain(element: Element): unknown {
  if (element instanceof Tensor) return element.array();
  if (Array.isArray(element)) return element.map(plain);
  return Object.fromEntries(Object.entries(element).map(([name, value]) => [name, plain(value)]));
}

async function rows(source: ArrowSource, options?: ArrowOptions): Promise<unknown[]> {
  return (await (await fromArrow(source, options)).toArray()).map(plain);
}

const ROWS = [
  { name: 'rex', weight: 12.5, legs: 4 },
  { name: 'tom', weight: 4, legs: 4 },
  { name: 'naïve 🐶', weight: 0.5, legs: 3 },
];

describe('rows of a table', () => {
  test('are records of scalars by column', async () => {
    const dataset = await fromArrow(pets);
    expect(dataset.elementSpec).toEqual({
      name: spec('string', []),
      weight: spec('float32', []),
      legs: spec('int32', []),
    });
    expect(dataset.cardinality).toBe(3);
    expect((await dataset.toArray()).map(plain)).toEqual(ROWS);
  });

  test('come from record batches, and from tables of several ones', async () => {
    const [batch] = pets.batches;
    expect(await rows(batch as arrow.RecordBatch)).toEqual(ROWS);
    expect(await rows([pets, pets])).toEqual([...ROWS, ...ROWS]);
    expect(await rows(pets.concat(pets))).toEqual([...ROWS, ...ROWS]);
    expect(await rows(pets.slice(1, 3))).toEqual(ROWS.slice(1));
  });

  test.each(['file', 'stream'] as const)('come from an IPC %s, by its bytes or its path', async (format) => {
    const bytes = arrow.tableToIPC(pets, format);
    const path = join(folder, `pets.${format}`);
    await writeFile(path, bytes);
    expect(await rows(bytes)).toEqual(ROWS);
    expect(await rows(path)).toEqual(ROWS);
  });

  test('may be those of some columns, with a label', async () => {
    expect(await rows(pets, { columns: ['legs'] })).toEqual([{ legs: 4 }, { legs: 4 }, { legs: 3 }]);
    expect(await rows(pets, { columns: ['weight'], label: 'legs' })).toEqual([
      [{ weight: 12.5 }, 4],
      [{ weight: 4 }, 4],
      [{ weight: 0.5 }, 3],
    ]);
  });
});

describe('types', () => {
  const { Field, Float16, Float32, Float64, FixedSizeList, vectorFromArray } = arrow;
  const columns = [
    ['int8', vectorFromArray([-1, 2], new arrow.Int8()), [-1, 2]],
    ['uint16', vectorFromArray([1, 65535], new arrow.Uint16()), [1, 65535]],
    ['int64', vectorFromArray([1n, 2n ** 62n], new arrow.Int64()), [1n, 2n ** 62n]],
    ['uint64', vectorFromArray([1n, 2n ** 63n], new arrow.Uint64()), [1n, 2n ** 63n]],
    ['float16', vectorFromArray([0.5, -2], new Float16()), [0.5, -2]],
    ['float64', vectorFromArray([0.1, Number.NaN], new Float64()), [0.1, Number.NaN]],
    ['bool', vectorFromArray([true, false], new arrow.Bool()), [true, false]],
    ['string', vectorFromArray(['a', ''], new arrow.Utf8()), ['a', '']],
    ['string', vectorFromArray(['a', 'b'], new arrow.Dictionary(new arrow.Utf8(), new arrow.Int8())), ['a', 'b']],
  ] as const;

  test.each(columns)('%s', async (dtype, x, expected) => {
    const dataset = await fromArrow(new arrow.Table({ x }));
    expect(dataset.elementSpec).toEqual({ x: spec(dtype, []) });
    expect((await dataset.toArray()).map(plain)).toEqual(expected.map((value) => ({ x: value })));
  });

  test('lists of one length are rows, bytes are strings of bytes', async () => {
    const pairs = new FixedSizeList(2, new Field('item', new Float32()));
    const x = vectorFromArray([[1, 2], [3, 4], null], pairs);
    expect(await rows(new arrow.Table({ x }), { defaults: { x: 9 } })).toEqual([
      { x: [1, 2] },
      { x: [3, 4] },
      { x: [9, 9] },
    ]);
    const bytes = new arrow.Table({ x: vectorFromArray([Uint8Array.of(255, 0)], new arrow.Binary()) });
    const [element] = await (await fromArrow(bytes)).toArray();
    expect([...(element?.x?.native.strings()[0] ?? [])]).toEqual([255, 0]);
  });

  test.each([
    ['dates', vectorFromArray([new Date()], new arrow.DateMillisecond()), /Date64.*cast/],
    ['lists of any length', vectorFromArray([[1]], new arrow.List(new Field('item', new Float32()))), /List<Float32>/],
  ])('%s are refused', async (_, x, message) => {
    const table = new arrow.Table({ x });
    await expect(fromArrow(table)).rejects.toMatchObject({
      code: 'ERR_DTYPE',
      message: expect.stringMatching(message),
    });
  });
});

describe('nulls', () => {
  const table = new arrow.Table({
    n: arrow.vectorFromArray([1n, null, 3n], new arrow.Int64()),
    s: arrow.vectorFromArray([null, 'x', 'y'], new arrow.Utf8()),
  });

  test('are refused, naming the column', async () => {
    await expect(fromArrow(table)).rejects.toMatchObject({
      code: 'ERR_ARGUMENT',
      message: expect.stringMatching(/'n' has 1 nulls.*defaults: \{ n/),
    });
  });

  test('are filled with defaults', async () => {
    expect(await rows(table, { defaults: { n: -1n, s: '?' } })).toEqual([
      { n: 1n, s: '?' },
      { n: -1n, s: 'x' },
      { n: 3n, s: 'y' },
    ]);
  });
});

test('a model trains on a table', async () => {
  const dataset = await fromArrow(pets, { columns: ['weight'], label: 'legs' });
  const batches = dataset.map(([{ weight }, legs]) => [ops.reshape(weight as Output, [1]), legs]).batch(3);
  const model = sequential({ layers: [dense({ units: 1, inputShape: [1] })] });
  model.compile({ loss: 'meanSquaredError', optimizer: 'sgd' });
  const { history } = await model.fit(batches, { epochs: 2, verbose: 0 });
  expect(history.loss?.every(Number.isFinite)).toBe(true);
});

describe('refusals', () => {
  afterEach(() => {
    vi.doUnmock('apache-arrow');
  });

  const file = arrow.tableToIPC(pets, 'file');
  test.each([
    ['a file that is not there', 'nowhere.arrow', 'ERR_NOT_READABLE', /nowhere.arrow.*ENOENT/],
    ['text', Buffer.from('hello world, no arrow at all'), 'ERR_FILE_FORMAT', /these bytes/],
    ['a file that is cut', file.subarray(0, -200), 'ERR_FILE_FORMAT', /damaged/],
    ['nothing', new Uint8Array(0), 'ERR_DATA_EMPTY', /no columns/],
    ['what is no table', {}, 'ERR_ARGUMENT', /expected a Table/],
    ['null', null, 'ERR_ARGUMENT', /expected a Table/],
  ])('%s', async (_, source, code, message) => {
    await expect(fromArrow(source as ArrowSource)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    });
  });

  test.each([
    [{ columns: ['wieght'] }, /weight/],
    [{ label: 'leg' }, /legs/],
    [{ defaults: { nmae: '' } }, /name/],
    [{ column: [] }, /columns/],
  ])('names that are not there: %o', async (options, message) => {
    const reading = fromArrow(pets, options as never);
    await expect(reading).rejects.toMatchObject({ code: 'ERR_UNKNOWN_NAME', message: expect.stringMatching(message) });
  });

  test('files without the package, which tables do not need', async () => {
    vi.doMock('apache-arrow', () => {
      throw new Error('Cannot find package');
    });
    await expect(fromArrow(file)).rejects.toMatchObject({
      code: 'ERR_ARGUMENT',
      message: expect.stringContaining('npm install apache-arrow'),
    });
    expect(await rows(pets)).toEqual(ROWS);
  });
});

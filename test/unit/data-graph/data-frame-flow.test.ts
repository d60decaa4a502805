import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Tensor } from '../../../src/core/tensor.js';
import type { DataFrameFlow, DataFrameFlowOptions, DataFrameRow } from '../../../src/data/data-frame-flow.js';
import { imageDataGenerator } from '../../../src/data/image-data-generator.js';
import { dense, flatten } from '../../../src/layers/index.js';
import { model as functional } from '../../../src/models/functional.js';
import { input } from '../../../src/models/input.js';
import { sequential } from '../../../src/models/sequential.js';
import { sgd } from '../../../src/nn/optimizers/index.js';
import { pictureFolder } from './picture-folder.js';

const ROWS = [
  { filename: '1.png', class: 'dog', size: 1, age: [1, 2], weight: 10 },
  { filename: '2.png', class: 'cat', size: 2, age: [3, 4], weight: 20 },
  { filename: '3.png', class: 'dog', size: 3, age: [5, 6], weight: 30 },
  { filename: '4.png', class: 'cow', size: 4, age: [7, 8], weight: 40 },
];
const QUIET = { targetSize: [4, 4], verbose: 0, shuffle: false, batchSize: 8 } as const;

let folder: string;
beforeAll(async () => {
  folder = await pictureFolder({ '1.png': 10, '2.png': 20, '3.png': 30, '4.png': 40 });
});
afterAll(() => rm(folder, { recursive: true }));

const open = (options: DataFrameFlowOptions = {}, rows: readonly DataFrameRow[] = ROWS) =>
  imageDataGenerator({ validationSplit: 0.5 }).flowFromDataFrame(rows, { ...QUIET, directory: folder, ...options });

async function batchesOf(flow: DataFrameFlow): Promise<Tensor[][]> {
  const batches: Tensor[][] = [];
  for await (const batch of flow) batches.push(batch);
  return batches;
}

/** The only batch of a pass: first pixels of its pictures, and what comes with them. */
async function onlyBatch(options: DataFrameFlowOptions = {}, rows: readonly DataFrameRow[] = ROWS) {
  const flow = await open(options, rows);
  const [[x, ...others] = []] = await batchesOf(flow);
  const stride = 4 * 4 * 3;
  const grays = [...((x as Tensor<'float32'>).dataSync() ?? [])].filter((_, i) => i % stride === 0);
  return { flow, grays, others: others.map((part) => part.array()) };
}

describe('labels', () => {
  test('are one-hot rows of the sorted classes', async () => {
    const { flow, grays, others } = await onlyBatch();
    expect(grays).toEqual([10, 20, 30, 40]);
    const rows = [
      [0, 0, 1],
      [1, 0, 0],
      [0, 0, 1],
      [0, 1, 0],
    ];
    expect(others).toEqual([rows]);
    expect(flow.classIndices).toEqual({ cat: 0, cow: 1, dog: 2 });
    expect([...(flow.labels as Int32Array)]).toEqual([2, 0, 2, 1]);
    expect(flow.filenames).toEqual(['1.png', '2.png', '3.png', '4.png']);
    expect(flow.filepaths[0]).toBe(join(folder, '1.png'));
    expect([flow.samples, flow.numClasses, flow.classes]).toEqual([4, 3, flow.labels]);
  });

  test('may be lists of classes', async () => {
    const rows = [
      { filename: '1.png', class: ['a', 'b'] },
      { filename: '2.png', class: ['b'] },
      { filename: '3.png', class: 'a' },
    ];
    const { flow, others } = await onlyBatch({}, rows);
    expect(others).toEqual([
      [
        [1, 1],
        [0, 1],
        [1, 0],
      ],
    ]);
    expect(flow.labels).toEqual([[0, 1], [1], [0]]);
    await expect(open({ classMode: 'sparse' }, rows)).rejects.toMatchObject({ code: 'ERR_LABELS' });
  });

  test('named classes keep their order, and rows of others are left out', async () => {
    const { flow, grays, others } = await onlyBatch({ classes: ['dog', 'cat'], classMode: 'binary' });
    expect([grays, others]).toEqual([[10, 20, 30], [[0, 1, 0]]]);
    expect(flow.classIndices).toEqual({ dog: 0, cat: 1 });
  });

  test.each([
    ['sparse', {}, [[2, 0, 2, 1]]],
    ['raw', { yCol: 'size' }, [[1, 2, 3, 4]]],
    [
      'raw',
      { yCol: ['size', 'weight'] },
      [
        [
          [1, 10],
          [2, 20],
          [3, 30],
          [4, 40],
        ],
      ],
    ],
    [
      'multi_output',
      { yCol: ['size', 'age'] },
      [
        [1, 2, 3, 4],
        [
          [1, 2],
          [3, 4],
          [5, 6],
          [7, 8],
        ],
      ],
    ],
    [null, {}, []],
  ] as const)('%s %o', async (classMode, options, expected) => {
    expect((await onlyBatch({ classMode, ...options })).others).toEqual(expected);
  });

  test('are the pictures themselves for autoencoders', async () => {
    for await (const [x, y] of await open({ classMode: 'input' })) expect(y?.dataSync()).toEqual(x?.dataSync());
  });

  test('come with weights', async () => {
    const { flow, others } = await onlyBatch({ classMode: 'sparse', weightCol: 'weight' });
    expect(others[1]).toEqual([10, 20, 30, 40]);
    expect(flow.layout).toEqual({ x: 0, y: 1, sampleWeight: 2 });
  });
});

describe('rows', () => {
  const odd = [...ROWS, { filename: 'gone.png', class: 'dog' }, { filename: 'notes.txt', class: 'dog' }, ROWS[0]];

  test('without a file that could be a picture are left out, and counted', async () => {
    await writeFile(join(folder, 'notes.txt'), '');
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    const { flow } = await onlyBatch({}, odd as DataFrameRow[]);
    expect(flow.filenames).toEqual(['1.png', '2.png', '3.png', '4.png', '1.png']);
    expect(warn.mock.calls.flat().join()).toMatch(/Found 2 invalid/);
    const once = await open({ dropDuplicates: true }, odd as DataFrameRow[]);
    expect(once.filenames).toEqual(['1.png', '2.png', '3.png', '4.png']);
    warn.mockRestore();
  });

  test('are not looked at when that is not wanted: the pass names the file', async () => {
    const flow = await open({ validateFilenames: false }, odd as DataFrameRow[]);
    await expect(batchesOf(flow)).rejects.toMatchObject({
      code: 'ERR_DATA_PICTURE',
      message: expect.stringContaining('gone.png'),
    });
    const skipping = await open({ validateFilenames: false, onError: 'skip' }, odd as DataFrameRow[]);
    expect(skipping.skipped).toEqual(['gone.png', 'notes.txt']);
    expect(skipping.n).toBe(5);
  });

  test('are shared out in their order', async () => {
    expect((await open({ subset: 'validation' })).filenames).toEqual(['1.png', '2.png']);
    expect((await open({ subset: 'training' })).filenames).toEqual(['3.png', '4.png']);
  });

  test('are counted aloud as Keras does', async () => {
    const log = vi.spyOn(console, 'log').mockImplementation(() => {});
    await open({ verbose: 1 });
    await open({ verbose: 1, classMode: 'raw', yCol: 'size', validateFilenames: false });
    expect(log.mock.calls.flat()).toEqual([
      'Found 4 validated image filenames belonging to 3 classes.',
      'Found 4 non-validated image filenames.',
    ]);
    log.mockRestore();
  });
});

test('a model trains on columns', async () => {
  const model = sequential({ layers: [flatten({ inputShape: [4, 4, 3] }), dense({ units: 1 })] });
  model.compile({ loss: 'meanSquaredError', optimizer: 'sgd' });
  const generator = imageDataGenerator({ rescale: 1 / 255 });
  const options = { ...QUIET, directory: folder, classMode: 'raw', yCol: 'size', weightCol: 'weight' } as const;
  const { history } = await model.fit(await generator.flowFromDataFrame(ROWS, options), { epochs: 2, verbose: 0 });
  expect(history.loss).toHaveLength(2);
});

test('a model of two outputs trains on several columns, each output judged by its own', async () => {
  const x = input({ shape: [4, 4, 3] });
  const features = flatten().apply(x);
  const size = dense({ units: 1, name: 'size', kernelInitializer: 'zeros' }).apply(features);
  const age = dense({ units: 2, name: 'age', kernelInitializer: 'zeros' }).apply(features);
  const model = functional({ inputs: x, outputs: [size, age] });
  model.compile({ loss: 'meanSquaredError', optimizer: sgd({ learningRate: 0 }) });
  const options = { ...QUIET, directory: folder, classMode: 'multi_output', yCol: ['size', 'age'] } as const;
  const flow = await imageDataGenerator({ rescale: 1 / 255 }).flowFromDataFrame(ROWS, options);
  const { history } = await model.fit(flow, { epochs: 1, verbose: 0, validationData: flow });
  // Zero weights answer 0: means of 1, 4, 9, 16 and of the squares from 1 to 64.
  expect(history.size_loss?.[0]).toBeCloseTo(7.5, 5);
  expect(history.age_loss?.[0]).toBeCloseTo(25.5, 5);
  expect(history.val_loss?.[0]).toBeCloseTo(33, 5);
  expect((await model.predict<Tensor[]>(flow)).map(({ shape }) => shape)).toEqual([
    [4, 1],
    [4, 2],
  ]);
});

describe('refusals', () => {
  test.each([
    ['an unknown option', { xcol: 'file' }, 'ERR_UNKNOWN_NAME', /xCol/],
    ['an unknown class mode', { classMode: 'multi' }, 'ERR_UNKNOWN_NAME', /multi_output/],
    ['one column for several outputs', { classMode: 'multi_output' }, 'ERR_ARGUMENT', /list as yCol/],
    ['several columns of classes', { yCol: ['class', 'size'] }, 'ERR_ARGUMENT', /one column/],
    ['a column that is not there', { yCol: 'clas' }, 'ERR_LABELS', /'clas'/],
    ['numbers as classes', { yCol: 'size' }, 'ERR_LABELS', /raw/],
    ['names as values', { classMode: 'raw', yCol: ['class', 'size'] }, 'ERR_LABELS', /numbers/],
    ['a column of names that has none', { xCol: 'size' }, 'ERR_ARGUMENT', /xCol/],
    ['words as weights', { weightCol: 'class' }, 'ERR_ARGUMENT', /numbers/],
    ['three classes for a binary label', { classMode: 'binary' }, 'ERR_LABELS', /two classes/],
    ['no row of the classes', { classes: ['bird'] }, 'ERR_DATA_EMPTY', /none of the 4 rows/],
  ])('%s', async (_, options, code, message) => {
    const opening = open(options as DataFrameFlowOptions);
    await expect(opening).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  });
});

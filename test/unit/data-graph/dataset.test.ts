import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Program } from '../../../src/core/program.js';
import { spec } from '../../../src/core/spec.js';
import { Tensor, tensor } from '../../../src/core/tensor.js';
import {
  type AnyDataset,
  csv,
  encodeExample,
  fromFiles,
  fromTensorSlices,
  fromTensors,
  generator,
  listFiles,
  parseExample,
  range,
  textLines,
  tfrecord,
  writeTfrecord,
  zip,
} from '../../../src/data/index.js';
import { concatenate, dense } from '../../../src/layers/index.js';
import { model as functional } from '../../../src/models/functional.js';
import { input } from '../../../src/models/input.js';
import { type Sequential, sequential } from '../../../src/models/sequential.js';
import { loadAddon } from '../../../src/native/library.js';
import * as ops from '../../../src/ops/index.js';
import * as random from '../../../src/ops/random.js';
import { Callback } from '../../../src/training/callbacks/index.js';

class Counting extends Callback {
  readonly #held: number[];

  constructor(held: number[]) {
    super();
    this.#held = held;
  }

  override onEpochEnd(): void {
    this.#held.push(loadAddon().counters().tensors);
  }
}

/** Host values of all elements, whole numbers as numbers. */
async function all(dataset: AnyDataset): Promise<unknown[]> {
  return (await dataset.toArray()).map(plain);
}

function plain(element: unknown): unknown {
  if (element instanceof Tensor) return plain(element.array());
  if (typeof element === 'bigint') return Number(element);
  if (Array.isArray(element)) return element.map(plain);
  if (typeof element !== 'object' || element === null) return element;
  return Object.fromEntries(Object.entries(element).map(([key, value]) => [key, plain(value)]));
}

const numbers = range(8);
const ragged = numbers.map((n) => ({ id: n, row: ops.fill(ops.reshape(n, [1]), n) }));

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'datasets-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('elements', () => {
  test('rows of one tensor, of a list, of a record', async () => {
    expect(
      await all(
        fromTensorSlices([
          [1, 2],
          [3, 4],
        ]),
      ),
    ).toEqual([
      [1, 2],
      [3, 4],
    ]);
    expect(await all(fromTensorSlices([tensor([1, 2]), tensor(['a', 'b'])]))).toEqual([
      [1, 'a'],
      [2, 'b'],
    ]);
    expect(await all(fromTensorSlices({ x: [1, 2], y: { z: [[5], [6]] } }))).toEqual([
      { x: 1, y: { z: [5] } },
      { x: 2, y: { z: [6] } },
    ]);
  });

  test('dtypes stay what they are', () => {
    expect(fromTensorSlices({ a: tensor(Uint8Array.of(1)), b: ['x'], c: [1n] }).elementSpec).toEqual({
      a: spec('uint8', []),
      b: spec('string', []),
      c: spec('int64', []),
    });
  });

  test('a description serves many programs, and each loop is a pass', async () => {
    const shuffled = range(50).shuffle(50, { seed: 3 });
    const [first, second] = [await all(shuffled), await all(shuffled)];
    expect(second).not.toEqual(first);
    expect([...second].sort()).toEqual([...first].sort());
    expect(await all(range(50).shuffle(50, { seed: 3 }))).toEqual(first);
  });

  test('a loop may end early', async () => {
    const seen: unknown[] = [];
    for await (const element of range(1000).batch(2)) {
      seen.push(plain(element));
      if (seen.length === 2) break;
    }
    expect(seen).toEqual([
      [0, 1],
      [2, 3],
    ]);
  });

  test('an endless dataset has no array', async () => {
    await expect(numbers.repeat().toArray()).rejects.toMatchObject({ code: 'ERR_ARGUMENT' });
    expect(await all(numbers.repeat().skip(6).take(4))).toEqual([6, 7, 0, 1]);
  });
});

describe('random numbers in a body', () => {
  const noise = () => numbers.map((n) => [n, random.uniform([])], { seed: 5 });

  test('repeat by seed, pass and element, however many run at once', async () => {
    const one = await all(noise());
    expect(await all(noise())).toEqual(one);
    expect(await all(numbers.map((n) => [n, random.uniform([])], { seed: 5, numParallelCalls: 1 }))).toEqual(one);
    expect(await all(numbers.map((n) => [n, random.uniform([])], { seed: 6 }))).not.toEqual(one);
  });

  test('differ from pass to pass, element to element, op to op and step to step', async () => {
    const twice = numbers.map(() => [random.uniform([]), random.uniform([])], { seed: 5 });
    const again = twice.map(([a, b]) => [a, b, random.uniform([])], { seed: 5 });
    const values = [...(await all(again)), ...(await all(again))].flat();
    expect(new Set(values).size).toBe(2 * 8 * 3);
  });

  test('choose elements in a filter, and differ inside flatMap', async () => {
    const kept = range(1000).filter(() => ops.less(random.uniform([]), 0.3), { seed: 1 });
    expect((await all(kept)).length).toBeGreaterThan(250);
    expect((await all(kept)).length).toBeLessThan(350);
    const inner = range(4).flatMap(() => range(4).map(() => random.uniform([])), { seed: 1 });
    expect(new Set(await all(inner)).size).toBe(16);
  });
});

describe('refusals while describing name the step', () => {
  const cases: [string, () => unknown, { code: string; message: RegExp }][] = [
    [
      'an async body',
      () => numbers.map((async (n: unknown) => n) as never),
      { code: 'ERR_ARGUMENT', message: /^Dataset\.map: the body is async/ },
    ],
    [
      'a body that gives host tensors',
      () => numbers.map(() => tensor([1]) as never),
      { code: 'ERR_ARGUMENT', message: /^Dataset\.map: the result is a Tensor/ },
    ],
    [
      'a body the library refuses',
      () => numbers.map((n) => ops.matMul(n, n)),
      { code: 'TF_INVALID_ARGUMENT', message: /^Dataset\.map: Shape must be at least rank 2/ },
    ],
    [
      'a predicate that is no bool',
      () => numbers.filter((n) => n),
      { code: 'ERR_ARGUMENT', message: /^Dataset\.filter: .*bool scalar, got int64 \[\]/ },
    ],
    [
      'a body without a dataset',
      () => numbers.flatMap(() => 3 as never),
      { code: 'ERR_ARGUMENT', message: /^Dataset\.flatMap: .*Dataset, got 3/ },
    ],
    [
      'an output of another program',
      () => {
        using program = new Program();
        const foreign = program.function('f', {}, () => ops.constant(1)).outputs;
        return numbers.map(() => foreign);
      },
      { code: 'ERR_GRAPH', message: /^Dataset\.map: / },
    ],
    [
      'tensors of different lengths',
      () => fromTensorSlices({ x: [1], y: [1, 2] }),
      { code: 'ERR_SHAPE', message: /x: 1, y: 2/ },
    ],
    ['rows of a scalar', () => fromTensorSlices({ x: 1 }), { code: 'ERR_SHAPE', message: /x: none/ }],
    ['no tensors', () => fromTensorSlices({}), { code: 'ERR_DATA_EMPTY', message: /fromTensorSlices/ }],
    ['batches of nothing', () => numbers.batch(0), { code: 'ERR_ARGUMENT', message: /^Dataset\.batch: batchSize/ }],
    [
      'rows of scalars',
      () => numbers.unbatch(),
      { code: 'ERR_SHAPE', message: /^Dataset\.unbatch: the element is a scalar/ },
    ],
    [
      'other elements',
      () => numbers.concatenate(ragged),
      { code: 'ERR_ARGUMENT', message: /element: int64\), the other of \(id: int64, row: int64/ },
    ],
    [
      'a mistyped option',
      () => numbers.map((n) => n, { numParalelCalls: 2 } as never),
      { code: 'ERR_UNKNOWN_NAME', message: /numParallelCalls/ },
    ],
    ['a shard that is not there', () => numbers.shard(2, 2), { code: 'ERR_ARGUMENT', message: /index 2/ }],
    [
      'buckets that do not fit',
      () => ragged.bucketByLength(({ row }) => ops.size(row), { boundaries: [3, 2], batchSizes: [1, 1, 1] }),
      { code: 'ERR_ARGUMENT', message: /ascending/ },
    ],
    [
      'padding of another rank',
      () => ragged.paddedBatch(2, { paddedShapes: { row: [2, 2] } }),
      { code: 'ERR_SHAPE', message: /'row'/ },
    ],
    ['a step that is no whole number', () => range(1, 2, 0), { code: 'ERR_ARGUMENT', message: /^range/ }],
    [
      'a generator more than once a pass',
      () =>
        generator(() => [1], { elementSpec: spec('float32', []) })
          .shuffle(2)
          .repeat(),
      { code: 'ERR_ARGUMENT', message: /cache\(\)/ },
    ],
    [
      'a column the file lacks',
      () => csv('x.csv', { columns: { a: 'int32' }, label: 'b' as never }),
      { code: 'ERR_UNKNOWN_NAME', message: /'b'/ },
    ],
  ];

  test.each(cases)('%s', (_, make, expected) => {
    expect(make).toThrow(
      expect.objectContaining({ code: expected.code, message: expect.stringMatching(expected.message) }),
    );
  });
});

describe('failures while running', () => {
  test('ragged batches: which tensor, and what to do', async () => {
    await expect(ragged.batch(3).toArray()).rejects.toMatchObject({
      code: 'ERR_SHAPE',
      message: expect.stringMatching(/^Dataset\.batch: 'row' \(int64 \[null\]\) has shape .*paddedBatch/),
    });
  });

  test('an element as long as the last boundary, where buckets are padded to theirs', async () => {
    const options = { boundaries: [3, 6], batchSizes: [1, 1, 1], padToBucketBoundary: true };
    const buckets = ragged.bucketByLength(({ row }) => ops.size(row), options);
    await expect(buckets.toArray()).rejects.toMatchObject({
      code: 'ERR_SHAPE',
      message: expect.stringMatching(/^Dataset\.bucketByLength: .*last boundary, 6/),
    });
  });

  test('files that are missing or not what they should be', async () => {
    const missing = join(folder, 'missing');
    const text = join(folder, 'plain.txt');
    await writeFile(text, 'a,b\n1,x which is no number\n');
    await expect(fromFiles(missing).toArray()).rejects.toThrow(missing);
    await expect(textLines(missing).toArray()).rejects.toThrow(missing);
    await expect(listFiles(`${folder}/*.nothing`).toArray()).rejects.toMatchObject({ code: 'ERR_DATA_EMPTY' });
    await expect(tfrecord(text).toArray()).rejects.toMatchObject({
      code: 'ERR_FILE_FORMAT',
      message: expect.stringContaining(text),
    });
    expect(() => csv(missing, { columns: { a: 'int32' } })).toThrow(missing);
    await expect(csv(text, { columns: { b: 'int32' } }).toArray()).rejects.toMatchObject({
      code: 'ERR_FILE_FORMAT',
      message: expect.stringMatching(/^csv: column 'b'/),
    });
  });

  test('what fails can be left out', async () => {
    const file = join(folder, 'there.txt');
    await writeFile(file, 'here');
    const read = fromTensorSlices([file, join(folder, 'gone.txt'), file]).map((path) => ops.readFile(path));
    expect(await all(read.ignoreErrors())).toEqual(['here', 'here']);
  });
});

describe('files', () => {
  test('lines of several files, in turns', async () => {
    const [a, b] = [join(folder, 'a.lines'), join(folder, 'b.lines')];
    await writeFile(a, 'one\r\ntwo\nthree');
    await writeFile(b, 'vier\n');
    expect(await all(textLines([a, b]))).toEqual(['one', 'two', 'three', 'vier']);
    const files = listFiles(join(folder, '*.lines'), { shuffle: false });
    expect(await all(files.interleave((path) => textLines(path)))).toEqual(['one', 'vier', 'two', 'three']);
    expect(await all(fromFiles(b))).toEqual([{ path: b, contents: 'vier\n' }]);
    expect((await all(listFiles(join(folder, '*.lines'), { seed: 1 }))).sort()).toEqual([a, b]);
  });

  test('columns of a CSV file by name, with defaults and a label', async () => {
    const file = join(folder, 'table.csv');
    await writeFile(file, 'name,"a,b",w,kind\nx,1.5,,0\n"y, z",2,3,1\n');
    const columns = { kind: 'int32', 'a,b': 'float32', w: { dtype: 'int64', default: -1 } } as const;
    expect(await all(csv(file, { columns, label: 'kind' }))).toEqual([
      [{ 'a,b': 1.5, w: -1 }, 0],
      [{ 'a,b': 2, w: 3 }, 1],
    ]);
    expect(await all(csv(file, { columns: { name: 'string' } }))).toEqual([{ name: 'x' }, { name: 'y, z' }]);
  });

  test.each(['', 'GZIP', 'ZLIB'] as const)('examples through a TFRecord file, compression %j', async (compression) => {
    const file = join(folder, `x${compression}.tfrecord`);
    const examples = [1, 2].map((i) =>
      encodeExample({ label: BigInt(i), x: [i, i / 2], raw: Uint8Array.of(104, 105), many: Array(i).fill(i) }),
    );
    await writeTfrecord(file, fromTensorSlices(tensor(examples, [2], 'string')), { compression });
    const features = {
      label: spec('int64', []),
      x: spec('float32', [2]),
      raw: spec('string', []),
      many: spec('float32', [null]),
    };
    expect(await all(tfrecord(file, { compression }).map((record) => parseExample(record, features)))).toEqual([
      { label: 1, x: [1, 0.5], raw: 'hi', many: [1] },
      { label: 2, x: [2, 1], raw: 'hi', many: [2, 2] },
    ]);
  });

  test('a file is written whole or not at all', async () => {
    const file = join(folder, 'whole.tfrecord');
    await writeFile(file, 'old');
    const broken = numbers.map((n) => ops.readFile(ops.asString(n)));
    await expect(writeTfrecord(file, broken)).rejects.toThrow();
    expect(await readFile(file, 'utf8')).toBe('old');
    await expect(writeTfrecord(file, numbers as never)).rejects.toMatchObject({ code: 'ERR_DTYPE' });
  });

  test('a cache in files outlives the run', async () => {
    const file = join(folder, 'source.txt');
    await writeFile(file, 'first\nsecond\n');
    const cached = () => textLines(file).cache(join(folder, 'kept'));
    expect(await all(cached())).toEqual(['first', 'second']);
    await rm(file);
    expect(await all(cached())).toEqual(['first', 'second']);
  });
});

describe('generator', () => {
  const elementSpec = { x: spec('float32', [2]), y: spec('int32', []) };

  test('its elements go through further steps, pass by pass', async () => {
    let passes = 0;
    const made = generator(
      async function* () {
        passes++;
        for (let i = 0; i < 20; i++) yield { x: [i, -i], y: i };
      },
      { elementSpec },
    );
    const sums = made.map(({ x, y }) => ops.add(ops.sum(x), ops.cast(y, 'float32'))).batch(15);
    const expected = [Array.from({ length: 15 }, (_, i) => i), [15, 16, 17, 18, 19]];
    expect(await all(sums)).toEqual(expected);
    expect(await all(sums)).toEqual(expected);
    expect(passes).toBe(2);
  });

  test('is told when a loop ends early', async () => {
    let closed = false;
    const made = generator(
      function* () {
        try {
          for (;;) yield 1;
        } finally {
          closed = true;
        }
      },
      { elementSpec: spec('float32', []) },
    );
    for await (const _ of made) break;
    await expect.poll(() => closed).toBe(true);
  });

  test('what it throws, and what it gives wrongly, reaches the loop', async () => {
    const failing = generator(
      function* () {
        yield 1;
        throw new Error('the disk is on fire');
      },
      { elementSpec: spec('float32', []) },
    );
    await expect(failing.batch(1).toArray()).rejects.toThrow('the disk is on fire');
    const wrong = generator(() => [{ x: [1, 2, 3], y: 0 }], { elementSpec });
    await expect(wrong.toArray()).rejects.toMatchObject({ code: 'ERR_SHAPE', message: expect.stringContaining("'x'") });
    const missing = generator(() => [{ x: [1, 2] } as never], { elementSpec });
    await expect(missing.toArray()).rejects.toMatchObject({
      code: 'ERR_ARGUMENT',
      message: expect.stringContaining("'y'"),
    });
  });
});

describe('training', () => {
  const x = tensor(
    Float32Array.from({ length: 48 * 3 }, (_, i) => Math.sin(i)),
    [48, 3],
  );
  const y = tensor(
    Float32Array.from({ length: 48 }, (_, i) => (i % 3) / 3),
    [48, 1],
  );
  const model = (): Sequential => {
    const made = sequential();
    made.add(dense({ units: 4, inputShape: [3], activation: 'tanh', kernelInitializer: 'ones' }));
    made.add(dense({ units: 1, kernelInitializer: 'ones' }));
    made.compile({ loss: 'meanSquaredError', optimizer: 'adam' });
    return made;
  };
  const batches = fromTensorSlices([x, y]).batch(16);
  const quiet = { epochs: 3, verbose: 0 } as const;

  test('on a dataset equals training on arrays', async () => {
    const onArrays = await model().fit(x, y, { ...quiet, batchSize: 16, shuffle: false, validationData: [x, y] });
    const onDataset = await model().fit(batches, { ...quiet, validationData: batches });
    expect(onDataset.history).toEqual(onArrays.history);
  });

  test('cached, and endless with stepsPerEpoch', async () => {
    const expected = (await model().fit(batches, quiet)).history;
    expect((await model().fit(batches.cache(), quiet)).history).toEqual(expected);
    expect((await model().fit(batches.repeat(), { ...quiet, stepsPerEpoch: 3 })).history).toEqual(expected);
  });

  test('what comes before a cache runs once, whatever is done with the dataset', async () => {
    let passes = 0;
    const elementSpec = [spec('float32', [3]), spec('float32', [1])] as const;
    const counted = generator(
      function* () {
        passes++;
        for (let i = 0; i < 48; i++) yield [[i, passes, 0], [passes]];
      },
      { elementSpec },
    );
    const cached = counted.cache().batch(16);
    const trained = model();
    const first = await trained.evaluate(cached, { verbose: 0 });
    expect(await trained.evaluate(cached, { verbose: 0 })).toEqual(first);
    await trained.fit(batches, { ...quiet, validationData: cached });
    const rows = (await trained.predict(cached.map(([x]) => x))) as Tensor;
    expect(rows.shape).toEqual([48, 1]);
  });

  test('the same seed trains the same model', async () => {
    const noisy = () =>
      fromTensorSlices([x, y])
        .shuffle(48, { seed: 2 })
        .map(([x, y]) => [ops.add(x, random.normal([3])), y], { seed: 3 })
        .batch(16);
    const first = (await model().fit(noisy(), quiet)).history;
    expect((await model().fit(noisy(), quiet)).history).toEqual(first);
  });

  test('records and sample weights; evaluate and predict', async () => {
    const weighted = zip([fromTensorSlices([x, y]), fromTensors(tensor(1)).repeat()])
      .map(([[x, y], weight]) => [x, y, weight])
      .batch(16);
    const trained = model();
    const { history } = await trained.fit(weighted, quiet);
    expect(history).toEqual((await model().fit(batches, quiet)).history);
    expect(await trained.evaluate(batches, { verbose: 0 })).toEqual(
      await trained.evaluate(x, y, { verbose: 0, batchSize: 16 }),
    );
    const predicted = await trained.predict(fromTensorSlices(x).batch(7));
    expect(predicted).toMatchObject({ shape: [48, 1] });
  });

  test('a cache whose first pass was cut short is filled by the next', async () => {
    const cached = batches.cache();
    const trained = model();
    await trained.evaluate(cached, { verbose: 0, steps: 1 });
    expect(await trained.evaluate(cached, { verbose: 0 })).toEqual(await trained.evaluate(batches, { verbose: 0 }));
  });

  test('records and lists of inputs', async () => {
    const [a, b] = [input({ shape: [3], name: 'a' }), input({ shape: [1], name: 'b' })];
    const two = () => {
      const made = functional({
        inputs: [a, b],
        outputs: dense({ units: 1, kernelInitializer: 'ones' }).apply(concatenate().apply([a, b])),
      });
      made.compile({ loss: 'meanSquaredError', optimizer: 'sgd' });
      return made;
    };
    const expected = (await two().fit([x, y], y, { ...quiet, batchSize: 16, shuffle: false })).history;
    const lists = fromTensorSlices([[x, y], y]).batch(16);
    const records = fromTensorSlices([{ b: y, a: x }, y]).batch(16);
    expect((await two().fit(lists, quiet)).history).toEqual(expected);
    expect((await two().fit(records, quiet)).history).toEqual(expected);
  });

  test('an endless dataset needs to be told how many steps', async () => {
    const endless = batches.repeat();
    const expected = { code: 'ERR_ARGUMENT', message: expect.stringMatching(/the data has no end; give steps/) };
    await expect(model().fit(endless, quiet)).rejects.toMatchObject(expected);
    await expect(model().evaluate(endless, { verbose: 0 })).rejects.toMatchObject(expected);
    await expect(model().predict(endless)).rejects.toMatchObject(expected);
    expect(await model().evaluate(endless, { verbose: 0, steps: 3 })).toEqual(
      await model().evaluate(batches, { verbose: 0 }),
    );
  });

  test('elements of another make are refused', async () => {
    const four = batches.map(([x, y]) => [x, y, y, y]);
    await expect(model().fit(four as never, quiet)).rejects.toMatchObject({
      code: 'ERR_ARGUMENT',
      message: expect.stringContaining('4 parts'),
    });
  });

  test('memory stays flat from epoch to epoch', async () => {
    const shuffled = fromTensorSlices([x, y])
      .shuffle(48)
      .map(([x, y]) => [ops.add(x, random.normal([3])), y]);
    const trained = model();
    await trained.fit(shuffled.cache().batch(16), quiet);
    const held: number[] = [];
    await trained.fit(shuffled.batch(16), {
      ...quiet,
      epochs: 10,
      callbacks: [new Counting(held)],
    });
    expect(held.at(-1)).toBeLessThanOrEqual((held[2] as number) + 2);
  });
});

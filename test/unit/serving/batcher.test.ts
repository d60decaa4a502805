import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Tensor, tensor } from '../../../src/core/tensor.js';
import { Batcher } from '../../../src/serving/batching/batcher.js';
import type { Lane, LaneEnd } from '../../../src/serving/batching/lane.js';
import type { BatchingParameters } from '../../../src/serving/batching/parameters.js';
import type { Observer } from '../../../src/serving/observer.js';

type Tensors = Readonly<Record<string, Tensor>>;

/** Runs that were begun, and how each ends. */
class Runs {
  readonly inputs: unknown[] = [];
  readonly #ends: (() => void)[] = [];
  /** What each run gives. */
  answer = ({ x }: Tensors): Tensors => ({ y: tensor(valuesOf(x).map((value) => value * 10)) });

  begin = async (given: Tensors): Promise<Tensors> => {
    this.inputs.push(given.x?.array());
    await new Promise<void>((resolve) => this.#ends.push(resolve));
    return this.answer(given);
  };

  /** Ends the oldest run that goes on, or those that come, one after the other. */
  async endAll(): Promise<void> {
    for (let idle = 0; idle < 3; idle++) {
      while (this.#ends.length > 0) {
        this.#ends.shift()?.();
        idle = 0;
        await turn();
      }
      await turn();
    }
  }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
const rows = (...values: number[]): Tensors => ({ x: tensor(values) });
const valuesOf = (x: Tensor | undefined): number[] => (x?.array() ?? []) as number[];
const read = ({ y }: Tensors): unknown => y?.array();

let runs: Runs;
beforeEach(() => {
  runs = new Runs();
});
afterEach(() => vi.useRealTimers());

function end(run: LaneEnd['run'], more: Partial<LaneEnd> = {}): LaneEnd {
  const open = { dtype: 'float32', shape: [null] };
  const target = () => ({ model: 'm', version: 1, signature: 's' });
  return { target, inputs: { x: open }, outputs: { y: open }, exclusive: false, run, ...more };
}

function laneOf(parameters: BatchingParameters | false, more: Partial<LaneEnd> = {}, observer?: Observer): Lane {
  const batching = parameters && { numBatchThreads: 1, ...parameters };
  return new Batcher(batching, observer).lane(end(runs.begin, more));
}

describe('meeting', () => {
  test('what comes at once is one run, and each gets its own rows', async () => {
    const lane = laneOf({});
    const answers = [lane.submit(rows(1)), lane.submit(rows(2, 3)), lane.submit(rows(4))];
    await turn();
    expect(runs.inputs).toEqual([[1, 2, 3, 4]]);
    await runs.endAll();
    expect((await Promise.all(answers)).map(read)).toEqual([[10], [20, 30], [40]]);
  });

  test('what comes while all threads are busy meets in the next run', async () => {
    const lane = laneOf({});
    const first = lane.submit(rows(1));
    await turn();
    const later = [lane.submit(rows(2)), lane.submit(rows(3))];
    await turn();
    expect(runs.inputs).toEqual([[1]]);
    await runs.endAll();
    expect(runs.inputs).toEqual([[1], [2, 3]]);
    expect((await Promise.all([first, ...later])).map(read)).toEqual([[10], [20], [30]]);
  });

  test('a batch takes no more rows than it may, and no part of a request that fits into the next', async () => {
    const lane = laneOf({ maxBatchSize: 4 });
    const answers = [lane.submit(rows(1, 2, 3)), lane.submit(rows(4, 5)), lane.submit(rows(6, 7))];
    await runs.endAll();
    expect(runs.inputs).toEqual([[1, 2, 3], [4, 5, 6, 7]]);
    expect((await Promise.all(answers)).map(read)).toEqual([[10, 20, 30], [40, 50], [60, 70]]);
  }); // biome-ignore format: tables

  test('a batch waits for its time while a thread is free, or until it is full', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'performance'] });
    const lane = laneOf({ maxBatchSize: 3, batchTimeoutMicros: 5000 });
    const answers = [lane.submit(rows(1)), lane.submit(rows(2))];
    await turn();
    vi.advanceTimersByTime(4);
    await turn();
    expect(runs.inputs).toEqual([]);
    vi.advanceTimersByTime(1);
    await turn();
    expect(runs.inputs).toEqual([[1, 2]]);
    await runs.endAll();
    answers.push(lane.submit(rows(3, 4, 5)));
    await turn();
    expect(runs.inputs).toEqual([[1, 2], [3, 4, 5]]);
    await runs.endAll();
    expect((await Promise.all(answers)).map(read)).toEqual([[10], [20], [30, 40, 50]]);
  }); // biome-ignore format: tables

  test('requests of other shapes do not meet', async () => {
    const spec = { dtype: 'float32', shape: [null, null] };
    const lane = laneOf({}, { inputs: { x: spec }, outputs: { y: spec } });
    runs.answer = ({ x }) => ({ y: tensor(x?.array() as number[][]) });
    const answers = [[1], [2, 2], [3]].map((row) => lane.submit({ x: tensor([row]) }));
    await runs.endAll();
    expect(runs.inputs).toEqual([[[1], [3]], [[2, 2]]]);
    expect((await Promise.all(answers)).map(read)).toEqual([[[1]], [[2, 2]], [[3]]]);
  });

  test('they do where shorter ones are padded, with their first element', async () => {
    const spec = { dtype: 'string', shape: [null, null] };
    const lane = laneOf({ padVariableLengthInputs: true }, { inputs: { x: spec }, outputs: { y: spec } });
    runs.answer = ({ x }) => ({ y: tensor(x?.array() as string[][]) });
    const answers = [['a', 'b'], ['c']].map((row) => lane.submit({ x: tensor([row]) }));
    await runs.endAll();
    expect(runs.inputs).toEqual([[['a', 'b'], ['c', 'c']]]);
    expect((await Promise.all(answers)).map(read)).toEqual([[['a', 'b']], [['c', 'c']]]);
  }); // biome-ignore format: tables

  test('numbers of several axes are padded in place', async () => {
    const spec = { dtype: 'float32', shape: [null, null, null] };
    const lane = laneOf({ padVariableLengthInputs: true }, { inputs: { x: spec }, outputs: { y: spec } });
    runs.answer = ({ x }) => ({ y: tensor(x?.array() as number[][][]) });
    const answers = [lane.submit({ x: tensor([[[1, 2]]]) }), lane.submit({ x: tensor([[[3], [4]]]) })];
    await runs.endAll();
    expect(runs.inputs).toEqual([[[[1, 2], [1, 1]], [[3, 3], [4, 3]]]]);
    await Promise.all(answers);
  }); // biome-ignore format: tables

  test.each([
    ['batching is off', false, {}],
    ['an input has no rows', {}, { inputs: { x: { dtype: 'float32', shape: [1] } } }],
    ['an output has no rows', {}, { outputs: { y: { dtype: 'float32', shape: [1] } } }],
    ['an output is of any rank', {}, { outputs: { y: { dtype: 'float32', shape: null } } }],
    ['they change the model', {}, { exclusive: true }],
  ] as const)('every request is a run of its own where %s', async (_, parameters, more) => {
    const lane = laneOf(parameters, more);
    const answers = [lane.submit(rows(1)), lane.submit(rows(2))];
    await runs.endAll();
    expect(runs.inputs).toEqual([[1], [2]]);
    expect((await Promise.all(answers)).map(read)).toEqual([[10], [20]]);
  });

  test('those that change the model run one at a time, however many threads there are', async () => {
    const lane = laneOf({ numBatchThreads: 4 }, { exclusive: true });
    const answers = [lane.submit(rows(1)), lane.submit(rows(2))];
    await turn();
    expect(runs.inputs).toEqual([[1]]);
    await runs.endAll();
    await Promise.all(answers);
    expect(runs.inputs).toEqual([[1], [2]]);
  });

  test('signatures take turns on the threads they share', async () => {
    const batcher = new Batcher({ numBatchThreads: 1, maxBatchSize: 1 });
    const order: string[] = [];
    const lane = (name: string): Lane =>
      batcher.lane(
        end((given) => {
          order.push(name);
          return runs.begin(given);
        }),
      );
    const [busy, quiet] = [lane('busy'), lane('quiet')];
    const answers = [1, 2, 3].map((value) => busy.submit(rows(value)));
    answers.push(quiet.submit(rows(4)));
    await runs.endAll();
    await Promise.all(answers);
    expect(order).toEqual(['busy', 'quiet', 'busy', 'busy']);
  });
});

describe('sizes', () => {
  test('a run is padded to an allowed size with its first row', async () => {
    const lane = laneOf({ allowedBatchSizes: [2, 4] });
    const answers = [lane.submit(rows(1)), lane.submit(rows(2, 3))];
    await runs.endAll();
    expect(runs.inputs).toEqual([[1, 2, 3, 1]]);
    expect((await Promise.all(answers)).map(read)).toEqual([[10], [20, 30]]);
  });

  test('a large request is split, and put together again', async () => {
    const lane = laneOf({ maxExecutionBatchSize: 2 });
    const answers = [lane.submit(rows(1, 2, 3, 4, 5)), lane.submit(rows(6))];
    await runs.endAll();
    expect(runs.inputs).toEqual([[1, 2], [3, 4], [5, 6]]);
    expect((await Promise.all(answers)).map(read)).toEqual([[10, 20, 30, 40, 50], [60]]);
  }); // biome-ignore format: tables

  test('or refused where that is not wanted', async () => {
    const lane = laneOf({ maxBatchSize: 2, enableLargeBatchSplitting: false });
    await expect(lane.submit(rows(1, 2, 3))).rejects.toMatchObject({
      code: 'TF_INVALID_ARGUMENT',
      message: 'Task size 3 is larger than maximum input batch size 2',
    });
  });
});

describe('overload', () => {
  test('what comes beyond the queue is refused at once, and what waits is answered', async () => {
    const lane = laneOf({ maxBatchSize: 2, maxEnqueuedBatches: 1 });
    const first = lane.submit(rows(1, 2));
    await turn();
    const waiting = lane.submit(rows(3, 4));
    await expect(lane.submit(rows(5))).rejects.toMatchObject({ code: 'TF_RESOURCE_EXHAUSTED' });
    await runs.endAll();
    expect((await Promise.all([first, waiting])).map(read)).toEqual([[10, 20], [30, 40]]);
  }); // biome-ignore format: tables

  test('a request larger than the queue waits in an empty one', async () => {
    const lane = laneOf({ maxExecutionBatchSize: 1, maxEnqueuedBatches: 1 });
    const answer = lane.submit(rows(1, 2, 3));
    await runs.endAll();
    expect(read(await answer)).toEqual([10, 20, 30]);
  });
});

describe('giving up', () => {
  test('a request that waits leaves the queue, and its place is free', async () => {
    const lane = laneOf({ maxBatchSize: 1, maxEnqueuedBatches: 1 });
    const first = lane.submit(rows(1));
    await turn();
    const gone = new AbortController();
    const waiting = lane.submit(rows(2), gone.signal);
    gone.abort(new Error('gone'));
    await expect(waiting).rejects.toThrow('gone');
    const next = lane.submit(rows(3));
    await runs.endAll();
    expect((await Promise.all([first, next])).map(read)).toEqual([[10], [30]]);
    expect(runs.inputs).toEqual([[1], [3]]);
  });

  test('one whose run goes on is answered at once; its neighbours have theirs', async () => {
    const lane = laneOf({});
    const late = new AbortController();
    const [hurried, patient] = [lane.submit(rows(1), late.signal), lane.submit(rows(2))];
    await turn();
    late.abort(new Error('late'));
    await expect(hurried).rejects.toThrow('late');
    await runs.endAll();
    expect(read(await patient)).toEqual([20]);
  });

  test('rows of a large one that have not run do not', async () => {
    const lane = laneOf({ maxExecutionBatchSize: 1 });
    const gone = new AbortController();
    const large = lane.submit(rows(1, 2, 3), gone.signal);
    await turn();
    gone.abort(new Error('gone'));
    await expect(large).rejects.toThrow('gone');
    await runs.endAll();
    expect(runs.inputs).toEqual([[1]]);
  });

  test('before it came, it does not wait at all', async () => {
    await expect(laneOf({}).submit(rows(1), AbortSignal.abort(new Error('gone')))).rejects.toThrow('gone');
    expect(runs.inputs).toEqual([]);
  });
});

describe('failures', () => {
  test('a request that makes a run fail does not harm those beside it', async () => {
    const lane = laneOf({});
    const { answer } = runs;
    runs.answer = (given) => {
      if (valuesOf(given.x).includes(2)) throw new Error('no twos');
      return answer(given);
    };
    const answers = [1, 2, 3].map((value) => lane.submit(rows(value)));
    const settled = Promise.allSettled(answers);
    await runs.endAll();
    expect((await settled).map((one) => (one.status === 'fulfilled' ? read(one.value) : String(one.reason)))).toEqual([
      [10],
      'Error: no twos',
      [30],
    ]);
    expect(runs.inputs).toEqual([[1, 2, 3], [1], [2], [3]]);
  });

  test('inputs that cannot be read do not keep their neighbours from a run', async () => {
    const lane = laneOf({});
    const { x } = rows(1);
    const answers = [lane.submit({ x: x as Tensor }), lane.submit(rows(2))];
    x?.dispose();
    const settled = Promise.allSettled(answers);
    await runs.endAll();
    expect(await settled).toEqual([
      { status: 'rejected', reason: expect.objectContaining({ code: 'ERR_DISPOSED' }) },
      { status: 'fulfilled', value: expect.anything() },
    ]);
  });

  test('inputs that do not fit never join', async () => {
    const lane = laneOf({});
    const odd = lane.submit({ x: tensor([1], [1], 'int32') });
    const fits = lane.submit(rows(2));
    await runs.endAll();
    await Promise.all([odd, fits]);
    expect(runs.inputs).toEqual([[1], [2]]);
  });

  test('where a run gives other rows than it got, requests stay alone from then on', async () => {
    const lane = laneOf({});
    runs.answer = ({ x }) => ({ y: tensor([valuesOf(x).reduce((a, b) => a + b, 0)]) });
    const answers = [lane.submit(rows(1)), lane.submit(rows(2))];
    await runs.endAll();
    answers.push(lane.submit(rows(3)), lane.submit(rows(4)));
    await runs.endAll();
    expect(runs.inputs).toEqual([[1, 2], [1], [2], [3], [4]]);
    expect((await Promise.all(answers)).map(read)).toEqual([[1], [2], [3], [4]]);
  });
});

test('what waits and runs is heard of', async () => {
  const heard: unknown[] = [];
  let members = 0;
  const observer: Observer = {
    request: () => {
      throw new Error('no door here');
    },
    queue: ({ model }) => {
      const name = `${model}${++members}`;
      heard.push(`${name} waits`);
      return { leave: () => heard.push(`${name} leaves`) };
    },
    run: (_, batch, { length }) => {
      heard.push({ ...batch, members: length });
      return () => heard.push('ran');
    },
  };
  const lane = laneOf({ allowedBatchSizes: [4] }, {}, observer);
  const gone = new AbortController();
  const answers = [lane.submit(rows(1)), lane.submit(rows(2)), lane.submit(rows(3), gone.signal)];
  const left = expect(answers.pop()).rejects.toThrow('gone');
  gone.abort(new Error('gone'));
  await runs.endAll();
  await Promise.all(answers);
  await left;
  const run = { rows: 2, padding: 2, members: 2 };
  expect(heard).toEqual(['m1 waits', 'm2 waits', 'm3 waits', 'm3 leaves', run, 'ran']);
});

test.each<[string, BatchingParameters, string]>([
  ['a name nobody knows', { maxBatch: 3 } as BatchingParameters, 'ERR_UNKNOWN_NAME'],
  ['no whole number', { maxBatchSize: 1.5 }, 'ERR_ARGUMENT'],
  ['no threads', { numBatchThreads: 0 }, 'ERR_ARGUMENT'],
  ['a time before now', { batchTimeoutMicros: -1 }, 'ERR_ARGUMENT'],
  ['sizes that do not ascend', { allowedBatchSizes: [4, 2] }, 'ERR_ARGUMENT'],
  ['sizes that end elsewhere', { allowedBatchSizes: [1, 2], maxBatchSize: 4 }, 'ERR_ARGUMENT'],
])('parameters are refused: %s', (_, parameters, code) => {
  expect(() => new Batcher(parameters)).toThrow(expect.objectContaining({ code }));
});

import { describe, expect, test } from 'vitest';
import type { OutputRef } from '../../src/native/binding.js';
import { decode, encode } from '../../src/proto/codec.js';
import { ConfigProtoSchema, RunMetadataSchema, RunOptionsSchema } from '../../src/proto/config.js';
import {
  add,
  addon,
  blocking,
  constant,
  DT,
  errorOf,
  failure,
  floats,
  int32,
  numbers,
  placeholder,
  readVariable,
  square,
  variable,
} from './support.js';

describe('a session', () => {
  test('names its devices', async () => {
    const { session } = square();
    const [cpu] = session.devices();
    expect(cpu).toEqual({
      name: '/job:localhost/replica:0/task:0/device:CPU:0',
      type: 'CPU',
      memory: expect.any(Number),
    });
    await session.close();
  });

  test('takes a ConfigProto', async () => {
    const config = encode(ConfigProtoSchema, { deviceCount: { CPU: 2 } });
    const session = addon.session(addon.graph(), config);
    expect(session.devices()).toHaveLength(2);
    await session.close();
  });

  test('sees operations that were added after it was made', async () => {
    const graph = addon.graph();
    const session = addon.session(graph);
    const first = constant(graph, floats([1]));
    expect(numbers((await session.callable([], [first], []).run([]))[0])).toEqual([1]);
    const second = constant(graph, floats([2]));
    expect(numbers((await session.callable([], [second], []).run([]))[0])).toEqual([2]);
    await session.close();
  });

  test('keeps its graph alive', async () => {
    const { graph, session, callable } = square();
    graph.dispose();
    expect(numbers((await callable.run([floats([3])]))[0])).toEqual([9]);
    await session.close();
  });

  test('keeps its variables to itself', async () => {
    const graph = addon.graph();
    const { handle, initialize } = variable(graph, floats([5]));
    const read = readVariable(graph, handle);
    const [one, two] = [addon.session(graph), addon.session(graph)];
    await one.callable([], [], [initialize]).run([]);
    expect(numbers((await one.callable([], [read], []).run([]))[0])).toEqual([5]);
    expect(await errorOf(() => two.callable([], [read], []).run([]))).toEqual(failure('TF_FAILED_PRECONDITION'));
    await Promise.all([one.close(), two.close()]);
  });

  test('BAD CALL: other things than graphs, broken configurations, unknown targets', async () => {
    expect(await errorOf(() => addon.session({} as never))).toEqual(failure('ERR_ARGUMENT', /graph/));
    expect(await errorOf(() => addon.session(floats([1]) as never))).toEqual(failure('ERR_ARGUMENT', /graph/));
    expect(await errorOf(() => addon.session(addon.graph(), Uint8Array.of(255)))).toEqual(
      failure('TF_INVALID_ARGUMENT'),
    );
    expect(await errorOf(() => addon.session(addon.graph(), undefined, 'nowhere'))).toEqual(failure('TF_NOT_FOUND'));
  });
});

describe('a callable', () => {
  test('runs, also on the calling thread', async () => {
    const { session, callable } = square();
    expect(numbers((await callable.run([floats([2, 3])]))[0])).toEqual([4, 9]);
    expect(numbers(callable.runSync([floats([4])])[0])).toEqual([16]);
    await session.close();
  });

  test('runs many times at once', async () => {
    const { session, callable } = square();
    const inputs = Array.from({ length: 200 }, (_, i) => i);
    const outputs = await Promise.all(inputs.map((i) => callable.run([floats([i])])));
    expect(outputs.map(([y]) => numbers(y)[0])).toEqual(inputs.map((i) => i * i));
    await session.close();
  });

  test('needs only its own session: feeds may be disposed while it runs', async () => {
    const { session, callable } = square();
    const x = floats([5]);
    const running = callable.run([x]);
    x.dispose();
    expect(numbers((await running)[0])).toEqual([25]);
    await session.close();
  });

  test('does not hold up the event loop or libuv', async () => {
    const graph = addon.graph();
    const session = addon.session(graph);
    const stuck = session.callable([], [blocking(graph)], []);
    const runs = Array.from({ length: 8 }, () => errorOf(() => stuck.run([])));
    const { readFile } = await import('node:fs/promises');
    expect((await readFile(new URL(import.meta.url))).length).toBeGreaterThan(0);
    await session.abort();
    for (const error of await Promise.all(runs)) expect(error).toEqual(failure('TF_CANCELLED'));
  });

  test('fed nothing and fetching nothing runs its targets', async () => {
    const graph = addon.graph();
    const session = addon.session(graph);
    expect(await session.callable([], [], [add(graph, 'NoOp')]).run([])).toEqual([]);
    await session.close();
  });

  test('fetches tensors without elements', async () => {
    const { session, callable } = square();
    const [y] = await callable.run([addon.tensor(DT.float32, [0, 2], new Float32Array(0))]);
    expect([y?.shape, y?.buffer().byteLength]).toEqual([[0, 2], 0]);
    await session.close();
  });

  test('takes RunOptions, and gives RunMetadata when it is traced', async () => {
    const { session, callable } = square();
    const options = encode(RunOptionsSchema, { traceLevel: 3 });
    expect(numbers((await callable.run([floats([2])], options))[0])).toEqual([4]);
    const { outputs, metadata } = await callable.runTraced([floats([2])], options);
    expect(numbers(outputs[0])).toEqual([4]);
    expect(decode(RunMetadataSchema, metadata).stepStats?.devStats.length).toBeGreaterThan(0);
    await session.close();
  });

  test('ends with TF_DEADLINE_EXCEEDED at the timeout of its RunOptions, and its session lives on', async () => {
    const graph = addon.graph();
    const [stuck, value] = [blocking(graph), constant(graph, floats([1]))];
    const session = addon.session(graph);
    const options = encode(RunOptionsSchema, { timeoutInMs: 20n });
    const error = await errorOf(() => session.callable([], [stuck], []).run([], options));
    expect(error).toEqual(failure('TF_DEADLINE_EXCEEDED'));
    expect(numbers((await session.callable([], [value], []).run([]))[0])).toEqual([1]);
    await session.close();
  });

  test('of more runs than there are threads ends all the same', async () => {
    const graph = addon.graph();
    const session = addon.session(graph);
    const stuck = session.callable([], [blocking(graph)], []);
    const runs = Array.from({ length: 100 }, () => errorOf(() => stuck.run([])));
    await session.abort();
    for (const error of await Promise.all(runs)) expect(error).toEqual(failure('TF_CANCELLED'));
  });

  test('BAD CALL: feeds', async () => {
    const { session, callable } = square();
    const disposed = floats([1]);
    disposed.dispose();
    expect(await errorOf(() => callable.run([]))).toEqual(failure('ERR_ARGUMENT', /fed 1 tensors, got 0/));
    expect(await errorOf(() => callable.run([floats([1]), floats([1])]))).toEqual(failure('ERR_ARGUMENT', /got 2/));
    expect(await errorOf(() => callable.run([{} as never]))).toEqual(failure('ERR_ARGUMENT', /feeds\[0\]/));
    expect(await errorOf(() => callable.run(undefined as never))).toEqual(failure('ERR_ARGUMENT', /feeds/));
    expect(await errorOf(() => callable.run([disposed]))).toEqual(failure('ERR_DISPOSED'));
    expect(await errorOf(() => callable.run([int32([1])]))).toEqual(failure('TF_INVALID_ARGUMENT', /int32/));
    expect(await errorOf(() => callable.run([floats([1])], Uint8Array.of(255)))).toEqual(
      failure('TF_INVALID_ARGUMENT'),
    );
    expect(() => callable.runSync([int32([1])])).toThrow(/int32/);
    await session.close();
  });

  test('BAD CALL: a run that throws becomes a rejected promise, never an exception', () => {
    const { callable } = square();
    const promise = callable.run([]);
    expect(promise).toBeInstanceOf(Promise);
    return expect(promise).rejects.toThrow();
  });

  test.each([
    ['feed', [[[0, 1]], [], []]],
    ['fetch', [[], [[9, 0]], []]],
    ['fetch of a negative output', [[], [[0, -1]], []]],
    ['target', [[], [], [9]]],
    ['target that is a reference', [[], [], [[0, 0]]]],
  ] as const)('BAD CALL: a %s that is not there', async (_what, [feeds, fetches, targets]) => {
    const { session } = square();
    const act = () =>
      session.callable(
        feeds as unknown as OutputRef[],
        fetches as unknown as OutputRef[],
        targets as unknown as number[],
      );
    expect(await errorOf(act)).toEqual(failure('ERR_ARGUMENT', /feeds|fetches|targets/));
    await session.close();
  });

  test('BAD CALL: a placeholder that is not fed names it', async () => {
    const graph = addon.graph();
    const x = placeholder(graph, DT.float32);
    const y: OutputRef = [add(graph, 'Neg', { inputs: [x] }), 0];
    const session = addon.session(graph);
    const error = await errorOf(() => session.callable([], [y], []).run([]));
    expect(error).toEqual(failure('TF_INVALID_ARGUMENT', new RegExp(graph.opName(x[0]))));
    await session.close();
  });
});

describe('the end of a session', () => {
  test('close waits for the runs in flight', async () => {
    const { session, callable } = square();
    const running = Promise.all(Array.from({ length: 20 }, () => callable.run([floats([2])])));
    await session.close();
    expect((await running).map(([y]) => numbers(y))).toEqual(Array(20).fill([4]));
  });

  test('close and abort may be called again, and dispose too', async () => {
    const { session } = square();
    await Promise.all([session.close(), session.close(), session.abort()]);
    session.dispose();
    await session.abort();
    expect(session.disposed).toBe(true);
  });

  test('dispose closes without waiting', async () => {
    const before = addon.counters().sessions;
    const { session, callable } = square();
    const running = callable.run([floats([2])]);
    session.dispose();
    session.dispose();
    expect(session.disposed).toBe(true);
    expect(numbers((await running)[0])).toEqual([4]);
    await session.close();
    // Why not exactly: sessions of the tests before this one may be collected meanwhile.
    expect(addon.counters().sessions).toBeLessThanOrEqual(before);
  });

  test('abort ends a run that close would wait for', async () => {
    const graph = addon.graph();
    const session = addon.session(graph);
    const running = errorOf(() => session.callable([], [blocking(graph)], []).run([]));
    const closing = session.close();
    await session.abort();
    await closing;
    expect(await running).toEqual(failure('TF_CANCELLED'));
  });
});

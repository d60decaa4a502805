/** Every method of every native object in every state it can be in: it works, or it refuses with this code. */
import { describe, expect, test } from 'vitest';
import type { NativeCallable, NativeGraph, NativeSession, NativeTensor } from '../../src/native/binding.js';
import { add, addon, blocking, constant, DT, errorOf, failure, floats, placeholder } from './support.js';

type Act = (objects: Objects) => unknown;
interface Objects {
  tensor: NativeTensor;
  graph: NativeGraph;
  session: NativeSession;
  callable: NativeCallable;
}

function make() {
  const graph = addon.graph();
  const x = placeholder(graph, DT.float32);
  const neg = add(graph, 'Neg', { inputs: [x] });
  const session = addon.session(graph);
  const callable = session.callable([x], [[neg, 0]], []);
  return { tensor: floats([1]), graph, session, callable, stuck: session.callable([], [blocking(graph)], []) };
}

async function codeOf(act: Act, objects: Objects): Promise<unknown> {
  const error = await errorOf(() => act(objects));
  return error instanceof Error && 'code' in error ? error.code : error;
}

const TENSOR: Record<string, Act> = {
  dtype: ({ tensor }) => tensor.dtype,
  shape: ({ tensor }) => tensor.shape,
  byteLength: ({ tensor }) => tensor.byteLength,
  buffer: ({ tensor }) => tensor.buffer(),
  reshape: ({ tensor }) => tensor.reshape([1, 1]),
};
const GRAPH: Record<string, Act> = {
  addOperation: ({ graph }) => add(graph, 'NoOp'),
  operationCount: ({ graph }) => graph.operationCount(),
  findOperation: ({ graph }) => graph.findOperation('x'),
  opName: ({ graph }) => graph.opName(0),
  opType: ({ graph }) => graph.opType(0),
  opDevice: ({ graph }) => graph.opDevice(0),
  opInputs: ({ graph }) => graph.opInputs(0),
  opControlInputs: ({ graph }) => graph.opControlInputs(0),
  opNumOutputs: ({ graph }) => graph.opNumOutputs(0),
  opInputListLength: ({ graph }) => graph.opInputListLength(1, 'x'),
  opOutputListLength: ({ graph }) => graph.opOutputListLength(1, 'y'),
  opAttr: ({ graph }) => graph.opAttr(0, 'dtype'),
  opNodeDef: ({ graph }) => graph.opNodeDef(0),
  outputType: ({ graph }) => graph.outputType(0, 0),
  outputShape: ({ graph }) => graph.outputShape(0, 0),
  setOutputShape: ({ graph }) => graph.setOutputShape(0, 0, [-1]),
  consumers: ({ graph }) => graph.consumers(0, 0),
  toGraphDef: ({ graph }) => graph.toGraphDef(),
  importGraphDef: ({ graph }) => graph.importGraphDef(new Uint8Array(0), {}),
  addGradients: ({ graph }) => graph.addGradients('d', [[1, 0]], [[0, 0]], null),
  toFunction: ({ graph }) => graph.toFunction('F', [1], [[0, 0]], [[1, 0]], null, [], true),
  functions: ({ graph }) => graph.functions(),
  session: ({ graph }) => addon.session(graph).close(),
};
const SESSION: Record<string, Act> = {
  callable: ({ session }) => session.callable([], [], [0]),
  devices: ({ session }) => session.devices(),
  run: ({ callable, tensor }) => callable.run([tensor]),
  runSync: ({ callable, tensor }) => callable.runSync([tensor]),
  runMany: ({ callable, tensor }) => callable.runMany([tensor], 2).done,
  runTraced: ({ callable, tensor }) => callable.runTraced([tensor], Uint8Array.of(8, 3)),
};
const ALWAYS: Record<string, Act> = {
  'tensor.disposed': ({ tensor }) => tensor.disposed,
  'tensor.dispose': ({ tensor }) => tensor.dispose(),
  'graph.disposed': ({ graph }) => graph.disposed,
  'graph.dispose': ({ graph }) => graph.dispose(),
  'session.disposed': ({ session }) => session.disposed,
  'session.dispose': ({ session }) => session.dispose(),
  'session.close': ({ session }) => session.close(),
};

const names = (acts: Record<string, Act>) => Object.keys(acts).map((name) => [name]);
const pick = (acts: Record<string, Act>, name: string): Act => acts[name] ?? (() => 'no such method');

describe('fresh', () => {
  test.each(names({ ...TENSOR, ...GRAPH, ...SESSION, ...ALWAYS }))('%s works', async (name) => {
    expect(await codeOf(pick({ ...TENSOR, ...GRAPH, ...SESSION, ...ALWAYS }, name), make())).toBeUndefined();
  });
});

describe('disposed tensor', () => {
  test.each(
    names({
      ...TENSOR,
      run: pick(SESSION, 'run'),
      runSync: pick(SESSION, 'runSync'),
      runMany: pick(SESSION, 'runMany'),
    }),
  )('%s is refused', async (name) => {
    const objects = make();
    objects.tensor.dispose();
    expect(await codeOf(pick({ ...TENSOR, ...SESSION }, name), objects)).toBe('ERR_DISPOSED');
  });
});

describe('disposed graph', () => {
  test.each(names(GRAPH))('%s is refused', async (name) => {
    const objects = make();
    objects.graph.dispose();
    expect(await codeOf(pick(GRAPH, name), objects)).toBe('ERR_DISPOSED');
  });

  test.each(names(SESSION))('%s of its session works', async (name) => {
    const objects = make();
    objects.graph.dispose();
    expect(await codeOf(pick(SESSION, name), objects)).toBeUndefined();
  });
});

const ENDINGS: Record<string, (session: NativeSession) => unknown> = {
  closed: (session) => session.close(),
  aborted: (session) => session.abort(),
  disposed: (session) => session.dispose(),
  closing: (session) => void session.close(),
};

describe.each(Object.keys(ENDINGS))('%s session', (ending) => {
  test.each(names(SESSION))('%s is refused', async (name) => {
    const objects = make();
    await ENDINGS[ending]?.(objects.session);
    expect(await codeOf(pick(SESSION, name), objects)).toBe('ERR_DISPOSED');
  });

  test.each(names(GRAPH))('%s of its graph works', async (name) => {
    const objects = make();
    await ENDINGS[ending]?.(objects.session);
    expect(await codeOf(pick(GRAPH, name), objects)).toBeUndefined();
  });
});

describe('running session', () => {
  test.each(names({ ...TENSOR, ...GRAPH, ...SESSION }))('%s works', async (name) => {
    const { stuck, ...objects } = make();
    const running = errorOf(() => stuck.run([]));
    expect(await codeOf(pick({ ...TENSOR, ...GRAPH, ...SESSION }, name), objects)).toBeUndefined();
    await objects.session.abort();
    expect(await running).toEqual(failure('TF_CANCELLED'));
  });
});

describe('FORGED: a method on another object', () => {
  const objects = make();
  const natives: Record<string, object> = {
    ...objects,
    fn: objects.graph.toFunction('F', [1], [[0, 0]], [[1, 0]], null, [], true),
  };
  const descriptors = (object: object) =>
    Object.entries(Object.getOwnPropertyDescriptors(Object.getPrototypeOf(object)));
  const strangers = (own: string) => [
    {},
    null,
    undefined,
    1,
    new Proxy(natives[own] ?? {}, {}),
    Object.create(natives[own] ?? {}),
    new (Object.getPrototypeOf(natives[own]).constructor)(),
    ...Object.entries(natives)
      .filter(([name]) => name !== own && !(own === 'callable' && name === 'stuck'))
      .map(([, native]) => native),
  ];

  test.each(['tensor', 'graph', 'session', 'callable', 'fn'])('%s: is an error, never a crash', (own) => {
    let tried = 0;
    for (const [name, { value, get }] of descriptors(natives[own] ?? {})) {
      if (name === 'constructor') continue;
      for (const stranger of strangers(own)) {
        const forged = () => Reflect.apply(value ?? get, stranger, []);
        try {
          const result = forged();
          expect(result).toBeInstanceOf(Promise);
          (result as Promise<unknown>).catch(() => {});
        } catch (error) {
          expect(error).toBeInstanceOf(Error);
        }
        tried++;
      }
    }
    expect(tried).toBeGreaterThan(20);
  });

  test('a constant made of it is refused', async () => {
    expect(await errorOf(() => constant(objects.graph, objects.session as never))).toEqual(failure('ERR_ARGUMENT'));
  });
});

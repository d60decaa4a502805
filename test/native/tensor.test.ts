import { describe, expect, test } from 'vitest';
import type { NativeGraph, OutputRef } from '../../src/native/binding.js';
import { add, addon, constant, DT, errorOf, failure, floats, placeholder, runOnce, texts } from './support.js';

type Row = readonly [name: keyof typeof DT, data: ArrayBufferView, count: number];

const ROWS: readonly Row[] = [
  ['float32', Float32Array.of(1.5, -2, Number.NaN, Number.POSITIVE_INFINITY), 4],
  ['float64', Float64Array.of(Math.PI, -1e300), 2],
  ['int8', Int8Array.of(-128, 127), 2],
  ['uint8', Uint8Array.of(0, 255), 2],
  ['int16', Int16Array.of(-32768, 32767), 2],
  ['uint16', Uint16Array.of(0, 65535), 2],
  ['int32', Int32Array.of(-(2 ** 31), 2 ** 31 - 1), 2],
  ['uint32', Uint32Array.of(0, 2 ** 32 - 1), 2],
  ['int64', BigInt64Array.of(-(2n ** 63n), 2n ** 63n - 1n), 2],
  ['uint64', BigUint64Array.of(0n, 2n ** 64n - 1n), 2],
  ['bool', Uint8Array.of(1, 0, 1), 3],
  ['float16', Uint16Array.of(0x3c00, 0xc000), 2],
  ['bfloat16', Uint16Array.of(0x3f80, 0xc000), 2],
  ['complex64', Float32Array.of(1, -1, 2, 0.5), 2],
  ['complex128', Float64Array.of(1, -1, 2, 0.5), 2],
];

const identity = (graph: NativeGraph, x: OutputRef): OutputRef => [add(graph, 'Identity', { inputs: [x] }), 0];
const bytesOf = (view: ArrayBufferView) => new Uint8Array(view.buffer, view.byteOffset, view.byteLength);

describe('a tensor of every type', () => {
  test.each(ROWS)('%s holds its bytes', (name, data, count) => {
    const tensor = addon.tensor(DT[name], [count], data);
    expect(tensor).toMatchObject({ dtype: DT[name], shape: [count], byteLength: data.byteLength, disposed: false });
    expect(new Uint8Array(tensor.buffer())).toEqual(bytesOf(data));
  });

  test.each(ROWS)('%s goes through a graph unchanged', async (name, data, count) => {
    const graph = addon.graph();
    const x = placeholder(graph, DT[name]);
    const session = addon.session(graph);
    const [y] = await session.callable([x], [identity(graph, x)], []).run([addon.tensor(DT[name], [count, 1], data)]);
    expect(y?.shape).toEqual([count, 1]);
    expect(new Uint8Array(y?.buffer() ?? new ArrayBuffer(0))).toEqual(bytesOf(data));
    await session.close();
  });

  // The library computes, so it must have read the bits as we meant them: 1 + 1 in each 16-bit format.
  test.each([
    ['float16', 0x3c00, 0x4000],
    ['bfloat16', 0x3f80, 0x4000],
  ] as const)('%s is understood by the library', async (name, one, two) => {
    const graph = addon.graph();
    const x = constant(graph, addon.tensor(DT[name], [], Uint16Array.of(one)));
    const sum = graph.addOperation({ type: 'AddV2', name: 'sum', inputs: [x, x], controls: [], attrs: [] });
    const [y] = await runOnce(graph, [sum, 0]);
    expect(new Uint16Array(y?.buffer() ?? new ArrayBuffer(0))).toEqual(Uint16Array.of(two));
  });
});

describe('strings', () => {
  const values = ['', 'short', 'ä€😀', 'a string that is longer than the inline part of twenty-two bytes'];

  test('round trip as text and as bytes', () => {
    const bytes = Uint8Array.of(0, 255, 0, 128);
    const tensor = addon.stringTensor([5], [...values, bytes]);
    expect(tensor).toMatchObject({ dtype: DT.string, shape: [5], disposed: false });
    expect(texts(tensor).slice(0, 4)).toEqual(values);
    expect(tensor.strings()[4]).toEqual(bytes);
  });

  test('go through a graph, and outlive the tensor that was fed', async () => {
    const graph = addon.graph();
    const x = placeholder(graph, DT.string);
    const session = addon.session(graph);
    const fed = addon.stringTensor([2, 2], values);
    const [y] = await session.callable([x], [identity(graph, x)], []).run([fed]);
    fed.dispose();
    expect(texts(y)).toEqual(values);
    await session.close();
  });

  test('of no elements, and under another shape', () => {
    expect(addon.stringTensor([0], []).strings()).toEqual([]);
    expect(texts(addon.stringTensor([4], values).reshape([2, 2]))).toEqual(values);
  });

  test('are refused where numbers are meant, and the other way round', async () => {
    expect(await errorOf(() => addon.stringTensor([4], values).buffer())).toEqual(
      failure('ERR_ARGUMENT', /strings\(\)/),
    );
    expect(await errorOf(() => floats([1]).strings())).toEqual(failure('ERR_ARGUMENT', /buffer\(\)/));
    expect(await errorOf(() => addon.stringTensor([3], values))).toEqual(failure('ERR_ARGUMENT', /3 elements.*4/));
  });
});

describe('a buffer', () => {
  test.runIf(addon.externalBuffers())('is the memory of the tensor where the runtime allows it', () => {
    const tensor = addon.allocate(DT.float32, [2]);
    new Float32Array(tensor.buffer()).set([3, 4]);
    expect(tensor.buffer()).toBe(tensor.buffer());
    expect([...new Float32Array(tensor.reshape([2, 1]).buffer())]).toEqual([3, 4]);
  });

  test('outlives the tensor', () => {
    const tensor = floats([1, 2, 3]);
    const buffer = tensor.buffer();
    tensor.dispose();
    expect([...new Float32Array(buffer)]).toEqual([1, 2, 3]);
  });

  test('of two handles over one memory is no trouble', () => {
    const tensor = floats([1, 2, 3, 4]);
    const other = tensor.reshape([2, 2]);
    expect([...new Float32Array(tensor.buffer())]).toEqual([...new Float32Array(other.buffer())]);
  });

  test('of a fetched constant is a copy: writing to it does not change the graph', async () => {
    const graph = addon.graph();
    const value = constant(graph, floats([1, 2]));
    const session = addon.session(graph);
    const callable = session.callable([], [value], []);
    const [first] = await callable.run([]);
    new Float32Array(first?.buffer() ?? new ArrayBuffer(0)).fill(9);
    const [second] = await callable.run([]);
    expect([...new Float32Array(second?.buffer() ?? new ArrayBuffer(0))]).toEqual([1, 2]);
    await session.close();
  });

  test('of a tensor that came out as it went in is a copy', async () => {
    const graph = addon.graph();
    const x = placeholder(graph, DT.float32);
    const session = addon.session(graph);
    const fed = floats([1, 2]);
    const [y] = await session.callable([x], [identity(graph, x)], []).run([fed]);
    new Float32Array(y?.buffer() ?? new ArrayBuffer(0)).fill(9);
    expect([...new Float32Array(fed.buffer())]).toEqual([1, 2]);
    await session.close();
  });

  test('without elements is empty', () => {
    const tensor = addon.tensor(DT.float32, [0, 3], new Float32Array(0));
    expect(tensor).toMatchObject({ shape: [0, 3], byteLength: 0 });
    expect(tensor.buffer().byteLength).toBe(0);
    expect(tensor.reshape([3, 0]).shape).toEqual([3, 0]);
  });
});

describe('the bytes of a tensor', () => {
  test('are copied from any view, at its offset', () => {
    const floatsAt = new Float32Array([9, 1, 2, 9]).subarray(1, 3);
    expect([...new Float32Array(addon.tensor(DT.float32, [2], floatsAt).buffer())]).toEqual([1, 2]);
    const view = new DataView(floatsAt.buffer, 4, 8);
    expect([...new Float32Array(addon.tensor(DT.float32, [2], view).buffer())]).toEqual([1, 2]);
    expect(addon.tensor(DT.uint8, [3], Buffer.from('abc')).byteLength).toBe(3);
    expect(addon.tensor(DT.uint8, [2], new Uint8Array(new SharedArrayBuffer(2))).byteLength).toBe(2);
  });

  const REFUSALS: readonly (readonly [string, () => unknown, string, RegExp])[] = [
    ['too few bytes', () => addon.tensor(DT.float32, [3], new Float32Array(2)), 'ERR_ARGUMENT', /12 bytes.*got 8/],
    ['a negative dimension', () => addon.tensor(DT.float32, [-1], new Float32Array(1)), 'ERR_ARGUMENT', /shape\[0\]/],
    ['a broken dimension', () => addon.tensor(DT.float32, [1.5], new Float32Array(1)), 'ERR_ARGUMENT', /integer/],
    ['a shape beyond memory', () => addon.allocate(DT.float32, [2 ** 40, 2 ** 40]), 'ERR_ARGUMENT', /memory/],
    ['more memory than there is', () => addon.allocate(DT.float32, [2 ** 50]), 'TF_RESOURCE_EXHAUSTED', /memory/],
    ['an unknown type', () => addon.tensor(999, [1], new Uint8Array(1)), 'ERR_ARGUMENT', /dtype/],
    ['a resource', () => addon.allocate(DT.resource, [1]), 'ERR_ARGUMENT', /dtype/],
    ['an ArrayBuffer', () => addon.tensor(DT.uint8, [1], new ArrayBuffer(1) as never), 'ERR_ARGUMENT', /typed array/],
    ['a detached buffer', () => addon.tensor(DT.uint8, [1], detached()), 'ERR_ARGUMENT', /got 0/],
    ['another number of elements', () => floats([1, 2]).reshape([3]), 'ERR_ARGUMENT', /3 elements.*2/],
    ['no shape', () => addon.tensor(DT.uint8, undefined as never, new Uint8Array(1)), 'ERR_ARGUMENT', /shape/],
  ];

  test.each(REFUSALS)('BAD CALL: %s', async (_what, act, code, message) => {
    expect(await errorOf(act)).toEqual(failure(code, message));
  });
});

function detached(): Uint8Array {
  const view = new Uint8Array(1);
  structuredClone(view.buffer, { transfer: [view.buffer] });
  return view;
}

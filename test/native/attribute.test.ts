import { describe, expect, test } from 'vitest';
import type { AttrEntry } from '../../src/native/binding.js';
import { decode, encode } from '../../src/proto/codec.js';
import { AttrValueSchema } from '../../src/proto/graph.js';
import { add, addon, constant, DT, errorOf, failure, floats, int32, numbers, runOnce, texts } from './support.js';

/** What the library stored, as its own serialized message says. */
function stored(type: string, attrs: readonly AttrEntry[], name: string) {
  const graph = addon.graph();
  return decode(AttrValueSchema, graph.opAttr(add(graph, type, { attrs }), name)).value;
}

/** The same for kinds no input-free op has: attributes whose name starts with an underscore are open to all. */
const loose = (kind: AttrEntry[1], value: AttrEntry[2]) => stored('NoOp', [['_x', kind, value]], '_x');

describe('an attribute of every kind reaches the library', () => {
  test('string, as text and as bytes', () => {
    expect(loose('string', 'ä')).toEqual({ case: 's', value: new TextEncoder().encode('ä') });
    expect(loose('string', Uint8Array.of(0, 255))).toEqual({ case: 's', value: Uint8Array.of(0, 255) });
  });

  test('int, as number and as bigint', () => {
    expect(loose('int', -5)).toEqual({ case: 'i', value: -5n });
    expect(loose('int', 2n ** 63n - 1n)).toEqual({ case: 'i', value: 2n ** 63n - 1n });
  });

  test('float, bool, type, func', () => {
    expect(loose('float', 0.5)).toEqual({ case: 'f', value: 0.5 });
    expect(loose('bool', true)).toEqual({ case: 'b', value: true });
    expect(loose('type', DT.bfloat16)).toEqual({ case: 'type', value: DT.bfloat16 });
    expect(loose('func', 'MyFunction')).toMatchObject({ case: 'func', value: { name: 'MyFunction' } });
  });

  test('shape, with unknown dimensions and of unknown rank', () => {
    expect(loose('shape', [-1, 3])).toMatchObject({
      value: { dim: [{ size: -1n }, { size: 3n }], unknownRank: false },
    });
    expect(loose('shape', [])).toMatchObject({ value: { dim: [], unknownRank: false } });
    expect(loose('shape', null)).toMatchObject({ value: { dim: [], unknownRank: true } });
  });

  test('tensor', () => {
    expect(loose('tensor', floats([1, 2]))).toMatchObject({ case: 'tensor', value: { dtype: DT.float32 } });
  });

  test.each([
    ['list(string)', ['a', Uint8Array.of(1)], { s: [Uint8Array.of(97), Uint8Array.of(1)] }],
    ['list(int)', [1, -2n], { i: [1n, -2n] }],
    ['list(float)', [0.5, 2], { f: [0.5, 2] }],
    ['list(bool)', [true, false], { b: [true, false] }],
    ['list(type)', [DT.float32, DT.string], { type: [DT.float32, DT.string] }],
    ['list(shape)', [[2], null], { shape: [{ dim: [{ size: 2n }] }, { unknownRank: true }] }],
    ['list(tensor)', [int32([1]), int32([2])], { tensor: [{ dtype: DT.int32 }, { dtype: DT.int32 }] }],
  ] as const)('%s', (kind, value, expected) => {
    expect(loose(kind, value)).toMatchObject({ case: 'list', value: expected });
  });

  test.each(['string', 'int', 'float', 'bool', 'type', 'shape', 'tensor'] as const)('an empty list(%s)', (kind) => {
    expect(loose(`list(${kind})`, [])).toMatchObject({ case: 'list' });
  });

  test('proto, for what the other kinds cannot say', () => {
    const func = { name: 'Branch', attr: { T: { value: { case: 'type' as const, value: DT.float32 } } } };
    const bytes = encode(AttrValueSchema, { value: { case: 'list', value: { func: [func] } } });
    expect(loose('proto', bytes)).toMatchObject({ case: 'list', value: { func: [{ name: 'Branch' }] } });
  });

  test('and is used in a run', async () => {
    const graph = addon.graph();
    const text = constant(graph, addon.stringTensor([], ['a,b']));
    const upper = add(graph, 'StringUpper', { inputs: [text], attrs: [['encoding', 'string', 'utf-8']] });
    const [y] = await runOnce(graph, [upper, 0]);
    expect(texts(y)).toEqual(['A,B']);
  });
});

describe('BAD CALL: an attribute', () => {
  const REFUSALS: readonly (readonly [string, AttrEntry, string])[] = [
    ['of an unknown kind', ['_x', 'color' as never, 1], 'ERR_ARGUMENT'],
    ['int that is a fraction', ['_x', 'int', 0.5], 'ERR_ARGUMENT'],
    ['int beyond 64 bits', ['_x', 'int', 2n ** 64n], 'ERR_ARGUMENT'],
    ['float that is text', ['_x', 'float', 'a'], 'ERR_ARGUMENT'],
    ['bool that is a number', ['_x', 'bool', 1], 'ERR_ARGUMENT'],
    ['type below zero', ['_x', 'type', -1], 'ERR_ARGUMENT'],
    ['shape below -1', ['_x', 'shape', [-2]], 'ERR_ARGUMENT'],
    ['tensor that is none', ['_x', 'tensor', {} as never], 'ERR_ARGUMENT'],
    ['list that is none', ['_x', 'list(int)', 1], 'ERR_ARGUMENT'],
    ['proto that cannot be parsed', ['_x', 'proto', Uint8Array.of(255, 255, 255)], 'TF_INVALID_ARGUMENT'],
  ];

  test.each(REFUSALS)('%s is refused, and the graph stays as it was', async (_what, attr, code) => {
    const graph = addon.graph();
    expect(await errorOf(() => add(graph, 'NoOp', { attrs: [attr], name: 'n' }))).toEqual(failure(code));
    expect(graph.operationCount()).toBe(0);
    expect(graph.findOperation('n')).toBe(-1);
    expect(add(graph, 'NoOp', { name: 'n' })).toBe(0);
  });

  test('with a disposed tensor', async () => {
    const tensor = floats([1]);
    tensor.dispose();
    expect(await errorOf(() => constant(addon.graph(), floats([1])) && loose('tensor', tensor))).toEqual(
      failure('ERR_DISPOSED'),
    );
  });

  test('keeps its own copy of a tensor', async () => {
    const graph = addon.graph();
    const tensor = floats([1, 2]);
    const value = constant(graph, tensor);
    tensor.dispose();
    expect(numbers((await runOnce(graph, value))[0])).toEqual([1, 2]);
  });
});

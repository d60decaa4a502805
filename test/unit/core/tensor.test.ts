import { describe, expect, test } from 'vitest';
import { DTYPES, type DType } from '../../../src/core/dtype.js';
import { concatRows, type Tensor, type TensorLike, tensor } from '../../../src/core/tensor.js';

const failing = (code: string, message?: RegExp) =>
  expect.objectContaining(message ? { code, message: expect.stringMatching(message) } : { code });

describe('what a tensor is made from', () => {
  test.each<[string, TensorLike, string, number[]]>([
    ['a number', 5, 'float32', []],
    [
      'nested numbers',
      [
        [1, 2, 3],
        [4, 5, 6],
      ],
      'float32',
      [2, 3],
    ],
    ['a BigInt', 5n, 'int64', []],
    ['booleans', [true, false], 'bool', [2]],
    ['text', ['a', 'b'], 'string', [2]],
    ['nothing', [], 'float32', [0]],
    ['empty rows', [[], []], 'float32', [2, 0]],
    ['Float64Array', Float64Array.of(1), 'float64', [1]],
    ['Int8Array', Int8Array.of(1), 'int8', [1]],
    ['Uint16Array', Uint16Array.of(1), 'uint16', [1]],
    ['BigUint64Array', BigUint64Array.of(1n), 'uint64', [1]],
    ['Buffer', Buffer.of(1, 2), 'uint8', [2]],
    ['rows that are typed arrays', [Float32Array.of(1, 2), Float32Array.of(3, 4)], 'float32', [2, 2]],
  ])('%s', (_, data, dtype, shape) => {
    const t = tensor(data);
    expect([t.dtype, t.shape, t.rank]).toEqual([dtype, shape, shape.length]);
  });

  test('a flat array and a shape', () => {
    expect(tensor([1, 2, 3, 4], [2, 2], 'int32').array()).toEqual([
      [1, 2],
      [3, 4],
    ]);
    expect(tensor(Float32Array.of(1, 2), [2, 1]).array()).toEqual([[1], [2]]);
  });

  test('the data is copied', () => {
    const data = Float32Array.of(1, 2);
    const t = tensor(data);
    data[0] = 9;
    expect(t.array()).toEqual([1, 2]);
  });
});

/** Elements of every dtype that can be made from data, as `data()` gives them back. */
const ELEMENTS: Partial<Record<DType, { given: TensorLike; data: unknown; array: unknown }>> = {
  float16: {
    given: [0.1, 65520, -2],
    data: Float32Array.of(0.0999755859375, Infinity, -2),
    array: [0.0999755859375, Infinity, -2],
  },
  bfloat16: { given: [0.1, 3], data: Float32Array.of(0.10009765625, 3), array: [0.10009765625, 3] },
  int64: { given: [2n ** 62n, -1], data: BigInt64Array.of(2n ** 62n, -1n), array: [2n ** 62n, -1n] },
  uint64: { given: [2n ** 64n - 1n, 1], data: BigUint64Array.of(2n ** 64n - 1n, 1n), array: [2n ** 64n - 1n, 1n] },
  bool: { given: [true, 0, 7], data: Uint8Array.of(1, 0, 1), array: [true, false, true] },
  complex64: {
    given: [
      [1, 2],
      [3, -4],
    ],
    data: Float32Array.of(1, 2, 3, -4),
    array: [
      [1, 2],
      [3, -4],
    ],
  },
  complex128: { given: [[1, 2]], data: Float64Array.of(1, 2), array: [[1, 2]] },
  string: { given: ['é', '', 'a\0b'], data: ['é', '', 'a\0b'], array: ['é', '', 'a\0b'] },
};
const NO_DATA: readonly DType[] = ['resource', 'variant'];
const BITS: readonly DType[] = DTYPES.filter((dtype) => /^float[48]_/.test(dtype));

describe('every dtype comes back', () => {
  test.each(DTYPES.filter((dtype) => !NO_DATA.includes(dtype)))('%s', async (dtype) => {
    const plain = { given: BITS.includes(dtype) ? Uint8Array.of(1, 0, 3) : [1, 0, 1], data: null, array: null };
    const { given, data, array } = ELEMENTS[dtype] ?? plain;
    const t: Tensor = tensor(given, undefined, dtype);
    expect(t.dtype).toBe(dtype);
    if (data === null) expect(Array.from((await t.data()) as Uint8Array)).toEqual(Array.from(given as number[]));
    else expect(await t.data()).toEqual(data);
    if (array !== null) expect(t.array()).toEqual(array);
    if (array !== null && dtype !== 'bool') expect(tensor(t.array(), undefined, dtype).array()).toEqual(array);
  });

  test('bytes are strings, whole and in rows', () => {
    const bytes = Uint8Array.of(0xff, 0, 0x41);
    expect(tensor(bytes, [], 'string').native.strings()).toEqual([bytes]);
    expect(tensor([bytes, 'é'], undefined, 'string').native.strings()).toEqual([bytes, Uint8Array.of(0xc3, 0xa9)]);
  });

  test('a Uint16Array holds the bits of a half type', () => {
    expect(tensor(Uint16Array.of(0x3c00), undefined, 'float16').array()).toEqual([1]);
    expect(tensor(Uint16Array.of(0x3f80), undefined, 'bfloat16').array()).toEqual([1]);
  });

  test('a real number is a complex one, a typed array holds pairs', () => {
    expect(tensor(2, undefined, 'complex64').array()).toEqual([2, 0]);
    expect(tensor(Float32Array.of(1, 2, 3, 4), undefined, 'complex64').shape).toEqual([2]);
    expect(tensor([1, 2, 3, 4], [2, 1], 'complex64').array()).toEqual([[[1, 2]], [[3, 4]]]);
  });
});

describe('what no tensor is made from', () => {
  test.each<[string, string, RegExp, () => unknown]>([
    ['ragged rows', 'ERR_SHAPE', /item 0 has shape \[2\], item 1 has \[1\]/, () => tensor([[1, 2], [3]])],
    ['a row that is a scalar', 'ERR_SHAPE', /ragged/, () => tensor([[1], 2])],
    [
      'a wrong length',
      'ERR_SHAPE',
      /3 elements were given, but shape \[2, 2\] holds 4/,
      () => tensor([1, 2, 3], [2, 2]),
    ],
    ['numbers and text', 'ERR_DTYPE', /element 0 is of type number, element 1 of type string/, () => tensor([1, 'a'])],
    ['text and numbers', 'ERR_DTYPE', /give a dtype/, () => tensor(['a', 1])],
    ['numbers and booleans', 'ERR_DTYPE', /make them alike/, () => tensor([1, true])],
    ['BigInts and numbers', 'ERR_DTYPE', /make them alike/, () => tensor([1n, 2])],
    [
      'text as numbers',
      'ERR_DTYPE',
      /element 0 is of type string, expected int32/,
      () => tensor(['1'], undefined, 'int32'),
    ],
    [
      'numbers as text',
      'ERR_DTYPE',
      /element 0 is of type number, expected string/,
      () => tensor([1], undefined, 'string'),
    ],
    ['a hole', 'ERR_DTYPE', /type undefined/, () => tensor([1, undefined as never, 3])],
    ['null', 'ERR_DTYPE', /element 0 is null/, () => tensor([null as never])],
    ['undefined', 'ERR_DTYPE', /type undefined/, () => tensor(undefined as never)],
    ['an object', 'ERR_DTYPE', /type object/, () => tensor({} as never)],
    [
      'a fraction as a whole number',
      'ERR_DTYPE',
      /element 1 is 1.5, which is no int64/,
      () => tensor([1, 1.5], undefined, 'int64'),
    ],
    ['NaN as a whole number', 'ERR_DTYPE', /NaN, which is no int32/, () => tensor([Number.NaN], undefined, 'int32')],
    ['a number out of range', 'ERR_DTYPE', /300, which is no uint8/, () => tensor([300], undefined, 'uint8')],
    ['a BigInt out of range', 'ERR_DTYPE', /which is no int64/, () => tensor([2n ** 63n], undefined, 'int64')],
    ['numbers as float8', 'ERR_DTYPE', /as their bits/, () => tensor([1.5], undefined, 'float8_e5m2')],
    [
      'single numbers as complex ones',
      'ERR_SHAPE',
      /pairs \[re, im\]/,
      () => tensor([1, 2, 3], undefined, 'complex64'),
    ],
    ['a resource', 'ERR_DTYPE', /resource cannot be made/, () => tensor([1], undefined, 'resource')],
    [
      'an unknown dtype',
      'ERR_UNKNOWN_NAME',
      /Did you mean 'float32'/,
      () => tensor([1], undefined, 'flaot32' as never),
    ],
  ])('%s', (_, code, message, make) => {
    expect(make).toThrow(failing(code, message));
  });
});

describe('other shapes of the same elements', () => {
  const t = tensor([
    [1, 2, 3],
    [4, 5, 6],
  ]);

  test.each<[string, () => Tensor, number[]]>([
    ['reshape', () => t.reshape([3, 2]), [3, 2]],
    ['reshape with one dimension left open', () => t.reshape([-1, 2]), [3, 2]],
    ['reshape to a scalar', () => tensor([7]).reshape([]), []],
    ['reshape of nothing', () => tensor([]).reshape([0, 4]), [0, 4]],
    ['expandDims', () => t.expandDims(), [1, 2, 3]],
    ['expandDims at the end', () => t.expandDims(-1), [2, 3, 1]],
    ['expandDims between', () => t.expandDims(1), [2, 1, 3]],
    ['squeeze', () => tensor([[[1], [2]]]).squeeze(), [2]],
    ['rows', () => t.rows(1, 2), [1, 3]],
    ['no rows', () => t.rows(1, 1), [0, 3]],
  ])('%s', (_, make, shape) => expect(make().shape).toEqual(shape));

  test('elements stay in order', () => {
    expect(t.reshape([3, 2]).array()).toEqual([
      [1, 2],
      [3, 4],
      [5, 6],
    ]);
    expect(t.rows(1, 2).array()).toEqual([[4, 5, 6]]);
    expect(
      tensor([['a'], ['b'], ['c']])
        .rows(1, 3)
        .array(),
    ).toEqual([['b'], ['c']]);
    expect(tensor([1n, 2n, 3n]).rows(2, 3).array()).toEqual([3n]);
  });

  test.each<[string, string, () => unknown]>([
    ['reshape to another size', 'ERR_SHAPE', () => t.reshape([4])],
    ['reshape to an open dimension that is no whole number', 'ERR_SHAPE', () => t.reshape([4, -1])],
    ['reshape to negative dimensions', 'ERR_SHAPE', () => t.reshape([-2, -3])],
    ['expandDims beyond the rank', 'ERR_ARGUMENT', () => t.expandDims(3)],
    ['rows beyond the last', 'ERR_ARGUMENT', () => t.rows(1, 3)],
    ['rows before the first', 'ERR_ARGUMENT', () => t.rows(-1, 1)],
    ['rows backwards', 'ERR_ARGUMENT', () => t.rows(2, 1)],
    ['rows of a scalar', 'ERR_ARGUMENT', () => tensor(1).rows(0, 1)],
  ])('refuses %s', (_, code, make) => expect(make).toThrow(failing(code)));
});

describe('dispose', () => {
  test('is idempotent, and shows', () => {
    const t = tensor([1]);
    expect(t.disposed).toBe(false);
    t.dispose();
    t.dispose();
    expect(t.disposed).toBe(true);
    expect(String(t)).toBe('Tensor(float32 [1])');
    expect(t.shape).toEqual([1]);
  });

  test.each<[string, (t: Tensor) => unknown]>([
    ['dataSync', (t) => t.dataSync()],
    ['array', (t) => t.array()],
    ['bytes', (t) => t.bytes()],
    ['reshape', (t) => t.reshape([1, 1])],
    ['expandDims', (t) => t.expandDims()],
    ['squeeze', (t) => t.squeeze()],
    ['rows', (t) => t.rows(0, 1)],
  ])('%s afterwards is refused', (_, use) => {
    for (const t of [tensor([1]), tensor(['a'])]) {
      t.dispose();
      expect(() => use(t)).toThrow(failing('ERR_DISPOSED'));
    }
  });

  test('data afterwards is refused', async () => {
    const t = tensor([1]);
    t.dispose();
    await expect(t.data()).rejects.toMatchObject({ code: 'ERR_DISPOSED' });
  });

  test('at the end of a block', () => {
    let seen: Tensor | undefined;
    {
      using t = tensor([1]);
      seen = t;
    }
    expect(seen.disposed).toBe(true);
  });

  test('what was read before stays readable; other shapes own the memory too', () => {
    const t = tensor([1, 2]);
    const data = t.dataSync();
    const column = t.reshape([2, 1]);
    t.dispose();
    expect(data).toEqual(Float32Array.of(1, 2));
    expect(column.array()).toEqual([[1], [2]]);
  });
});

test('concatRows joins along the first axis', () => {
  expect(
    concatRows([
      tensor([[1, 2]]),
      tensor([
        [3, 4],
        [5, 6],
      ]),
    ]).array(),
  ).toEqual([
    [1, 2],
    [3, 4],
    [5, 6],
  ]);
  expect(concatRows([tensor(['a']), tensor(['b'])]).array()).toEqual(['a', 'b']);
  expect(() => concatRows([])).toThrow(failing('ERR_ARGUMENT'));
});

test.each([['int32'], [3], [[1.5]], [[-1]], [[null]]])('a shape that is none is refused: %j', (shape) => {
  expect(() => tensor([1], shape as never)).toThrow(expect.objectContaining({ code: 'ERR_SHAPE' }));
});

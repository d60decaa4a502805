import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { DType } from '../../../../src/core/dtype.js';
import { dtypeNumber } from '../../../../src/core/dtype.js';
import { type Tensor, tensor } from '../../../../src/core/tensor.js';
import { type DataType, type TensorProto, TensorProtoSchema } from '../../../../src/proto/graph.js';
import { protoOfTensor, tensorOfProto } from '../../../../src/serving/grpc/tensor-proto.js';

const LIMIT = 10_000;

function proto(dtype: DType, dims: readonly (number | bigint)[], fields: Partial<TensorProto>): TensorProto {
  const dim = dims.map((size) => ({ size: BigInt(size) }));
  return create(TensorProtoSchema, { dtype: dtypeNumber(dtype) as DataType, tensorShape: { dim }, ...fields } as never);
}

const read = (...args: Parameters<typeof proto>): Tensor => tensorOfProto(proto(...args), LIMIT);
const bytes = (...values: number[]) => Uint8Array.from(values);
const text = (value: string) => new Uint8Array(Buffer.from(value));

describe('a tensor is read', () => {
  test.each<[string, DType, number[], Partial<TensorProto>, unknown]>([
    ['float32', 'float32', [2], { floatVal: [1.5, -2] }, [1.5, -2]],
    ['float64', 'float64', [], { doubleVal: [0.1] }, 0.1],
    ['int32', 'int32', [1, 2], { intVal: [7, -7] }, [[7, -7]]],
    ['uint8', 'uint8', [2], { intVal: [0, 255] }, [0, 255]],
    ['int8', 'int8', [1], { intVal: [-128] }, [-128]],
    ['int64 beyond 2⁵³', 'int64', [1], { int64Val: [2n ** 53n + 1n] }, [2n ** 53n + 1n]],
    ['uint64', 'uint64', [1], { uint64Val: [2n ** 64n - 1n] }, [2n ** 64n - 1n]],
    ['uint32', 'uint32', [1], { uint32Val: [2 ** 32 - 1] }, [2 ** 32 - 1]],
    ['bool', 'bool', [2], { boolVal: [true, false] }, [true, false]],
    ['half: bits', 'float16', [2], { halfVal: [0x3c00, 0xc000] }, [1, -2]],
    ['bfloat16: bits', 'bfloat16', [2], { halfVal: [0x3f80, 0xc000] }, [1, -2]],
    ['complex64: pairs', 'complex64', [1], { scomplexVal: [1, 2] }, [[1, 2]]],
    ['complex128: pairs', 'complex128', [1], { dcomplexVal: [1, 2] }, [[1, 2]]],
    ['strings', 'string', [2], { stringVal: [text('a'), text('é')] }, ['a', 'é']],
    ['bytes of float32', 'float32', [1], { tensorContent: bytes(0, 0, 0xc0, 0x3f) }, [1.5]],
    ['bytes of bool, all but 0 true', 'bool', [3], { tensorContent: bytes(0, 1, 200) }, [false, true, true]],
    ['bytes of strings: lengths, then characters', 'string', [2], { tensorContent: bytes(1, 2, 97, 98, 99) }, ['a', 'bc']],
    ['one value for all', 'float32', [3], { floatVal: [2] }, [2, 2, 2]],
    ['the last value for the rest', 'int32', [4], { intVal: [1, 2] }, [1, 2, 2, 2]],
    ['a complex value for all', 'complex64', [2], { scomplexVal: [1, 2] }, [[1, 2], [1, 2]]],
    ['a string for all', 'string', [2], { stringVal: [text('a')] }, ['a', 'a']],
    ['no value: zeros', 'int64', [2], {}, [0n, 0n]],
    ['no string: empty ones', 'string', [2], {}, ['', '']],
    ['no elements', 'float32', [0, 3], {}, []],
  ])('%s', (_, dtype, dims, fields, expected) => {
    expect(read(dtype, dims, fields).array()).toEqual(expected);
  }); // biome-ignore format: a table

  test('a scalar without a shape', () => {
    const scalar = create(TensorProtoSchema, { dtype: 1, floatVal: [4] } as never);
    expect(tensorOfProto(scalar, LIMIT).array()).toBe(4);
  });
});

describe('what is no tensor is refused before there is one', () => {
  test.each<[string, DType, (number | bigint)[], Partial<TensorProto>, RegExp, string]>([
    ['too many values', 'float32', [1], { floatVal: [1, 2] }, /2 values were given for 1 elements/, 'INVALID_ARGUMENT'],
    ['half a complex value', 'complex64', [1], { scomplexVal: [1] }, /0.5 values/, 'INVALID_ARGUMENT'],
    ['values of another dtype fill nothing', 'float32', [2 ** 40], { floatVal: [1] }, /at most 10000 bytes/, 'RESOURCE_EXHAUSTED'],
    ['too few bytes', 'float32', [2], { tensorContent: bytes(0, 0, 0, 0) }, /takes 8 bytes, got 4/, 'INVALID_ARGUMENT'],
    ['a negative dimension', 'float32', [-1], { floatVal: [1] }, /from 0 up, got -1/, 'INVALID_ARGUMENT'],
    ['a dimension beyond numbers', 'float32', [2n ** 62n], {}, /from 0 up/, 'INVALID_ARGUMENT'],
    ['a product that overflows', 'float32', [2 ** 40, 2 ** 40], {}, /at most/, 'RESOURCE_EXHAUSTED'],
    ['an overflow behind a zero', 'float32', [0, 2 ** 40, 2 ** 40], {}, /at most/, 'RESOURCE_EXHAUSTED'],
    ['strings without bytes', 'string', [2 ** 40], {}, /at most/, 'RESOURCE_EXHAUSTED'],
    ['too many dimensions', 'float32', new Array(300).fill(1), { floatVal: [1] }, /at most 254 dimensions/, 'INVALID_ARGUMENT'],
    ['strings that end early', 'string', [2], { tensorContent: bytes(1, 2, 97) }, /does not hold 2 strings/, 'INVALID_ARGUMENT'],
    ['lengths that end early', 'string', [3], { tensorContent: bytes(0) }, /ends within the lengths/, 'INVALID_ARGUMENT'],
    ['a resource', 'resource', [], {}, /resource/, 'INVALID_ARGUMENT'],
    ['a variant', 'variant', [], { tensorContent: bytes(1) }, /variant/, 'INVALID_ARGUMENT'],
  ])('%s', (_, dtype, dims, fields, message, code) => {
    expect(() => read(dtype, dims, fields)).toThrow(expect.objectContaining({ message: expect.stringMatching(message), code: `TF_${code}` }));
  }); // biome-ignore format: a table

  test('an unknown rank, an unknown dtype', () => {
    const open = create(TensorProtoSchema, { dtype: 1, tensorShape: { unknownRank: true } } as never);
    expect(() => tensorOfProto(open, LIMIT)).toThrow(/no rank/);
    expect(() => tensorOfProto(create(TensorProtoSchema, { dtype: 77 } as never), LIMIT)).toThrow(/no dtype number 77/);
  });
});

test('a tensor is written in the field of its dtype, as clients of TensorFlow Serving read it', () => {
  const written = (value: Tensor) => fromBinary(TensorProtoSchema, toBinary(TensorProtoSchema, protoOfTensor(value)));
  expect(written(tensor([[1.5, -2]]))).toMatchObject({
    dtype: 1,
    tensorShape: { dim: [{ size: 1n }, { size: 2n }] },
    floatVal: [1.5, -2],
  });
  expect(written(tensor(['é'])).stringVal).toEqual([text('é')]);
  expect(written(tensor([1n, -1n])).int64Val).toEqual([1n, -1n]);
  expect(written(tensor([true, false], undefined, 'bool')).boolVal).toEqual([true, false]);
  expect(written(tensor([1, -2], undefined, 'float16')).halfVal).toEqual([0x3c00, 0xc000]);
  expect(written(tensor([[1, 2]], undefined, 'complex64')).scomplexVal).toEqual([1, 2]);
  expect(written(tensor([3], undefined, 'uint8')).intVal).toEqual([3]);
  expect(written(tensor([0.1], undefined, 'float64')).doubleVal).toEqual([0.1]);
});

test('what is written is what is read', () => {
  const dtype = fc.constantFrom<DType>(
    'float32',
    'float64',
    'int32',
    'int64',
    'uint64',
    'bool',
    'string',
    'uint16',
    'int4',
  );
  fc.assert(
    fc.property(dtype, fc.array(fc.nat(3), { maxLength: 3 }), fc.nat(1), (dtype, shape, first) => {
      const size = shape.reduce((a, b) => a * b, 1);
      const elements = Array.from({ length: size }, (_, i) => (dtype === 'string' ? `${first + i}` : (first + i) % 2));
      using given = tensor(elements, shape, dtype);
      using back = tensorOfProto(
        fromBinary(TensorProtoSchema, toBinary(TensorProtoSchema, protoOfTensor(given))),
        LIMIT,
      );
      expect([back.dtype, back.shape, back.array()]).toEqual([dtype, shape, given.array()]);
    }),
  );
});

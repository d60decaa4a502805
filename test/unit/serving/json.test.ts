import { describe, expect, test } from 'vitest';
import type { DType } from '../../../src/core/dtype.js';
import { tensor } from '../../../src/core/tensor.js';
import { float32Text } from '../../../src/serving/http/json/float-text.js';
import type { JsonValue } from '../../../src/serving/http/json/json-value.js';
import { parseRequest } from '../../../src/serving/http/json/parse-json.js';
import { TensorBuilder } from '../../../src/serving/http/json/tensor-builder.js';
import { rowTexts, tensorText } from '../../../src/serving/http/json/tensor-to-json.js';

const read = (value: JsonValue, dtype: DType) => {
  const builder = new TensorBuilder(dtype);
  builder.add(value);
  return builder.one();
};

describe('a request’s JSON', () => {
  test('has the bare tokens of numbers that are none', () => {
    expect(parseRequest('{"a": [NaN, Infinity, -Infinity, -1.5e3, true, null, "\\u00e9\\n", {}, []]}')).toEqual({
      a: [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -1500, true, null, 'é\n', {}, []],
    });
  });

  test('keeps whole numbers whole where asked', () => {
    expect(parseRequest('{"a": [9223372036854775807, -1, 1.0, 2e0]}', true)).toEqual({
      a: [9223372036854775807n, -1n, 1, 2],
    });
  });

  test('has strings of any length, with any escapes', () => {
    const text = '\\"\\\\'.repeat(1_000_000);
    expect(parseRequest(`{"a": "${text}", "b": NaN}`)).toEqual({ a: '"\\'.repeat(1_000_000), b: Number.NaN });
  });

  test('has no member that reaches the prototype', () => {
    const value = parseRequest('{"__proto__": {"polluted": NaN}}');
    expect(Object.hasOwn(value, '__proto__')).toBe(true);
    expect(value.polluted).toBeUndefined();
  });

  test.each([
    ['', 'JSON Parse error: The document is empty'],
    ['[1]', 'Is not object'],
    ['{"a": ', 'JSON Parse error: Invalid value. at offset: 6'],
    ['{"a" 1}', 'Missing a colon'],
    ['{"a": [1 2]}', 'Missing a comma or ] after an element. at offset: 9'],
    ['{"a": "b}', 'Invalid string.'],
    ['{"a": "\\x"}', 'Invalid string.'],
    ['{"a": 1} 2', 'must not be followed by other values'],
    ['{"a": -}', 'Invalid value.'],
    ['{"a": 1e400}', 'Number too big to be stored in double. at offset: 11'],
    ['{"a": [NaN, -2.5E+309]}', 'Number too big to be stored in double.'],
    [`{"a": 1${'0'.repeat(310)}}`, 'Number too big to be stored in double.'],
    [`{"a": ${'['.repeat(100_000)}`, 'Nested deeper than 260.'],
  ])('that is malformed is refused: %.20s', (text, message) => {
    expect(() => parseRequest(text)).toThrow(expect.objectContaining({ code: 'TF_INVALID_ARGUMENT' }));
    expect(() => parseRequest(text)).toThrow(message);
  });
});

describe('a tensor from JSON', () => {
  test.each<[DType, JsonValue, unknown, number[]]>([
    ['float32', [[1, 2.5], [3, 4]], [[1, 2.5], [3, 4]], [2, 2]],
    ['float64', 0.1, 0.1, []],
    ['float32', [], [], [0]],
    ['float32', [Number.NaN, Number.NEGATIVE_INFINITY], [Number.NaN, Number.NEGATIVE_INFINITY], [2]],
    ['float16', [0.5], [0.5], [1]],
    ['int32', [-(2 ** 31), 2 ** 31 - 1], [-(2 ** 31), 2 ** 31 - 1], [2]],
    ['int64', [9223372036854775807n, 1], [9223372036854775807n, 1n], [2]],
    ['uint8', [0, 255], [0, 255], [2]],
    ['uint64', [18446744073709551615n], [18446744073709551615n], [1]],
    ['bool', [true, false], [true, false], [2]],
    ['string', ['a', { b64: 'Yg==' }, { b64: 'Yw' }], ['a', 'b', 'c'], [3]],
  ])('%s', (dtype, value, expected, shape) => {
    using made = read(value, dtype);
    expect(made.shape).toEqual(shape);
    expect(made.array()).toEqual(expected);
  }); // biome-ignore format: a table

  test.each<[DType, JsonValue, string]>([
    ['float32', '1', 'JSON Value: "1" Type: String is not of expected type: float'],
    ['float32', [null], 'JSON Value: null Type: Null is not of expected type: float32'],
    ['float32', 1e39, 'without loss of precision'],
    ['int32', 1.5, 'Type: Number is not of expected type: int32'],
    ['int32', 2 ** 31, 'is not of expected type: int32'],
    ['uint8', -1, 'is not of expected type: uint8'],
    ['int64', 9223372036854775808n, 'is not of expected type: int64'],
    ['bool', 1, 'is not of expected type: bool'],
    ['string', 1, 'is not of expected type: string'],
    ['string', { b64: '*' }, 'Unable to base64 decode'],
    ['string', { b64: 'YWJjZ' }, 'Unable to base64 decode'],
    ['string', { b64: 'Yg==', more: 1 }, 'not formatted correctly for base64 data'],
    ['float32', { b64: 'Yg==' }, 'Type: Object is not of expected type: float32'],
    ['float32', [[1], [1, 2]], 'Encountered list at unexpected size: 2 at level: 1 expected size: 1'],
    ['float32', [1, [2]], 'Encountered list at unexpected level: 1 expected < 1'],
    ['float32', [[1], 2], 'found at incorrect level: 2 in the JSON DOM. Expected at level: 2'],
  ])('%s is refused for what does not fit (%#)', (dtype, value, message) => {
    expect(() => read(value, dtype)).toThrow(expect.objectContaining({ code: 'TF_INVALID_ARGUMENT' }));
    expect(() => read(value, dtype)).toThrow(message);
  });

  test('of rows that differ is refused', () => {
    const builder = new TensorBuilder('float32');
    builder.add([[1, 2]]);
    expect(() => builder.add([1])).toThrow('Expecting tensor size: 2 but got: 1');
    expect(() => builder.add([1, 2])).toThrow('Expecting shape [1,2] but got: [2]');
  });

  test('of a dtype without a JSON form is refused', () => {
    expect(() => new TensorBuilder('complex64')).toThrow(expect.objectContaining({ code: 'TF_UNIMPLEMENTED' }));
  });
});

describe('JSON from a tensor', () => {
  test.each<[string, ReturnType<typeof tensor>, string]>([
    ['whole floats with a point', tensor([[1, 2.5], [-3, 0]]), '[[1.0, 2.5], [-3.0, 0.0]]'],
    ['what is no number', tensor([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]), '[NaN, Infinity, -Infinity]'],
    ['a scalar', tensor(7, [], 'int32'), '7'],
    ['64 bits', tensor([-9223372036854775808n]), '[-9223372036854775808]'],
    ['truth', tensor([true, false]), '[true, false]'],
    ['half floats', tensor([0.1], [1], 'float16'), '[0.0999755859]'],
    ['doubles', tensor([0.1], [1], 'float64'), '[0.1]'],
    ['strings', tensor(['a"', 'é']), '["a\\"", "é"]'],
    ['nothing', tensor([], [0, 3], 'float32'), '[]'],
  ])('%s', (_, given, text) => {
    expect(tensorText('y', given)).toBe(text);
  }); // biome-ignore format: a table

  test('strings of a name that ends in _bytes are base64', () => {
    expect(tensorText('picture_bytes', tensor([Buffer.from([0xff, 0])], [1], 'string'))).toBe('[{"b64": "/wA="}]');
  });

  test('by rows', () => {
    expect(rowTexts('y', tensor([[1, 2], [3, 4]], undefined, 'int32'))).toEqual(['[1, 2]', '[3, 4]']); // biome-ignore format: rows
    expect(rowTexts('y', tensor([1, 2], undefined, 'int32'))).toEqual(['1', '2']);
    expect(() => rowTexts('y', tensor(1))).toThrow('Tensor name: y has no shape information');
  });

  // As absl::StrCat, else %.9g, print them.
  test.each([
    [0.2, '0.2'],
    [9_000_000, '9000000.0'],
    [16_777_217, '16777216.0'],
    [1 / 3, '0.333333343'],
    [1e-7, '1e-7'],
    [3.4028234663852886e38, '3.40282347e+38'],
  ])('float32 %f without the noise of doubles', (value, text) => {
    expect(float32Text(Math.fround(value))).toBe(text);
  });
});

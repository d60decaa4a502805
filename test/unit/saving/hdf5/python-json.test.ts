import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatPythonJson, parsePythonJson } from '../../../../src/saving/hdf5/python-json.js';

describe('JSON as Python writes it', () => {
  test('reads NaN and infinities, but not inside strings', () => {
    expect(parsePythonJson('{"a": NaN, "b": [Infinity, -Infinity], "c": "NaN \\" Infinity \\\\"}')).toEqual({
      a: Number.NaN,
      b: [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
      c: 'NaN " Infinity \\',
    });
  });

  test('writes them, and escapes what is not ASCII', () => {
    expect(formatPythonJson({ a: Number.NaN, b: -Infinity, c: 'größe' })).toBe(
      '{"a":NaN,"b":-Infinity,"c":"gr\\u00f6\\u00dfe"}',
    );
  });

  test('reads what it wrote', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(parsePythonJson(formatPythonJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  test('refuses what is no JSON', () => {
    expect(() => parsePythonJson('{"a": nan}')).toThrow(SyntaxError);
    expect(() => parsePythonJson('{"a": NaN')).toThrow(SyntaxError);
  });
});

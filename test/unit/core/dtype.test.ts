import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  DTYPES,
  dtypeBytes,
  dtypeName,
  dtypeNumber,
  isBigInt,
  isBits,
  isComplex,
  isFloating,
  newArray,
  parseDType,
  viewOf,
} from '../../../src/core/dtype.js';
import { findLibrary, loadAddon } from '../../../src/native/library.js';

/** Names of the C header where they differ from NumPy's. */
const C_NAMES: Readonly<Record<string, string>> = {
  FLOAT: 'float32',
  DOUBLE: 'float64',
  HALF: 'float16',
  COMPLEX: 'complex64',
};

test('names and numbers are those of the C header, all of them', () => {
  const header = readFileSync(join(findLibrary().directory, 'include/tensorflow/c/tf_datatype.h'), 'utf8');
  const rows = [...header.matchAll(/^\s*TF_(\w+) = (\d+)/gm)].map(([, name = '', number]) => [
    C_NAMES[name] ?? name.toLowerCase(),
    Number(number),
  ]);
  expect(Object.fromEntries(DTYPES.map((dtype) => [dtype, dtypeNumber(dtype)]))).toEqual(Object.fromEntries(rows));
});

test('names come back from numbers, of reference types too', () => {
  for (const dtype of DTYPES) {
    expect(dtypeName(dtypeNumber(dtype))).toBe(dtype);
    expect(dtypeName(dtypeNumber(dtype) + 100)).toBe(dtype);
  }
});

test('refuses a number without a name', () => {
  expect(() => dtypeName(99)).toThrow(expect.objectContaining({ code: 'ERR_DTYPE' }));
});

test('the library agrees on the bytes of an element', () => {
  for (const dtype of DTYPES.filter((name) => dtypeBytes(name) > 0)) {
    const { byteLength } = loadAddon().allocate(dtypeNumber(dtype), [3]);
    expect([dtype, byteLength]).toEqual([dtype, 3 * dtypeBytes(dtype)]);
  }
});

describe('names as users write them', () => {
  test.each([
    ['float32', 'float32'],
    ['float', 'float32'],
    ['double', 'float64'],
    ['half', 'float16'],
  ])('%s is %s', (name, dtype) => expect(parseDType(name)).toBe(dtype));

  test('refuses an unknown one with the nearest', () => {
    expect(() => parseDType('flaot32')).toThrow(
      expect.objectContaining({
        code: 'ERR_UNKNOWN_NAME',
        message: "Unknown dtype 'flaot32'. Did you mean 'float32'?",
      }),
    );
  });
});

test('kinds', () => {
  const of = (is: (dtype: (typeof DTYPES)[number]) => boolean) => DTYPES.filter(is);
  expect(of(isComplex)).toEqual(['complex64', 'complex128']);
  expect(of(isBigInt)).toEqual(['int64', 'uint64']);
  expect(of(isFloating).filter((dtype) => !isBits(dtype))).toEqual(['float32', 'float64', 'bfloat16', 'float16']);
});

test('arrays: a complex number counts two', () => {
  expect(newArray('complex64', 4)).toEqual(new Float32Array(4));
  expect(newArray('int64', 2)).toEqual(new BigInt64Array(2));
  expect(viewOf('float16', Uint16Array.of(0x3c00).buffer)).toEqual(Uint16Array.of(0x3c00));
  expect(() => viewOf('string', new ArrayBuffer(0))).toThrow(expect.objectContaining({ code: 'ERR_DTYPE' }));
});

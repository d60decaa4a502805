import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { type DType, viewOf } from '../../src/core/dtype.js';
import { type Tensor, tensor } from '../../src/core/tensor.js';

/** An array as the fixtures keep it: base64 of little-endian values. */
export interface PackedArray {
  dtype: DType;
  shape: number[];
  b64: string;
}

/** Words, spelled out. */
export interface PackedText {
  dtype: 'string';
  shape: number[];
  values: string[];
}

export interface Tolerance {
  rtol: number;
  atol: number;
}

export function readFixture<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`../../../shared/fixtures/${name}`, import.meta.url), 'utf8')) as T;
}

export function unpack({ dtype, shape, b64 }: PackedArray): Tensor {
  const bytes = Buffer.from(b64, 'base64');
  const copy = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
  return tensor(viewOf(dtype, copy), shape, dtype);
}

export function unpackText({ shape, values }: PackedText): Tensor {
  return tensor(values, shape, 'string');
}

export function valuesOf({ dtype, b64 }: PackedArray): number[] {
  const bytes = Buffer.from(b64, 'base64');
  const copy = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
  return Array.from(viewOf(dtype, copy) as ArrayLike<number | bigint>, Number);
}

/** Holds a tensor against packed values, element by element. */
export async function expectClose(got: Tensor, expected: PackedArray, { rtol, atol }: Tolerance): Promise<void> {
  const data = Array.from((await got.data()) as ArrayLike<number | bigint>, Number);
  const wanted = valuesOf(expected);
  expect(got.shape).toEqual(expected.shape);
  const wrong = wanted.flatMap((want, i) => {
    const value = data[i] ?? Number.NaN;
    if (Number.isNaN(want) && Number.isNaN(value)) return [];
    return Math.abs(value - want) <= atol + rtol * Math.abs(want) ? [] : [{ i, value, want }];
  });
  expect(wrong.slice(0, 5)).toEqual([]);
}

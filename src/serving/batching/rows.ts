import { dtypeBytes, dtypeNumber } from '../../core/dtype.js';
import { sizeOf } from '../../core/shape.js';
import { Tensor } from '../../core/tensor.js';
import { loadAddon } from '../../native/library.js';

/** Rows `begin` … `end` − 1 of a tensor. */
export interface Rows {
  readonly tensor: Tensor;
  readonly begin: number;
  readonly end: number;
}

/**
 * The rows one after the other, then the first one again and again up to `count`. All have one shape but for the number
 * of rows.
 *
 * Why not an op: the bytes are copied once, on the spot; a run would cost more than that.
 */
export function joinRows(parts: readonly Rows[], count: number): Tensor {
  const [first] = parts;
  if (!first) throw new RangeError('There are no rows to join.');
  const inner = first.tensor.shape.slice(1);
  const shape = [count, ...inner];
  if (first.tensor.dtype === 'string') return stringRows(parts, shape, sizeOf(inner));
  return plainRows(parts, shape, sizeOf(inner) * dtypeBytes(first.tensor.dtype));
}

function stringRows(parts: readonly Rows[], shape: readonly number[], width: number): Tensor {
  const strings = parts.flatMap(({ tensor, begin, end }) => tensor.native.strings().slice(begin * width, end * width));
  const [total, row] = [sizeOf(shape), strings.slice(0, width)];
  while (strings.length < total) strings.push(...row);
  return new Tensor(loadAddon().stringTensor(shape, strings));
}

function plainRows(parts: readonly Rows[], shape: readonly number[], stride: number): Tensor {
  const addon = loadAddon();
  const dtype = dtypeNumber(parts[0]?.tensor.dtype ?? 'float32');
  // Why: memory of the library is filled in place where the runtime shares it.
  const shared = addon.externalBuffers() ? addon.allocate(dtype, shape) : undefined;
  const bytes = shared ? new Uint8Array(shared.buffer()) : new Uint8Array(stride * (shape[0] ?? 0));
  let at = 0;
  for (const { tensor, begin, end } of parts) {
    bytes.set(tensor.bytes().subarray(begin * stride, end * stride), at);
    at += (end - begin) * stride;
  }
  for (; at < bytes.length; at += stride) bytes.copyWithin(at, 0, stride);
  return new Tensor(shared ?? addon.tensor(dtype, shape, bytes));
}

/** Copies of runs of rows, each beginning where the one before ends. */
export function splitRows(whole: Tensor, counts: readonly number[]): Tensor[] {
  const addon = loadAddon();
  const inner = whole.shape.slice(1);
  const isText = whole.dtype === 'string';
  const stride = sizeOf(inner) * (isText ? 1 : dtypeBytes(whole.dtype));
  const strings = isText ? whole.native.strings() : [];
  const bytes = isText ? new Uint8Array() : whole.bytes();
  let begin = 0;
  return counts.map((count) => {
    const end = begin + count * stride;
    const shape = [count, ...inner];
    const native = isText
      ? addon.stringTensor(shape, strings.slice(begin, end))
      : addon.tensor(whole.native.dtype, shape, bytes.subarray(begin, end));
    begin = end;
    return new Tensor(native);
  });
}

/** A copy whose axes behind the first have these lengths; what is added repeats the first element, as TensorFlow Serving pads. */
export function padInner(tensor: Tensor, inner: readonly number[]): Tensor {
  const shape = [tensor.shape[0] ?? 0, ...inner];
  const addon = loadAddon();
  const isText = tensor.dtype === 'string';
  if (isText) {
    const strings = tensor.native.strings();
    const padded = new Array<Uint8Array>(sizeOf(shape)).fill(strings[0] ?? new Uint8Array());
    eachRun(tensor.shape, shape, (from, to, length) => {
      for (let i = 0; i < length; i++) padded[to + i] = strings[from + i] ?? new Uint8Array();
    });
    return new Tensor(addon.stringTensor(shape, padded));
  }
  const width = dtypeBytes(tensor.dtype);
  const bytes = tensor.bytes();
  const padded = Buffer.alloc(sizeOf(shape) * width, bytes.subarray(0, width));
  eachRun(tensor.shape, shape, (from, to, length) =>
    padded.set(bytes.subarray(from * width, (from + length) * width), to * width),
  );
  return new Tensor(addon.tensor(tensor.native.dtype, shape, padded));
}

/** Each run of elements along the last axis: where it begins in a tensor, where in a larger one, and its length. */
function eachRun(
  shape: readonly number[],
  larger: readonly number[],
  copy: (from: number, to: number, length: number) => void,
): void {
  const length = shape.at(-1) ?? 1;
  const walk = (axis: number, from: number, to: number): void => {
    if (axis >= shape.length - 1) {
      copy(from * length, to * (larger.at(-1) ?? 1), length);
      return;
    }
    const [count, room] = [shape[axis] ?? 1, larger[axis] ?? 1];
    for (let i = 0; i < count; i++) walk(axis + 1, from * count + i, to * room + i);
  };
  walk(0, 0, 0);
}

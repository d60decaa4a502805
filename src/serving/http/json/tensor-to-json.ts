import { type DType, isFloating } from '../../../core/dtype.js';
import { sizeOf } from '../../../core/shape.js';
import type { Tensor } from '../../../core/tensor.js';
import { invalid } from '../../invalid.js';
import { decimalText, float32ListText } from './float-text.js';

/** Strings of a tensor of such a name are bytes. */
export function isBytes(name: string): boolean {
  return name.endsWith('_bytes');
}

/** A tensor as JSON; numbers that are none are the tokens NaN, Infinity and -Infinity. */
export function tensorText(name: string, tensor: Tensor): string {
  return writerOf(name, tensor)(tensor.shape, 0);
}

/**
 * Each row of a tensor as JSON.
 *
 * @throws TF_INVALID_ARGUMENT where there are no rows
 */
export function rowTexts(name: string, tensor: Tensor): string[] {
  const [rows, ...inner] = tensor.shape;
  if (rows === undefined) throw invalid(`Tensor name: ${name} has no shape information `);
  const write = writerOf(name, tensor);
  return Array.from({ length: rows }, (_, row) => write(inner, row * sizeOf(inner)));
}

/** All elements of a tensor as one list. */
export function flatText(tensor: Tensor): string {
  return writerOf('', tensor)([tensor.size], 0);
}

/** What writes a part of a tensor: elements of this shape, from an offset on. */
function writerOf(name: string, tensor: Tensor): (shape: readonly number[], offset: number) => string {
  const floats = tensor.dtype !== 'float64' && isFloating(tensor.dtype) ? tensor.dataSync() : undefined;
  if (floats instanceof Float32Array) return (shape, offset) => float32ListText(floats, shape, offset);
  const elements = elementTexts(name, tensor);
  return (shape, offset) => nested(elements, shape, 0, offset);
}

function nested(elements: readonly string[], shape: readonly number[], axis: number, offset: number): string {
  if (axis === shape.length) return elements[offset] ?? '';
  const length = shape[axis] ?? 0;
  if (axis === shape.length - 1) return `[${elements.slice(offset, offset + length).join(', ')}]`;
  const stride = sizeOf(shape.slice(axis + 1));
  return `[${Array.from({ length }, (_, i) => nested(elements, shape, axis + 1, offset + i * stride)).join(', ')}]`;
}

const WHOLE: ReadonlySet<DType> = new Set(['int8', 'int16', 'int32', 'int64', 'uint8', 'uint16', 'uint32', 'uint64']);

function elementTexts(name: string, tensor: Tensor): string[] {
  const { dtype } = tensor;
  if (dtype === 'string') return tensor.native.strings().map((bytes) => stringText(bytes, isBytes(name)));
  const data = tensor.dataSync() as ArrayLike<number>;
  if (WHOLE.has(dtype)) return Array.from(data, String);
  if (dtype === 'bool') return Array.from(data, (value) => String(value === 1));
  if (dtype === 'float64') return Array.from(data, decimalText);
  throw invalid(`Failed to write JSON value for tensor type: ${dtype}`);
}

function stringText(bytes: Uint8Array, asBase64: boolean): string {
  const text = Buffer.from(bytes);
  return asBase64 ? `{"b64": "${text.toString('base64')}"}` : JSON.stringify(text.toString('utf8'));
}

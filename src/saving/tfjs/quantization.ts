import type { TypedArray } from '../../core/dtype.js';
import { fromFloat16, toFloat16 } from '../../core/half.js';
import { TensorFlowError } from '../../errors/errors.js';

/** How a weight's elements are kept in fewer bytes: half floats, or numbers of steps above the smallest value. */
export type Quantization =
  | { readonly dtype: 'uint8' | 'uint16'; readonly min: number; readonly scale: number }
  | { readonly dtype: 'float16' };

/** What can be quantised to. */
export type QuantizedType = Quantization['dtype'];

/** The types with their bytes an element. */
export const QUANTIZED_BYTES: Readonly<Record<QuantizedType, number>> = { uint8: 1, uint16: 2, float16: 2 };

const LARGEST_FLOAT16 = 65504;

/** The values of elements, as tfjs has them. */
export function dequantize(bytes: Buffer, quantization: Quantization, dtype: 'float32' | 'int32'): TypedArray {
  const stored = QUANTIZED_BYTES[quantization.dtype] === 1 ? bytes : wordsOf(bytes);
  if (quantization.dtype === 'float16') return Float32Array.from(stored, fromFloat16);
  const { min, scale } = quantization;
  if (dtype === 'int32') return Int32Array.from(stored, (steps) => Math.round(steps * scale + min));
  return Float32Array.from(stored, (steps) => steps * scale + min);
}

/** Why a copy: the bytes may begin at an odd place. */
function wordsOf(bytes: Buffer): Uint16Array {
  return new Uint16Array(Uint8Array.from(bytes).buffer);
}

/**
 * Elements in fewer bytes. Zero stays exactly zero, as in tfjs' converter.
 *
 * @throws ERR_ARGUMENT for values that the type does not have
 */
export function quantize(
  name: string,
  values: Float32Array,
  dtype: QuantizedType,
): { quantization: Quantization; bytes: Uint8Array } {
  const [low, high] = boundsOf(values);
  const largest = dtype === 'float16' ? LARGEST_FLOAT16 : Number.MAX_VALUE;
  if (!(Math.max(-low, high) <= largest)) {
    throw new TensorFlowError(
      'ERR_ARGUMENT',
      `Weight '${name}' has values from ${low} to ${high}, which ${dtype} cannot hold; save it without quantization.`,
    );
  }
  if (dtype === 'float16') return { quantization: { dtype }, bytes: bytesOf(Uint16Array.from(values, toFloat16)) };
  const { min, scale } = gridOf(low, high, 2 ** (8 * QUANTIZED_BYTES[dtype]) - 1);
  const stepsOf = (value: number): number => Math.round((value - min) / scale);
  const steps = dtype === 'uint8' ? Uint8Array.from(values, stepsOf) : Uint16Array.from(values, stepsOf);
  return { quantization: { dtype, min, scale }, bytes: bytesOf(steps) };
}

/** NaN where one of the values is. */
function boundsOf(values: Float32Array): [low: number, high: number] {
  let [low, high] = [values[0] ?? 0, values[0] ?? 0];
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return [low, high];
}

/** Steps between two values, moved so that zero, where it lies between, is one of them. */
function gridOf(low: number, high: number, steps: number): { min: number; scale: number } {
  if (low === high) return { min: low, scale: 1 };
  const scale = (high - low) / steps;
  if (low > 0 || high < 0) return { min: low, scale };
  const below = Math.round(-low / scale);
  // Why wider: the move takes up to half a step away at one end.
  const wide = Math.max(below > 0 ? -low / below : 0, below < steps ? high / (steps - below) : 0);
  return { min: below === 0 ? 0 : -below * wide, scale: wide };
}

function bytesOf(data: Uint8Array | Uint16Array): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

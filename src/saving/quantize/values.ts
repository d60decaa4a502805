import type { Output } from '../../core/output.js';
import { Program } from '../../core/program.js';
import { spec } from '../../core/spec.js';
import type { Tensor } from '../../core/tensor.js';
import { TensorFlowError } from '../../errors/errors.js';
import type { QuantizedTo } from '../../models/export-options.js';
import * as ops from '../../ops/index.js';

/** A weight in fewer bytes. */
export interface QuantizedValue {
  readonly value: Tensor;
  /** What elements are multiplied by; of the weight's rank. */
  readonly scale: Tensor | undefined;
  /** Greatest distance of an element from what it was. */
  readonly largestChange: number;
}

const LARGEST_FLOAT16 = 65504;
const LARGEST_INT8 = 127;

type Quantized = Record<'value' | 'change' | 'largest', Output> & { readonly scale?: Output };

function toFloat16(weight: Output): Quantized {
  const value = ops.cast(weight, 'float16');
  return { value, change: ops.sub(ops.cast(value, 'float32'), weight), largest: ops.abs(weight) };
}

/** Symmetric: zero stays zero; a scale for each place along the axes that are kept. */
function toInt8(weight: Output, kept: readonly number[]): Quantized {
  const others = (weight.shape ?? []).map((_, axis) => axis).filter((axis) => !kept.includes(axis));
  const largest = ops.max(ops.abs(weight), others, { keepDims: true });
  const scale = ops.select(ops.greater(largest, 0), ops.div(largest, LARGEST_INT8), ops.onesLike(largest));
  const steps = ops.round(ops.div(weight, scale));
  return { value: ops.cast(steps, 'int8'), scale, change: ops.sub(ops.mul(steps, scale), weight), largest };
}

/**
 * A weight as float16, or as int8 with a scale for each channel.
 *
 * @param channels axes along which there is a scale for each place
 * @throws ERR_ARGUMENT for values that are no numbers, or beyond float16
 */
export async function quantizeValue(
  name: string,
  weight: Tensor,
  to: QuantizedTo,
  channels: readonly number[],
): Promise<QuantizedValue> {
  using program = new Program({ seed: 0 });
  const quantize = program.trace('quantize', { weight: spec('float32', weight.shape) }, ({ weight }) => {
    const { change, largest, ...kept } = to === 'float16' ? toFloat16(weight) : toInt8(weight, channels);
    const greatest = (values: Output): Output => ops.max(ops.abs(ops.reshape(values, [-1])), [0]);
    return { ...kept, change: greatest(change), largest: greatest(largest) };
  });
  const { value, scale, change, largest } = (await quantize({ weight })) as Record<string, Tensor>;
  const reach = Number(largest?.array());
  if (!(reach <= (to === 'float16' ? LARGEST_FLOAT16 : Number.MAX_VALUE))) {
    throw new TensorFlowError(
      'ERR_ARGUMENT',
      `Weight '${name}' has values up to ${reach}, which ${to} cannot hold; export it without quantize.`,
    );
  }
  return { value: value as Tensor, scale, largestChange: Number(change?.array()) };
}

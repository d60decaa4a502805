import type { Output } from '../../core/output.js';
import { TensorFlowError } from '../../errors/errors.js';
import { relu } from '../../nn/activations.js';
import { Layer, type LayerOptions } from '../layer.js';

export interface ReLUOptions extends LayerOptions {
  /** Where it saturates, 0 or more. Default null: nowhere. */
  maxValue?: number | null;
  /** Slope below the threshold, 0 or more. Default 0. */
  negativeSlope?: number;
  /** Values up to it count as negative; 0 or more. Default 0. */
  threshold?: number;
}

/**
 * `x` above the threshold, up to `maxValue`; else `negativeSlope · (x − threshold)` (Keras `ReLU`).
 *
 * Output shape: as the input's.
 *
 * @example
 * reLU({ maxValue: 6 });
 */
export class ReLU extends Layer {
  static override readonly className = 'ReLU';
  static override readonly supportsMasking: boolean = true;
  static override readonly optionNames = ['maxValue', 'negativeSlope', 'threshold'];

  readonly maxValue: number | null;
  readonly negativeSlope: number;
  readonly threshold: number;

  constructor(options: ReLUOptions = {}) {
    super(options);
    const where = `ReLU '${this.name}'`;
    this.maxValue = options.maxValue == null ? null : notNegative(`${where}: maxValue`, options.maxValue);
    this.negativeSlope = notNegative(`${where}: negativeSlope`, options.negativeSlope ?? 0);
    this.threshold = notNegative(`${where}: threshold`, options.threshold ?? 0);
  }

  override call(x: Output): Output {
    const { maxValue, negativeSlope, threshold } = this;
    return relu(x, { maxValue, negativeSlope, threshold });
  }

  override getConfig(): Record<string, unknown> {
    const { maxValue, negativeSlope, threshold } = this;
    return { ...super.getConfig(), max_value: maxValue, negative_slope: negativeSlope, threshold };
  }
}

function notNegative(where: string, value: number): number {
  if (Number.isFinite(value) && value >= 0) return value;
  throw new TensorFlowError('ERR_ARGUMENT', `${where} must be a number of 0 or more, got ${JSON.stringify(value)}.`);
}

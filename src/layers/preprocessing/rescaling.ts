import type { Output } from '../../core/output.js';
import * as ops from '../../ops/index.js';
import { Layer, type LayerOptions } from '../layer.js';

export interface RescalingOptions extends LayerOptions {
  /** One factor, or one for each channel. */
  scale: number | readonly number[];
  /** What is added then. Default 0. */
  offset?: number | readonly number[];
}

/**
 * `x · scale + offset` (Keras `Rescaling`): 1/255 brings bytes to 0 … 1. Whole numbers become floats.
 *
 * Input shape: any. Output shape: the same.
 *
 * @example
 * rescaling({ scale: 1 / 127.5, offset: -1 });   // bytes to −1 … 1
 */
export class Rescaling extends Layer {
  static override readonly className = 'Rescaling';
  static override readonly supportsMasking: boolean = true;
  static override readonly optionNames = ['scale', 'offset'];

  readonly scale: number | readonly number[];
  readonly offset: number | readonly number[];

  constructor(options: RescalingOptions) {
    super(options);
    this.scale = options.scale;
    this.offset = options.offset ?? 0;
  }

  override call(x: Output): Output {
    const scaled = ops.mul(ops.cast(x, this.computeDType), ops.constant(this.scale, this.computeDType));
    return this.offset === 0 ? scaled : ops.add(scaled, ops.constant(this.offset, this.computeDType));
  }

  override getConfig(): Record<string, unknown> {
    return { ...super.getConfig(), scale: this.scale, offset: this.offset };
  }
}

import type { Output } from '../../core/output.js';
import * as ops from '../../ops/index.js';
import { checkKinds } from '../check-options.js';
import { Layer, type LayerOptions } from '../layer.js';
import { axesFromFront } from './moments.js';

export interface UnitNormalizationOptions extends LayerOptions {
  /** The axes that are normalized together. Default -1. */
  axis?: number | readonly number[];
}

/** Shorter vectors are not brought to length 1. */
const EPSILON = 1e-12;

/**
 * Scales vectors along the axes to length 1 (Keras `UnitNormalization`).
 *
 * Output shape: as the input's.
 *
 * @example
 * unitNormalization();
 */
export class UnitNormalization extends Layer {
  static override readonly className = 'UnitNormalization';
  static override readonly supportsMasking: boolean = true;
  static override readonly optionNames = ['axis'];

  readonly axis: number | readonly number[];

  constructor(options: UnitNormalizationOptions = {}) {
    super(options);
    checkKinds(this.where, options, { axis: 'axes' });
    this.axis = options.axis ?? -1;
  }

  override call(x: Output): Output {
    const axes = axesFromFront(`UnitNormalization '${this.name}'`, this.axis, x.shape ?? []);
    const squares = ops.sum(ops.square(x), axes, { keepDims: true });
    return ops.mul(x, ops.minimum(ops.rsqrt(squares), 1 / EPSILON));
  }

  override getConfig(): Record<string, unknown> {
    return { ...super.getConfig(), axis: this.axis };
  }
}

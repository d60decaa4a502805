import type { Output } from '../../core/output.js';
import { formatKerasShape, type Shape } from '../../core/shape.js';
import * as ops from '../../ops/index.js';
import { AffineNormalization, type AffineOptions } from './affine.js';
import { axesFromFront, inFloat32, moments, normalizeBy } from './moments.js';

export interface LayerNormalizationOptions extends AffineOptions {
  /** The axes that are normalized together. Default -1. */
  axis?: number | readonly number[];
  /** Older than `RMSNormalization`: divides by the standard deviation, subtracts nothing. Default false. */
  rmsScaling?: boolean;
}

/**
 * Brings each sample to mean 0 and variance 1 along the axes (Keras `LayerNormalization`; Ba et al. 2016).
 *
 * Input shape: any, with known lengths along the axes. Output shape: the same.
 *
 * @example
 * layerNormalization({ epsilon: 1e-6 });
 */
export class LayerNormalization extends AffineNormalization {
  static override readonly className = 'LayerNormalization';
  static override readonly supportsMasking: boolean = true;
  static override readonly optionNames = ['axis', 'rmsScaling', ...AffineNormalization.optionNames];

  readonly axis: number | readonly number[];
  readonly rmsScaling: boolean;

  constructor(options: LayerNormalizationOptions = {}) {
    super({ ...options, ...(options.rmsScaling && { center: false, scale: true }) });
    this.axis = options.axis ?? -1;
    this.rmsScaling = options.rmsScaling ?? false;
  }

  override build(inputShape: Shape): void {
    this.#axes(inputShape ?? []);
    // Why sorted as they are given: Keras' files have the lengths of [-1, 1] in that order.
    const axes = [this.axis].flat().toSorted((a, b) => a - b);
    const shape = axes.map((axis) => inputShape?.at(axis));
    if (!shape.every((length): length is number => length != null)) {
      const wayOut = 'Give the model an input shape.';
      throw this.shapeError(`known lengths along axis ${this.axis}`, formatKerasShape(inputShape), wayOut);
    }
    this.addAffine(shape);
  }

  override call(x: Output): Output {
    const shape = x.shape ?? [];
    const axes = this.#axes(shape);
    const aligned = shape.map((length, axis) => (axes.includes(axis) ? (length ?? 1) : 1));
    const wide = (v: Output | undefined): Output | undefined => v && ops.reshape(v, aligned);
    return inFloat32(x, (input) => {
      const statistics = moments(input, axes);
      const weights = { gamma: wide(this.gamma?.read()), beta: wide(this.beta?.read()), epsilon: this.epsilon };
      if (!this.rmsScaling) return normalizeBy(input, statistics, weights);
      const y = ops.mul(input, ops.rsqrt(ops.add(statistics.variance, this.epsilon)));
      return weights.gamma ? ops.mul(y, weights.gamma) : y;
    });
  }

  #axes(shape: readonly unknown[]): number[] {
    return axesFromFront(`LayerNormalization '${this.name}'`, this.axis, shape);
  }

  override getConfig(): Record<string, unknown> {
    return { ...super.getConfig(), axis: this.axis, rms_scaling: this.rmsScaling, ...this.affineConfig() };
  }
}

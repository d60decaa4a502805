import type { Output } from '../../core/output.js';
import { formatKerasShape, type Shape } from '../../core/shape.js';
import type { Variable } from '../../core/variable.js';
import * as ops from '../../ops/index.js';
import { checkKinds } from '../check-options.js';
import { Layer, type LayerOptions } from '../layer.js';
import { WeightRecipe } from '../weight-recipe.js';
import { axesFromFront, inFloat32 } from './moments.js';

export interface RMSNormalizationOptions extends LayerOptions {
  /** The axes that are normalized together. Default -1. */
  axis?: number | readonly number[];
  /** Added to the mean square. Default 1e-6. */
  epsilon?: number;
}

/**
 * Divides by the root of the mean square along the axes, times a learned scale (Keras `RMSNormalization`; Zhang and
 * Sennrich 2019).
 *
 * Input shape: any, with known lengths along the axes. Output shape: the same.
 *
 * @example
 * rmsNormalization();
 */
export class RMSNormalization extends Layer {
  static override readonly className = 'RMSNormalization';
  static override readonly optionNames = ['axis', 'epsilon'];

  readonly axis: number | readonly number[];
  readonly epsilon: number;
  #scale!: Variable;

  constructor(options: RMSNormalizationOptions = {}) {
    super(options);
    checkKinds(this.where, options, { axis: 'axes', epsilon: 'positive' });
    this.axis = options.axis ?? -1;
    this.epsilon = options.epsilon ?? 1e-6;
  }

  override build(inputShape: Shape): void {
    const shape = this.#axes(inputShape ?? []).map((axis) => inputShape?.[axis]);
    if (!shape.every((length): length is number => length != null)) {
      const wayOut = 'Give the model an input shape.';
      throw this.shapeError(`known lengths along axis ${this.axis}`, formatKerasShape(inputShape), wayOut);
    }
    this.#scale = this.addWeight('scale', new WeightRecipe('ones').of(shape));
  }

  override call(x: Output): Output {
    const axes = this.#axes(x.shape ?? []);
    return inFloat32(x, (input) => {
      const square = ops.mean(ops.square(input), axes, { keepDims: true });
      return ops.mul(ops.mul(input, ops.rsqrt(ops.add(square, this.epsilon))), this.#aligned(axes, x.shape ?? []));
    });
  }

  /** The scale beside the axes it belongs to. */
  #aligned(axes: readonly number[], shape: readonly (number | null)[]): Output {
    const lengths = shape.map((length, axis) => (axes.includes(axis) ? (length ?? 1) : 1));
    return ops.reshape(this.#scale.read(), lengths);
  }

  #axes(shape: readonly unknown[]): number[] {
    return axesFromFront(`RMSNormalization '${this.name}'`, this.axis, shape);
  }

  override getConfig(): Record<string, unknown> {
    return { ...super.getConfig(), axis: this.axis, epsilon: this.epsilon };
  }
}

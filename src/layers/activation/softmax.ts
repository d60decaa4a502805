import { maskOf } from '../../core/mask.js';
import type { Output } from '../../core/output.js';
import * as ops from '../../ops/index.js';
import { checkKinds } from '../check-options.js';
import { Layer, type LayerInput, type LayerOptions } from '../layer.js';

export interface SoftmaxOptions extends LayerOptions {
  /** The axis, or axes, along which probabilities add up to 1. Default -1. */
  axis?: number | readonly number[];
}

/**
 * Probabilities: `exp(x) / Σ exp(x)` (Keras `Softmax`).
 *
 * Input: x, or `[x, mask]` with a mask that broadcasts to x; without one, the mask beside x or of the call. Where it is
 * false, probabilities are 0.
 * Output shape: as that of x.
 *
 * @example
 * softmax({ axis: -1 });
 */
export class Softmax extends Layer {
  static override readonly className = 'Softmax';
  static override readonly supportsMasking: boolean = true;
  static override readonly optionNames = ['axis'];

  readonly axis: number | readonly number[];

  constructor(options: SoftmaxOptions = {}) {
    super(options);
    checkKinds(this.where, options, { axis: 'axes' });
    this.axis = options.axis ?? -1;
  }

  override call(input: LayerInput): Output {
    const [x, given] = [input].flat() as [Output, Output?];
    const mask = given ?? maskOf(x);
    if (!mask) return this.#along(x);
    const seen = mask.dtype === 'bool' ? mask : ops.greater(mask, 0.5);
    const hidden = ops.constant(x.dtype === 'float16' ? -3e4 : -1e9, x.dtype);
    // Why twice: where everything is masked, the first alone would give equal probabilities.
    return ops.select(seen, this.#along(ops.select(seen, x, hidden)), ops.zerosLike(x));
  }

  #along(x: Output): Output {
    const axes = [this.axis].flat();
    const [axis = -1] = axes;
    if (axes.length === 1) return ops.softmax(x, axis);
    const powers = ops.exp(ops.sub(x, ops.stopGradient(ops.max(x, axes, { keepDims: true }))));
    return ops.div(powers, ops.sum(powers, axes, { keepDims: true }));
  }

  override getConfig(): Record<string, unknown> {
    return { ...super.getConfig(), axis: this.axis };
  }
}

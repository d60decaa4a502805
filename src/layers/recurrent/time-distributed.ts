import { maskOf, setMask } from '../../core/mask.js';
import type { Output } from '../../core/output.js';
import { formatKerasShape, type Shape } from '../../core/shape.js';
import * as ops from '../../ops/index.js';
import { Wrapper, type WrapperOptions } from '../core/wrapper.js';
import type { CallOptions } from '../layer.js';

/**
 * A layer for every step of a sequence (Keras `TimeDistributed`).
 *
 * Input shape: `[batch, steps, …]`. Output shape: `[batch, steps, …]`, the rest as the layer gives it.
 *
 * @example
 * timeDistributed({ layer: conv2d({ filters: 8, kernelSize: 3 }) });
 */
export class TimeDistributed extends Wrapper {
  static override readonly className = 'TimeDistributed';
  static override readonly supportsMasking = true;

  constructor(options: WrapperOptions) {
    super(options);
    this.part(this.layer);
    if (!this.trainable) this.trainable = false;
  }

  override build(inputShape: Shape): void {
    if (inputShape === null || inputShape.length < 3) {
      throw this.shapeError(
        '[batch, steps, …]',
        formatKerasShape(inputShape),
        'Give every sample a first axis of steps.',
      );
    }
    this.layer.build(this.program, [inputShape[0] ?? null, ...inputShape.slice(2)]);
  }

  override call(x: Output, options: CallOptions): Output {
    return x.shape?.[1] == null ? this.#mapped(x, options) : this.#unrolled(x, options);
  }

  #unrolled(x: Output, options: CallOptions): Output {
    const mask = maskOf(x);
    const masks = mask && (mask.shape?.length ?? 0) > 2 ? ops.unstack(mask, 1) : [];
    const steps = ops.unstack(x, 1).map((step, i) => {
      if (masks[i]) setMask(step, masks[i]);
      return this.layer.invoke(this.program, step, options);
    });
    return ops.stack(steps, 1);
  }

  /** Of an unknown number of steps. */
  #mapped(x: Output, options: CallOptions): Output {
    const rank = x.shape?.length ?? 0;
    const turned = ops.transpose(x, [1, 0, ...Array.from({ length: rank - 2 }, (_, i) => i + 2)]);
    const y = ops.mapFn((step) => this.layer.invoke(this.program, step, options), turned);
    return ops.transpose(y, [1, 0, ...Array.from({ length: (y.shape?.length ?? 2) - 2 }, (_, i) => i + 2)]);
  }
}

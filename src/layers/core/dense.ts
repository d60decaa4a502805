import type { Output } from '../../core/output.js';
import type { Shape } from '../../core/shape.js';
import { formatKerasShape } from '../../core/shape.js';
import type { Variable } from '../../core/variable.js';
import * as ops from '../../ops/index.js';
import { type KernelOptions, kernelOptionNames, LayerWithKernel } from '../layer-with-kernel.js';
import { tuple } from '../pairs.js';

export interface DenseOptions extends KernelOptions {
  /** Length of the output's last axis. */
  units: number;
}

/**
 * A fully connected layer: `activation(x · kernel + bias)` (Keras `Dense`).
 *
 * Input shape: `[batch, …, inputs]`. Output shape: `[batch, …, units]`.
 *
 * @example
 * dense({ units: 10, activation: 'softmax' });
 */
export class Dense extends LayerWithKernel {
  static override readonly className = 'Dense';
  static override readonly supportsMasking: boolean = true;
  static override readonly optionNames = ['units', ...kernelOptionNames];

  readonly units: number;
  #kernel!: Variable;
  #bias: Variable | undefined;

  constructor(options: DenseOptions) {
    super(options);
    this.units = tuple(`Dense '${this.name}': units`, options.units, 1)[0] as number;
  }

  override build(inputShape: Shape): void {
    const inputs = inputShape?.at(-1);
    if (inputShape === null || inputShape.length < 2 || inputs == null) {
      throw this.shapeError(
        'at least a batch and a known last axis',
        formatKerasShape(inputShape),
        'Add a batch axis with expandDims(0), or flatten() before it.',
      );
    }
    this.#kernel = this.addKernel([inputs, this.units]);
    this.#bias = this.addBias([this.units]);
  }

  override call(x: Output): Output {
    const inputs = this.#kernel.shape[0];
    const last = x.shape?.at(-1);
    if (last != null && last !== inputs) {
      throw this.shapeError(`a last axis of ${inputs}`, formatKerasShape(x.shape), 'Its kernel was built for that.');
    }
    return this.finish(this.#multiply(x), this.#bias);
  }

  /** `[batch, …, inputs]` → `[batch, …, units]`; the kernel is one matrix for all leading axes. */
  #multiply(x: Output): Output {
    if (x.shape?.length === 2) return ops.matMul(x, this.#kernel.read());
    const inputs = this.#kernel.shape[0] as number;
    const rows = ops.matMul(ops.reshape(x, [-1, inputs]), this.#kernel.read());
    const leading = ops.slice(ops.shape(x), [0], [(x.shape?.length ?? 1) - 1]);
    const y = ops.reshape(rows, ops.concat([leading, [this.units]], 0));
    return x.shape ? y.setShape([...x.shape.slice(0, -1), this.units]) : y;
  }

  override getConfig(): Record<string, unknown> {
    return { ...super.getConfig(), units: this.units, ...this.kernelConfig(), quantization_config: null };
  }
}

import type { Output } from '../../core/output.js';
import { regularizers } from '../../nn/index.js';
import { Layer, type LayerOptions } from '../layer.js';

export interface ActivityRegularizationOptions extends LayerOptions {
  /** Factor of the sum of absolute values. Default 0. */
  l1?: number;
  /** Factor of the sum of squares. Default 0. */
  l2?: number;
}

/**
 * Passes its input on; its size, over the batch size, adds to the loss (Keras `ActivityRegularization`).
 *
 * Output shape: as the input's.
 *
 * @example
 * activityRegularization({ l1: 1e-4 });
 */
export class ActivityRegularization extends Layer {
  static override readonly className = 'ActivityRegularization';
  static override readonly supportsMasking: boolean = true;
  static override readonly optionNames = ['l1', 'l2'];

  readonly l1: number;
  readonly l2: number;

  constructor({ l1 = 0, l2 = 0, ...options }: ActivityRegularizationOptions = {}) {
    super({ ...options, activityRegularizer: regularizers.l1l2({ l1, l2 }) });
    this.l1 = l1;
    this.l2 = l2;
  }

  override call(x: Output): Output {
    return x;
  }

  override getConfig(): Record<string, unknown> {
    const { activity_regularizer: _, ...config } = super.getConfig();
    return { ...config, l1: this.l1, l2: this.l2 };
  }
}

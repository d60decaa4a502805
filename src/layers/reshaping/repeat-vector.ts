import type { Output } from '../../core/output.js';
import { formatKerasShape, type Shape } from '../../core/shape.js';
import * as ops from '../../ops/index.js';
import { Layer, type LayerOptions } from '../layer.js';
import { positive } from '../pairs.js';

export interface RepeatVectorOptions extends LayerOptions {
  /** How often. */
  n: number;
}

/**
 * The same vector at each of n steps (Keras `RepeatVector`).
 *
 * Input shape: `[batch, features]`. Output shape: `[batch, n, features]`.
 *
 * @example
 * repeatVector({ n: 3 });
 */
export class RepeatVector extends Layer {
  static override readonly className = 'RepeatVector';
  static override readonly optionNames = ['n'];

  readonly n: number;

  constructor(options: RepeatVectorOptions) {
    super(options);
    this.n = positive(`RepeatVector '${this.name}': n`, options.n);
  }

  override build(inputShape: Shape): void {
    if (inputShape?.length === 2) return;
    throw this.shapeError('[batch, features]', formatKerasShape(inputShape), 'Put flatten() before it.');
  }

  override call(x: Output): Output {
    return ops.tile(ops.expandDims(x, 1), [1, this.n, 1]);
  }

  override getConfig(): Record<string, unknown> {
    return { ...super.getConfig(), n: this.n };
  }
}

import type { Output } from '../../core/output.js';
import * as ops from '../../ops/index.js';
import { Layer, type LayerOptions } from '../layer.js';
import { checkDataFormat } from '../pairs.js';

export interface FlattenOptions extends LayerOptions {
  dataFormat?: string | null;
}

/**
 * All axes but the batch in one (Keras `Flatten`).
 *
 * Input shape: `[batch, …]`. Output shape: `[batch, elements]`.
 *
 * @example
 * flatten();
 */
export class Flatten extends Layer {
  static override readonly className = 'Flatten';
  static override readonly optionNames = ['dataFormat'];

  constructor(options: FlattenOptions = {}) {
    super(options);
    checkDataFormat(`Flatten '${this.name}'`, options.dataFormat);
  }

  override call(x: Output): Output {
    const sample = x.shape?.slice(1);
    if (sample?.every((d): d is number => d !== null)) {
      return ops.reshape(x, [-1, sample.reduce((a, b) => a * b, 1)]);
    }
    return ops.reshape(x, ops.concat([ops.slice(ops.shape(x), [0], [1]), [-1]], 0));
  }

  override getConfig(): Record<string, unknown> {
    return { ...super.getConfig(), data_format: 'channels_last' };
  }
}

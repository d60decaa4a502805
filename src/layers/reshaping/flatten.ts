import type { Output } from '../../core/output.js';
import * as ops from '../../ops/index.js';
import { type DataFormat, parseDataFormat, toChannelsLast } from '../data-format.js';
import { Layer, type LayerOptions } from '../layer.js';

export interface FlattenOptions extends LayerOptions {
  /** `channels_last` (default) or `channels_first`, which is brought to channels last before. */
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

  readonly dataFormat: DataFormat;

  constructor(options: FlattenOptions = {}) {
    super(options);
    this.dataFormat = parseDataFormat(`Flatten '${this.name}'`, options.dataFormat);
  }

  override call(x: Output): Output {
    const format = (x.shape?.length ?? 0) > 2 ? this.dataFormat : 'channels_last';
    return this.#flatten(toChannelsLast(format, x));
  }

  #flatten(x: Output): Output {
    const sample = x.shape?.slice(1);
    if (sample?.every((d): d is number => d !== null)) {
      return ops.reshape(x, [-1, sample.reduce((a, b) => a * b, 1)]);
    }
    return ops.reshape(x, ops.concat([ops.slice(ops.shape(x), [0], [1]), [-1]], 0));
  }

  override getConfig(): Record<string, unknown> {
    return { ...super.getConfig(), data_format: this.dataFormat };
  }
}

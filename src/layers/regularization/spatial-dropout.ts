import { formatKerasShape, type Shape } from '../../core/shape.js';
import { type DataFormat, layout, parseDataFormat } from '../data-format.js';
import type { LayerOptions } from '../layer.js';
import { Dropout } from './dropout.js';

export interface SpatialDropoutOptions extends LayerOptions {
  /** Share of the channels that are dropped, 0 … 1 (1 excluded). */
  rate: number;
  /** Kept in files; the program's seed decides. */
  seed?: number | null;
  /** `channels_last` (default) or `channels_first`. */
  dataFormat?: string | null;
}

/** Dropout of whole channels: what the spatial ones share. */
export abstract class SpatialDropout extends Dropout {
  static override readonly optionNames: readonly string[] = ['rate', 'seed', 'dataFormat'];
  /** Number of axes besides batch and channels. */
  static readonly rank: number = 2;

  readonly dataFormat: DataFormat;

  constructor(options: SpatialDropoutOptions) {
    const { dataFormat = null, ...common } = options;
    const { className, rank } = new.target;
    const format = parseDataFormat(className, dataFormat);
    const once = Array<number>(rank).fill(1);
    super(common, format === 'channels_last' ? [null, ...once, null] : [null, null, ...once]);
    this.dataFormat = format;
  }

  override build(inputShape: Shape): void {
    const { rank } = this.constructor as typeof SpatialDropout;
    if (inputShape?.length === rank + 2) return;
    const wayOut = 'Use dropout({ rate }) for other shapes.';
    throw this.shapeError(layout(this.dataFormat, rank), formatKerasShape(inputShape), wayOut);
  }

  /** Keras writes fewer keys here than elsewhere. */
  override getConfig(): Record<string, unknown> {
    const { rank } = this.constructor as typeof SpatialDropout;
    const { rate, seed, name, dtype, dataFormat } = this;
    return { rate, seed, name, dtype, ...(rank > 1 && { data_format: dataFormat }) };
  }
}

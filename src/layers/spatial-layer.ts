import type { Output } from '../core/output.js';
import { formatKerasShape, type Shape } from '../core/shape.js';
import { channelsLast, type DataFormat, layout, parseDataFormat } from './data-format.js';
import { Layer, type LayerOptions } from './layer.js';

export interface SpatialOptions extends LayerOptions {
  /** `channels_last` (default) or `channels_first`. */
  dataFormat?: string | null;
}

/** What layers without weights over steps, rows and columns, or planes, rows and columns share. */
export abstract class SpatialLayer extends Layer {
  static override readonly optionNames: readonly string[] = ['dataFormat'];
  /** Number of axes besides batch and channels. */
  static readonly rank: number = 2;

  readonly dataFormat: DataFormat;

  constructor(options: SpatialOptions = {}) {
    super(options);
    this.dataFormat = parseDataFormat(this.where, options.dataFormat);
  }

  protected get rank(): number {
    return (this.constructor as typeof SpatialLayer).rank;
  }

  override build(inputShape: Shape): void {
    if (inputShape?.length === this.rank + 2) return;
    throw this.shapeError(
      layout(this.dataFormat, this.rank),
      formatKerasShape(inputShape),
      'Put it after a layer that keeps these axes, or reshape.',
    );
  }

  override call(x: Output): Output {
    return channelsLast(this.dataFormat, x, (last) => this.compute(last));
  }

  /** The output for an input with channels last. */
  protected abstract compute(x: Output): Output;

  override getConfig(): Record<string, unknown> {
    return { ...super.getConfig(), data_format: this.dataFormat };
  }
}

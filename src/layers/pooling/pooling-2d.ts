import { formatKerasShape, type Shape } from '../../core/shape.js';
import { Layer, type LayerOptions } from '../layer.js';
import { checkDataFormat, opPadding, type Pair, parsePadding, tuple } from '../pairs.js';

export interface Pooling2DOptions extends LayerOptions {
  /** Default 2. */
  poolSize?: Pair;
  /** Default: `poolSize`. */
  strides?: Pair | null;
  /** `valid` (default) or `same`. */
  padding?: string;
  dataFormat?: string | null;
}

/** What pooling layers over rows and columns share. */
export abstract class Pooling2D extends Layer {
  static override readonly optionNames: readonly string[] = ['poolSize', 'strides', 'padding', 'dataFormat'];

  readonly poolSize: number[];
  readonly strides: number[];
  readonly padding: 'valid' | 'same';

  constructor(options: Pooling2DOptions = {}) {
    super(options);
    const where = `${(this.constructor as typeof Layer).className} '${this.name}'`;
    checkDataFormat(where, options.dataFormat);
    this.poolSize = tuple(`${where}: poolSize`, options.poolSize ?? 2, 2);
    this.strides = tuple(`${where}: strides`, options.strides ?? this.poolSize, 2);
    this.padding = parsePadding(where, options.padding ?? 'valid');
  }

  override build(inputShape: Shape): void {
    if (inputShape?.length === 4) return;
    throw this.shapeError(
      '[batch, rows, columns, channels]',
      formatKerasShape(inputShape),
      'Put it after a layer that keeps rows and columns.',
    );
  }

  /** Window, strides and padding as the library's pooling ops take them. */
  protected window(): { ksize: number[]; strides: number[]; padding: 'VALID' | 'SAME' } {
    return {
      ksize: [1, ...this.poolSize, 1],
      strides: [1, ...this.strides, 1],
      padding: opPadding(this.padding),
    };
  }

  override getConfig(): Record<string, unknown> {
    return {
      ...super.getConfig(),
      pool_size: this.poolSize,
      padding: this.padding,
      strides: this.strides,
      data_format: 'channels_last',
    };
  }
}

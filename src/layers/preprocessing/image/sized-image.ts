import { positive } from '../../pairs.js';
import { SpatialLayer, type SpatialOptions } from '../../spatial-layer.js';

export interface SizedImageOptions extends SpatialOptions {
  /** Rows of the result. */
  height: number;
  /** Columns of the result. */
  width: number;
}

/** Gives pictures one size: what cropping and resizing share. */
export abstract class SizedImage extends SpatialLayer {
  static override readonly optionNames: readonly string[] = ['height', 'width', ...SpatialLayer.optionNames];

  readonly height: number;
  readonly width: number;

  constructor(options: SizedImageOptions) {
    super(options);
    this.height = positive(`${this.where}: height`, options.height);
    this.width = positive(`${this.where}: width`, options.width);
  }

  override getConfig(): Record<string, unknown> {
    return { ...super.getConfig(), height: this.height, width: this.width };
  }
}

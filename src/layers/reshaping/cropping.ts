import type { Output } from '../../core/output.js';
import { formatKerasShape } from '../../core/shape.js';
import * as ops from '../../ops/index.js';
import { SpatialLayer, type SpatialOptions } from '../spatial-layer.js';
import { type Margins, parseMargins } from './margins.js';

export interface CroppingOptions extends SpatialOptions {
  /** Default 1 over one or three axes, 0 over two. */
  cropping?: Margins;
}

/** The middle: what the cropping layers share. */
export abstract class Cropping extends SpatialLayer {
  static override readonly optionNames: readonly string[] = ['cropping', ...SpatialLayer.optionNames];

  readonly cropping: readonly (readonly [number, number])[];

  constructor(options: CroppingOptions = {}) {
    super(options);
    const { cropping = this.rank === 2 ? 0 : 1 } = options;
    this.cropping = parseMargins(`${this.where}: cropping`, cropping, this.rank);
  }

  protected override compute(x: Output): Output {
    for (const [i, [before, after]] of this.cropping.entries()) {
      const length = x.shape?.[i + 1];
      if (length != null && before + after >= length) {
        const expected = `more than ${before + after} along axis ${i + 1}`;
        throw this.shapeError(expected, formatKerasShape(x.shape), 'Crop less.');
      }
    }
    const begin = [0, ...this.cropping.map(([before]) => before), 0];
    const end = [0, ...this.cropping.map(([, after]) => -after), 0];
    const endMask = end.reduce((mask, to, axis) => (to === 0 ? mask + 2 ** axis : mask), 0);
    return ops.stridedSlice(x, begin, end, undefined, { endMask });
  }

  override getConfig(): Record<string, unknown> {
    const { data_format, ...config } = super.getConfig();
    return this.rank === 1
      ? { ...config, cropping: this.cropping[0] }
      : { ...config, cropping: this.cropping, data_format };
  }
}

import type { Output } from '../../../core/output.js';
import * as ops from '../../../ops/index.js';
import type { CallOptions } from '../../layer.js';
import { positive } from '../../pairs.js';
import { SpatialLayer, type SpatialOptions } from '../../spatial-layer.js';
import { asBytes, clip } from './colors.js';
import { parseValueRange, type Range } from './factor.js';

export interface EqualizationOptions extends SpatialOptions {
  /** What the values are between. Default `[0, 255]`. */
  valueRange?: readonly number[];
  /** How many values the histogram distinguishes. Default 256. */
  bins?: number;
}

const MOST = 255;

/**
 * In training, spreads the values of each channel so that all are about as frequent in the batch (Keras `Equalization`).
 *
 * Input shape: `[batch, rows, columns, channels]`. Output shape: the same.
 *
 * @example
 * equalization({ valueRange: [0, 1] });
 */
export class Equalization extends SpatialLayer {
  static override readonly className = 'Equalization';
  static override readonly optionNames = ['valueRange', 'bins', ...SpatialLayer.optionNames];

  readonly valueRange: Range;
  readonly bins: number;

  constructor(options: EqualizationOptions = {}) {
    super(options);
    this.valueRange = parseValueRange(this.where, options.valueRange ?? [0, MOST]);
    this.bins = positive(`${this.where}: bins`, options.bins ?? 256);
  }

  override call(x: Output, { training = false }: CallOptions = {}): Output {
    const images = ops.cast(x, this.computeDType);
    return training ? super.call(images) : images;
  }

  protected override compute(images: Output): Output {
    const y = asBytes(images, this.valueRange, (bytes) => this.#equalized(bytes));
    return images.shape ? y.setShape(images.shape) : y;
  }

  #equalized(bytes: Output): Output {
    const byChannel = ops.transpose(bytes, [3, 0, 1, 2]);
    const flat = ops.reshape(byChannel, ops.stack([ops.gather(ops.shape(byChannel), 0), -1])); // [channels, pixels]
    const bins = ops.cast(clip(ops.mul(flat, (this.bins - 1) / MOST), [0, this.bins - 1]), 'int32');
    const counts = ops.denseBincount(bins, ops.constant(this.bins, 'int32'), ops.zeros([0])); // [channels, bins]
    const several = ops.greater(ops.sum(ops.cast(ops.greater(counts, 0), 'int32'), 1, { keepDims: true }), 1);
    const mapped = ops.gather(ops.cast(spread(counts), flat.dtype), bins, 1, { batchDims: 1 });
    const equalized = ops.where(several, mapped, flat);
    return ops.transpose(ops.reshape(equalized, ops.shape(byChannel)), [1, 2, 3, 0]);
  }

  override getConfig(): Record<string, unknown> {
    return { ...super.getConfig(), bins: this.bins, value_range: this.valueRange };
  }
}

/** What each bin becomes: its share of the pixels, without those of the first, as a byte. */
function spread(counts: Output): Output {
  const upTo = ops.cumsum(counts, 1);
  const all = ops.max(upTo, 1, { keepDims: true });
  const first = ops.min(ops.where(ops.greater(upTo, 0), upTo, all), 1, { keepDims: true });
  const others = ops.maximum(ops.sub(all, first), 1);
  return clip(ops.round(ops.div(ops.mul(ops.sub(upTo, first), MOST), others)), [0, MOST]);
}

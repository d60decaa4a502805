import type { Output } from '../../../core/output.js';
import * as ops from '../../../ops/index.js';

import { cut, half, proportioned, resize, sidesOf } from './resize.js';
import { SizedImage } from './sized-image.js';

/**
 * The middle of pictures (Keras `CenterCrop`); pictures that are smaller are resized, from their largest part of these
 * proportions.
 *
 * Input shape: `[batch, rows, columns, channels]`. Output shape: `[batch, height, width, channels]`.
 *
 * @example
 * centerCrop({ height: 224, width: 224 });
 */
export class CenterCrop extends SizedImage {
  static override readonly className = 'CenterCrop';

  protected override compute(x: Output): Output {
    const images = ops.cast(x, this.computeDType);
    const { height, width } = this;
    const [, rows = null, columns = null] = images.shape ?? [];
    if ((rows !== null && rows < height) || (columns !== null && columns < width)) {
      return resize(proportioned(images, [height, width]), [height, width], 'bilinear', false);
    }
    const [h, w] = sidesOf(images);
    return cut(images, half(ops.sub(h, height)), half(ops.sub(w, width)), height, width);
  }
}

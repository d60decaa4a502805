import { SpatialDropout } from './spatial-dropout.js';

/**
 * In training, sets whole channels to 0 and scales the others up (Keras `SpatialDropout2D`; Tompson et al. 2015).
 *
 * Input shape: `[batch, rows, columns, channels]`. Output shape: the same.
 *
 * @example
 * spatialDropout2d({ rate: 0.2 });
 */
export class SpatialDropout2D extends SpatialDropout {
  static override readonly className = 'SpatialDropout2D';
  static override readonly rank = 2;
}

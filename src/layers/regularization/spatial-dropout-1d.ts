import { SpatialDropout } from './spatial-dropout.js';

/**
 * In training, sets whole channels to 0 and scales the others up (Keras `SpatialDropout1D`; Tompson et al. 2015).
 *
 * Input shape: `[batch, steps, channels]`. Output shape: the same.
 *
 * @example
 * spatialDropout1d({ rate: 0.2 });
 */
export class SpatialDropout1D extends SpatialDropout {
  static override readonly className = 'SpatialDropout1D';
  static override readonly rank = 1;
}

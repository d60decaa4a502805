import { SpatialDropout } from './spatial-dropout.js';

/**
 * In training, sets whole channels to 0 and scales the others up (Keras `SpatialDropout3D`; Tompson et al. 2015).
 *
 * Input shape: `[batch, planes, rows, columns, channels]`. Output shape: the same.
 *
 * @example
 * spatialDropout3d({ rate: 0.2 });
 */
export class SpatialDropout3D extends SpatialDropout {
  static override readonly className = 'SpatialDropout3D';
  static override readonly rank = 3;
}

import { factory } from '../factory.js';
import { registerLibraryLayer } from '../registry.js';
import { ActivityRegularization } from './activity-regularization.js';
import { AlphaDropout } from './alpha-dropout.js';
import { Dropout } from './dropout.js';
import { GaussianDropout } from './gaussian-dropout.js';
import { GaussianNoise } from './gaussian-noise.js';
import { SpatialDropout1D } from './spatial-dropout-1d.js';
import { SpatialDropout2D } from './spatial-dropout-2d.js';
import { SpatialDropout3D } from './spatial-dropout-3d.js';

registerLibraryLayer(
  Dropout,
  AlphaDropout,
  GaussianDropout,
  GaussianNoise,
  SpatialDropout1D,
  SpatialDropout2D,
  SpatialDropout3D,
  ActivityRegularization,
);

export {
  ActivityRegularization,
  AlphaDropout,
  Dropout,
  GaussianDropout,
  GaussianNoise,
  SpatialDropout1D,
  SpatialDropout2D,
  SpatialDropout3D,
};

/** {@inheritDoc Dropout} */
export const dropout = factory(Dropout);
/** {@inheritDoc AlphaDropout} */
export const alphaDropout = factory(AlphaDropout);
/** {@inheritDoc GaussianDropout} */
export const gaussianDropout = factory(GaussianDropout);
/** {@inheritDoc GaussianNoise} */
export const gaussianNoise = factory(GaussianNoise);
/** {@inheritDoc SpatialDropout1D} */
export const spatialDropout1d = factory(SpatialDropout1D);
/** {@inheritDoc SpatialDropout2D} */
export const spatialDropout2d = factory(SpatialDropout2D);
/** {@inheritDoc SpatialDropout3D} */
export const spatialDropout3d = factory(SpatialDropout3D);
/** {@inheritDoc ActivityRegularization} */
export const activityRegularization = factory(ActivityRegularization);

import { factory } from '../factory.js';
import { registerLibraryLayer } from '../registry.js';
import { Cropping1D } from './cropping-1d.js';
import { Cropping2D } from './cropping-2d.js';
import { Cropping3D } from './cropping-3d.js';
import { Flatten } from './flatten.js';
import { Permute } from './permute.js';
import { RepeatVector } from './repeat-vector.js';
import { Reshape } from './reshape.js';
import { UpSampling1D } from './up-sampling-1d.js';
import { UpSampling2D } from './up-sampling-2d.js';
import { UpSampling3D } from './up-sampling-3d.js';
import { ZeroPadding1D } from './zero-padding-1d.js';
import { ZeroPadding2D } from './zero-padding-2d.js';
import { ZeroPadding3D } from './zero-padding-3d.js';

registerLibraryLayer(
  Flatten,
  Reshape,
  Permute,
  RepeatVector,
  ZeroPadding1D,
  ZeroPadding2D,
  ZeroPadding3D,
  Cropping1D,
  Cropping2D,
  Cropping3D,
  UpSampling1D,
  UpSampling2D,
  UpSampling3D,
);

export {
  Cropping1D,
  Cropping2D,
  Cropping3D,
  Flatten,
  Permute,
  RepeatVector,
  Reshape,
  UpSampling1D,
  UpSampling2D,
  UpSampling3D,
  ZeroPadding1D,
  ZeroPadding2D,
  ZeroPadding3D,
};

/** {@inheritDoc Flatten} */
export const flatten = factory(Flatten);
/** {@inheritDoc Reshape} */
export const reshape = factory(Reshape);
/** {@inheritDoc Permute} */
export const permute = factory(Permute);
/** {@inheritDoc RepeatVector} */
export const repeatVector = factory(RepeatVector);
/** {@inheritDoc ZeroPadding1D} */
export const zeroPadding1d = factory(ZeroPadding1D);
/** {@inheritDoc ZeroPadding2D} */
export const zeroPadding2d = factory(ZeroPadding2D);
/** {@inheritDoc ZeroPadding3D} */
export const zeroPadding3d = factory(ZeroPadding3D);
/** {@inheritDoc Cropping1D} */
export const cropping1d = factory(Cropping1D);
/** {@inheritDoc Cropping2D} */
export const cropping2d = factory(Cropping2D);
/** {@inheritDoc Cropping3D} */
export const cropping3d = factory(Cropping3D);
/** {@inheritDoc UpSampling1D} */
export const upSampling1d = factory(UpSampling1D);
/** {@inheritDoc UpSampling2D} */
export const upSampling2d = factory(UpSampling2D);
/** {@inheritDoc UpSampling3D} */
export const upSampling3d = factory(UpSampling3D);

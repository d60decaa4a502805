import { factory } from '../factory.js';
import { registerLibraryLayer } from '../registry.js';
import { Conv1D } from './conv1d.js';
import { Conv1DTranspose } from './conv1d-transpose.js';
import { Conv2D } from './conv2d.js';
import { Conv2DTranspose } from './conv2d-transpose.js';
import { Conv3D } from './conv3d.js';
import { Conv3DTranspose } from './conv3d-transpose.js';
import { DepthwiseConv1D } from './depthwise-conv1d.js';
import { DepthwiseConv2D } from './depthwise-conv2d.js';
import { SeparableConv1D } from './separable-conv1d.js';
import { SeparableConv2D } from './separable-conv2d.js';

registerLibraryLayer(
  Conv1D,
  Conv2D,
  Conv3D,
  DepthwiseConv1D,
  DepthwiseConv2D,
  SeparableConv1D,
  SeparableConv2D,
  Conv1DTranspose,
  Conv2DTranspose,
  Conv3DTranspose,
);

export {
  Conv1D,
  Conv1DTranspose,
  Conv2D,
  Conv2DTranspose,
  Conv3D,
  Conv3DTranspose,
  DepthwiseConv1D,
  DepthwiseConv2D,
  SeparableConv1D,
  SeparableConv2D,
};

/** {@inheritDoc Conv1D} */
export const conv1d = factory(Conv1D);
/** {@inheritDoc Conv2D} */
export const conv2d = factory(Conv2D);
/** {@inheritDoc Conv3D} */
export const conv3d = factory(Conv3D);
/** {@inheritDoc DepthwiseConv1D} */
export const depthwiseConv1d = factory(DepthwiseConv1D);
/** {@inheritDoc DepthwiseConv2D} */
export const depthwiseConv2d = factory(DepthwiseConv2D);
/** {@inheritDoc SeparableConv1D} */
export const separableConv1d = factory(SeparableConv1D);
/** {@inheritDoc SeparableConv2D} */
export const separableConv2d = factory(SeparableConv2D);
/** {@inheritDoc Conv1DTranspose} */
export const conv1dTranspose = factory(Conv1DTranspose);
/** {@inheritDoc Conv3DTranspose} */
export const conv3dTranspose = factory(Conv3DTranspose);
/** {@inheritDoc Conv2DTranspose} */
export const conv2dTranspose = factory(Conv2DTranspose);

import { factory } from '../factory.js';
import { registerLibraryLayer } from '../registry.js';
import { AdaptiveAveragePooling1D } from './adaptive-average-pooling-1d.js';
import { AdaptiveAveragePooling2D } from './adaptive-average-pooling-2d.js';
import { AdaptiveAveragePooling3D } from './adaptive-average-pooling-3d.js';
import { AdaptiveMaxPooling1D } from './adaptive-max-pooling-1d.js';
import { AdaptiveMaxPooling2D } from './adaptive-max-pooling-2d.js';
import { AdaptiveMaxPooling3D } from './adaptive-max-pooling-3d.js';
import { AveragePooling1D } from './average-pooling-1d.js';
import { AveragePooling2D } from './average-pooling-2d.js';
import { AveragePooling3D } from './average-pooling-3d.js';
import { GlobalAveragePooling1D } from './global-average-pooling-1d.js';
import { GlobalAveragePooling2D } from './global-average-pooling-2d.js';
import { GlobalAveragePooling3D } from './global-average-pooling-3d.js';
import { GlobalMaxPooling1D } from './global-max-pooling-1d.js';
import { GlobalMaxPooling2D } from './global-max-pooling-2d.js';
import { GlobalMaxPooling3D } from './global-max-pooling-3d.js';
import { MaxPooling1D } from './max-pooling-1d.js';
import { MaxPooling2D } from './max-pooling-2d.js';
import { MaxPooling3D } from './max-pooling-3d.js';

registerLibraryLayer(
  MaxPooling1D,
  MaxPooling2D,
  MaxPooling3D,
  AveragePooling1D,
  AveragePooling2D,
  AveragePooling3D,
  GlobalMaxPooling1D,
  GlobalMaxPooling2D,
  GlobalMaxPooling3D,
  GlobalAveragePooling1D,
  GlobalAveragePooling2D,
  GlobalAveragePooling3D,
  AdaptiveMaxPooling1D,
  AdaptiveMaxPooling2D,
  AdaptiveMaxPooling3D,
  AdaptiveAveragePooling1D,
  AdaptiveAveragePooling2D,
  AdaptiveAveragePooling3D,
);

export {
  AdaptiveAveragePooling1D,
  AdaptiveAveragePooling2D,
  AdaptiveAveragePooling3D,
  AdaptiveMaxPooling1D,
  AdaptiveMaxPooling2D,
  AdaptiveMaxPooling3D,
  AveragePooling1D,
  AveragePooling2D,
  AveragePooling3D,
  GlobalAveragePooling1D,
  GlobalAveragePooling2D,
  GlobalAveragePooling3D,
  GlobalMaxPooling1D,
  GlobalMaxPooling2D,
  GlobalMaxPooling3D,
  MaxPooling1D,
  MaxPooling2D,
  MaxPooling3D,
};

/** {@inheritDoc MaxPooling1D} */
export const maxPooling1d = factory(MaxPooling1D);
/** {@inheritDoc MaxPooling2D} */
export const maxPooling2d = factory(MaxPooling2D);
/** {@inheritDoc MaxPooling3D} */
export const maxPooling3d = factory(MaxPooling3D);
/** {@inheritDoc AveragePooling1D} */
export const averagePooling1d = factory(AveragePooling1D);
/** {@inheritDoc AveragePooling2D} */
export const averagePooling2d = factory(AveragePooling2D);
/** {@inheritDoc AveragePooling3D} */
export const averagePooling3d = factory(AveragePooling3D);
/** {@inheritDoc GlobalMaxPooling1D} */
export const globalMaxPooling1d = factory(GlobalMaxPooling1D);
/** {@inheritDoc GlobalMaxPooling2D} */
export const globalMaxPooling2d = factory(GlobalMaxPooling2D);
/** {@inheritDoc GlobalMaxPooling3D} */
export const globalMaxPooling3d = factory(GlobalMaxPooling3D);
/** {@inheritDoc GlobalAveragePooling1D} */
export const globalAveragePooling1d = factory(GlobalAveragePooling1D);
/** {@inheritDoc GlobalAveragePooling2D} */
export const globalAveragePooling2d = factory(GlobalAveragePooling2D);
/** {@inheritDoc GlobalAveragePooling3D} */
export const globalAveragePooling3d = factory(GlobalAveragePooling3D);
/** {@inheritDoc AdaptiveMaxPooling1D} */
export const adaptiveMaxPooling1d = factory(AdaptiveMaxPooling1D);
/** {@inheritDoc AdaptiveMaxPooling2D} */
export const adaptiveMaxPooling2d = factory(AdaptiveMaxPooling2D);
/** {@inheritDoc AdaptiveMaxPooling3D} */
export const adaptiveMaxPooling3d = factory(AdaptiveMaxPooling3D);
/** {@inheritDoc AdaptiveAveragePooling1D} */
export const adaptiveAveragePooling1d = factory(AdaptiveAveragePooling1D);
/** {@inheritDoc AdaptiveAveragePooling2D} */
export const adaptiveAveragePooling2d = factory(AdaptiveAveragePooling2D);
/** {@inheritDoc AdaptiveAveragePooling3D} */
export const adaptiveAveragePooling3d = factory(AdaptiveAveragePooling3D);

// Keras' other names.
export {
  averagePooling1d as avgPool1d,
  averagePooling2d as avgPool2d,
  averagePooling3d as avgPool3d,
  globalAveragePooling1d as globalAvgPool1d,
  globalAveragePooling2d as globalAvgPool2d,
  globalAveragePooling3d as globalAvgPool3d,
  globalMaxPooling1d as globalMaxPool1d,
  globalMaxPooling2d as globalMaxPool2d,
  globalMaxPooling3d as globalMaxPool3d,
  maxPooling1d as maxPool1d,
  maxPooling2d as maxPool2d,
  maxPooling3d as maxPool3d,
};

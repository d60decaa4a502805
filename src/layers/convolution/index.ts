import { factory } from '../factory.js';
import { registerLayer } from '../registry.js';
import { Conv1D } from './conv1d.js';
import { Conv2D } from './conv2d.js';
import { Conv3D } from './conv3d.js';

registerLayer(Conv1D, Conv2D, Conv3D);

export { Conv1D, Conv2D, Conv3D };

/** {@inheritDoc Conv1D} */
export const conv1d = factory(Conv1D);
/** {@inheritDoc Conv2D} */
export const conv2d = factory(Conv2D);
/** {@inheritDoc Conv3D} */
export const conv3d = factory(Conv3D);

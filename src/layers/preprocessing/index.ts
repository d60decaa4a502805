import { factory } from '../factory.js';
import { registerLayer } from '../registry.js';
import { Normalization } from './normalization.js';
import { Rescaling } from './rescaling.js';

export * from './image/index.js';

registerLayer(Rescaling, Normalization);

export { Normalization, Rescaling };

/** {@inheritDoc Rescaling} */
export const rescaling = factory(Rescaling);
/** {@inheritDoc Normalization} */
export const normalization = factory(Normalization);

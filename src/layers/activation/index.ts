import { factory } from '../factory.js';
import { registerLibraryLayer } from '../registry.js';
import { ELU } from './elu.js';
import { LeakyReLU } from './leaky-relu.js';
import { PReLU } from './prelu.js';
import { ReLU } from './relu.js';
import { Softmax } from './softmax.js';

registerLibraryLayer(ReLU, LeakyReLU, ELU, PReLU, Softmax);

export { ELU, LeakyReLU, PReLU, ReLU, Softmax };

/** {@inheritDoc ReLU} */
export const reLU = factory(ReLU);
/** {@inheritDoc LeakyReLU} */
export const leakyReLU = factory(LeakyReLU);
/** {@inheritDoc ELU} */
export const elu = factory(ELU);
/** {@inheritDoc PReLU} */
export const prelu = factory(PReLU);
/** {@inheritDoc Softmax} */
export const softmax = factory(Softmax);

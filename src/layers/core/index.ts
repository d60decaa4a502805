import { factory } from '../factory.js';
import { registerLibraryLayer } from '../registry.js';
import { Activation } from './activation.js';
import { Dense } from './dense.js';
import { EinsumDense } from './einsum-dense.js';
import { Embedding } from './embedding.js';
import { Identity } from './identity.js';
import { InputLayer } from './input-layer.js';
import { Lambda } from './lambda.js';
import { Masking } from './masking.js';
import { ReversibleEmbedding } from './reversible-embedding.js';
import { Wrapper } from './wrapper.js';

registerLibraryLayer(EinsumDense, InputLayer, Dense, Activation, Embedding, ReversibleEmbedding, Identity, Masking);

export {
  Activation,
  Dense,
  EinsumDense,
  Embedding,
  Identity,
  InputLayer,
  Lambda,
  Masking,
  ReversibleEmbedding,
  Wrapper,
};

/** {@inheritDoc InputLayer} */
export const inputLayer = factory(InputLayer);
/** {@inheritDoc Dense} */
export const dense = factory(Dense);
/** {@inheritDoc Activation} */
export const activation = factory(Activation);
/** {@inheritDoc EinsumDense} */
export const einsumDense = factory(EinsumDense);
/** {@inheritDoc Embedding} */
export const embedding = factory(Embedding);
/** {@inheritDoc ReversibleEmbedding} */
export const reversibleEmbedding = factory(ReversibleEmbedding);
/** {@inheritDoc Identity} */
export const identity = factory(Identity);
/** {@inheritDoc Masking} */
export const masking = factory(Masking);
/** {@inheritDoc Lambda} */
export const lambda = factory(Lambda);

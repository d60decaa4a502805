import { factory } from '../factory.js';
import { registerLibraryLayer } from '../registry.js';
import { AdditiveAttention } from './additive-attention.js';
import { Attention } from './attention.js';
import { GroupQueryAttention } from './group-query-attention.js';
import { MultiHeadAttention } from './multi-head-attention.js';

registerLibraryLayer(Attention, AdditiveAttention, MultiHeadAttention, GroupQueryAttention);

export { AdditiveAttention, Attention, GroupQueryAttention, MultiHeadAttention };

/** {@inheritDoc Attention} */
export const attention = factory(Attention);
/** {@inheritDoc AdditiveAttention} */
export const additiveAttention = factory(AdditiveAttention);
/** {@inheritDoc MultiHeadAttention} */
export const multiHeadAttention = factory(MultiHeadAttention);
/** {@inheritDoc GroupQueryAttention} */
export const groupQueryAttention = factory(GroupQueryAttention);

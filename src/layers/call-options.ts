import type { Output } from '../core/output.js';

/** Which steps of a layer's inputs, or outputs, count: one mask for one value, a list for a list; null where all do. */
export type LayerMask<T = Output> = T | null | readonly (T | null)[];

/** How a layer is run. Each layer reads the options it knows. */
export interface CallOptions<T = Output> {
  /** Whether dropout drops, and batch normalisation learns. Default false. */
  training?: boolean;
  /** Bool `[batch, steps]`: which steps count. Default: what the layers before said, such as a Masking. */
  mask?: LayerMask<T>;
  /** Of recurrent layers: states to start from, `[batch, …]` each. Default zeros. */
  initialState?: T | readonly T[];
  /** Of attention: whether the scores are given too, `[batch, queries, keys]`. Default false. */
  returnAttentionScores?: boolean;
  /** Of attention: whether a query sees only the keys up to its own place. Default false. */
  useCausalMask?: boolean;
  /** Of attention by heads: who may see whom: bool, broadcasting to `[batch, queries, keys]`, or with heads after the batch. */
  attentionMask?: T;
  /** Of a ReversibleEmbedding: whether it goes from vectors to scores. Default false. */
  reverse?: boolean;
  /** Of attention by heads: bool `[batch, queries]`. Default: the mask of the query; likewise those of value and key. */
  queryMask?: T;
  valueMask?: T;
  keyMask?: T;
}

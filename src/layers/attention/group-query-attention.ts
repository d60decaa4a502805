import type { Output } from '../../core/output.js';
import type { Shape } from '../../core/shape.js';
import { TensorFlowError } from '../../errors/errors.js';
import * as ops from '../../ops/index.js';
import { positive } from '../pairs.js';
import {
  type Equations,
  HeadedAttention,
  type HeadedAttentionOptions,
  headedOptionNames,
  type Projection,
} from './headed-attention.js';

export interface GroupQueryAttentionOptions extends HeadedAttentionOptions {
  /** Length of each head. */
  headDim: number;
  numQueryHeads: number;
  /** Divides `numQueryHeads`. */
  numKeyValueHeads: number;
}

/**
 * Attention by several heads, of which groups share keys and values (Keras `GroupQueryAttention`; Ainslie et al. 2023).
 *
 * Input: `[query, value]` or `[query, value, key]`, `[batch, queries, features]` and `[batch, keys, features]`; the masks
 * beside them count. Output shape: `[batch, queries, features]`; with `returnAttentionScores` a list of that and the
 * scores `[batch, heads, queries, keys]`.
 *
 * @example
 * groupQueryAttention({ headDim: 16, numQueryHeads: 8, numKeyValueHeads: 2 }).apply([x, x]);
 */
export class GroupQueryAttention extends HeadedAttention {
  static override readonly className = 'GroupedQueryAttention';
  static override readonly optionNames = ['headDim', 'numQueryHeads', 'numKeyValueHeads', ...headedOptionNames];

  readonly headDim: number;
  readonly numQueryHeads: number;
  readonly numKeyValueHeads: number;

  constructor(options: GroupQueryAttentionOptions) {
    super(options);
    this.headDim = positive(`${this.where}: headDim`, options.headDim);
    this.numQueryHeads = positive(`${this.where}: numQueryHeads`, options.numQueryHeads);
    this.numKeyValueHeads = positive(`${this.where}: numKeyValueHeads`, options.numKeyValueHeads);
    if (this.numQueryHeads % this.numKeyValueHeads === 0) return;
    throw new TensorFlowError(
      'ERR_ARGUMENT',
      `${this.where}: numQueryHeads must be a multiple of numKeyValueHeads, got ${this.numQueryHeads} and ${this.numKeyValueHeads}.`,
    );
  }

  protected get headLength(): number {
    return this.headDim;
  }

  protected override projection(name: Projection, queryShape: NonNullable<Shape>) {
    if (name === 'attention_output') {
      return { equation: 'bquh,uhm->bqm', outputShape: [null, queryShape.at(-1) as number], biasAxes: 'm' };
    }
    const ofQuery = name === 'query' || name === 'gate';
    return ofQuery
      ? { equation: 'bqm,muh->bquh', outputShape: [null, this.numQueryHeads, this.headDim], biasAxes: 'uh' }
      : { equation: 'bkm,mvh->bkvh', outputShape: [null, this.numKeyValueHeads, this.headDim], biasAxes: 'vh' };
  }

  protected override equations(): Equations {
    return { scores: 'bkuh,bquh->buqk', combine: 'buqk,bkuh->bquh', keyAxes: 1 };
  }

  /** Each head of keys and values for all heads of queries in its group. */
  protected override spread(projected: Output): Output {
    const group = this.numQueryHeads / this.numKeyValueHeads;
    if (group === 1) return projected;
    const heads = Int32Array.from({ length: this.numQueryHeads }, (_, i) => Math.floor(i / group));
    return ops.gather(projected, heads, 2);
  }

  override getConfig(): Record<string, unknown> {
    return {
      ...super.getConfig(),
      head_dim: this.headDim,
      num_query_heads: this.numQueryHeads,
      num_key_value_heads: this.numKeyValueHeads,
    };
  }
}

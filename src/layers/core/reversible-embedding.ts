import { parseDType } from '../../core/dtype.js';
import { setMask } from '../../core/mask.js';
import type { Output } from '../../core/output.js';
import type { Variable } from '../../core/variable.js';
import * as ops from '../../ops/index.js';
import type { CallOptions } from '../layer.js';
import { Embedding, type EmbeddingOptions } from './embedding.js';

export interface ReversibleEmbeddingOptions extends EmbeddingOptions {
  /** Whether the way back uses the same weights. Default true. */
  tieWeights?: boolean;
  /** What the way back is computed in. Default: the input's. */
  reverseDtype?: string | null;
  /** What the scores stay below: they become `cap · tanh(scores / cap)`. Default: no bound. */
  logitSoftCap?: number | null;
}

/**
 * An {@link Embedding} that can be called the other way, from vectors to a score for each index (Keras `ReversibleEmbedding`):
 * the first and the last layer of a language model.
 *
 * Input shape: `[batch, …]`, whole numbers; of `reverse` `[batch, …, outputDim]`. Output shape: `[batch, …, outputDim]`; of
 * `reverse` `[batch, …, inputDim]`.
 *
 * @see Press and Wolf, Using the Output Embedding to Improve Language Models, 2016, https://arxiv.org/abs/1608.05859
 * @example
 * const words = reversibleEmbedding({ inputDim: 10_000, outputDim: 64 });
 * const vectors = words.call(tokens);
 * const logits = words.call(vectors, { reverse: true });
 */
export class ReversibleEmbedding extends Embedding {
  static override readonly className = 'ReversibleEmbedding';
  static override readonly optionNames = [...Embedding.optionNames, 'tieWeights', 'reverseDtype', 'logitSoftCap'];

  readonly tieWeights: boolean;
  readonly reverseDtype: string | null;
  readonly logitSoftCap: number | null;
  #reverseEmbeddings: Variable | undefined;

  constructor(options: ReversibleEmbeddingOptions) {
    super(options);
    this.tieWeights = options.tieWeights ?? true;
    this.reverseDtype = options.reverseDtype ?? null;
    this.logitSoftCap = options.logitSoftCap ?? null;
  }

  override build(): void {
    super.build();
    if (this.tieWeights) return;
    const { initializer } = this.recipe.of([]);
    this.#reverseEmbeddings = this.addWeight('reverse_embeddings', {
      shape: [this.outputDim, this.inputDim],
      initializer,
    });
  }

  override call(x: Output, { reverse = false }: CallOptions = {}): Output {
    if (reverse) return this.#scores(x);
    const y = super.call(x);
    setMask(y, super.computeMask(x));
    return y;
  }

  #scores(x: Output): Output {
    const dtype = this.reverseDtype === null ? x.dtype : parseDType(this.reverseDtype);
    const kernel = this.#reverseEmbeddings ?? this.embeddings;
    const scores = ops.matMul(ops.cast(x, dtype), ops.cast(kernel.read(), dtype), { transposeB: this.tieWeights });
    const cap = this.logitSoftCap;
    return cap === null ? scores : ops.mul(ops.tanh(ops.div(scores, cap)), cap);
  }

  /** The mask is set in the call, which knows the way. */
  override computeMask(): null {
    return null;
  }

  override getConfig(): Record<string, unknown> {
    return {
      ...super.getConfig(),
      tie_weights: this.tieWeights,
      reverse_dtype: this.reverseDtype,
      logit_soft_cap: this.logitSoftCap,
    };
  }
}

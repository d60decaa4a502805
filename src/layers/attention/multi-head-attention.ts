import type { Shape } from '../../core/shape.js';
import { TensorFlowError } from '../../errors/errors.js';
import type { EinsumDenseOptions } from '../core/einsum-dense.js';
import { positive } from '../pairs.js';
import {
  type Equations,
  HeadedAttention,
  type HeadedAttentionOptions,
  headedOptionNames,
  type Projection,
} from './headed-attention.js';

export interface MultiHeadAttentionOptions extends HeadedAttentionOptions {
  numHeads: number;
  /** Length of each head's queries and keys. */
  keyDim: number;
  /** Length of each head's values. Default `keyDim`. */
  valueDim?: number | null;
  /** Shape of the output after its steps. Default: the query's last axis. */
  outputShape?: number | readonly number[] | null;
  /** Axes that queries look along. Default: all but batch and features. */
  attentionAxes?: number | readonly number[] | null;
}

/**
 * Attention by several heads, each with projections of its own (Keras `MultiHeadAttention`; Vaswani et al. 2017).
 *
 * Input: `[query, value]` or `[query, value, key]`, `[batch, queries, features]` and `[batch, keys, features]`; the masks
 * beside them count. Output shape: `[batch, queries, features]`; with `returnAttentionScores` a list of that and the
 * scores `[batch, heads, queries, keys]`.
 *
 * @example
 * const y = multiHeadAttention({ numHeads: 4, keyDim: 16 }).apply([x, x], { useCausalMask: true });
 */
export class MultiHeadAttention extends HeadedAttention {
  static override readonly className = 'MultiHeadAttention';
  static override readonly optionNames = [
    'numHeads',
    'keyDim',
    'valueDim',
    'outputShape',
    'attentionAxes',
    ...headedOptionNames,
  ];

  readonly numHeads: number;
  readonly keyDim: number;
  readonly valueDim: number;
  /** Shape of the output after its steps; null: the query's last axis. */
  readonly lastShape: readonly number[] | null;
  #attentionAxes: readonly number[] | null;

  constructor(options: MultiHeadAttentionOptions) {
    super(options);
    this.numHeads = positive(`${this.where}: numHeads`, options.numHeads);
    this.keyDim = positive(`${this.where}: keyDim`, options.keyDim);
    this.valueDim = positive(`${this.where}: valueDim`, options.valueDim ?? options.keyDim);
    this.lastShape = options.outputShape == null ? null : [options.outputShape].flat();
    this.#attentionAxes = options.attentionAxes == null ? null : [options.attentionAxes].flat();
  }

  protected get headLength(): number {
    return this.keyDim;
  }

  /** Axes that queries look along; null until the first call tells their number. */
  get attentionAxes(): readonly number[] | null {
    return this.#attentionAxes;
  }

  override build(queryShape: Shape): void {
    super.build(queryShape);
    const rank = queryShape?.length ?? 0;
    const axes = this.#attentionAxes?.map((axis) => (axis < 0 ? axis + rank : axis));
    if (axes?.some((axis) => !(axis >= 1 && axis < rank - 1))) {
      throw new TensorFlowError(
        'ERR_ARGUMENT',
        `${this.where}: attentionAxes must be between batch and features of ${rank} axes, got [${this.#attentionAxes}].`,
      );
    }
    this.#attentionAxes = axes ?? Array.from({ length: rank - 2 }, (_, i) => i + 1);
  }

  protected override projection(name: Projection, queryShape: NonNullable<Shape>) {
    const free = queryShape.length - 1;
    if (name === 'attention_output') return projection(free, 2, this.lastShape ?? [queryShape.at(-1) as number]);
    const length = name === 'query' || name === 'key' ? this.keyDim : this.valueDim;
    return projection(free, 1, [this.numHeads, length]);
  }

  /** Scores are `[…, heads, …queries, …keys]`. */
  protected override equations(rank: number): Equations {
    const axes = this.#attentionAxes ?? [1];
    const target = LETTERS.slice(0, rank);
    const source = [...target]
      .map((letter, i) => (axes.includes(i) ? LETTERS.charAt(rank + axes.indexOf(i)) : letter))
      .join('');
    const batch = [...target].filter((_, i) => !axes.includes(i) && i !== rank - 1);
    const scores = [...batch, ...axes.map((i) => target.charAt(i)), ...axes.map((i) => source.charAt(i))].join('');
    return {
      scores: `${source},${target}->${scores}`,
      combine: `${scores},${source}->${target}`,
      keyAxes: axes.length,
    };
  }

  override getConfig(): Record<string, unknown> {
    return {
      ...super.getConfig(),
      num_heads: this.numHeads,
      key_dim: this.keyDim,
      value_dim: this.valueDim,
      output_shape: this.lastShape,
      attention_axes: this.#attentionAxes,
    };
  }
}

const LETTERS = 'abcdefghijklmnopqrstuvwxyz';

/** From `free` axes that stay and `bound` ones that are summed over, to new last axes. */
function projection(
  free: number,
  bound: number,
  last: readonly number[],
): Pick<EinsumDenseOptions, 'equation' | 'outputShape' | 'biasAxes'> {
  const kept = LETTERS.slice(0, free);
  const summed = LETTERS.slice(free, free + bound);
  const made = LETTERS.slice(free + bound, free + bound + last.length);
  return {
    equation: `${kept}${summed},${summed}${made}->${kept}${made}`,
    outputShape: [...Array<null>(free - 1).fill(null), ...last],
    biasAxes: made,
  };
}

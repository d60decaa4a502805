import { maskOf } from '../../core/mask.js';
import type { Output } from '../../core/output.js';
import { formatKerasShape, type Shape } from '../../core/shape.js';
import type { Variable } from '../../core/variable.js';
import { initializers } from '../../nn/index.js';
import { oneOf } from '../../nn/serialization.js';
import * as ops from '../../ops/index.js';
import {
  type CallOptions,
  Layer,
  type LayerInput,
  type LayerMask,
  type LayerOptions,
  type LayerOutput,
} from '../layer.js';
import { droppers, parseShare } from '../recurrent/dropped.js';
import { causalMask } from './score-masks.js';

const SCORE_MODES = ['dot', 'concat'] as const;

export interface AttentionOptions extends LayerOptions {
  /** Whether scores have a learned factor. Default false. */
  useScale?: boolean;
  /** `dot`: q · k (default); `concat`: Σ tanh(q + k). */
  scoreMode?: string;
  /** Share of the scores that is dropped. Default 0. */
  dropout?: number;
  /** Kept in files; the program's seed decides. */
  seed?: number | null;
}

/**
 * For each query a mean of the values, weighted by how its key fits (Keras `Attention`; Luong et al. 2015).
 *
 * Input: `[query, value]` or `[query, value, key]`, `[batch, queries, dim]` and `[batch, keys, dim]`. Steps that the
 * value's mask leaves out have no weight; where the query's mask is false, the output is 0. Output shape: `[batch,
 * queries, dim]`; with `returnAttentionScores` a list of that and the scores.
 *
 * @example
 * attention({ useScale: true }).apply([query, value]);
 */
export class Attention extends Layer {
  static override readonly className: string = 'Attention';
  static override readonly optionNames: readonly string[] = ['useScale', 'scoreMode', 'dropout', 'seed'];

  readonly useScale: boolean;
  readonly scoreMode: (typeof SCORE_MODES)[number];
  readonly dropout: number;
  readonly seed: number | null;
  #scale: Variable | undefined;
  #concatWeight: Variable | undefined;

  constructor(options: AttentionOptions = {}) {
    super(options);
    this.useScale = options.useScale ?? false;
    this.scoreMode = oneOf(`${this.where}: scoreMode`, options.scoreMode ?? 'dot', SCORE_MODES);
    this.dropout = parseShare(`${this.where}: dropout`, options.dropout);
    this.seed = options.seed ?? null;
  }

  override build(queryShape: Shape): void {
    const initializer = initializers.ones();
    this.#scale = this.useScale ? this.addScale(queryShape) : undefined;
    this.#concatWeight =
      this.scoreMode === 'concat' ? this.addWeight('concat_score_weight', { shape: [], initializer }) : undefined;
  }

  protected addScale(_queryShape: Shape): Variable {
    return this.addWeight('scale', { shape: [], initializer: initializers.ones() });
  }

  override call(input: LayerInput, options: CallOptions = {}): LayerOutput {
    const [query, value, key = value] = [input].flat() as Output[];
    if (!query || !value || !key || [input].flat().length > 3) {
      const got = [input].flat().map(({ shape }) => formatKerasShape(shape));
      throw this.shapeError('[query, value] or [query, value, key]', got.join(' and '), 'Call it on a list.');
    }
    const weights = this.#weights(query, value, key, options);
    const y = ops.matMul(weights.dropped, value);
    const seen = maskOf(query);
    const output = seen ? ops.select(ops.expandDims(seen, -1), y, ops.zerosLike(y)) : y;
    return options.returnAttentionScores ? [output, weights.scores] : output;
  }

  #weights(query: Output, value: Output, key: Output, { training, useCausalMask }: CallOptions) {
    const scores = this.scores(query, key, this.#scale?.read());
    const seen = maskOf(value);
    const masks = [...(seen ? [ops.expandDims(seen, -2)] : []), ...(useCausalMask ? [causalMask(query, key)] : [])];
    const hidden = scores.dtype === 'float16' ? 65504 : 1e9;
    const masked = masks.reduce((all, mask) => ops.select(mask, all, ops.sub(scores, hidden)), scores);
    const probabilities = ops.softmax(masked);
    const [drop] = training ? droppers(1, ops.shape(scores), this.dropout, scores.dtype) : [];
    return { scores: probabilities, dropped: drop ? ops.mul(probabilities, drop) : probabilities };
  }

  /** How each key fits each query: `[batch, queries, keys]`. */
  protected scores(query: Output, key: Output, scale: Output | undefined): Output {
    if (this.scoreMode === 'dot') {
      const products = ops.matMul(query, key, { transposeB: true });
      return scale ? ops.mul(products, scale) : products;
    }
    const sums = pairSums(query, key);
    const each = ops.sum(ops.tanh(scale ? ops.mul(sums, scale) : sums), -1);
    return this.#concatWeight ? ops.mul(each, this.#concatWeight.read()) : each;
  }

  /** The query's mask. */
  override computeMask(_input: LayerInput, mask: LayerMask): LayerMask {
    return [mask].flat()[0] ?? null;
  }

  override getConfig(): Record<string, unknown> {
    const { useScale, scoreMode, dropout, seed } = this;
    return { ...super.getConfig(), use_scale: useScale, score_mode: scoreMode, dropout, seed };
  }
}

/** The sum of every query with every key: `[batch, queries, keys, dim]`. */
export function pairSums(query: Output, key: Output): Output {
  return ops.add(ops.expandDims(query, -2), ops.expandDims(key, -3));
}

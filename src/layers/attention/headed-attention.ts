import { maskOf } from '../../core/mask.js';
import type { Output } from '../../core/output.js';
import { formatKerasShape, type Shape } from '../../core/shape.js';
import {
  type ConstraintIdentifier,
  type InitializerIdentifier,
  type RegularizerIdentifier,
  regularizers,
} from '../../nn/index.js';
import * as ops from '../../ops/index.js';
import { EinsumDense, type EinsumDenseOptions } from '../core/einsum-dense.js';
import {
  type CallOptions,
  Layer,
  type LayerInput,
  type LayerMask,
  type LayerOptions,
  type LayerOutput,
} from '../layer.js';
import { positive } from '../pairs.js';
import { droppers, parseShare } from '../recurrent/dropped.js';
import { WeightRecipe } from '../weight-recipe.js';
import { allOf, causalMask, maskedSoftmax, windowMask } from './score-masks.js';

/** Options of attention with several heads. */
export interface HeadedAttentionOptions extends LayerOptions {
  /** Share of the scores that is dropped. Default 0. */
  dropout?: number;
  /** Of the projections. Default true. */
  useBias?: boolean;
  /** Whether the output is multiplied by a learned gate of the query. Default false. */
  useGate?: boolean;
  /** A query sees only keys less than so many places away. Default null: all. */
  slidingWindow?: number | null;
  /** Default `glorotUniform`. */
  kernelInitializer?: InitializerIdentifier;
  /** Default `zeros`. */
  biasInitializer?: InitializerIdentifier;
  kernelRegularizer?: RegularizerIdentifier | null;
  biasRegularizer?: RegularizerIdentifier | null;
  kernelConstraint?: ConstraintIdentifier | null;
  biasConstraint?: ConstraintIdentifier | null;
  /** Kept in files; the program's seed decides. */
  seed?: number | null;
}

export const headedOptionNames = [
  'dropout',
  'useBias',
  'useGate',
  'slidingWindow',
  'kernelInitializer',
  'biasInitializer',
  'kernelRegularizer',
  'biasRegularizer',
  'kernelConstraint',
  'biasConstraint',
  'seed',
] as const;

/** Projections by the names that files know them by. */
export type Projection = 'query' | 'key' | 'gate' | 'value' | 'attention_output';

/** Axes of projected queries, keys and values, as equations for their products. */
export interface Equations {
  /** Keys and queries to scores. */
  readonly scores: string;
  /** Scores and values to outputs. */
  readonly combine: string;
  /** Number of last axes of the scores that are keys. */
  readonly keyAxes: number;
}

/** What layers share that project queries, keys and values to several heads and the outcome back. */
export abstract class HeadedAttention extends Layer {
  /** Files have its inputs as arguments of their own, not as a list. */
  static override readonly positionalInputs = true;

  readonly dropout: number;
  readonly useBias: boolean;
  readonly useGate: boolean;
  readonly slidingWindow: number | null;
  readonly seed: number | null;
  readonly #options: HeadedAttentionOptions;
  readonly #kernelRecipe: WeightRecipe;
  readonly #biasRecipe: WeightRecipe;
  #projections = new Map<Projection, EinsumDense>();

  constructor(options: HeadedAttentionOptions) {
    super({ ...options, activityRegularizer: null });
    const { kernelInitializer = 'glorotUniform', biasInitializer = 'zeros', slidingWindow = null } = options;
    this.#options = options;
    this.dropout = parseShare(`${this.where}: dropout`, options.dropout);
    this.useBias = options.useBias ?? true;
    this.useGate = options.useGate ?? false;
    this.slidingWindow = slidingWindow === null ? null : positive(`${this.where}: slidingWindow`, slidingWindow);
    this.seed = options.seed ?? null;
    this.#kernelRecipe = new WeightRecipe(kernelInitializer, options.kernelRegularizer, options.kernelConstraint);
    this.#biasRecipe = new WeightRecipe(biasInitializer, options.biasRegularizer, options.biasConstraint);
  }

  override get sublayers(): readonly Layer[] {
    return [...this.#projections.values()];
  }

  override leave(): void {
    super.leave();
    this.#projections = new Map();
  }

  /** Makes the projections; those of keys and values get their weights when they are called. */
  override build(queryShape: Shape): void {
    const features = queryShape?.at(-1);
    if (queryShape === null || queryShape.length < 3 || features == null) {
      throw this.shapeError(
        '[batch, queries, features]',
        formatKerasShape(queryShape),
        'Give the model an input shape.',
      );
    }
    const names = ['query', 'key', ...(this.useGate ? ['gate' as const] : []), 'value', 'attention_output'] as const;
    this.#projections = new Map(
      names.map((name) => [name, this.part(this.#dense(name, this.projection(name, queryShape)))]),
    );
    this.#projection('query').build(this.program, queryShape);
  }

  #dense(name: Projection, equation: Pick<EinsumDenseOptions, 'equation' | 'outputShape' | 'biasAxes'>): EinsumDense {
    const { activityRegularizer = null } = this.#options;
    const recipes = Object.fromEntries(
      Object.entries(this.#options).filter(([key]) => /^(kernel|bias)(Initializer|Regularizer|Constraint)$/.test(key)),
    );
    return new EinsumDense({
      ...equation,
      ...recipes,
      name,
      activityRegularizer,
      dtype: this.dtypePolicy.name,
      trainable: this.trainable,
      biasAxes: this.useBias ? (equation.biasAxes ?? null) : null,
      ...(name === 'gate' && { activation: 'sigmoid' }),
    });
  }

  /** How a projection is written. */
  protected abstract projection(
    name: Projection,
    queryShape: NonNullable<Shape>,
  ): Pick<EinsumDenseOptions, 'equation' | 'outputShape' | 'biasAxes'>;

  protected abstract equations(rank: number): Equations;

  /** Length of each head. */
  protected abstract get headLength(): number;

  /** Projected keys or values as queries see them. */
  protected spread(projected: Output): Output {
    return projected;
  }

  #projection(name: Projection): Layer {
    return this.#projections.get(name) as Layer;
  }

  #project(name: Projection, x: Output): Output {
    return this.#projection(name).invoke(this.program, x);
  }

  override call(input: LayerInput, options: CallOptions = {}): LayerOutput {
    const [query, value, key = value] = [input].flat() as Output[];
    if (!query || !value || !key || [input].flat().length > 3) {
      const got = [input].flat().map(({ shape }) => formatKerasShape(shape));
      throw this.shapeError('[query, value] or [query, value, key]', got.join(' and '), 'Call it on a list.');
    }
    const mask = this.#mask(query, value, [input].flat()[2], options);
    const queries = ops.mul(this.#project('query', query), 1 / Math.sqrt(this.headLength));
    const keys = this.spread(this.#project('key', key));
    const values = this.spread(this.#project('value', value));
    const { scores, dropped } = this.#weights(queries, keys, mask, options);
    const { combine } = this.equations(queries.shape?.length ?? 4);
    const y = ops.einsum([dropped, values], { equation: combine });
    const gated = this.useGate ? ops.mul(y, this.#project('gate', query)) : y;
    const output = this.#project('attention_output', gated);
    return options.returnAttentionScores ? [output, scores] : output;
  }

  #weights(queries: Output, keys: Output, mask: Output | undefined, options: CallOptions) {
    const rank = queries.shape?.length ?? 4;
    const { scores: equation, keyAxes } = this.equations(rank);
    const scores = ops.einsum([keys, queries], { equation });
    const seen = mask && withHeads(mask, scores, keyAxes);
    const probabilities = maskedSoftmax(scores, seen, keyAxes);
    // Why: a query that sees nothing gets nothing, but in Keras' short way, which gives no scores, the mean of all.
    const short = this.dropout === 0 && !options.returnAttentionScores && rank === 4;
    const own = seen && !short ? ops.select(seen, probabilities, ops.zerosLike(probabilities)) : probabilities;
    const [drop] = options.training ? droppers(1, ops.shape(own), this.dropout, own.dtype) : [];
    return { scores: own, dropped: drop ? ops.mul(own, drop) : own };
  }

  #mask(query: Output, value: Output, key: Output | undefined, options: CallOptions): Output | undefined {
    const queryMask = options.queryMask ?? maskOf(query);
    const valueMask = options.valueMask ?? maskOf(value);
    const keyMask = options.keyMask ?? (key && maskOf(key));
    const own = allOf([
      queryMask && ops.expandDims(queryMask, -1),
      valueMask && ops.expandDims(valueMask, -2),
      keyMask && ops.expandDims(keyMask, -2),
      options.useCausalMask ? causalMask(query, value) : undefined,
      this.slidingWindow === null ? undefined : windowMask(query, value, this.slidingWindow),
    ]);
    return allOf([options.attentionMask, own]);
  }

  /** The query's mask. */
  override computeMask(_input: LayerInput, mask: LayerMask): LayerMask {
    return [mask].flat()[0] ?? null;
  }

  override getConfig(): Record<string, unknown> {
    const { dropout, seed } = this;
    return {
      ...super.getConfig(),
      dropout,
      use_bias: this.useBias,
      use_gate: this.useGate,
      sliding_window: this.slidingWindow,
      ...this.#kernelRecipe.config('kernel'),
      ...this.#biasRecipe.config('bias'),
      activity_regularizer: regularizers.serialize(regularizers.get(this.#options.activityRegularizer ?? null)),
      seed,
    };
  }
}

/** A mask with the axes of the scores: heads come before queries and keys. */
function withHeads(mask: Output, scores: Output, keyAxes: number): Output {
  const missing = (scores.shape?.length ?? 0) - (mask.shape?.length ?? 0);
  const axis = -2 * keyAxes - 1;
  return Array.from({ length: Math.max(missing, 0) }).reduce<Output>((wide) => ops.expandDims(wide, axis), mask);
}

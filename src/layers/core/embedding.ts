import type { Output } from '../../core/output.js';
import { formatKerasShape } from '../../core/shape.js';
import { Tensor, type TensorLike, tensor } from '../../core/tensor.js';
import type { Variable } from '../../core/variable.js';
import type { ConstraintIdentifier, InitializerIdentifier, RegularizerIdentifier } from '../../nn/index.js';
import * as ops from '../../ops/index.js';
import { checkKinds } from '../check-options.js';
import { Layer, type LayerOptions } from '../layer.js';
import { positive } from '../pairs.js';
import { WeightRecipe } from '../weight-recipe.js';

export interface EmbeddingOptions extends LayerOptions {
  /** Number of rows: indices are 0 … inputDim − 1. */
  inputDim: number;
  /** Length of each row. */
  outputDim: number;
  /** Default `uniform`. */
  embeddingsInitializer?: InitializerIdentifier;
  embeddingsRegularizer?: RegularizerIdentifier | null;
  embeddingsConstraint?: ConstraintIdentifier | null;
  /** Whether index 0 is padding, see {@link Embedding.computeMask}. Default false. */
  maskZero?: boolean;
  /** The rows to start from, `[inputDim, outputDim]`, such as those that were learned elsewhere; a tensor must not be disposed before the layer has its place. Default: what `embeddingsInitializer` gives. */
  weights?: Tensor | TensorLike | null;
  /** Only in files; must be null. */
  quantizationConfig?: null;
}

/**
 * A learned vector for each index (Keras `Embedding`). An index that does not exist is an error of the run.
 *
 * Input shape: `[batch, …]`, whole numbers. Output shape: `[batch, …, outputDim]`.
 *
 * @example
 * embedding({ inputDim: 10_000, outputDim: 16 });
 */
export class Embedding extends Layer {
  static override readonly className: string = 'Embedding';
  static override readonly optionNames: readonly string[] = [
    'inputDim',
    'outputDim',
    'embeddingsInitializer',
    'embeddingsRegularizer',
    'embeddingsConstraint',
    'maskZero',
    'weights',
    'quantizationConfig',
  ];

  readonly inputDim: number;
  readonly outputDim: number;
  readonly maskZero: boolean;
  protected readonly recipe: WeightRecipe;
  protected embeddings!: Variable;
  /** Rows that were given. */
  readonly #rows: Tensor | undefined;

  constructor(options: EmbeddingOptions) {
    super(options);
    const { where } = this;
    checkKinds(where, options, { maskZero: 'flag' });
    this.inputDim = positive(`${where}: inputDim`, options.inputDim);
    this.outputDim = positive(`${where}: outputDim`, options.outputDim);
    this.maskZero = options.maskZero ?? false;
    const { embeddingsInitializer = 'uniform', embeddingsRegularizer, embeddingsConstraint } = options;
    this.recipe = new WeightRecipe(embeddingsInitializer, embeddingsRegularizer, embeddingsConstraint);
    this.#rows = options.weights ? this.#checked(options.weights) : undefined;
  }

  #checked(weights: Tensor | TensorLike): Tensor {
    const shape = [this.inputDim, this.outputDim];
    const rows = weights instanceof Tensor ? weights : tensor(weights, ArrayBuffer.isView(weights) ? shape : undefined);
    if (rows.rank === 2 && rows.shape.every((length, axis) => length === shape[axis])) return rows;
    throw this.shapeError(
      `weights of shape ${formatKerasShape(shape)}`,
      formatKerasShape(rows.shape),
      'Give one row for each index.',
    );
  }

  override build(): void {
    const rows = this.#rows;
    this.embeddings = this.addWeight('embeddings', {
      ...this.recipe.of([this.inputDim, this.outputDim]),
      ...(rows && { initializer: (_, dtype) => ops.cast(rows, dtype) }),
    });
  }

  override call(x: Output): Output {
    return this.embeddings.gather(indicesOf(x));
  }

  /** True where an index is not padding; null where there is no padding. */
  override computeMask(x: Output): Output | null {
    return this.maskZero ? ops.notEqual(x, ops.constant(0, x.dtype)) : null;
  }

  override getConfig(): Record<string, unknown> {
    return {
      activity_regularizer: null,
      ...super.getConfig(),
      input_dim: this.inputDim,
      output_dim: this.outputDim,
      ...this.recipe.config('embeddings'),
      mask_zero: this.maskZero,
      quantization_config: null,
    };
  }
}

function indicesOf(x: Output): Output {
  return x.dtype === 'int32' || x.dtype === 'int64' ? x : ops.cast(x, 'int32');
}

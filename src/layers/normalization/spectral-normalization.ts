import type { Shape } from '../../core/shape.js';
import type { Variable } from '../../core/variable.js';
import { TensorFlowError } from '../../errors/errors.js';
import { initializers } from '../../nn/index.js';
import { normalize } from '../../nn/normalize.js';
import * as ops from '../../ops/index.js';
import { Wrapper, type WrapperOptions } from '../core/wrapper.js';
import type { CallOptions, LayerInput, LayerOutput, NamedWeight } from '../layer.js';
import { positive } from '../pairs.js';

export interface SpectralNormalizationOptions extends WrapperOptions {
  /** Steps towards the largest singular value in each training step. Default 1. */
  powerIterations?: number;
}

/**
 * A layer whose kernel is divided by its largest singular value in each training step (Keras `SpectralNormalization`;
 * Miyato et al. 2018).
 *
 * Input and output shapes: those of the layer inside, which has a `kernel` or `embeddings`.
 *
 * @example
 * spectralNormalization({ layer: dense({ units: 10 }) });
 */
export class SpectralNormalization extends Wrapper {
  static override readonly className = 'SpectralNormalization';
  static override readonly optionNames = ['powerIterations', ...Wrapper.optionNames];

  readonly powerIterations: number;
  #kernel!: Variable;
  #vector!: Variable;

  constructor(options: SpectralNormalizationOptions) {
    super(options);
    const where = `SpectralNormalization '${this.name}'`;
    this.powerIterations = positive(`${where}: powerIterations`, options.powerIterations ?? 1);
  }

  override build(inputShape: Shape): void {
    this.layer.build(this.program, inputShape);
    const kernel = this.layer.namedWeights.find(({ name }) => name === 'kernel' || name === 'embeddings');
    if (!kernel) {
      throw new TensorFlowError(
        'ERR_ARGUMENT',
        `SpectralNormalization '${this.name}': layer '${this.layer.name}' has neither a kernel nor embeddings.`,
      );
    }
    this.#kernel = kernel.variable;
    this.#vector = this.addWeight('vector_u', {
      shape: [1, kernel.variable.shape.at(-1) as number],
      initializer: initializers.truncatedNormal({ stddev: 0.02 }),
      trainable: false,
    });
  }

  /** The kernel comes first: Keras counts it as this layer's own. */
  override get namedWeights(): NamedWeight[] {
    const all = super.namedWeights;
    const isKernel = ({ variable }: NamedWeight): boolean => variable === this.#kernel;
    return [...all.filter(isKernel), ...all.filter((weight) => !isKernel(weight))];
  }

  override call(x: LayerInput, options: CallOptions): LayerOutput {
    if (options.training) this.#normalize();
    return this.layer.invoke<LayerOutput>(this.program, x, options);
  }

  #normalize(): void {
    const kernel = this.#kernel.read();
    const matrix = ops.reshape(kernel, [-1, this.#kernel.shape.at(-1) as number]);
    let [u, v] = [this.#vector.read(), this.#vector.read()]; // [1, columns], [1, rows]
    for (let i = 0; i < this.powerIterations; i++) {
      v = normalize(ops.matMul(u, matrix, { transposeB: true }), 1);
      u = normalize(ops.matMul(v, matrix), 1);
    }
    const largest = ops.reshape(ops.matMul(ops.matMul(v, matrix), u, { transposeB: true }), []);
    const zero = ops.all(ops.equal(kernel, 0));
    const divided = ops.select(zero, kernel, ops.div(kernel, largest));
    const next = ops.select(zero, this.#vector.read(), u);
    this.#vector.assign(next);
    this.#kernel.assign(divided);
  }

  override getConfig(): Record<string, unknown> {
    return { ...super.getConfig(), power_iterations: this.powerIterations };
  }
}

import { type DType, parseDType } from '../core/dtype.js';
import { autoName, camelCase, snakeCase } from '../core/naming.js';
import type { Output } from '../core/output.js';
import type { Program } from '../core/program.js';
import { nameScope } from '../core/scope.js';
import type { PartialShape, Shape } from '../core/shape.js';
import type { Tensor, TensorLike } from '../core/tensor.js';
import type { Constraint, Initializer, Penalty, Variable } from '../core/variable.js';
import { TensorFlowError } from '../errors/errors.js';
import { checkOptions } from '../errors/suggest.js';

/** What a layer is called on. */
export type LayerInput = Output | readonly Output[];

/** Options every layer has. */
export interface LayerOptions {
  /** Default: the class name with a number. Weights and files go by it. */
  name?: string;
  /** Whether its weights are updated in training. Default true. */
  trainable?: boolean;
  /** Of computation and weights. Default `float32`. */
  dtype?: string | KerasDTypePolicy;
  /** Shape of one input sample, without the batch; for the first layer of a model. */
  inputShape?: PartialShape;
  /** As `inputShape`, with the batch. */
  batchInputShape?: PartialShape;
}

/** How Keras 3 files write a dtype. */
export interface KerasDTypePolicy {
  class_name: string;
  config: { name: string };
}

/** How a layer is run. */
export interface CallOptions {
  /** Whether dropout drops, and batch normalisation learns. Default false. */
  training?: boolean;
}

/** A weight to be made by `addWeight`. */
export interface WeightOptions {
  shape: readonly number[];
  initializer: Initializer;
  trainable?: boolean;
  regularizer?: Penalty | null;
  constraint?: Constraint | null;
}

const COMMON_OPTIONS = ['name', 'trainable', 'dtype', 'inputShape', 'batchInputShape'];

/**
 * A piece of a network: options, weights, and the arithmetic from input to output.
 *
 * A layer of your own stores its options in the constructor, makes its weights in `build` and computes in `call`.
 *
 * @example
 * class Scale extends Layer {
 *   override build(input: Shape) { this.factor = this.addWeight('factor', { shape: [1], initializer: ones }); }
 *   override call(x: Output) { return ops.mul(x, this.factor); }
 * }
 */
export abstract class Layer {
  /** Keras' class name, as files have it. */
  static readonly className: string = 'Layer';
  /** Names of the options a class reads besides the common ones; others are refused. */
  static readonly optionNames: readonly string[] = [];

  name: string;
  readonly dtype: DType;
  /** Shape of the input with its batch, as far as the options say. */
  readonly batchInputShape: PartialShape | undefined;
  /** Shapes of the last call, for summaries. */
  inputShape: Shape | undefined;
  outputShape: Shape | undefined;
  #trainable: boolean;
  #program: Program | undefined;
  readonly #weights: Variable[] = [];
  readonly #penalties: { weight: Variable; penalty: Penalty }[] = [];
  readonly #constraints = new Map<Variable, Constraint>();

  constructor(options: LayerOptions = {}) {
    const { className, optionNames } = this.constructor as typeof Layer;
    this.name = options.name ?? autoName(snakeCase(className));
    checkOptions(`${className} '${this.name}'`, options, [...COMMON_OPTIONS, ...optionNames]);
    this.dtype = parseDType(
      typeof options.dtype === 'object' ? options.dtype.config.name : (options.dtype ?? 'float32'),
    );
    this.#trainable = options.trainable ?? true;
    this.batchInputShape = options.batchInputShape ?? (options.inputShape ? [null, ...options.inputShape] : undefined);
  }

  /** Makes the weights for inputs of this shape. */
  build(_inputShape: Shape): void {}

  /** The output for this input, as nodes of the current graph. */
  abstract call(input: LayerInput, options: CallOptions): Output;

  /** Builds the layer in the program where that has not happened, then calls it under its name. */
  invoke(program: Program, input: LayerInput, options: CallOptions = {}): Output {
    const shape = 'op' in input ? input.shape : (input[0]?.shape ?? null);
    this.buildIn(program, shape);
    const output = nameScope(this.name, () => this.call(input, options));
    this.inputShape = shape;
    this.outputShape = output.shape;
    return output;
  }

  /** Makes the weights in a program. Idempotent; a failure leaves the layer unbuilt. */
  buildIn(program: Program, inputShape: Shape): void {
    if (this.#program === program) return;
    if (this.#program) {
      throw new TensorFlowError(
        'ERR_GRAPH',
        `Layer '${this.name}' lives in another program; clone it from its config to use it here.`,
      );
    }
    this.#program = program;
    try {
      this.build(inputShape);
    } catch (error) {
      this.#program = undefined;
      this.#weights.length = 0;
      throw error;
    }
  }

  /** The program the weights live in. */
  get program(): Program {
    if (this.#program) return this.#program;
    throw new TensorFlowError('ERR_NOT_BUILT', `Layer '${this.name}' has no weights yet; build it or call it first.`);
  }

  get built(): boolean {
    return this.#program !== undefined;
  }

  /** Whether its weights are updated; a frozen BatchNormalization also runs in inference mode. */
  get trainable(): boolean {
    return this.#trainable;
  }

  set trainable(value: boolean) {
    this.#trainable = value;
  }

  /** All weights, in Keras' order: those that can be trained, then the others. */
  get weights(): Variable[] {
    return [...this.#weights.filter((w) => w.trainable), ...this.#weights.filter((w) => !w.trainable)];
  }

  /** Weights that optimizers update. */
  get trainableWeights(): Variable[] {
    return this.trainable ? this.#weights.filter((w) => w.trainable) : [];
  }

  get nonTrainableWeights(): Variable[] {
    const trained = new Set(this.trainableWeights);
    return this.weights.filter((w) => !trained.has(w));
  }

  countParams(): number {
    return this.weights.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
  }

  /** Copies of the weights, in the order of {@link weights}. */
  async getWeights(): Promise<Tensor[]> {
    return this.weights.length === 0 ? [] : this.program.values(this.weights);
  }

  /**
   * Sets all weights, in the order of {@link weights}.
   *
   * @throws ERR_SHAPE for a wrong number of weights, or one of a wrong shape
   */
  async setWeights(values: readonly (Tensor | TensorLike)[]): Promise<void> {
    const weights = this.weights;
    if (values.length !== weights.length) {
      throw new TensorFlowError(
        'ERR_SHAPE',
        `Layer '${this.name}' has ${weights.length} weights, got ${values.length}.`,
      );
    }
    if (weights.length > 0) await this.program.assign(weights.map((w, i) => [w, values[i] as Tensor | TensorLike]));
  }

  /** What regularizers add to the loss, as nodes of the current graph. */
  penalties(): Output[] {
    return this.#penalties.map(({ weight, penalty }) => penalty(weight.read()));
  }

  /** Bounds of weights, applied after each update. */
  get constraints(): ReadonlyMap<Variable, Constraint> {
    return this.#constraints;
  }

  /** Keras' config, with which the layer can be made again. */
  getConfig(): Record<string, unknown> {
    return { name: this.name, trainable: this.trainable, dtype: dtypePolicy(this.dtype) };
  }

  /** Makes a weight named `<layer>/<name>`; call it in `build`. */
  protected addWeight(name: string, options: WeightOptions): Variable {
    const { shape, initializer, trainable = true, regularizer, constraint } = options;
    const weight = this.program.variable(`${this.name}/${name}`, { shape, initializer, trainable, dtype: this.dtype });
    this.#weights.push(weight);
    if (regularizer) this.#penalties.push({ weight, penalty: regularizer });
    if (constraint) this.#constraints.set(weight, constraint);
    return weight;
  }

  /** An error of this layer about shapes: what it takes, what came, what to do. */
  protected shapeError(expected: string, got: string, wayOut: string): TensorFlowError {
    const { className } = this.constructor as typeof Layer;
    return new TensorFlowError('ERR_SHAPE', `${className} '${this.name}' expects ${expected}, got ${got}. ${wayOut}`);
  }
}

/** A dtype as Keras 3 writes it. */
export function dtypePolicy(name: string): Record<string, unknown> {
  return { module: 'keras', class_name: 'DTypePolicy', config: { name }, registered_name: null };
}

/** Keras' config keys as our option names. */
export function optionsFromConfig(config: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(config).map(([key, value]) => [camelCase(key), value]));
}

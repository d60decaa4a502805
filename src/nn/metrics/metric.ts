import { type DType, parseDType } from '../../core/dtype.js';
import type { Output } from '../../core/output.js';
import type { Program } from '../../core/program.js';
import { formatShape, type Shape } from '../../core/shape.js';
import type { Variable } from '../../core/variable.js';
import { TensorFlowError } from '../../errors/errors.js';
import * as ops from '../../ops/index.js';
import { zeros } from '../initializers.js';
import { Configurable } from '../serialization.js';

/** Options every metric has. */
export interface MetricOptions {
  /** Default: the class name in snake_case. */
  name?: string;
  /** Of the state. Default `float32`. */
  dtype?: string;
}

/** Shapes a metric may need to make its state. */
export interface MetricShapes {
  readonly label?: Shape;
  readonly prediction?: Shape;
}

/**
 * A number about a model, gathered batch by batch in variables of the program. A metric of your own makes its state in
 * `makeState`, adds to it in `update` and says in `result` what it comes to.
 *
 * @example
 * const accuracy = new CategoricalAccuracy();
 * accuracy.build(program);
 * // inside one function: accuracy.update(yTrue, yPred); in another: return { accuracy: accuracy.result() };
 */
export abstract class Metric<O extends MetricOptions = MetricOptions> extends Configurable<O> {
  static override readonly module: string = 'keras.metrics';

  readonly dtype: DType;
  readonly #state = new Map<string, Variable>();
  #program: Program | undefined;

  constructor(options: O = {} as O) {
    super(options);
    this.dtype = parseDType((this.options as Required<MetricOptions>).dtype);
  }

  get name(): string {
    return (this.options as Required<MetricOptions>).name;
  }

  /**
   * Makes the state in a program. Idempotent.
   *
   * @param shapes for metrics whose state depends on the number of classes
   */
  build(program: Program, shapes: MetricShapes = {}): void {
    if (this.#program === program) return;
    if (this.#program) {
      throw new TensorFlowError(
        'ERR_GRAPH',
        `Metric '${this.name}' has its state in another program; make one metric for each program.`,
      );
    }
    this.#program = program;
    this.makeState(shapes);
  }

  /** Makes the variables, by `addState`. */
  protected abstract makeState(shapes: MetricShapes): void;

  /**
   * Inside a function: counts a batch in.
   *
   * @param yTrue labels, [batch, ...]
   * @param yPred predictions, [batch, ...]
   * @param sampleWeight factor of each sample, [batch] or broadcastable; default 1
   * @param mask true where a prediction counts
   */
  abstract update(yTrue: Output, yPred: Output, sampleWeight?: Output, mask?: Output): void;

  /** Inside a function: what the batches so far come to. */
  abstract result(): Output;

  /** Inside a function: starts over. */
  reset(): void {
    for (const variable of this.variables) variable.assign(ops.zeros(Int32Array.from(variable.shape), variable.dtype));
  }

  /** The state, in Keras' order. */
  get variables(): Variable[] {
    return [...this.#state.values()];
  }

  /** A variable that starts at 0; call it in `makeState`. */
  protected addState(name: string, shape: readonly number[] = []): void {
    const { dtype } = this;
    const variable = this.#builtIn().variable(`${this.name}/${name}`, {
      shape,
      dtype,
      trainable: false,
      initializer: zeros(),
    });
    this.#state.set(name, variable);
  }

  /** A variable of the state. */
  protected state(name: string): Variable {
    this.#builtIn();
    const variable = this.#state.get(name);
    if (!variable) throw new TensorFlowError('ERR_ARGUMENT', `Metric '${this.name}' has no state '${name}'.`);
    return variable;
  }

  #builtIn(): Program {
    if (this.#program) return this.#program;
    throw new TensorFlowError(
      'ERR_NOT_BUILT',
      `Metric '${this.name}' has no variables yet; call build(program) first.`,
    );
  }
}

/**
 * The length of the predictions' last axis, for a metric whose state has one value for each class.
 *
 * @throws ERR_SHAPE where predictions are not [batch, classes] with known classes
 */
export function numClassesOf(
  { className, name }: { readonly className: string; readonly name: string },
  { prediction }: MetricShapes,
): number {
  const classes = prediction?.at(-1);
  if (prediction?.length === 2 && typeof classes === 'number') return classes;
  const got = prediction ? formatShape(prediction) : 'none';
  throw new TensorFlowError(
    'ERR_SHAPE',
    `${className} '${name}' expects predictions of shape [batch, classes] with known classes, got ${got}; give it as metric.build(program, { prediction: [null, classes] }).`,
  );
}

/** The defaults of a metric without options of its own. */
export function metricDefaults(name: string): Required<MetricOptions> {
  return { name, dtype: 'float32' };
}

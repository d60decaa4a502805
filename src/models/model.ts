import type { Output } from '../core/output.js';
import { type ProgramFunction, spec, type TensorSpec } from '../core/program.js';
import { formatShape, type PartialShape, type Shape } from '../core/shape.js';
import { isTypedArray, Tensor, type TensorLike, toTensor } from '../core/tensor.js';
import type { Constraint, Variable } from '../core/variable.js';
import { TensorFlowError } from '../errors/errors.js';
import { checkOptions, unknownName } from '../errors/suggest.js';
import { type CallOptions, Layer } from '../layers/layer.js';
import { losses, type Metric, metrics, type Optimizer, optimizers } from '../nn/index.js';
import type { Logs, WeightSnapshot } from '../training/callbacks/callback.js';
import type { History } from '../training/callbacks/history.js';
import { arrays, type Input, isSource } from '../training/data-adapter.js';
import { type EvaluateOptions, evaluate } from '../training/evaluate.js';
import { type FitOptions, fit } from '../training/fit.js';
import { type PredictOptions, predict } from '../training/predict.js';
import { explainStep } from '../training/step-errors.js';
import { modelInput } from '../training/steps.js';
import type { Compiled, Trainable } from '../training/trainable.js';
import { Trainer } from '../training/trainer.js';
import { formatFor, type SaveOptions } from './formats.js';
import { summaryText } from './summary.js';

/** The network as a function of one batch. */
type Predictor = ProgramFunction<{ x: TensorSpec }, { y: Output }>;
type OptimizerOption = Parameters<typeof optimizers.get>[0];
type LossOption = Parameters<typeof losses.get>[0];

export interface CompileOptions {
  /** Name, or an optimizer. Default `rmsprop`, as in Keras. */
  optimizer?: OptimizerOption;
  loss: LossOption;
  /** Names or metrics; `accuracy` takes the kind that fits loss and labels. */
  metrics?: readonly (string | Metric)[];
}

/**
 * What all models share: compile, fit, evaluate, predict, summary, weights, saving. A model is itself a layer, so that
 * models nest.
 */
export abstract class Model extends Layer implements Trainable {
  /** Set to true, e.g. by a callback, to end training. */
  stopTraining = false;
  #compiled: Compiled | undefined;
  #trainer: Trainer | undefined;
  #training = false;
  readonly #predictors = new Map<string, Predictor>();

  /** Its layers, in order. */
  abstract get layers(): readonly Layer[];

  /** Makes the weights, for inputs of this shape (with the batch). */
  abstract override build(inputShape: Shape): void;

  /** Makes sure that there are weights, for inputs of this shape (with the batch). */
  abstract ensureBuilt(inputShape: PartialShape): void;

  override get trainable(): boolean {
    return super.trainable;
  }

  /** Freezes or frees all layers. */
  override set trainable(value: boolean) {
    super.trainable = value;
    for (const layer of this.layers) layer.trainable = value;
  }

  override get weights(): Variable[] {
    return unique(this.layers.flatMap((layer) => layer.weights));
  }

  override get trainableWeights(): Variable[] {
    return this.trainable ? unique(this.layers.flatMap((layer) => layer.trainableWeights)) : [];
  }

  override get constraints(): ReadonlyMap<Variable, Constraint> {
    return new Map(this.layers.flatMap((layer) => [...layer.constraints]));
  }

  override penalties(): Output[] {
    return this.layers.flatMap((layer) => layer.penalties());
  }

  /** The layer of that name, or at that place. */
  getLayer(nameOrIndex: string | number): Layer {
    const found =
      typeof nameOrIndex === 'number' ? this.layers.at(nameOrIndex) : this.layers.find((l) => l.name === nameOrIndex);
    if (found) return found;
    throw unknownName(
      `layer of model '${this.name}'`,
      String(nameOrIndex),
      this.layers.map((l) => l.name),
    );
  }

  /** @internal */
  forward(x: Output, training: boolean): Output {
    this.ensureBuilt(x.shape ?? []);
    return this.call(x, { training });
  }

  abstract override call(x: Output, options: CallOptions): Output;

  /**
   * Settles how the model is trained.
   *
   * @throws ERR_UNKNOWN_NAME for an optimizer, loss or metric nobody knows, with the nearest one
   * @example
   * model.compile({ optimizer: 'adam', loss: 'categoricalCrossentropy', metrics: ['accuracy'] });
   */
  compile(options: CompileOptions): void {
    checkOptions('compile', options, ['optimizer', 'loss', 'metrics']);
    if (options.loss === undefined) {
      throw new TensorFlowError('ERR_ARGUMENT', "compile: give a loss, e.g. 'categoricalCrossentropy'.");
    }
    const metricNames = options.metrics ?? [];
    for (const metric of metricNames) metrics.check(metric);
    this.#compiled = {
      optimizer: optimizers.get(options.optimizer ?? 'rmsprop'),
      loss: losses.get(options.loss),
      metricNames,
    };
    this.#trainer = undefined;
  }

  /** What `compile` settled. */
  get compiled(): Compiled {
    if (this.#compiled) return this.#compiled;
    throw new TensorFlowError(
      'ERR_NOT_COMPILED',
      `Model '${this.name}' is not compiled; call model.compile({ optimizer, loss, metrics }) before training.`,
    );
  }

  get isCompiled(): boolean {
    return this.#compiled !== undefined;
  }

  get optimizer(): Optimizer {
    return this.compiled.optimizer;
  }

  /**
   * Trains the model.
   *
   * @param x arrays or tensors, a generator such as `flowFromDirectory`, a data source, or an async generator of `[x, y]`
   * @param y labels, for arrays
   * @returns loss and metrics, epoch by epoch
   * @throws ERR_NOT_COMPILED, ERR_BUSY, ERR_SHAPE, ERR_NAN_LOSS, and what callbacks throw
   * @example
   * const history = await model.fit(x, y, { batchSize: 128, epochs: 5, validationSplit: 0.2 });
   */
  fit(x: Input, y: Tensor | TensorLike, options?: FitOptions): Promise<History>;
  fit(source: Input, options?: FitOptions): Promise<History>;
  async fit(x: Input, yOrOptions?: Tensor | TensorLike | FitOptions, more?: FitOptions): Promise<History> {
    const [y, options] = labelsAndOptions(yOrOptions, more);
    return this.#exclusively(() => fit(this, this.#trainerFor(x), x, y, options));
  }

  /**
   * Loss and metrics over a data set.
   *
   * @example
   * const { loss, accuracy } = await model.evaluate(validFlow, { steps: 160 });
   */
  evaluate(x: Input, y: Tensor | TensorLike, options?: EvaluateOptions): Promise<Logs>;
  evaluate(source: Input, options?: EvaluateOptions): Promise<Logs>;
  async evaluate(x: Input, yOrOptions?: Tensor | TensorLike | EvaluateOptions, more?: EvaluateOptions): Promise<Logs> {
    const [y, options] = labelsAndOptions(yOrOptions, more);
    return this.#exclusively(() => evaluate(this.#trainerFor(x), x, y, options));
  }

  /**
   * The network's outputs.
   *
   * @param x arrays or tensors with the batch first, or a data source
   * @returns one tensor for all samples
   * @example
   * const probabilities = await model.predict(x.expandDims(0));   // [1, 8]
   */
  async predict(x: Input, options: PredictOptions = {}): Promise<Tensor> {
    this.#buildFor(x);
    return predict(this.#anyTrainer(), (batch) => this.predictOnBatch(batch), x, options);
  }

  /** The network's output for one batch, in one run. */
  async predictOnBatch(x: Tensor | TensorLike): Promise<Tensor> {
    const host = toTensor(x);
    this.#checkInput('predict', host.shape);
    this.ensureBuilt([null, ...host.shape.slice(1)]);
    const { y } = await this.#predictor(host)({ x: host });
    if (host !== x) host.dispose();
    return y;
  }

  /**
   * One step on one batch; gives its own loss and metrics, as before the update.
   *
   * @example
   * const { loss, accuracy } = await model.trainOnBatch(x, y);
   */
  async trainOnBatch(
    x: Tensor | TensorLike,
    y: Tensor | TensorLike,
    sampleWeight?: Tensor | TensorLike,
  ): Promise<Logs> {
    return this.#onBatch('train', x, y, sampleWeight);
  }

  /** Loss and metrics of one batch. */
  async testOnBatch(x: Tensor | TensorLike, y: Tensor | TensorLike, sampleWeight?: Tensor | TensorLike): Promise<Logs> {
    return this.#onBatch('test', x, y, sampleWeight);
  }

  /** Keras' table of layers, shapes and parameters, printed. */
  summary(): void {
    console.log(summaryText(this));
  }

  /**
   * Saves the model; the format follows the file name: `.h5`.
   *
   * The file is replaced whole or not at all.
   *
   * @throws ERR_NOT_WRITABLE
   * @example
   * await model.save('cifar_model.h5', { dialect: 'keras3' });
   */
  async save(path: string, options: SaveOptions = {}): Promise<void> {
    await this.#save(path, options, false);
  }

  /** Saves the weights alone. */
  async saveWeights(path: string, options: SaveOptions = {}): Promise<void> {
    await this.#save(path, options, true);
  }

  /** Sets the weights from a file of `save` or `saveWeights`, layer by layer in order. */
  async loadWeights(path: string): Promise<void> {
    await formatFor(path).loadWeights(this, path);
  }

  async checkSavable(path: string): Promise<void> {
    await formatFor(path).checkWritable(path);
  }

  /** Copies of all weights, to be put back later. */
  async snapshot(): Promise<WeightSnapshot> {
    const values = await this.getWeights();
    return {
      restore: () => this.setWeights(values),
      dispose: () => {
        for (const value of values) value.dispose();
      },
    };
  }

  /** Frees graph, weights and session. */
  dispose(): void {
    if (this.built) this.program.dispose();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  /** To be called when layers were added, removed, frozen: what was traced no longer holds. */
  protected changed(): void {
    this.#trainer = undefined;
    this.#predictors.clear();
  }

  async #save(path: string, options: SaveOptions, weightsOnly: boolean): Promise<void> {
    checkOptions('save', options, ['dialect']);
    await formatFor(path).save(this, path, { ...options, weightsOnly });
  }

  #predictor(x: Tensor): Predictor {
    let known = this.#predictors.get(x.dtype);
    if (!known) {
      const shape = [null, ...x.shape.slice(1).map((d, i) => (this.inputShape?.[i + 1] === null ? null : d))];
      known = this.program.trace('predict_function', { x: spec(x.dtype, shape) }, (inputs) => ({
        y: this.forward(modelInput(inputs.x), false),
      }));
      this.#predictors.set(x.dtype, known);
    }
    return known;
  }

  async #onBatch(
    kind: 'train' | 'test',
    x: Tensor | TensorLike,
    y: Tensor | TensorLike,
    sampleWeight?: Tensor | TensorLike,
  ): Promise<Logs> {
    const batch = arrays(`${kind}OnBatch`, x, y, { sampleWeight });
    return this.#exclusively(() => this.#trainerFor(batch[0] as Tensor).onBatch(kind, batch));
  }

  #trainerFor(x: Input): Trainer {
    void this.compiled;
    this.#buildFor(x);
    return this.#anyTrainer();
  }

  #anyTrainer(): Trainer {
    this.#trainer ??= new Trainer(this);
    return this.#trainer;
  }

  /** Builds the model from the data where nothing told the shape before, and checks the data against it. */
  #buildFor(x: Input): void {
    const shape = shapeOf(x);
    if (!shape) return;
    this.ensureBuilt([null, ...shape.slice(1)]);
    this.#checkInput('the data', shape);
  }

  #checkInput(what: string, shape: PartialShape): void {
    const expected = this.inputShape;
    if (!expected) return;
    const fits =
      shape.length === expected.length &&
      expected.every((d, i) => i === 0 || d === null || shape[i] === null || d === shape[i]);
    if (fits) return;
    const batchless = shape.length === expected.length - 1;
    throw new TensorFlowError(
      'ERR_SHAPE',
      `Model '${this.name}' takes ${formatShape(expected)}, but ${what} has ${formatShape(shape)}.${batchless ? ' Add a batch axis: x.expandDims(0).' : ''}`,
    );
  }

  async #exclusively<T>(work: () => Promise<T>): Promise<T> {
    if (this.#training) {
      throw new TensorFlowError(
        'ERR_BUSY',
        `Model '${this.name}' is already training or evaluating; await that first.`,
      );
    }
    this.#training = true;
    try {
      return await work();
    } catch (failure) {
      throw explainStep(this.name, failure);
    } finally {
      this.#training = false;
    }
  }
}

function unique(variables: readonly Variable[]): Variable[] {
  return [...new Set(variables)];
}

function labelsAndOptions<O extends object>(
  yOrOptions: Tensor | TensorLike | O | undefined,
  more: O | undefined,
): [Tensor | TensorLike | undefined, O] {
  const isData =
    more !== undefined || yOrOptions instanceof Tensor || Array.isArray(yOrOptions) || isTypedArray(yOrOptions);
  return isData ? [yOrOptions as Tensor | TensorLike, more ?? ({} as O)] : [undefined, (yOrOptions ?? {}) as O];
}

/** Shape of the data with its first axis, where that can be told. */
function shapeOf(x: Input): PartialShape | undefined {
  if (isSource(x)) return x.elementSpec[0]?.shape;
  if (x instanceof Tensor) return x.shape;
  return Array.isArray(x) || isTypedArray(x) ? nestedShape(x) : undefined;
}

function nestedShape(value: unknown): number[] {
  if (isTypedArray(value)) return [value.length];
  return Array.isArray(value) ? [value.length, ...nestedShape(value[0])] : [];
}

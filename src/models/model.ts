import type { Output } from '../core/output.js';
import type { ProfileOptions } from '../core/profile.js';
import { Program } from '../core/program.js';
import type { Several } from '../core/several.js';
import type { Tensor } from '../core/tensor.js';
import { TensorFlowError } from '../errors/errors.js';
import { checkOptions } from '../errors/suggest.js';
import type { Metric, Optimizer } from '../nn/index.js';
import { partsOf } from '../training/batch-layout.js';
import type { Logs, WeightSnapshot } from '../training/callbacks/callback.js';
import type { History } from '../training/callbacks/history.js';
import { type Compiled, type CompileOptions, compiledFrom, type Precision } from '../training/compiled.js';
import { arrays, type Input } from '../training/data-adapter.js';
import { type EvaluateOptions, evaluate } from '../training/evaluate.js';
import { type FitOptions, fit } from '../training/fit.js';
import { labelsAndOptions } from '../training/labels-and-options.js';
import type { Values } from '../training/parts.js';
import { type Prediction, type PredictOptions, predict } from '../training/predict.js';
import { explainStep } from '../training/step-errors.js';
import { computeLoss, computeMetrics, type Losses, minimize } from '../training/steps.js';
import type { Batch, HostParts, StepResults, Trainable } from '../training/trainable.js';
import { profileTraining, type Trainer } from '../training/trainer.js';
import { CurrentTrainer } from './current-trainer.js';
import type { ExportOptions, QuantizationReport, QuantizedTo, QuantizeOptions } from './export-options.js';
import { exportModel, formatFor, type LoadWeightsOptions, loadWeightsInto, type SaveOptions } from './formats.js';
import { type FreezeOptions, freezeWeights, unfreezeWeights } from './freeze.js';
import { ModelProfile } from './model-profile.js';
import { Network } from './network.js';
import { setPrecision, withLossScale } from './precision.js';
import { Predictors } from './predictors.js';
import { type SummaryOptions, summaryText } from './summary.js';

/**
 * What all models share: compile, fit, evaluate, predict, summary, weights, saving. A model is itself a layer, so that
 * models nest.
 *
 * A model of your own keeps its layers in fields and calls them in `call`; with a `trainStep` it says itself what one step
 * of training is.
 *
 * @example
 * class Autoencoder extends Model {
 *   encoder = layers.dense({ units: 8, activation: 'relu' });
 *   decoder = layers.dense({ units: 64 });
 *   override call(x: Output) { return this.decoder.apply(this.encoder.apply(x)); }
 *   override trainStep({ x }: Batch) {
 *     const loss = losses.get('mse').call(x, this.forward(x, true));
 *     this.minimize(loss);
 *     return { loss };
 *   }
 * }
 */
export abstract class Model extends Network implements Trainable {
  static override readonly className: string = 'Model';

  /** Set to true, e.g. by a callback, to end training. */
  stopTraining = false;
  /** The same of an evaluation, and of a prediction: to be set while it runs. */
  stopEvaluating = false;
  stopPredicting = false;
  #compiled: Compiled | undefined;
  readonly #trainer = new CurrentTrainer(this);
  #training = false;
  readonly #predictors = new Predictors(this);

  /**
   * Settles how the model is trained.
   *
   * @throws ERR_UNKNOWN_NAME for an optimizer, loss, metric or output nobody knows, with the nearest one
   * @example
   * model.compile({ optimizer: 'adam', loss: 'categoricalCrossentropy', metrics: ['accuracy'] });
   * model.compile({ loss: { score: 'mse', label: 'categoricalCrossentropy' }, lossWeights: { score: 0.5 } });
   */
  compile(options: CompileOptions): void {
    const ownStep = this.trainStep !== Model.prototype.trainStep;
    const compiled = compiledFrom(options, this.outputNames, ownStep);
    if (options.precision) this.setPrecision(options.precision);
    this.#compiled = withLossScale(compiled, this.dtypePolicy.name);
    if (this.#training) this.#trainer.drop();
    else this.#trainer.reconsider();
  }

  /**
   * What the layers compute in from now on, as {@link CompileOptions.precision}; `model.dtypePolicy.name` tells what `auto` is.
   *
   * @throws ERR_UNKNOWN_NAME
   */
  setPrecision(precision: Precision): void {
    if (!setPrecision(this, precision)) return;
    this.#compiled &&= withLossScale(this.#compiled, this.dtypePolicy.name);
    this.changed();
  }

  /** What `compile` settled. */
  get compiled(): Compiled {
    if (this.#compiled) return this.#compiled;
    throw new TensorFlowError(
      'ERR_NOT_COMPILED',
      `Model '${this.name}' is not compiled; call model.compile({ optimizer, loss, metrics }) before training.`,
    );
  }

  /** @internal Whether its steps are what its config and {@link compile} say, and nothing else. */
  get isPlain(): boolean {
    return false;
  }

  /** @internal The steps as compiled; others after every change. */
  get trainer(): Trainer {
    return this.#trainer.get();
  }

  get isCompiled(): boolean {
    return this.#compiled !== undefined;
  }

  get optimizer(): Optimizer {
    return this.compiled.optimizer;
  }

  /**
   * Inside a function: one step of training. To be overridden where a step is something else: it updates weights and gives
   * what is to be reported, scalars by name, of which logs show the mean over the samples, or metrics that it updated.
   *
   * @example
   * override trainStep({ x, y }: Batch) {
   *   const { loss } = this.computeLoss({ x, y }, this.forward(x, true));
   *   this.minimize(loss);
   *   return { loss };
   * }
   */
  trainStep(batch: Batch): StepResults {
    const yPred = this.forward(batch.x, true);
    const losses = this.computeLoss(batch, yPred);
    this.minimize(losses.loss);
    return { ...this.computeMetrics(batch, yPred), ...losses };
  }

  /** Inside a function: one step of evaluation; as {@link trainStep}, without an update. */
  testStep(batch: Batch): StepResults {
    const yPred = this.forward(batch.x, false);
    return { ...this.computeMetrics(batch, yPred), ...this.computeLoss(batch, yPred) };
  }

  /** Inside a function: `loss` as compiled, with what regularizers add; of several outputs also that of each. */
  computeLoss(batch: Batch, yPred: Several<Output>): Losses {
    return computeLoss(this, batch, yPred);
  }

  /** Inside a function: the compiled metrics, updated. */
  computeMetrics(batch: Batch, yPred: Several<Output>): Readonly<Record<string, Metric>> {
    return computeMetrics(this, this.trainer.scores, batch, yPred);
  }

  /** Inside a function: updates the trainable weights with the compiled optimizer, then applies their constraints. */
  minimize(loss: Output): void {
    minimize(this, loss);
  }

  /**
   * Trains the model.
   *
   * @param x arrays or tensors, a generator such as `flowFromDirectory`, a data source, or an async generator of `[x, y]`;
   *   of several inputs a list, or a record by name
   * @param y labels, for arrays; of several outputs a list, or a record by name
   * @returns loss and metrics, epoch by epoch
   * @throws ERR_NOT_COMPILED, ERR_BUSY, ERR_SHAPE, ERR_NAN_LOSS, and what callbacks throw
   * @example
   * const history = await model.fit(x, y, { batchSize: 128, epochs: 5, validationSplit: 0.2 });
   */
  fit(x: Input, y: Values, options?: FitOptions): Promise<History>;
  fit(source: Input, options?: FitOptions): Promise<History>;
  async fit(x: Input, yOrOptions?: Values | FitOptions, more?: FitOptions): Promise<History> {
    const [y, options] = labelsAndOptions<FitOptions>(this, yOrOptions, more);
    return this.#exclusively((trainer) => fit(this, trainer, x, y, options));
  }

  /**
   * Loss and metrics over a data set.
   *
   * @example
   * const { loss, accuracy } = await model.evaluate(validFlow, { steps: 160 });
   */
  evaluate(x: Input, y: Values, options?: EvaluateOptions): Promise<Logs>;
  evaluate(source: Input, options?: EvaluateOptions): Promise<Logs>;
  async evaluate(x: Input, yOrOptions?: Values | EvaluateOptions, more?: EvaluateOptions): Promise<Logs> {
    const [y, options] = labelsAndOptions<EvaluateOptions>(this, yOrOptions, more);
    return this.#exclusively((trainer) => evaluate(this, trainer, x, y, options));
  }

  /**
   * The network's outputs.
   *
   * @param x arrays or tensors with the batch first, or a data source; of several inputs a list, or a record by name
   * @returns one tensor for all samples; of several outputs a list or record, as the model has them
   * @example
   * const probabilities = await model.predict(x.expandDims(0));   // [1, 8]
   * const [score, label] = await model.predict<Tensor[]>([a, b]);
   */
  async predict<P extends Prediction = Tensor>(x: Input, options: PredictOptions = {}): Promise<NoInfer<P>> {
    return (await predict(this, this.trainer, this.#predictors.run, x, options)) as NoInfer<P>;
  }

  /** The network's output for one batch, in one run. */
  async predictOnBatch<P extends Prediction = Tensor>(x: Values): Promise<NoInfer<P>> {
    const { tensors, layout } = arrays('predictOnBatch', this, x, undefined);
    return (await this.#predictors.run(partsOf(layout, tensors).x)) as NoInfer<P>;
  }

  /**
   * Where the time of a step goes, layer by layer: of a training step where labels are given, else of a prediction. Weights
   * and all other state are what they were before.
   *
   * @param x one batch
   * @throws ERR_NOT_COMPILED for a training step of a model that is not compiled; what {@link Program.profile} throws
   * @example
   * const profile = await model.profile(x, y, { runs: 20 });
   * console.log(`${profile}`);
   * await tf.plots.flameChart(profile, { file: 'step.png' });
   */
  async profile(x: Values, y?: Values, options: ProfileOptions = {}): Promise<ModelProfile> {
    const parts = arrays('profile', this, x, y);
    const optimizer = y === undefined ? undefined : this.compiled.optimizer.name;
    const operations = await (y === undefined
      ? this.#predictors.profile(parts, options)
      : this.#exclusively((trainer) => profileTraining(this.program, trainer, parts, options)));
    return new ModelProfile(operations, this.layers, optimizer);
  }

  /**
   * One step on one batch; gives its own loss and metrics, as before the update.
   *
   * @example
   * const { loss, accuracy } = await model.trainOnBatch(x, y);
   */
  async trainOnBatch(x: Values, y?: Values, sampleWeight?: Values): Promise<Logs> {
    return this.#onBatch('train', x, y, sampleWeight);
  }

  /** Loss and metrics of one batch. */
  async testOnBatch(x: Values, y?: Values, sampleWeight?: Values): Promise<Logs> {
    return this.#onBatch('test', x, y, sampleWeight);
  }

  /**
   * Freezes layers, from one to another, both included; the other layers are freed. Without options, all are frozen. Holds
   * from the next `compile` on.
   *
   * @throws ERR_UNKNOWN_NAME for a layer that is not there
   * @example
   * model.freezeWeights({ from: 'conv1', to: 'drop2' });
   * model.freezeWeights({ which: (layer) => layer.name.startsWith('conv') });
   */
  freezeWeights(options: FreezeOptions = {}): void {
    freezeWeights(this, options);
  }

  /** Frees layers; the other layers are frozen. As {@link freezeWeights}. */
  unfreezeWeights(options: FreezeOptions = {}): void {
    unfreezeWeights(this, options);
  }

  /** Keras' table of layers, shapes and parameters, printed. */
  summary(options: SummaryOptions = {}): void {
    console.log(summaryText(this, options));
  }

  /**
   * Saves the model; the format follows the file name: `.keras`, `.h5`, or `model.json` (tfjs).
   *
   * The file is replaced whole or not at all.
   *
   * @throws ERR_NOT_WRITABLE
   * @example
   * await model.save('cifar_model.h5', { dialect: 'keras3' });
   */
  async save(path: string, options: SaveOptions = {}): Promise<void> {
    checkOptions('save', options, ['dialect']);
    await formatFor(path, 'save').save(this, path, options);
  }

  /**
   * Saves the model as a SavedModel, a folder that TensorFlow Serving, Python and `loadModel` take. Its signatures are
   *
   * - `serving_default`, `serve` and `predict`: the network; inputs and outputs go by their names, a Sequential's input
   *   by its first layer's, as in Keras 2: `image_input`;
   * - `train_step` and `evaluate`, where the model is compiled: inputs, and labels `y`, of several outputs `y/<output>`,
   *   to loss and metrics of that batch, all samples counting alike; `train_step` updates weights and optimizer, whose
   *   state is in the file.
   *
   * Further ones by option: `classify` and `regress` for TensorFlow Serving's interfaces of those names, `examples`,
   * `images`. Batches may have any length. Class numbers as labels are int32, other labels as the outputs. The model
   * trains on undisturbed. Await a running `fit` first, or export from a callback at the end of an epoch.
   *
   * @throws ERR_NOT_BUILT; ERR_NOT_COMPILED for a training signature of a model that is not; ERR_NOT_WRITABLE, also where
   * the folder is something else than a SavedModel
   * @returns what quantisation did, with `quantize`
   * @example
   * await model.exportSavedModel('savedmodel');
   * await model.exportSavedModel('flowers/1', { classify: { labels: ['daisy', 'rose'] }, images: { scale: 1 / 255 } });
   * const { sizeAfter, largestChange } = await model.exportSavedModel('small', { quantize: { to: 'int8', samples: x } });
   */
  async exportSavedModel(
    folder: string,
    options: ExportOptions & { quantize: QuantizedTo | QuantizeOptions },
  ): Promise<QuantizationReport>;
  async exportSavedModel(folder: string, options?: ExportOptions): Promise<QuantizationReport | undefined>;
  async exportSavedModel(folder: string, options: ExportOptions = {}): Promise<QuantizationReport | undefined> {
    return exportModel(this, folder, options);
  }

  /**
   * Saves the weights; the format follows the file name: `.weights.h5` (Keras 3, with the optimizer's state), `.h5`
   * (Keras 2), `.npz` or `.safetensors`.
   *
   * @throws ERR_NOT_WRITABLE
   */
  async saveWeights(path: string, options: SaveOptions = {}): Promise<void> {
    checkOptions('saveWeights', options, ['dialect']);
    await formatFor(path, 'saveWeights').saveWeights(this, path, options);
  }

  /**
   * Sets the weights from any file of `save` or `saveWeights`, of here or of Keras, recognised by its content. Nothing is
   * changed where the file does not fit.
   *
   * @throws ERR_NOT_READABLE, ERR_FILE_FORMAT; ERR_SHAPE for weights of another architecture
   * @example
   * await model.loadWeights('vgg16_notop.h5', { byName: true, skipMismatch: true });
   */
  async loadWeights(path: string, options: LoadWeightsOptions = {}): Promise<void> {
    checkOptions('loadWeights', options, ['byName', 'skipMismatch']);
    await loadWeightsInto(this, path, options);
  }

  async checkSavable(path: string): Promise<void> {
    await formatFor(path, 'checkWritable').checkWritable(path);
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

  protected override changed(): void {
    this.#trainer.drop();
    this.#predictors.clear();
  }

  async #onBatch(kind: 'train' | 'test', x: Values, y?: Values, sampleWeight?: Values): Promise<Logs> {
    return this.#exclusively((trainer) => {
      const batch: HostParts = arrays(`${kind}OnBatch`, this, x, y, { sampleWeight });
      return trainer.onBatch(kind, batch);
    });
  }

  async #exclusively<T>(work: (trainer: Trainer) => Promise<T>): Promise<T> {
    if (this.#training) {
      throw new TensorFlowError(
        'ERR_BUSY',
        `Model '${this.name}' is already training or evaluating; await that first.`,
      );
    }
    void this.compiled;
    this.#training = true;
    try {
      return await work(this.trainer);
    } catch (failure) {
      throw explainStep(this.name, failure);
    } finally {
      this.#training = false;
    }
  }
}

import { type DType, isFloating } from '../core/dtype.js';
import { type DTypePolicy, dtypePolicy, type KerasDTypePolicy, kerasDTypePolicy } from '../core/dtype-policy.js';
import { maskOf, setMask } from '../core/mask.js';
import { autoName, camelCase, snakeCase } from '../core/naming.js';
import type { Output } from '../core/output.js';
import { Program } from '../core/program.js';
import { currentScope, nameScope, readingAs } from '../core/scope.js';
import { isOutput, listOf, type Several } from '../core/several.js';
import type { PartialShape, Shape } from '../core/shape.js';
import type { Tensor, TensorLike } from '../core/tensor.js';
import type { Constraint, Initializer, Penalty, Variable } from '../core/variable.js';
import { TensorFlowError } from '../errors/errors.js';
import { checkOptions } from '../errors/suggest.js';
import { type RegularizerIdentifier, regularizers } from '../nn/index.js';
import * as ops from '../ops/index.js';
import type { CallOptions, LayerMask } from './call-options.js';
import { checkIsOptions, checkKinds } from './check-options.js';
import { infer } from './infer.js';
import { residents, vacate } from './residents.js';
import { isSymbolic, LayerNode, onlyNode, type SymbolicSpec, type SymbolicTensor } from './symbolic.js';

export type { CallOptions, LayerMask } from './call-options.js';

/** What a layer is called on. */
export type LayerInput = Output | readonly Output[];

/** What a layer gives: nearly always one value. */
export type LayerOutput = Several<Output>;

/** Options every layer has. */
export interface LayerOptions {
  /** Default: the class name with a number. Weights and files go by it. */
  name?: string;
  /** Whether its weights are updated in training. Default true. */
  trainable?: boolean;
  /**
   * Of computation and weights, or a policy: `mixed_bfloat16` and `mixed_float16` compute in 16 bits and keep weights in
   * float32. Default: that of `tf.config({ dtypePolicy })`, else `float32`.
   */
  dtype?: string | KerasDTypePolicy;
  /** Shape of one input sample, without the batch; for the first layer of a model. */
  inputShape?: PartialShape;
  /** As `inputShape`, with the batch. */
  batchInputShape?: PartialShape;
  /** Its value of the output, over the batch size, adds to the loss. */
  activityRegularizer?: RegularizerIdentifier | null;
}

/** A weight to be made by `addWeight`. */
export interface WeightOptions {
  shape: readonly number[];
  initializer: Initializer;
  trainable?: boolean;
  /** Default: the layer's. */
  dtype?: DType;
  regularizer?: Penalty | null;
  constraint?: Constraint | null;
}

const COMMON_OPTIONS = ['name', 'trainable', 'dtype', 'inputShape', 'batchInputShape', 'activityRegularizer'];
const COMMON_KINDS = { name: 'text', trainable: 'flag', inputShape: 'shape', batchInputShape: 'shape' } as const;

/**
 * A piece of a network: options, weights, and the arithmetic from input to output.
 *
 * A layer of your own stores its options in the constructor, makes its weights in `build` and computes in `call`. `build`
 * may run more than once: a layer is tried in a graph of its own before it has a place.
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
  /** Whether the output's steps are the input's, and so its mask is; see {@link Layer.computeMask}. */
  static readonly supportsMasking: boolean = false;

  /** Whether files have several inputs as arguments of their own, instead of one list. */
  static readonly positionalInputs: boolean = false;

  /** Whether floating inputs are cast to the dtype the layer computes in. Models hand them on. */
  static readonly autocast: boolean = true;

  name: string;
  #dtypePolicy: DTypePolicy;
  /** Shape of the input with its batch, as far as the options say. */
  readonly batchInputShape: PartialShape | undefined;
  /** Shapes of the last call, for summaries. */
  inputShape: Shape | undefined;
  outputShape: Shape | undefined;
  /** Of the last call's output. */
  outputDType: DType | undefined;
  #owner: Layer | undefined;
  #trainable: boolean;
  #program: Program | undefined;
  readonly #weights = new Map<Variable, string>();
  readonly #nodes: LayerNode[] = [];
  readonly #penalties: { weight: Variable; penalty: Penalty }[] = [];
  readonly #constraints = new Map<Variable, Constraint>();
  readonly #activityRegularizer: Penalty | null;
  /** What calls added to the loss, by the function they were traced in. */
  readonly #losses = new WeakMap<object, Output[]>();

  constructor(options: LayerOptions = {}) {
    const { className, optionNames } = this.constructor as typeof Layer;
    checkIsOptions(className, options, optionNames[0]);
    this.name = options.name ?? autoName(snakeCase(className));
    checkOptions(this.where, options, [...COMMON_OPTIONS, ...optionNames]);
    checkKinds(this.where, options, COMMON_KINDS);
    this.#dtypePolicy = dtypePolicy(options.dtype);
    this.#trainable = options.trainable ?? true;
    this.#activityRegularizer = regularizers.get(options.activityRegularizer ?? null);
    this.batchInputShape = options.batchInputShape ?? (options.inputShape ? [null, ...options.inputShape] : undefined);
    const makeWeights = this.build;
    this.build = (first, second = null) =>
      first instanceof Program
        ? this.#settle(first, second, makeWeights)
        : this.#settle(this.home ?? new Program(), first, makeWeights);
    const compute = this.call;
    this.call = (input, callOptions = {}) => {
      this.#buildFor(input);
      const { mask, ...options } = callOptions;
      const given = this.#inComputeDType(mask === undefined ? input : masked(input, mask));
      const output = readingAs(this.#readsAs, () => compute.call(this, given, options));
      return this.#withMask(given, output);
    };
  }

  get dtypePolicy(): DTypePolicy {
    return this.#dtypePolicy;
  }

  /** What the layer computes in from now on, as {@link LayerOptions.dtype}; weights keep their dtype. */
  setDTypePolicy(name: string): void {
    const policy = dtypePolicy(name);
    if (policy.variable !== this.dtype) {
      throw new TensorFlowError(
        'ERR_DTYPE',
        `${this.where} keeps its weights in ${this.dtype}, which '${name}' does not; make the layer with that dtype.`,
      );
    }
    this.#dtypePolicy = policy;
  }

  /** Of the weights. */
  get dtype(): DType {
    return this.dtypePolicy.variable;
  }

  /** What the layer computes in: that of its weights, or narrower. */
  get computeDType(): DType {
    return this.dtypePolicy.compute;
  }

  /**
   * Makes the weights in a program. Does nothing where they are there already; a failure leaves the layer unbuilt.
   *
   * A class overrides it as `build(inputShape)` and makes its weights with `addWeight`: the program is taken care of.
   *
   * @param program left out: a program of its own
   * @param inputShape with the batch
   * @throws ERR_GRAPH when the weights live, with their values, in another program
   * @example
   * generator.build(program, [null, 100]);
   */
  build(_program: Program | Shape, _inputShape?: Shape): void {}

  /**
   * The output for this input, as nodes of the current graph. Inside a function of a program, weights are made where there
   * are none.
   *
   * @example
   * const pictures = generator.call(noise, { training: true });
   */
  abstract call(input: LayerInput, options: CallOptions): LayerOutput;

  /** Whether the mask of the input, or what the layer makes of it, is kept beside the output. */
  get supportsMasking(): boolean {
    return (this.constructor as typeof Layer).supportsMasking || this.computeMask !== Layer.prototype.computeMask;
  }

  /**
   * Which steps of the output count. Default: those of the input.
   *
   * @param mask what counts of the input; of a list of inputs a list
   */
  computeMask(_input: LayerInput, mask: LayerMask): LayerMask {
    return mask;
  }

  /** Builds the layer in the program where that has not happened, then calls it under its name. */
  invoke<O extends LayerOutput = Output>(program: Program, input: LayerInput, options: CallOptions = {}): NoInfer<O> {
    const shape = 'op' in input ? input.shape : (input[0]?.shape ?? null);
    (this as Layer).build(program, shape);
    const output = nameScope(this.name, () => this.#regularized(this.call(input, options)));
    this.inputShape = shape;
    const [first] = listOf(output, isOutput);
    this.outputShape = first?.shape ?? null;
    this.outputDType = first?.dtype;
    return output as NoInfer<O>;
  }

  /**
   * Puts the layer on top of others: on symbolic tensors, a step of a functional model; on outputs of a graph, inside a
   * function of a program, the call itself, with weights made where there are none.
   *
   * @throws ERR_SHAPE when the layer does not fit the input, naming both shapes
   * @example
   * const x = input({ shape: [4] });
   * const y = dense({ units: 3 }).apply(x);   // y.shape: [null, 3]
   */
  apply<O extends LayerOutput = Output>(input: LayerInput, options?: CallOptions): NoInfer<O>;
  apply<O extends Several<SymbolicTensor> = SymbolicTensor>(
    input: Several<SymbolicTensor>,
    options?: CallOptions<SymbolicTensor>,
  ): NoInfer<O>;
  apply(
    input: Several<SymbolicTensor> | LayerInput,
    options: CallOptions | CallOptions<SymbolicTensor> = {},
  ): Several<SymbolicTensor> | LayerOutput {
    if (isInput(input)) {
      const program = this.home ?? programOfFunction(this.name);
      return this.invoke<LayerOutput>(program, input, options as CallOptions);
    }
    if (isSymbolicInput(input)) {
      const call = options as CallOptions<SymbolicTensor>;
      return this.addNode(input, call, infer(this, input, call)).outputs;
    }
    throw new TensorFlowError(
      'ERR_ARGUMENT',
      `Layer '${this.name}' is called on symbolic tensors or outputs of a graph; start with input({ shape }).`,
    );
  }

  /** Its symbolic calls. */
  get nodes(): readonly LayerNode[] {
    return this.#nodes;
  }

  /** What the layer was called on, where that was once. */
  get input(): Several<SymbolicTensor> {
    const node = onlyNode(this);
    return node.inputs ?? node.outputs;
  }

  /** What the layer gave, where it was called once. */
  get output(): Several<SymbolicTensor> {
    return onlyNode(this).outputs;
  }

  /** Its name, after the names of the layers that it is a part of; its weights' names begin so. */
  get path(): string {
    return this.#owner ? `${this.#owner.path}/${this.name}` : this.name;
  }

  /** Makes a layer a part of this one, such as the cell of a recurrent layer. */
  protected part<L extends Layer>(layer: L): L {
    layer.#owner = this;
    return layer;
  }

  /** Layers inside this one, kept in its fields, alone or in lists; their weights are its weights. */
  get sublayers(): readonly Layer[] {
    return Object.values(this)
      .flat()
      .filter((value) => value instanceof Layer);
  }

  /** @internal */
  addNode(
    inputs: Several<SymbolicTensor> | undefined,
    options: CallOptions<SymbolicTensor>,
    specs: Several<SymbolicSpec>,
  ): LayerNode {
    const node = new LayerNode(this, inputs, options, specs);
    this.#nodes.push(node);
    return node;
  }

  /** @internal Forgets a call. */
  removeNode(node: LayerNode): void {
    this.#nodes.splice(this.#nodes.indexOf(node), 1);
  }

  /** Where its weights are to be: the program of this layer or of one inside it, as far as there is one. */
  get home(): Program | undefined {
    return this.#program ?? this.sublayers.map((layer) => layer.home).find((program) => program !== undefined);
  }

  /** @internal Forgets the weights, so that the layer can be built elsewhere. */
  leave(): void {
    this.#program = undefined;
    this.#weights.clear();
    this.#penalties.length = 0;
    this.#constraints.clear();
  }

  #buildFor(input: LayerInput): void {
    const program = this.built ? undefined : (this.home ?? currentScope().generator?.program);
    if (program) (this as Layer).build(program, listOf(input, isOutput)[0]?.shape ?? null);
  }

  get #readsAs(): DType | undefined {
    return isFloating(this.computeDType) ? this.computeDType : undefined;
  }

  #inComputeDType(input: LayerInput): LayerInput {
    const dtype = (this.constructor as typeof Layer).autocast ? this.#readsAs : undefined;
    if (dtype === undefined) return input;
    return 'op' in input ? floatAs(input, dtype) : input.map((x) => floatAs(x, dtype));
  }

  #withMask(input: LayerInput, output: LayerOutput): LayerOutput {
    if (!this.supportsMasking) return output;
    const outputs = listOf(output, isOutput);
    if (outputs.every((one) => maskOf(one))) return output;
    const before = 'op' in input ? (maskOf(input) ?? null) : listOf(input, isOutput).map((one) => maskOf(one) ?? null);
    const masks = [this.computeMask(input, before)].flat();
    for (const [i, one] of outputs.entries()) if (masks[i] && !maskOf(one)) setMask(one, masks[i]);
    return output;
  }

  #settle(program: Program, inputShape: Shape, makeWeights: (inputShape: Shape) => void): void {
    if (this.#program === program) return;
    if (this.#program) this.#moveOut(this.#program);
    this.#program = program;
    try {
      makeWeights.call(this, inputShape);
    } catch (error) {
      this.leave();
      throw error;
    }
    residents(program).add(this);
  }

  /** A program in which nothing ran yet holds no values that could be lost. */
  #moveOut(program: Program): void {
    if (program.hasSession) {
      throw new TensorFlowError(
        'ERR_GRAPH',
        `Layer '${this.name}' lives in another program; clone it from its config to use it here.`,
      );
    }
    vacate(program);
  }

  /** The program the weights live in. */
  get program(): Program {
    if (this.#program) return this.#program;
    throw new TensorFlowError('ERR_NOT_BUILT', `Layer '${this.name}' has no weights yet; build it or call it first.`);
  }

  get built(): boolean {
    return this.#program !== undefined;
  }

  /** Whether its weights, and those of layers inside, are updated; a frozen BatchNormalization also runs in inference mode. */
  get trainable(): boolean {
    return this.#trainable;
  }

  set trainable(value: boolean) {
    this.#trainable = value;
    for (const layer of this.sublayers) layer.trainable = value;
  }

  /** All weights, in Keras' order: those that can be trained, then the others; then those of the layers inside. */
  get weights(): Variable[] {
    return this.namedWeights.map(({ variable }) => variable);
  }

  /** @internal The weights with the names that files know them by, `<layer>/<weight>`. */
  get namedWeights(): NamedWeight[] {
    const own = [...this.#weights].map(([variable, name]) => ({ variable, layer: this.path, name }));
    const all = [
      ...own.filter(({ variable }) => variable.trainable),
      ...own.filter(({ variable }) => !variable.trainable),
      ...this.sublayers.flatMap((layer) => layer.namedWeights),
    ];
    return [...new Map(all.map((weight) => [weight.variable, weight])).values()];
  }

  /** Weights that optimizers update. */
  get trainableWeights(): Variable[] {
    if (!this.trainable) return [];
    const own = [...this.#weights.keys()].filter((weight) => weight.trainable);
    return [...new Set([...own, ...this.sublayers.flatMap((layer) => layer.trainableWeights)])];
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

  /** To be called when weights came from a file: layers that compute with what they made of their weights make it again. */
  async finalizeState(): Promise<void> {
    for (const layer of this.sublayers) await layer.finalizeState();
  }

  /** What regularizers, and calls in the function being traced, add to the loss. */
  penalties(): Output[] {
    const { trace } = currentScope();
    const added = trace && this.#losses.get(trace);
    const own = this.#penalties.map(({ weight, penalty }) => penalty(weight.read()));
    return [...own, ...(added ?? []), ...this.sublayers.flatMap((layer) => layer.penalties())];
  }

  /** Bounds of weights, applied after each update. */
  get constraints(): ReadonlyMap<Variable, Constraint> {
    return new Map([...this.#constraints, ...this.sublayers.flatMap((layer) => [...layer.constraints])]);
  }

  /** Keras' config, with which the layer can be made again. */
  getConfig(): Record<string, unknown> {
    const activity = regularizers.serialize(this.#activityRegularizer);
    return {
      name: this.name,
      trainable: this.trainable,
      dtype: kerasDTypePolicy(this.dtypePolicy),
      ...(activity && { activity_regularizer: activity }),
    };
  }

  /** Adds a scalar to the loss of the function being traced; call it in `call`. */
  protected addLoss(value: Output): void {
    const { trace } = currentScope();
    const kept = floatAs(value, this.dtype);
    if (trace) this.#losses.set(trace, [...(this.#losses.get(trace) ?? []), kept]);
  }

  #regularized(output: LayerOutput): LayerOutput {
    const regularizer = this.#activityRegularizer;
    for (const value of regularizer ? listOf(output, isOutput) : []) {
      const batch = ops.cast(ops.gather(ops.shape(value), 0), value.dtype);
      if (regularizer) this.addLoss(ops.realDiv(regularizer(value), batch));
    }
    return output;
  }

  /** Makes a weight named `<path>/<name>`; call it in `build`. */
  protected addWeight(name: string, options: WeightOptions): Variable {
    const { shape, initializer, trainable = true, dtype = this.dtype, regularizer, constraint } = options;
    const weight = this.program.variable(`${this.path}/${name}`, { shape, initializer, trainable, dtype });
    this.#weights.set(weight, name);
    if (regularizer) this.#penalties.push({ weight, penalty: regularizer });
    if (constraint) this.#constraints.set(weight, constraint);
    return weight;
  }

  /** Class and name, as errors begin. */
  protected get where(): string {
    return `${(this.constructor as typeof Layer).className} '${this.name}'`;
  }

  /** An error of this layer about shapes: what it takes, what came, what to do. */
  protected shapeError(expected: string, got: string, wayOut: string): TensorFlowError {
    return new TensorFlowError('ERR_SHAPE', `${this.where} expects ${expected}, got ${got}. ${wayOut}`);
  }
}

/** A weight and what files call it. */
export interface NamedWeight {
  variable: Variable;
  layer: string;
  name: string;
}

/** The input with such masks. Why a copy: others that are called on it shall not see them. */
function masked(input: LayerInput, mask: LayerMask): LayerInput {
  const masks = [mask].flat();
  const copy = (x: Output, i: number): Output => {
    const same = ops.identity(x);
    setMask(same, masks[i] ?? null);
    return same;
  };
  return 'op' in input ? copy(input, 0) : input.map(copy);
}

/** A floating value in this dtype, with its mask. */
function floatAs(x: Output, dtype: DType): Output {
  if (x.dtype === dtype || !isFloating(x.dtype)) return x;
  const y = ops.cast(x, dtype);
  setMask(y, maskOf(x) ?? null);
  return y;
}

function isInput(value: Several<SymbolicTensor> | LayerInput): value is LayerInput {
  return isOutput(value) || (Array.isArray(value) && value.length > 0 && value.every(isOutput));
}

function isSymbolicInput(value: unknown): value is Several<SymbolicTensor> {
  if (isSymbolic(value)) return true;
  const inside = typeof value === 'object' && value !== null ? Object.values(value) : [];
  return inside.length > 0 && inside.every(isSymbolic);
}

/** The program whose function is being traced. */
function programOfFunction(layer: string): Program {
  const program = currentScope().generator?.program;
  if (program) return program;
  throw new TensorFlowError(
    'ERR_GRAPH',
    `Layer '${layer}' is called outside of a function of a program; use program.function(…).`,
  );
}

/** Keras' config keys as our option names. */
export function optionsFromConfig(config: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(config).map(([key, value]) => [camelCase(key), value]));
}

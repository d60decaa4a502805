import { type DType, isFloating } from '../core/dtype.js';
import { type DTypePolicy, dtypePolicy, kerasDTypePolicy } from '../core/dtype-policy.js';
import { maskOf, setMask } from '../core/mask.js';
import { autoName, snakeCase } from '../core/naming.js';
import type { Output } from '../core/output.js';
import type { Program } from '../core/program.js';
import { currentScope, nameScope, readingAs } from '../core/scope.js';
import { isOutput, listOf, type Several } from '../core/several.js';
import type { PartialShape, Shape } from '../core/shape.js';
import type { Penalty } from '../core/variable.js';
import { TensorFlowError } from '../errors/errors.js';
import { checkIsOptions } from '../errors/suggest.js';
import { regularizers } from '../nn/index.js';
import * as ops from '../ops/index.js';
import type { CallOptions, LayerMask } from './call-options.js';
import { infer } from './infer.js';
import {
  floatAs,
  inputAs,
  isLayerInput,
  isSymbolicInput,
  type LayerInput,
  type LayerOutput,
  masked,
} from './layer-input.js';
import { checkLayerOptions, type LayerOptions } from './layer-options.js';
import { Resident } from './resident.js';
import { LayerNode, onlyNode, type SymbolicSpec, type SymbolicTensor } from './symbolic.js';

export type { CallOptions, LayerMask } from './call-options.js';
export type { LayerInput, LayerOutput } from './layer-input.js';
export type { LayerOptions } from './layer-options.js';
export type { NamedWeight, WeightOptions } from './own-weights.js';

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
export abstract class Layer extends Resident {
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

  #dtypePolicy: DTypePolicy;
  /** Shape of the input with its batch, as far as the options say. */
  readonly batchInputShape: PartialShape | undefined;
  /** Shapes of the last call, for summaries. */
  inputShape: Shape | undefined;
  outputShape: Shape | undefined;
  /** Of the last call's output. */
  outputDType: DType | undefined;
  readonly #nodes: LayerNode[] = [];
  readonly #activityRegularizer: Penalty | null;
  /** What calls added to the loss, by the function they were traced in. */
  readonly #losses = new WeakMap<object, Output[]>();

  constructor(options: LayerOptions = {}) {
    const { className, optionNames } = new.target;
    checkIsOptions(className, options, optionNames[0]);
    super(options.name ?? autoName(snakeCase(className)), options.trainable ?? true);
    checkLayerOptions(this.where, options, optionNames);
    this.#dtypePolicy = dtypePolicy(options.dtype);
    this.#activityRegularizer = regularizers.get(options.activityRegularizer ?? null);
    this.batchInputShape = options.batchInputShape ?? (options.inputShape ? [null, ...options.inputShape] : undefined);
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

  override get dtype(): DType {
    return this.dtypePolicy.variable;
  }

  /** What the layer computes in: that of its weights, or narrower. */
  get computeDType(): DType {
    return this.dtypePolicy.compute;
  }

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
    if (isLayerInput(input)) {
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

  /** Layers inside this one, kept in its fields, alone or in lists; their weights are its weights. */
  override get sublayers(): readonly Layer[] {
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

  #buildFor(input: LayerInput): void {
    const program = this.built ? undefined : (this.home ?? currentScope().generator?.program);
    if (program) (this as Layer).build(program, listOf(input, isOutput)[0]?.shape ?? null);
  }

  get #readsAs(): DType | undefined {
    return isFloating(this.computeDType) ? this.computeDType : undefined;
  }

  #inComputeDType(input: LayerInput): LayerInput {
    const dtype = (this.constructor as typeof Layer).autocast ? this.#readsAs : undefined;
    return dtype === undefined ? input : inputAs(input, dtype);
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

  /** What regularizers, and calls in the function being traced, add to the loss. */
  override penalties(): Output[] {
    const { trace } = currentScope();
    return [...((trace && this.#losses.get(trace)) ?? []), ...super.penalties()];
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

  /** Class and name, as errors begin. */
  protected get where(): string {
    return `${(this.constructor as typeof Layer).className} '${this.name}'`;
  }

  /** An error of this layer about shapes: what it takes, what came, what to do. */
  protected shapeError(expected: string, got: string, wayOut: string): TensorFlowError {
    return new TensorFlowError('ERR_SHAPE', `${this.where} expects ${expected}, got ${got}. ${wayOut}`);
  }
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

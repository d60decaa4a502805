import type { Output } from '../core/output.js';
import { Program } from '../core/program.js';
import { isOutput, listOf, mapSeveral, type Several } from '../core/several.js';
import type { PartialShape, Shape } from '../core/shape.js';
import { spec } from '../core/spec.js';
import { TensorFlowError } from '../errors/errors.js';
import { explained } from '../layers/infer.js';
import type { CallOptions, Layer, LayerInput, LayerOptions, LayerOutput } from '../layers/layer.js';
import { isSymbolic, type LayerNode, mapTensors, type SymbolicTensor } from '../layers/symbolic.js';
import { inOrder } from '../training/named-values.js';
import { type FunctionalConfig, functionalConfig, graphFromConfig } from './functional-config.js';
import { graphOrder } from './graph-order.js';
import { Model } from './model.js';
import type { ModelInput } from './model-input.js';

export interface FunctionalOptions extends LayerOptions {
  /** Made by `input`: one, a list, or a record by name. */
  inputs: Several<SymbolicTensor>;
  /** What layers gave on top of them: one, a list, or a record by name. */
  outputs: Several<SymbolicTensor>;
}

/**
 * A network of any shape from inputs to outputs (Keras `Model(inputs, outputs)`): several of both, layers used twice,
 * models as layers.
 *
 * Input and output shapes: those of the symbolic tensors it was made from. Data and labels for several of them are lists
 * in their order, or records by their names: the keys of `inputs` and `outputs`, else the names of their layers.
 *
 * @throws ERR_GRAPH where an output depends on an input that is not given, ERR_ARGUMENT for what is no symbolic tensor
 * @example
 * const a = input({ shape: [4], name: 'a' });
 * const b = input({ shape: [2], name: 'b' });
 * const joined = layers.concatenate().apply([layers.dense({ units: 3 }).apply(a), b]);
 * const net = model({ inputs: [a, b], outputs: layers.dense({ units: 1, name: 'score' }).apply(joined) });
 * const probe = model({ inputs: net.inputs, outputs: net.getLayer('score').input });
 */
export class Functional extends Model {
  static override readonly className: string = 'Functional';
  static override readonly optionNames: readonly string[] = ['inputs', 'outputs'];

  readonly #inputs: Several<SymbolicTensor>;
  readonly #outputs: Several<SymbolicTensor>;
  readonly #layers: readonly Layer[];
  readonly #graph: readonly LayerNode[];

  constructor(options: FunctionalOptions) {
    super(options);
    this.#inputs = this.#checked('inputs', options.inputs);
    this.#outputs = this.#checked('outputs', options.outputs);
    this.#checkInputs();
    const { layers, nodes } = graphOrder(this.name, this.inputs, this.outputs);
    this.#layers = layers;
    this.#graph = nodes;
    this.#checkNames();
    this.ensureBuilt(null);
    if (options.trainable === false) this.trainable = false;
  }

  static fromConfig(config: Readonly<Record<string, unknown>>): Functional {
    const { trainable, name, ...rest } = config as Readonly<Record<string, unknown>> & FunctionalConfig;
    const made = new Functional({ name, ...graphFromConfig({ name, ...rest }) });
    if (trainable === false) made.trainable = false;
    return made;
  }

  override get isPlain(): boolean {
    return this.constructor === Functional;
  }

  override get graph(): readonly LayerNode[] {
    return this.#graph;
  }

  override get layers(): readonly Layer[] {
    return this.#layers;
  }

  get inputs(): SymbolicTensor[] {
    return listOf(this.#inputs, isSymbolic);
  }

  get outputs(): SymbolicTensor[] {
    return listOf(this.#outputs, isSymbolic);
  }

  override get input(): Several<SymbolicTensor> {
    return this.#inputs;
  }

  override get output(): Several<SymbolicTensor> {
    return this.#outputs;
  }

  override get modelInputs(): readonly ModelInput[] {
    const names = namesOf(this.#inputs);
    return this.inputs.map(({ dtype, shape }, i) => ({ name: names[i] ?? '', dtype, shape: shape ?? undefined }));
  }

  override get outputLayers(): readonly Layer[] {
    return this.outputs.map(({ node }) => node.layer);
  }

  override get outputNames(): readonly string[] {
    return namesOf(this.#outputs);
  }

  override ensureBuilt(_inputShape: Shape): void {
    if (!this.built) (this as Model).build(this.home ?? new Program(), []);
  }

  /** The inputs know their shapes. */
  protected override buildLayers(_inputShape: PartialShape): void {
    const specs = this.inputs.map(({ dtype, shape }, i) => [`input_${i}`, spec(dtype, shape ?? [])] as const);
    this.program.trace(`${this.name}/build`, Object.fromEntries(specs), (values) => {
      this.#run(Object.values<Output>(values), {});
      return {};
    });
    const [input, second] = this.inputs;
    const [output, other] = this.outputs;
    this.inputShape = second ? undefined : input?.shape;
    this.outputShape = other ? undefined : output?.shape;
  }

  override call<O extends LayerOutput = Output>(
    x: LayerInput | Several<Output>,
    options: CallOptions = {},
  ): NoInfer<O> {
    const names = this.modelInputs.map(({ name }) => name);
    const values = this.#run(inOrder(`inputs of model '${this.name}'`, names, x, isOutput), options);
    return mapSeveral(this.#outputs, isSymbolic, (tensor) => values.get(tensor) as Output) as NoInfer<O>;
  }

  override getConfig(): Record<string, unknown> {
    return functionalConfig(this, this.#inputs, this.#outputs);
  }

  /** The values of all symbolic tensors. */
  #run(inputs: readonly Output[], options: CallOptions): Map<SymbolicTensor, Output> {
    // Why: what else the model was called with is for the model, not for its layers.
    const training = options.training === undefined ? {} : { training: options.training };
    const values = new Map(this.inputs.map((tensor, i) => [tensor, inputs[i] as Output]));
    for (const node of this.graph) {
      if (node.inputs === undefined) continue;
      const x = mapSeveral(node.inputs, isSymbolic, (tensor) => values.get(tensor) as Output) as LayerInput;
      const call = { ...training, ...mapTensors(node.options, (tensor) => values.get(tensor)) };
      const y = explained(node.layer, x, () => node.layer.invoke<LayerOutput>(this.program, x, call));
      const outputs = listOf(node.outputs, isSymbolic);
      for (const [i, value] of listOf(y, isOutput).entries()) values.set(outputs[i] as SymbolicTensor, value);
    }
    return values;
  }

  #checked(what: 'inputs' | 'outputs', given: Several<SymbolicTensor>): Several<SymbolicTensor> {
    const all: unknown[] = isSymbolic(given) ? [given] : Object.values(given ?? {});
    if (all.length > 0 && all.every(isSymbolic)) return given;
    throw new TensorFlowError(
      'ERR_ARGUMENT',
      `Model '${this.name}': ${what} must be symbolic tensors, from input({ shape }) and layer.apply(x).`,
    );
  }

  #checkInputs(): void {
    const inner = this.inputs.find(({ node }) => node.inputs !== undefined);
    if (inner) {
      throw new TensorFlowError(
        'ERR_ARGUMENT',
        `Model '${this.name}': '${inner.name}' is the output of a layer and cannot be an input; start from input({ shape }) and call the layers after it again.`,
      );
    }
    if (new Set(this.inputs).size < this.inputs.length) {
      throw new TensorFlowError('ERR_ARGUMENT', `Model '${this.name}': the same input is given twice.`);
    }
  }

  #checkNames(): void {
    const names = this.#layers.map(({ name }) => name);
    const twice = names.find((name, i) => names.indexOf(name) !== i);
    if (twice === undefined) return;
    throw new TensorFlowError(
      'ERR_ARGUMENT',
      `Model '${this.name}' has two layers named '${twice}'; give one another name.`,
    );
  }
}

/** Keys where they go by name, else the names of the layers, made unique. */
function namesOf(tensors: Several<SymbolicTensor>): string[] {
  if (!isSymbolic(tensors) && !Array.isArray(tensors)) return Object.keys(tensors);
  const names = listOf(tensors, isSymbolic).map(({ name }) => name);
  return names.map((name, i) => {
    const before = names.slice(0, i).filter((other) => other === name).length;
    return before === 0 ? name : `${name}_${before}`;
  });
}

/** {@inheritDoc Functional} */
export function model(options: FunctionalOptions): Functional {
  return new Functional(options);
}

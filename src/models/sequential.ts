import type { Output } from '../core/output.js';
import { isOutput, listOf } from '../core/several.js';
import { formatShape, type PartialShape, type Shape } from '../core/shape.js';
import { spec } from '../core/spec.js';
import { TensorFlowError } from '../errors/errors.js';
import { checkIsOptions } from '../errors/suggest.js';
import { InputLayer } from '../layers/core/input-layer.js';
import { explained } from '../layers/infer.js';
import { type CallOptions, Layer, type LayerInput, type LayerOptions, type LayerOutput } from '../layers/layer.js';
import { deserialize, type LayerConfig, serialize } from '../layers/registry.js';
import { isSymbolic, type LayerNode, type SymbolicTensor } from '../layers/symbolic.js';
import { input } from './input.js';
import { Model } from './model.js';
import type { ModelInput } from './model-input.js';

export interface SequentialOptions extends LayerOptions {
  layers?: readonly Layer[];
}

/**
 * A stack of layers, each on the output of the one before (Keras `Sequential`).
 *
 * @example
 * const model = sequential();
 * model.add(layers.dense({ units: 10, inputShape: [4], activation: 'relu' }));
 * model.add(layers.dense({ units: 3, activation: 'softmax' }));
 */
export class Sequential extends Model {
  static override readonly className = 'Sequential';
  static override readonly optionNames = ['layers'];

  readonly #layers: Layer[] = [];
  #input: InputLayer | undefined;
  #batchInputShape: PartialShape | undefined;
  /** The layers as a functional model has them, once somebody asks. */
  #symbolic: { input: SymbolicTensor; output: SymbolicTensor; nodes: LayerNode[] } | undefined;

  constructor({ layers = [], ...options }: SequentialOptions = {}) {
    super(options);
    if (!Array.isArray(layers)) throw this.#noLayer(layers);
    this.#batchInputShape = this.batchInputShape;
    for (const layer of layers) this.add(layer);
  }

  static fromConfig(config: Readonly<Record<string, unknown>>): Sequential {
    const { name, trainable, layers } = config as { name: string; trainable?: boolean; layers: LayerConfig[] };
    const model = new Sequential({ name, layers: layers.map(deserialize) });
    if (trainable === false) model.trainable = false;
    return model;
  }

  override get layers(): readonly Layer[] {
    return this.#layers;
  }

  override get modelInputs(): readonly ModelInput[] {
    const name = this.#input?.name ?? `${this.#layers[0]?.name ?? this.name}_input`;
    return [{ name, dtype: this.#input?.dtype ?? 'float32', shape: this.inputShape ?? this.#batchInputShape }];
  }

  override get outputLayers(): readonly Layer[] {
    return this.#layers.slice(-1);
  }

  override get outputNames(): readonly string[] {
    return [this.#layers.at(-1)?.name ?? this.name];
  }

  /** Where data enters, to build other models on. */
  get inputs(): SymbolicTensor[] {
    return [this.#symbolically().input];
  }

  /** What the top layer gives, to build other models on. */
  get outputs(): SymbolicTensor[] {
    return [this.#symbolically().output];
  }

  override get input(): SymbolicTensor {
    return this.#symbolically().input;
  }

  override get output(): SymbolicTensor {
    return this.#symbolically().output;
  }

  override getLayer(nameOrIndex: string | number): Layer {
    const layer = super.getLayer(nameOrIndex);
    // Why: whoever asks for a layer may ask for its output.
    if (layer.nodes.length === 0 && this.built) this.#symbolically();
    return layer;
  }

  /**
   * Puts a layer on top. The first one may say the input's shape (`inputShape`); otherwise the first data does.
   *
   * @throws ERR_SHAPE when the layer does not fit the one below, naming both shapes; the model stays as it was
   */
  add(layer: Layer): void {
    if (!(layer instanceof Layer)) throw this.#noLayer(layer);
    if (layer instanceof InputLayer) {
      if (this.#layers.length > 0) throw this.#refusal(layer, 'an InputLayer can only come first');
      this.#input = layer;
      this.#batchInputShape = layer.batchInputShape;
      return;
    }
    if (this.#layers.some((other) => other.name === layer.name)) {
      throw this.#refusal(layer, 'there is a layer of that name already; give it another name');
    }
    const before = this.#batchInputShape;
    if (this.#layers.length === 0) {
      this.#batchInputShape ??= layer.batchInputShape ?? (layer.built ? (layer.inputShape ?? undefined) : undefined);
    }
    this.#layers.push(layer);
    try {
      if (this.built) this.#extend(layer);
      else if (this.#batchInputShape) this.ensureBuilt(this.#batchInputShape);
    } catch (error) {
      this.#layers.pop();
      this.#batchInputShape = before;
      throw error;
    }
    this.changed();
  }

  override get isPlain(): boolean {
    return this.constructor === Sequential;
  }

  protected override changed(): void {
    super.changed();
    for (const node of this.#symbolic?.nodes ?? []) node.layer.removeNode(node);
    this.#symbolic = undefined;
  }

  /** Takes the top layer off. */
  pop(): Layer {
    const layer = this.#layers.pop();
    if (!layer) throw new TensorFlowError('ERR_ARGUMENT', `Model '${this.name}' has no layers to pop.`);
    this.outputShape = this.#layers.at(-1)?.outputShape ?? this.inputShape;
    this.changed();
    return layer;
  }

  override ensureBuilt(inputShape: Shape): void {
    if (this.built) return;
    if (this.#layers.length === 0) {
      throw new TensorFlowError('ERR_NOT_BUILT', `Model '${this.name}' has no layers; add some before using it.`);
    }
    if (inputShape === null) {
      throw this.shapeError('an input of known rank', formatShape(inputShape), 'Give the first layer an inputShape.');
    }
    super.ensureBuilt(inputShape);
  }

  protected override buildLayers(inputShape: PartialShape): void {
    const batchShape = [this.#batchInputShape?.[0] ?? null, ...inputShape.slice(1)];
    this.#trace(batchShape, this.#layers);
    this.inputShape = batchShape;
    this.#batchInputShape ??= batchShape;
  }

  override call<O extends LayerOutput = Output>(x: LayerInput, options: CallOptions = {}): NoInfer<O> {
    return this.#layers.reduce((y, layer) => this.#step(layer, y, options), x) as NoInfer<O>;
  }

  override getConfig(): Record<string, unknown> {
    const shape = this.#batchInputShape;
    const input = shape ? [serialize(this.#input ?? new InputLayer({ name: 'input_layer', batchShape: shape }))] : [];
    return {
      name: this.name,
      trainable: this.trainable,
      dtype: super.getConfig().dtype,
      layers: [...input, ...this.#layers.map(serialize)],
      ...(shape ? { build_input_shape: shape } : {}),
    };
  }

  /** Builds a new top layer on the shape below it. */
  #extend(layer: Layer): void {
    const below = this.#layers.at(-2);
    this.#trace(below?.outputShape ?? this.inputShape ?? [], [layer], below?.outputDType);
  }

  /** Runs layers once on an input of that shape, to make their weights and learn their shapes. */
  #trace(shape: PartialShape, layers: readonly Layer[], dtype = this.#input?.dtype ?? this.dtype): void {
    this.program.trace(`${this.name}/build`, { x: spec(dtype, shape) }, ({ x }) => {
      const y = layers.reduce<LayerInput>((y, layer) => this.#step(layer, y, {}), x);
      this.outputShape = listOf(y, isOutput)[0]?.shape ?? null;
      return {};
    });
  }

  #step(layer: Layer, x: LayerInput, options: CallOptions): LayerInput {
    return explained(layer, x, () => layer.invoke<Output | Output[]>(this.program, x, options));
  }

  #symbolically(): { input: SymbolicTensor; output: SymbolicTensor } {
    if (this.#symbolic) return this.#symbolic;
    const shape = this.inputShape ?? this.#batchInputShape;
    if (!shape) {
      throw new TensorFlowError(
        'ERR_NOT_BUILT',
        `Model '${this.name}' has no inputs and outputs yet; give its first layer an inputShape.`,
      );
    }
    const [{ name, dtype }] = this.modelInputs as [ModelInput];
    const first = input({ name, dtype, batchShape: shape });
    const nodes: LayerNode[] = [];
    const output = this.#layers.reduce((y, layer) => {
      const next = layer.apply(y);
      if (isSymbolic(next)) nodes.push(next.node);
      return next;
    }, first);
    this.#symbolic = { input: first, output, nodes };
    return this.#symbolic;
  }

  #noLayer(given: unknown): TensorFlowError {
    return new TensorFlowError(
      'ERR_ARGUMENT',
      `Model '${this.name}' is made of layers, got ${given === null ? 'null' : typeof given}; add e.g. layers.dense({ units: 10 }).`,
    );
  }

  #refusal(layer: Layer, why: string): TensorFlowError {
    return new TensorFlowError('ERR_ARGUMENT', `Model '${this.name}' cannot take layer '${layer.name}': ${why}.`);
  }
}

/**
 * An empty stack of layers, or one of the given ones.
 *
 * @param options or the layers alone, as Keras takes them
 */
export function sequential(options: SequentialOptions | readonly Layer[] = {}): Sequential {
  if (!isLayers(options)) checkIsOptions('sequential', options, 'layers');
  return new Sequential(isLayers(options) ? { layers: options } : options);
}

function isLayers(options: SequentialOptions | readonly Layer[]): options is readonly Layer[] {
  return Array.isArray(options);
}

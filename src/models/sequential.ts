import type { Output } from '../core/output.js';
import { Program, spec } from '../core/program.js';
import { formatShape, type PartialShape, type Shape } from '../core/shape.js';
import { messageOf, TensorFlowError } from '../errors/errors.js';
import { InputLayer } from '../layers/core/input-layer.js';
import { type CallOptions, Layer, type LayerOptions } from '../layers/layer.js';
import { serialize } from '../layers/registry.js';
import { Model } from './model.js';

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
  #batchInputShape: PartialShape | undefined;

  constructor({ layers = [], ...options }: SequentialOptions = {}) {
    super(options);
    this.#batchInputShape = this.batchInputShape;
    for (const layer of layers) this.add(layer);
  }

  override get layers(): readonly Layer[] {
    return this.#layers;
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

  /** Takes the top layer off. */
  pop(): Layer {
    const layer = this.#layers.pop();
    if (!layer) throw new TensorFlowError('ERR_ARGUMENT', `Model '${this.name}' has no layers to pop.`);
    this.outputShape = this.#layers.at(-1)?.outputShape ?? this.inputShape;
    this.changed();
    return layer;
  }

  override ensureBuilt(inputShape: PartialShape): void {
    if (this.built) return;
    if (this.#layers.length === 0) {
      throw new TensorFlowError('ERR_NOT_BUILT', `Model '${this.name}' has no layers; add some before using it.`);
    }
    const program = this.#layers.find((layer) => layer.built)?.program ?? new Program();
    this.buildIn(program, inputShape);
  }

  override build(inputShape: Shape): void {
    const batchShape = inputShape ? [null, ...inputShape.slice(1)] : null;
    if (!batchShape)
      throw this.shapeError('an input of known rank', formatShape(inputShape), 'Give the first layer an inputShape.');
    this.#trace(batchShape, this.#layers);
    this.inputShape = batchShape;
    this.#batchInputShape ??= batchShape;
  }

  override call(x: Output, options: CallOptions): Output {
    return this.#layers.reduce((y, layer) => this.#step(layer, y, options), x);
  }

  override getConfig(): Record<string, unknown> {
    const shape = this.#batchInputShape;
    const input = shape ? [serialize(new InputLayer({ name: 'input_layer', batchShape: shape }))] : [];
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
    const below = this.#layers.at(-2)?.outputShape ?? this.inputShape;
    this.#trace(below ?? [], [layer]);
  }

  /** Runs layers once on an input of that shape, to make their weights and learn their shapes. */
  #trace(shape: PartialShape, layers: readonly Layer[]): void {
    this.program.trace(`${this.name}/build`, { x: spec(this.dtype, shape) }, ({ x }) => {
      this.outputShape = layers.reduce((y, layer) => this.#step(layer, y, {}), x).shape;
      return {};
    });
  }

  #step(layer: Layer, x: Output, options: CallOptions): Output {
    try {
      return layer.invoke(this.program, x, options);
    } catch (cause) {
      if (cause instanceof TensorFlowError) throw cause;
      const kind = (layer.constructor as typeof Layer).className;
      const shape = formatShape(x.shape);
      throw new TensorFlowError(
        'ERR_SHAPE',
        `${kind} '${layer.name}' does not fit an input of ${shape}: ${messageOf(cause)}`,
        {
          cause,
        },
      );
    }
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

/** An empty stack of layers, or one of the given ones. */
export function sequential(options: SequentialOptions = {}): Sequential {
  return new Sequential(options);
}

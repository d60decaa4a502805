import type { Output } from '../core/output.js';
import { Program } from '../core/program.js';
import { isOutput, listOf, type Several } from '../core/several.js';
import type { PartialShape, Shape } from '../core/shape.js';
import { spec } from '../core/spec.js';
import { unknownName } from '../errors/suggest.js';
import { type CallOptions, Layer, type LayerInput, type LayerOutput } from '../layers/layer.js';
import { isSymbolic, type LayerNode, type SymbolicTensor } from '../layers/symbolic.js';
import { inOrder } from '../training/named-values.js';
import { isRecord } from '../training/parts.js';
import { asInput, checkInputs, type ModelInput } from './model-input.js';

/** A layer made of layers, whose inputs and outputs have names: a model, before anybody trains or saves it. */
export abstract class Network extends Layer {
  static override readonly autocast: boolean = false;

  /** Its layers, in order. */
  get layers(): readonly Layer[] {
    return super.sublayers;
  }

  override get sublayers(): readonly Layer[] {
    return this.layers;
  }

  /** Symbolic calls it is made of, each after those it depends on; of functional models. */
  get graph(): readonly LayerNode[] {
    return [];
  }

  /** The layers whose outputs are its outputs; none where only calling the model tells. */
  get outputLayers(): readonly Layer[] {
    return [];
  }

  /** Its inputs as far as they are known; null where only calling the model tells. */
  get modelInputs(): readonly ModelInput[] | null {
    return null;
  }

  get inputNames(): readonly string[] | null {
    return this.modelInputs?.map(({ name }) => name) ?? null;
  }

  /** Names of the outputs, in order; logs and options go by them. Null where only calling the model tells. */
  get outputNames(): readonly string[] | null {
    return null;
  }

  /** Makes the weights of all layers, for inputs of this shape. */
  override build(inputShape: Program | Shape, _inputShape?: Shape): void {
    // Why: called like this, the program is settled, and it is the shape that is given.
    if (inputShape !== null && !(inputShape instanceof Program)) this.buildLayers(inputShape);
  }

  /** Runs the layers once, to make their weights and learn their shapes. */
  protected buildLayers(inputShape: PartialShape): void {
    this.program.trace(`${this.name}/build`, { x: spec(this.dtype, inputShape) }, ({ x }) => {
      const [first] = listOf(this.call(x, {}), isOutput);
      this.inputShape = inputShape;
      this.outputShape = first?.shape ?? null;
      return {};
    });
  }

  /** Makes sure that there are weights, for inputs of this shape (with the batch). */
  ensureBuilt(inputShape: Shape): void {
    if (!this.built) (this as Layer).build(inputShape);
  }

  override leave(): void {
    super.leave();
    this.changed();
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

  /** Inputs of a model may go by name. */
  override apply<O extends LayerOutput = Output>(input: Several<Output>, options?: CallOptions): NoInfer<O>;
  override apply<O extends Several<SymbolicTensor> = SymbolicTensor>(
    input: Several<SymbolicTensor>,
    options?: CallOptions<SymbolicTensor>,
  ): NoInfer<O>;
  override apply(
    input: Several<SymbolicTensor> | Several<Output>,
    given: CallOptions | CallOptions<SymbolicTensor> = {},
  ) {
    const options = given as CallOptions;
    if (!isRecord(input)) return super.apply(input as LayerInput, options);
    const values = inOrder<unknown>(this.#where('inputs'), this.inputNames ?? Object.keys(input), input, isLeaf);
    return super.apply(values as Output[], options);
  }

  /** The network on inputs as data brings them: of any numeric dtype, one, a list, or by name. Inside a function. */
  forward<O extends LayerOutput = Output>(x: Several<Output>, training: boolean): NoInfer<O> {
    const inputs = this.modelInputs;
    if (!inputs) {
      this.ensureBuilt(null);
      return this.call(x as LayerInput, { training }) as NoInfer<O>;
    }
    const names = inputs.map(({ name }) => name);
    const given = inOrder(this.#where('inputs'), names, x, isOutput);
    this.ensureBuilt(given[0]?.shape ?? null);
    const cast = given.map((value, i) => asInput(value, inputs[i]?.dtype));
    return this.call(cast.length === 1 && cast[0] ? cast[0] : cast, { training }) as NoInfer<O>;
  }

  /** Builds the model from the data where nothing told the shape before, and checks the data against it. */
  accept(what: string, x: Several<{ readonly shape: PartialShape }>): void {
    const names = this.inputNames;
    if (names) {
      const given = inOrder(this.#where('inputs'), names, x, isShaped);
      this.ensureBuilt([null, ...(given[0]?.shape.slice(1) ?? [])]);
      checkInputs(this.name, what, this.modelInputs ?? [], given);
    } else {
      this.ensureBuilt(isShaped(x) ? [null, ...x.shape.slice(1)] : null);
    }
  }

  /** To be called when layers were added, removed, frozen: what was traced no longer holds. */
  protected abstract changed(): void;

  #where(what: string): string {
    return `${what} of model '${this.name}'`;
  }
}

function isLeaf(value: unknown): value is Output | SymbolicTensor {
  return isOutput(value) || isSymbolic(value);
}

function isShaped(value: unknown): value is { readonly shape: PartialShape } {
  return typeof value === 'object' && value !== null && Array.isArray((value as { shape?: unknown }).shape);
}

import type { DType } from '../core/dtype.js';
import type { Output } from '../core/output.js';
import { Program } from '../core/program.js';
import type { Shape } from '../core/shape.js';
import type { Tensor, TensorLike } from '../core/tensor.js';
import type { Constraint, Variable } from '../core/variable.js';
import { TensorFlowError } from '../errors/errors.js';
import { type NamedWeight, OwnWeights, type WeightOptions } from './own-weights.js';

const known = new WeakMap<Program, Set<Resident>>();

/** Makes all residents of a program homeless; they can be built elsewhere. */
export function vacate(program: Program): void {
  for (const resident of known.get(program) ?? []) resident.leave();
  known.delete(program);
}

/** What has weights, its own and those of its parts, which live in one program: a layer, seen from its weights. */
export abstract class Resident {
  name: string;
  #trainable: boolean;
  #owner: Resident | undefined;
  #program: Program | undefined;
  readonly #own = new OwnWeights();

  constructor(name: string, trainable: boolean) {
    this.name = name;
    this.#trainable = trainable;
    const makeWeights = this.build;
    this.build = (first, second = null) =>
      first instanceof Program
        ? this.#settle(first, second, makeWeights)
        : this.#settle(this.home ?? new Program(), first, makeWeights);
  }

  /** Of the weights. */
  abstract get dtype(): DType;

  /** Those inside this one; their weights are its weights. */
  abstract get sublayers(): readonly Resident[];

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

  /** Its name, after the names of the layers that it is a part of; its weights' names begin so. */
  get path(): string {
    return this.#owner ? `${this.#owner.path}/${this.name}` : this.name;
  }

  /** Makes a layer a part of this one, such as the cell of a recurrent layer. */
  protected part<R extends Resident>(layer: R): R {
    layer.#owner = this;
    return layer;
  }

  /** Where its weights are to be: the program of this layer or of one inside it, as far as there is one. */
  get home(): Program | undefined {
    return this.#program ?? this.sublayers.map((layer) => layer.home).find((program) => program !== undefined);
  }

  /** The program the weights live in. */
  get program(): Program {
    if (this.#program) return this.#program;
    throw new TensorFlowError('ERR_NOT_BUILT', `Layer '${this.name}' has no weights yet; build it or call it first.`);
  }

  get built(): boolean {
    return this.#program !== undefined;
  }

  /** @internal Forgets the weights, so that the layer can be built elsewhere. */
  leave(): void {
    this.#program = undefined;
    this.#own.clear();
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
    known.set(program, (known.get(program) ?? new Set()).add(this));
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
    const all = [...this.#own.named(this.path), ...this.sublayers.flatMap((layer) => layer.namedWeights)];
    return [...new Map(all.map((weight) => [weight.variable, weight])).values()];
  }

  /** Weights that optimizers update. */
  get trainableWeights(): Variable[] {
    if (!this.trainable) return [];
    return [...new Set([...this.#own.trainable, ...this.sublayers.flatMap((layer) => layer.trainableWeights)])];
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
        `Layer '${this.name}' has ${weights.length} weights, got ${values.length}; give one value for each, in their order.`,
      );
    }
    if (weights.length > 0) await this.program.assign(weights.map((w, i) => [w, values[i] as Tensor | TensorLike]));
  }

  /** To be called when weights came from a file: layers that compute with what they made of their weights make it again. */
  async finalizeState(): Promise<void> {
    for (const layer of this.sublayers) await layer.finalizeState();
  }

  /** What regularizers add to the loss. */
  penalties(): Output[] {
    return [...this.#own.penalties(), ...this.sublayers.flatMap((layer) => layer.penalties())];
  }

  /** Bounds of weights, applied after each update. */
  get constraints(): ReadonlyMap<Variable, Constraint> {
    return new Map([...this.#own.constraints, ...this.sublayers.flatMap((layer) => [...layer.constraints])]);
  }

  /** Makes a weight named `<path>/<name>`; call it in `build`. */
  protected addWeight(name: string, options: WeightOptions): Variable {
    const { shape, initializer, trainable = true, dtype = this.dtype } = options;
    const weight = this.program.variable(`${this.path}/${name}`, { shape, initializer, trainable, dtype });
    this.#own.add(weight, name, options);
    return weight;
  }
}

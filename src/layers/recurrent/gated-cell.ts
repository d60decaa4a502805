import type { Output } from '../../core/output.js';
import { formatKerasShape, type Shape } from '../../core/shape.js';
import type { Initializer, Variable } from '../../core/variable.js';
import { type Activation, getActivation, type NamedActivation } from '../../nn/activations.js';
import type { ConstraintIdentifier, InitializerIdentifier, RegularizerIdentifier } from '../../nn/index.js';
import * as ops from '../../ops/index.js';
import type { CallOptions, LayerInput, LayerOptions, WeightOptions } from '../layer.js';
import { positive } from '../pairs.js';
import { WeightRecipe } from '../weight-recipe.js';
import { droppers, parseShare } from './dropped.js';
import { lengthOf, type Recurrence, RecurrentCell } from './recurrent-cell.js';

/** Options of all cells with weights. */
export interface CellOptions extends LayerOptions {
  /** Name or function. Default `tanh`. */
  activation?: string | Activation | null;
  /** Default true. */
  useBias?: boolean;
  /** Of the matrix for the input. Default `glorotUniform`. */
  kernelInitializer?: InitializerIdentifier;
  /** Of the matrix for the state. Default `orthogonal`. */
  recurrentInitializer?: InitializerIdentifier;
  /** Default `zeros`. */
  biasInitializer?: InitializerIdentifier;
  kernelRegularizer?: RegularizerIdentifier | null;
  recurrentRegularizer?: RegularizerIdentifier | null;
  biasRegularizer?: RegularizerIdentifier | null;
  kernelConstraint?: ConstraintIdentifier | null;
  recurrentConstraint?: ConstraintIdentifier | null;
  biasConstraint?: ConstraintIdentifier | null;
  /** Share of the input that is dropped, the same in all steps. Default 0. */
  dropout?: number;
  /** Share of the state that is dropped on its way into the matrix, the same in all steps. Default 0. */
  recurrentDropout?: number;
  /** Kept in files; the program's seed decides. */
  seed?: number | null;
}

/** Options of SimpleRNN, LSTM and GRU, and of their cells. */
export interface GatedCellOptions extends CellOptions {
  /** Length of the output, and of each state. */
  units: number;
}

export const cellOptionNames = [
  'activation',
  'useBias',
  'kernelInitializer',
  'recurrentInitializer',
  'biasInitializer',
  'kernelRegularizer',
  'recurrentRegularizer',
  'biasRegularizer',
  'kernelConstraint',
  'recurrentConstraint',
  'biasConstraint',
  'dropout',
  'recurrentDropout',
  'seed',
] as const;

export const gatedCellOptionNames = ['units', ...cellOptionNames] as const;

/** The weights as values, and what is dropped of input and state: once, or for each gate. */
export interface Pass {
  readonly kernel: Output;
  readonly recurrent: Output;
  readonly bias: Output | undefined;
  readonly dropInput: readonly Output[];
  readonly dropState: readonly Output[];
}

/** A cell of weights for input and state, with those of all its gates side by side. */
export abstract class GatedCell extends RecurrentCell {
  static override readonly optionNames: readonly string[] = cellOptionNames;
  /** Number of gates, the new value among them. */
  protected static readonly gates: number = 1;

  readonly units: number;
  readonly activation: NamedActivation;
  readonly useBias: boolean;
  readonly dropout: number;
  readonly recurrentDropout: number;
  readonly seed: number | null;
  readonly #kernelRecipe: WeightRecipe;
  readonly #recurrentRecipe: WeightRecipe;
  readonly #biasRecipe: WeightRecipe;
  #stepShape: readonly (number | null)[] = [];
  #kernel!: Variable;
  #recurrent!: Variable;
  #bias: Variable | undefined;

  /** @param size length of the output, and what the option is called */
  constructor(options: CellOptions, size: readonly [name: string, units: number]) {
    super(options);
    this.units = positive(`${this.where}: ${size[0]}`, size[1]);
    this.activation = getActivation(options.activation ?? (options.activation === null ? 'linear' : 'tanh'));
    this.useBias = options.useBias ?? true;
    this.dropout = parseShare(`${this.where}: dropout`, options.dropout);
    this.recurrentDropout = parseShare(`${this.where}: recurrentDropout`, options.recurrentDropout);
    this.seed = options.seed ?? null;
    const {
      kernelInitializer = 'glorotUniform',
      recurrentInitializer = 'orthogonal',
      biasInitializer = 'zeros',
    } = options;
    this.#kernelRecipe = new WeightRecipe(kernelInitializer, options.kernelRegularizer, options.kernelConstraint);
    this.#recurrentRecipe = new WeightRecipe(
      recurrentInitializer,
      options.recurrentRegularizer,
      options.recurrentConstraint,
    );
    this.#biasRecipe = new WeightRecipe(biasInitializer, options.biasRegularizer, options.biasConstraint);
  }

  protected get gates(): number {
    return (this.constructor as typeof GatedCell).gates;
  }

  get stateSize(): number | readonly number[] {
    return this.units;
  }

  /** Shape of the bias. */
  protected get biasShape(): number[] {
    return [this.gates * this.units];
  }

  override build(inputShape: Shape): void {
    const { kernel, recurrent } = this.weightShapes(inputShape);
    this.#stepShape = inputShape?.slice(1) ?? [];
    this.#kernel = this.addWeight('kernel', this.#kernelRecipe.of(kernel));
    this.#recurrent = this.addWeight('recurrent_kernel', this.#recurrentRecipe.of(recurrent));
    this.#bias = this.useBias
      ? this.addWeight('bias', this.biasOptions(this.#biasRecipe.of(this.biasShape)))
      : undefined;
  }

  /** Shapes of the weights for input and state. */
  protected weightShapes(inputShape: Shape): { kernel: number[]; recurrent: number[] } {
    const features = inputShape?.at(-1);
    if (features == null) {
      throw this.shapeError('a known last axis', formatKerasShape(inputShape), 'Give the model an input shape.');
    }
    const columns = this.gates * this.units;
    return { kernel: [features, columns], recurrent: [this.units, columns] };
  }

  /** How the bias starts. */
  protected biasOptions(options: WeightOptions): WeightOptions {
    return options;
  }

  /** How often is drawn what to drop: as in Keras, for each gate where the state is dropped too. */
  protected get dropCount(): number {
    return this.recurrentDropout > 0 ? this.gates : 1;
  }

  /** The weights, read once for the whole sequence, and what is dropped. */
  pass(batch: Output, training: boolean): Pass {
    const drawn = (rate: number, shape: readonly (number | null)[]): Output[] =>
      training
        ? droppers(this.dropCount, ops.stack([batch, ...shape.map((d) => d ?? 1)]), rate, this.computeDType)
        : [];
    return {
      kernel: this.#kernel.read(),
      recurrent: this.#recurrent.read(),
      bias: this.#bias?.read(),
      dropInput: drawn(this.dropout, this.#stepShape),
      dropState: drawn(this.recurrentDropout, this.stateShapes[0] ?? []),
    };
  }

  override call(input: LayerInput, options: CallOptions): readonly Output[] {
    const [x, ...states] = [input].flat() as [Output, ...Output[]];
    const { project, step } = this.begin(lengthOf(x, 0), options);
    return step(project(x), states);
  }

  override begin(batch: Output, { training = false }: CallOptions): Recurrence {
    return this.recurrence(this.pass(batch, training));
  }

  protected abstract recurrence(pass: Pass): Recurrence;

  /** Its options as Keras' config has them. */
  cellConfig(): Record<string, unknown> {
    return {
      units: this.units,
      activation: this.activation.name,
      use_bias: this.useBias,
      ...this.#kernelRecipe.config('kernel'),
      ...this.#recurrentRecipe.config('recurrent'),
      ...this.#biasRecipe.config('bias'),
      dropout: this.dropout,
      recurrent_dropout: this.recurrentDropout,
      seed: this.seed,
    };
  }

  override getConfig(): Record<string, unknown> {
    return { ...super.getConfig(), ...this.cellConfig() };
  }
}

/**
 * `x · kernel`, x `[…, features]`; where there is a factor for each gate, each has its own input.
 *
 * @param drop factors `[batch, features]`
 */
export function multiply(x: Output, kernel: Output, drop: readonly Output[]): Output {
  const [only, second] = drop;
  if (!only) return product(x, kernel);
  if (!second) return product(ops.mul(x, only), kernel);
  const gates = ops.split(kernel, drop.length, 1);
  return ops.concat(
    drop.map((factor, i) => product(ops.mul(x, factor), gates[i] as Output)),
    -1,
  );
}

/** Why: as one matrix, all steps cost one product. */
function product(x: Output, kernel: Output): Output {
  if (x.shape?.length === 2) return ops.matMul(x, kernel);
  const [features, columns] = kernel.shape as [number, number];
  const rows = ops.matMul(ops.reshape(x, [-1, features]), kernel);
  const leading = ops.slice(ops.shape(x), [0], [(x.shape?.length ?? 1) - 1]);
  const y = ops.reshape(rows, ops.concat([leading, [columns]], 0));
  return x.shape ? y.setShape([...x.shape.slice(0, -1), columns]) : y;
}

/** An initializer whose second quarter is 1: the forget gate starts open. */
export function openForgetGate(rest: Initializer): Initializer {
  return (shape, dtype) => {
    const quarter = (shape[0] as number) / 4;
    return ops.concat([rest([quarter], dtype), ops.ones([quarter], dtype), rest([2 * quarter], dtype)], 0);
  };
}

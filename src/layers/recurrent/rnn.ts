import { maskOf } from '../../core/mask.js';
import type { Output } from '../../core/output.js';
import { formatKerasShape, knownRank, type Shape } from '../../core/shape.js';
import { type Tensor, type TensorLike, tensor } from '../../core/tensor.js';
import type { Variable } from '../../core/variable.js';
import { TensorFlowError } from '../../errors/errors.js';
import { initializers } from '../../nn/index.js';
import * as ops from '../../ops/index.js';
import { checkKinds } from '../check-options.js';
import {
  type CallOptions,
  Layer,
  type LayerInput,
  type LayerMask,
  type LayerOptions,
  type LayerOutput,
} from '../layer.js';
import type { LayerConfig } from '../registry.js';
import { lengthOf, type Recurrence, type RecurrentCell, zeros } from './recurrent-cell.js';
import { cellConfig, StackedRNNCells, toCell } from './stacked-rnn-cells.js';
import { type Unfolded, unfold } from './unfold.js';

/** Options of every recurrent layer. */
export interface SequenceOptions extends LayerOptions {
  /** Whether the outputs of all steps are given, instead of the last. Default false. */
  returnSequences?: boolean;
  /** Whether the states after the last step are given too, after the output. Default false. */
  returnState?: boolean;
  /** From the last step to the first; outputs are in that order too. Default false. */
  goBackwards?: boolean;
  /** Whether a batch goes on from the states that the one before ended with. Needs a fixed batch size. Default false. */
  stateful?: boolean;
  /** Whether every step gets nodes of its own: faster for few steps. Default false. */
  unroll?: boolean;
  /** Whether outputs of masked steps are zeros, instead of the output before. Default false. */
  zeroOutputForMask?: boolean;
}

export interface RNNOptions extends SequenceOptions {
  /** What a step does; a list is a stack. From files its config. */
  cell: RecurrentCell | LayerConfig | readonly (RecurrentCell | LayerConfig)[];
}

export const sequenceOptionNames = [
  'returnSequences',
  'returnState',
  'goBackwards',
  'stateful',
  'unroll',
  'zeroOutputForMask',
] as const;

const SEQUENCE_KINDS = Object.fromEntries(sequenceOptionNames.map((name) => [name, 'flag'] as const));

/**
 * A cell over the steps of a sequence (Keras `RNN`).
 *
 * Input: `[batch, steps, …]`, or a list of it and the states to start from. Steps that the input's mask leaves out change
 * nothing. Output shape: `[batch, …]`, with `returnSequences` `[batch, steps, …]`; with `returnState` a list of that and
 * the states.
 *
 * @example
 * rnn({ cell: [lstmCell({ units: 32 }), lstmCell({ units: 16 })], returnSequences: true });
 * const [y, h, c] = lstm({ units: 8, returnState: true }).apply(x);
 * lstm({ units: 8 }).apply([x, h, c]);
 */
export class RNN extends Layer {
  static override readonly className: string = 'RNN';
  static override readonly optionNames: readonly string[] = ['cell', ...sequenceOptionNames];

  readonly cell: RecurrentCell;
  readonly returnSequences: boolean;
  readonly returnState: boolean;
  readonly goBackwards: boolean;
  readonly stateful: boolean;
  readonly unroll: boolean;
  zeroOutputForMask: boolean;
  /** Where the last batch ended, of a stateful layer. */
  #states: Variable[] = [];

  /** @param makeCell of a class that has a cell of its own */
  constructor(options: RNNOptions, makeCell = () => options.cell) {
    super(options);
    const { where } = this;
    checkKinds(where, options, SEQUENCE_KINDS);
    const cell = makeCell();
    const stack = Array.isArray(cell) ? new StackedRNNCells({ cells: cell }) : (cell as RecurrentCell | LayerConfig);
    this.cell = this.part(toCell(`${where}: cell`, stack));
    this.returnSequences = options.returnSequences ?? false;
    this.returnState = options.returnState ?? false;
    this.goBackwards = options.goBackwards ?? false;
    this.stateful = options.stateful ?? false;
    this.unroll = options.unroll ?? false;
    this.zeroOutputForMask = options.zeroOutputForMask ?? false;
    if (!this.trainable) this.trainable = false;
  }

  protected get className(): string {
    return (this.constructor as typeof RNN).className;
  }

  /** Number of axes of the input. */
  protected get inputRank(): number {
    return 3;
  }

  override build(inputShape: Shape): void {
    if (inputShape === null || inputShape.length < 3 || inputShape.length !== this.inputRank) {
      throw this.shapeError(
        this.inputRank === 3 ? '[batch, steps, features]' : `an input of ${this.inputRank} axes`,
        formatKerasShape(inputShape),
        'Give every sample a first axis of steps.',
      );
    }
    const [batch, , ...step] = inputShape;
    this.cell.build(this.program, [batch ?? null, ...step]);
    if (this.stateful) this.#makeStates(inputShape);
  }

  #makeStates(inputShape: NonNullable<Shape>): void {
    const [batch] = inputShape;
    if (batch == null) {
      throw this.shapeError(
        'a fixed batch size, being stateful',
        formatKerasShape(inputShape),
        'Give batchInputShape.',
      );
    }
    this.#states = this.cell.stateShapes.map((shape) =>
      this.program.variable(`${this.path}/rnn_state`, {
        shape: [batch, ...shape],
        dtype: this.dtype,
        trainable: false,
        initializer: initializers.zeros(),
      }),
    );
  }

  override leave(): void {
    super.leave();
    this.#states = [];
  }

  /** Where the last batch ended, of a stateful layer. */
  get states(): readonly Variable[] {
    return this.#states;
  }

  /**
   * Makes a stateful layer start over.
   *
   * @param values to start from; default zeros
   * @throws ERR_ARGUMENT for a layer that is not stateful
   */
  async resetStates(values?: readonly (Tensor | TensorLike)[]): Promise<void> {
    if (!this.stateful) {
      throw new TensorFlowError(
        'ERR_ARGUMENT',
        `${this.className} '${this.name}' is not stateful; it has no states to reset.`,
      );
    }
    const zero = ({ shape, dtype }: Variable): Tensor =>
      tensor(Array<number>(shape.reduce((a, b) => a * b, 1)).fill(0), shape, dtype);
    await this.program.assign(this.#states.map((state, i) => [state, values?.[i] ?? zero(state)]));
  }

  override call(input: LayerInput, options: CallOptions = {}): LayerOutput {
    const [x, ...given] = [input].flat() as [Output, ...Output[]];
    const initial = given.length > 0 ? given : [options.initialState ?? []].flat();
    const { last, all, states } = this.#unfold(x, this.#start(x, initial), options);
    for (const [i, state] of this.#states.entries()) state.assign(states[i] as Output);
    const output = all && this.returnSequences ? inSteps(all, x) : last;
    return this.returnState ? [output, ...states] : output;
  }

  #start(x: Output, initial: readonly Output[]): readonly Output[] {
    const { stateShapes } = this.cell;
    if (initial.length > 0 && initial.length !== stateShapes.length) {
      throw this.shapeError(
        `${stateShapes.length} states to start from`,
        `${initial.length}`,
        'Give one for each state of the cell.',
      );
    }
    if (initial.length > 0) return initial;
    return this.stateful ? this.#states.map((state) => state.read()) : this.cell.initialStates(lengthOf(x, 0), x.dtype);
  }

  #unfold(x: Output, states: readonly Output[], options: CallOptions): Unfolded {
    if (this.unroll && x.shape?.[1] == null) {
      throw this.shapeError(
        'a known number of steps, to unroll them',
        formatKerasShape(x.shape),
        'Give the model an input shape.',
      );
    }
    const mask = maskOf(x);
    const inputs = this.#inOrder(x);
    const fused = mask || this.unroll ? undefined : this.fused(inputs, states, options);
    if (fused) return fused;
    const batch = lengthOf(x, 0);
    const recurrence: Recurrence = this.cell.begin(batch, options);
    return unfold({
      inputs: recurrence.project(inputs),
      states,
      blank: zeros(batch, this.cell.outputShapeOfStep, x.dtype),
      step: recurrence.step,
      mask: mask && this.#inOrder(ops.cast(mask, 'bool')),
      zeroOutputForMask: this.zeroOutputForMask,
      sequences: this.returnSequences,
      unroll: this.unroll,
    });
  }

  /** The whole sequence by one kernel of the library, where there is one for this layer as it is. */
  protected fused(_inputs: Output, _states: readonly Output[], _options: CallOptions): Unfolded | undefined {
    return undefined;
  }

  /** `[steps, batch, …]`, from the first step to be run. */
  #inOrder(x: Output): Output {
    const turned = ops.transpose(x, swapped(x));
    return this.goBackwards ? ops.reverseV2(turned, [0]) : turned;
  }

  /** The mask of the steps, where they are given. */
  override computeMask(_input: LayerInput, mask: LayerMask): LayerMask {
    const [steps = null] = [mask].flat();
    return this.returnSequences ? steps : null;
  }

  protected sequenceConfig(): Record<string, unknown> {
    return {
      return_sequences: this.returnSequences,
      return_state: this.returnState,
      go_backwards: this.goBackwards,
      stateful: this.stateful,
      unroll: this.unroll,
      zero_output_for_mask: this.zeroOutputForMask,
    };
  }

  override getConfig(): Record<string, unknown> {
    return { ...super.getConfig(), ...this.sequenceConfig(), cell: cellConfig(this.cell) };
  }
}

/** `[steps, batch, …]` as `[batch, steps, …]`. */
function inSteps(all: Output, x: Output): Output {
  const y = ops.transpose(all, swapped(all));
  return y.setShape([x.shape?.[0] ?? null, x.shape?.[1] ?? null, ...(y.shape ?? []).slice(2)]);
}

/** The axes with the first two changed over. */
function swapped(x: Output): number[] {
  return knownRank('RNN', x.shape).map((_, axis) => (axis < 2 ? 1 - axis : axis));
}

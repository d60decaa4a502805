import type { DType } from '../../core/dtype.js';
import type { Output } from '../../core/output.js';
import * as ops from '../../ops/index.js';
import { type CallOptions, Layer, type LayerInput } from '../layer.js';

/** A cell on its way through a sequence: all that is the same in every step is there. */
export interface Recurrence {
  /** What a step needs of its input, without a state: for one step, or for all at once `[steps, batch, …]`. */
  project(x: Output): Output;
  /** One step: gives `[output, ...states]`. */
  step(projected: Output, states: readonly Output[]): readonly Output[];
}

/**
 * One step of a recurrence (a Keras cell): from an input and states to an output and the next states.
 *
 * A cell of your own says its `stateSize`, makes its weights in `build` and computes in `call`, on a list.
 *
 * @example
 * class Decay extends RecurrentCell {
 *   readonly stateSize = 4;
 *   override call([x, state]: readonly Output[]) {
 *     const next = ops.add(x, ops.mul(state, 0.5));
 *     return [next, next];
 *   }
 * }
 * rnn({ cell: new Decay() });
 */
export abstract class RecurrentCell extends Layer {
  /** Length of the state, or of each of several. */
  abstract readonly stateSize: number | readonly number[];

  /** Shapes of the states, without the batch. */
  get stateShapes(): readonly (readonly number[])[] {
    return [this.stateSize].flat().map((size) => [size]);
  }

  /** Shape of the output, without the batch. Default: that of the first state. */
  get outputShapeOfStep(): readonly number[] {
    return this.stateShapes[0] ?? [];
  }

  /** @param input `[x, ...states]` @returns `[output, ...states]` */
  abstract override call(input: LayerInput, options: CallOptions): readonly Output[];

  /** States to start from: zeros. */
  initialStates(batch: Output, dtype: DType = this.computeDType): Output[] {
    return this.stateShapes.map((shape) => zeros(batch, shape, dtype));
  }

  /** Starts on a batch of sequences. */
  begin(_batch: Output, options: CallOptions): Recurrence {
    return { project: (x) => x, step: (x, states) => this.call([x, ...states], options) };
  }
}

/** Zeros `[batch, ...shape]`. */
export function zeros(batch: Output, shape: readonly number[], dtype: DType): Output {
  return ops.zeros(ops.stack([batch, ...shape]), dtype).setShape([null, ...shape]);
}

/** The length of an axis, in the graph: int32 scalar. */
export function lengthOf(x: Output, axis: number): Output {
  return ops.gather(ops.shape(x), axis);
}

import type { Output } from '../../core/output.js';
import * as ops from '../../ops/index.js';
import { EPSILON } from '../epsilon.js';
import { Loss, type LossOptions, lossDefaults } from './loss.js';

export interface DiceArguments {
  /** Axes that are summed over. Default all. */
  axis?: number | readonly number[] | null;
}

export interface DiceOptions extends LossOptions, DiceArguments {}

/** 1 − 2·|A ∩ B| / (|A| + |B|), for masks. */
export class Dice extends Loss<DiceOptions> {
  static override readonly className: string = 'Dice';
  static override readonly defaults = { ...lossDefaults('dice'), axis: null };

  override perSample(yTrue: Output, yPred: Output): Output {
    return dice(yTrue, yPred, this.options);
  }
}

export function dice(yTrue: Output, yPred: Output, { axis = null }: DiceArguments = {}): Output {
  const labels = ops.cast(yTrue, yPred.dtype);
  const sum = summing(axis);
  const both = ops.mul(sum(ops.mul(labels, yPred)), 2);
  return ops.sub(1, ops.div(both, ops.add(ops.add(sum(labels), sum(yPred)), EPSILON)));
}

export interface TverskyArguments extends DiceArguments {
  /** Cost of what was missed. Default 0.5. */
  alpha?: number;
  /** Cost of what was predicted wrongly. Default 0.5. */
  beta?: number;
}

export interface TverskyOptions extends LossOptions, TverskyArguments {}

/** Dice with two kinds of error weighed differently. */
export class Tversky extends Loss<TverskyOptions> {
  static override readonly className: string = 'Tversky';
  static override readonly defaults = { ...lossDefaults('tversky'), alpha: 0.5, beta: 0.5, axis: null };

  override perSample(yTrue: Output, yPred: Output): Output {
    return tversky(yTrue, yPred, this.options);
  }
}

export function tversky(
  yTrue: Output,
  yPred: Output,
  { alpha = 0.5, beta = 0.5, axis = null }: TverskyArguments = {},
): Output {
  const labels = ops.cast(yTrue, yPred.dtype);
  const sum = summing(axis);
  const both = sum(ops.mul(labels, yPred));
  const missed = ops.mul(sum(ops.mul(ops.sub(1, yPred), labels)), alpha);
  const wrong = ops.mul(sum(ops.mul(yPred, ops.sub(1, labels))), beta);
  return ops.sub(1, ops.div(both, ops.add(ops.add(ops.add(both, missed), wrong), EPSILON)));
}

function summing(axis: number | readonly number[] | null): (x: Output) => Output {
  return (x) => ops.sum(x, axis === null ? null : Int32Array.from([axis].flat()));
}

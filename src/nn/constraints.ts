import type { Output } from '../core/output.js';
import type { Constraint } from '../core/variable.js';
import * as ops from '../ops/index.js';
import { EPSILON } from './epsilon.js';
import { FunctionFamily } from './function-family.js';
import type { SerializedObject } from './serialization.js';

/** What may be given where a constraint is wanted. */
export type ConstraintIdentifier = string | SerializedObject | Constraint;

const family = new FunctionFamily<Constraint>('constraint', 'keras.constraints');

/** The constraint of a name, a Keras config, or a function `(weight) => Output` itself; null gives null. */
export function get(identifier: ConstraintIdentifier | null): Constraint | null {
  return identifier === null ? null : family.get(identifier);
}

/** As Keras files have it. */
export function serialize(constraint: Constraint | null): SerializedObject | null {
  return constraint && family.serialize(constraint);
}

/** The constraint a Keras config describes. */
export function deserialize(serialized: SerializedObject): Constraint {
  return family.deserialize(serialized);
}

/** All names. */
export function names(): string[] {
  return family.names();
}

/** Negative weights become 0. */
export const nonNeg = family.define('NonNeg', {}, () => (weight) => ops.maximum(weight, 0));

export interface UnitNormOptions {
  /** Axis, or axes, that are summed over for one norm. Default 0. */
  axis?: number | readonly number[];
}

/** Every norm becomes 1. */
export const unitNorm = family.define<UnitNormOptions>('UnitNorm', { axis: 0 }, ({ axis }) => {
  return (weight) => ops.div(weight, ops.add(norms(weight, axis), EPSILON));
});

export interface MaxNormOptions extends UnitNormOptions {
  /** Default 2. */
  maxValue?: number;
}

/** Norms above `maxValue` become `maxValue`. */
export const maxNorm = family.define<MaxNormOptions>('MaxNorm', { maxValue: 2, axis: 0 }, ({ maxValue, axis }) => {
  return (weight) => {
    const length = norms(weight, axis);
    return withNorms(weight, length, ops.minimum(length, maxValue));
  };
});

export interface MinMaxNormOptions extends UnitNormOptions {
  /** Default 0. */
  minValue?: number;
  /** Default 1. */
  maxValue?: number;
  /** How much of the way each update goes. Default 1, all of it. */
  rate?: number;
}

/** Norms are moved into [minValue, maxValue]. */
export const minMaxNorm = family.define<MinMaxNormOptions>(
  'MinMaxNorm',
  { minValue: 0, maxValue: 1, rate: 1, axis: 0 },
  ({ minValue, maxValue, rate, axis }) =>
    (weight) => {
      const length = norms(weight, axis);
      const inside = ops.clipByValue(length, minValue, maxValue);
      return withNorms(weight, length, ops.add(ops.mul(inside, rate), ops.mul(length, 1 - rate)));
    },
);

function norms(weight: Output, axis: number | readonly number[]): Output {
  return ops.sqrt(ops.sum(ops.square(weight), Int32Array.from([axis].flat()), { keepDims: true }));
}

function withNorms(weight: Output, length: Output, wanted: Output): Output {
  return ops.mul(weight, ops.div(wanted, ops.add(length, EPSILON)));
}

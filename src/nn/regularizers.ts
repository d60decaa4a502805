import { knownShape } from '../core/shape.js';
import type { Penalty } from '../core/variable.js';
import { TensorFlowError } from '../errors/errors.js';
import * as ops from '../ops/index.js';
import { FunctionFamily } from './function-family.js';
import { normalize } from './normalize.js';
import { oneOf, type SerializedObject } from './serialization.js';

/** What may be given where a regularizer is wanted. */
export type RegularizerIdentifier = string | SerializedObject | Penalty;

const family = new FunctionFamily<Penalty>('regularizer', 'keras.regularizers');

/** The regularizer of a name, a Keras config, or a function `(weight) => Output` itself; null gives null. */
export function get(identifier: RegularizerIdentifier | null): Penalty | null {
  return identifier === null ? null : family.get(identifier);
}

/** As Keras files have it. */
export function serialize(regularizer: Penalty | null): SerializedObject | null {
  return regularizer && family.serialize(regularizer);
}

/** The regularizer a Keras config describes. */
export function deserialize(serialized: SerializedObject): Penalty {
  return family.deserialize(serialized);
}

/** All names. */
export function names(): string[] {
  return family.names();
}

export interface L1Options {
  /** Factor of the sum of absolute values. Default 0.01. */
  l1?: number;
}

export const l1 = family.define<L1Options>('L1', { l1: 0.01 }, (options) => {
  const factor = factorOf('L1', 'l1', options.l1);
  return (weight) => ops.mul(ops.sum(ops.abs(weight)), factor);
});

export interface L2Options {
  /** Factor of the sum of squares. Default 0.01. */
  l2?: number;
}

export const l2 = family.define<L2Options>('L2', { l2: 0.01 }, (options) => {
  const factor = factorOf('L2', 'l2', options.l2);
  return (weight) => ops.mul(ops.sum(ops.square(weight)), factor);
});

export interface L1L2Options {
  /** Factor of the sum of absolute values. Default 0. */
  l1?: number;
  /** Factor of the sum of squares. Default 0. */
  l2?: number;
}

export const l1l2 = family.define<L1L2Options>('L1L2', { l1: 0, l2: 0 }, (options) => {
  const [absolute, squared] = [factorOf('L1L2', 'l1', options.l1), factorOf('L1L2', 'l2', options.l2)];
  return (weight) =>
    ops.add(ops.mul(ops.sum(ops.abs(weight)), absolute), ops.mul(ops.sum(ops.square(weight)), squared));
});

export interface OrthogonalRegularizerOptions {
  /** Default 0.01. */
  factor?: number;
  /** `rows` or `columns`. Default `rows`. */
  mode?: string;
}

/** Mean |cosine| between different rows, or columns, of a matrix. */
export const orthogonalRegularizer = family.define<OrthogonalRegularizerOptions>(
  'OrthogonalRegularizer',
  { factor: 0.01, mode: 'rows' },
  (options) => {
    const factor = factorOf('OrthogonalRegularizer', 'factor', options.factor);
    const rows = oneOf('OrthogonalRegularizer.mode', options.mode, ['rows', 'columns']) === 'rows';
    return (weight) => {
      const shape = knownShape('OrthogonalRegularizer', weight.shape);
      const size = rows ? shape[0] : shape[1];
      if (size === undefined || shape.length !== 2) {
        throw new TensorFlowError('ERR_SHAPE', `OrthogonalRegularizer takes matrices, got ${shape.length} axes.`);
      }
      const unit = normalize(weight, rows ? 1 : 0);
      const cosines = ops.matMul(unit, unit, rows ? { transposeB: true } : { transposeA: true });
      const different = ops.matrixSetDiag(cosines, ops.cast(new Array<number>(size).fill(0), weight.dtype));
      const pairs = (size * (size - 1)) / 2;
      return ops.mul(ops.sum(ops.abs(different)), (factor * 0.5) / pairs);
    };
  },
);

function factorOf(where: string, option: string, value: number): number {
  if (Number.isFinite(value) && value >= 0) return value;
  throw new TensorFlowError('ERR_ARGUMENT', `${where}: ${option} must be a number of 0 or more, got ${value}.`);
}

import type { DType } from '../../core/dtype.js';
import { TensorFlowError } from '../../errors/errors.js';
import type { Layer } from '../../layers/layer.js';
import { Concatenate } from '../../layers/merging/concatenate.js';
import { CategoryEncoding } from '../../layers/preprocessing/category-encoding.js';
import { HashedCrossing } from '../../layers/preprocessing/hashed-crossing.js';
import type { Cross, Feature } from './feature.js';

/** Puts a layer on a value, or on several: symbolically, or in a graph. */
export type Apply<T> = (layer: Layer, input: T | readonly T[]) => T;

type ByName<T> = Readonly<Record<string, T>>;
type Value = { readonly dtype: DType };

/** What tells how many whole numbers a layer gives. */
interface Counted {
  readonly vocabularySize: number;
  readonly numTokens: number;
  readonly numBins: number | null;
  readonly binBoundaries: readonly number[] | null;
}

/** The layers between the columns of a table and what a network takes. */
export class Encoding {
  readonly #features: ByName<Feature>;
  readonly #crosses: readonly Cross[];
  readonly #crossers: ByName<HashedCrossing>;
  readonly #encoders = new Map<string, CategoryEncoding>();
  readonly #concatenate = new Concatenate();

  constructor(features: ByName<Feature>, crosses: readonly Cross[]) {
    this.#features = features;
    this.#crosses = crosses;
    this.#crossers = Object.fromEntries(
      crosses.map(({ name, crossingDim }) => [name, new HashedCrossing({ numBins: crossingDim, name })]),
    );
  }

  /** Features after their own layers, then crosses; in Keras' order, by name. */
  preprocess<T extends Value>(inputs: ByName<T>, apply: Apply<T>): Record<string, T> {
    const preprocessed: Record<string, T> = {};
    for (const [name, { preprocessor }] of sorted(this.#features)) {
      const value = inputs[name];
      if (!value) throw new TensorFlowError('ERR_ARGUMENT', `FeatureSpace: there are no values of feature '${name}'.`);
      preprocessed[name] = apply(preprocessor, value);
    }
    const crossed = sorted(this.#crossers).map(([name, crosser]) => {
      const names = this.#crosses.find((cross) => cross.name === name)?.featureNames ?? [];
      const values = names.flatMap((of) => preprocessed[of] ?? []);
      return [name, apply(crosser, values)] as const;
    });
    return { ...preprocessed, ...Object.fromEntries(crossed) };
  }

  /** All of them encoded. */
  encode<T extends Value>(inputs: ByName<T>, apply: Apply<T>): Record<string, T> {
    const values = Object.entries(this.preprocess(inputs, apply));
    return Object.fromEntries(values.map(([name, value]) => [name, this.#encoded(name, value, apply)]));
  }

  /** All of them in one vector. */
  concatenate<T extends Value>(encoded: ByName<T>, apply: Apply<T>): T {
    for (const [name, { dtype }] of Object.entries(encoded)) {
      if (!isInteger(dtype) && dtype !== 'string') continue;
      throw new TensorFlowError(
        'ERR_ARGUMENT',
        `FeatureSpace: feature '${name}' is ${dtype} and cannot be part of a vector; give it outputMode 'one_hot', or the space outputMode 'dict'.`,
      );
    }
    const [first, ...rest] = Object.values(encoded);
    return first && rest.length === 0 ? first : apply(this.#concatenate, Object.values(encoded));
  }

  #encoded<T extends Value>(name: string, value: T, apply: Apply<T>): T {
    const feature = this.#features[name] ?? this.#crosses.find((cross) => cross.name === name);
    if (feature?.outputMode !== 'one_hot') return value;
    if (!isInteger(value.dtype)) {
      throw new TensorFlowError(
        'ERR_ARGUMENT',
        `FeatureSpace: feature '${name}' has outputMode 'one_hot', but its layer gives ${value.dtype}; give it outputMode 'float'.`,
      );
    }
    const encoder = this.#encoders.get(name) ?? new CategoryEncoding({ numTokens: this.#depth(name) });
    this.#encoders.set(name, encoder);
    return apply(encoder, value);
  }

  #depth(name: string): number {
    const layer: (Layer & Partial<Counted>) | undefined = this.#features[name]?.preprocessor ?? this.#crossers[name];
    const { vocabularySize, numTokens, numBins, binBoundaries } = layer ?? {};
    const depth = vocabularySize ?? numTokens ?? numBins ?? (binBoundaries && binBoundaries.length + 1);
    if (depth) return depth;
    throw new TensorFlowError(
      'ERR_ARGUMENT',
      `FeatureSpace: how many numbers the layer of feature '${name}' gives is not known, so it cannot be encoded; give it outputMode 'int'.`,
    );
  }
}

function isInteger(dtype: DType): boolean {
  return /^u?int/.test(dtype);
}

function sorted<T>(values: ByName<T>): [string, T][] {
  return Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1));
}

import { autoName } from '../../core/naming.js';
import {
  Discretization,
  Hashing,
  Identity,
  IntegerLookup,
  Normalization,
  Rescaling,
  StringLookup,
} from '../../layers/index.js';
import { oneOf } from '../../nn/serialization.js';
import { Feature } from './feature.js';

interface Named {
  /** The layer's name begins with it. Default: the kind with a number. */
  name?: string;
}

interface Encoded extends Named {
  /** `one_hot` (default) or `int`. */
  outputMode?: string;
}

export interface RescaledOptions extends Named {
  /** Default 1. */
  scale?: number;
  /** What is added then. Default 0. */
  offset?: number;
}

export interface DiscretizedOptions extends Encoded {
  /** How many bins `adapt` makes, with about as many values in each. */
  numBins?: number;
  /** Where a bin ends and the next begins, instead. */
  binBoundaries?: readonly number[];
}

export interface CategoricalOptions extends Encoded {
  /** Most values that are told apart. Default: no limit. */
  maxTokens?: number | null;
  /** How many places unknown values share. Default 1. */
  numOovIndices?: number;
}

export interface HashedOptions extends Encoded {
  numBins: number;
}

/** Floats as they are. */
export function float({ name }: Named = {}): Feature {
  const preprocessor = new Identity({ name: layerName('float', name) });
  return new Feature({ dtype: 'float32', preprocessor, outputMode: 'float' });
}

/** Floats by `x · scale + offset`. */
export function floatRescaled({ name, scale = 1, offset = 0 }: RescaledOptions = {}): Feature {
  const preprocessor = new Rescaling({ name: layerName('float_rescaled', name), scale, offset });
  return new Feature({ dtype: 'float32', preprocessor, outputMode: 'float' });
}

/** Floats less their mean, over their deviation, as `adapt` finds them. */
export function floatNormalized({ name }: Named = {}): Feature {
  const preprocessor = new Normalization({ name: layerName('float_normalized', name) });
  return new Feature({ dtype: 'float32', preprocessor, outputMode: 'float' });
}

/** Floats by the bin they fall into. */
export function floatDiscretized({ name, outputMode = 'one_hot', ...bins }: DiscretizedOptions): Feature {
  const preprocessor = new Discretization({ ...bins, name: layerName('float_discretized', name) });
  return new Feature({ dtype: 'float32', preprocessor, outputMode });
}

/** Whole numbers by their place in a vocabulary that `adapt` learns. */
export function integerCategorical({ name, outputMode = 'one_hot', ...lookup }: CategoricalOptions = {}): Feature {
  const preprocessor = new IntegerLookup({ ...lookup, name: layerName('integer_categorical', name) });
  return new Feature({ dtype: 'int32', preprocessor, outputMode });
}

/** Strings by their place in a vocabulary that `adapt` learns. */
export function stringCategorical({ name, outputMode = 'one_hot', ...lookup }: CategoricalOptions = {}): Feature {
  const preprocessor = new StringLookup({ ...lookup, name: layerName('string_categorical', name) });
  return new Feature({ dtype: 'string', preprocessor, outputMode });
}

/** Whole numbers by their hash in one of so many bins. */
export function integerHashed({ name, outputMode = 'one_hot', ...bins }: HashedOptions): Feature {
  const preprocessor = new Hashing({ ...bins, name: layerName('integer_hashed', name) });
  return new Feature({ dtype: 'int32', preprocessor, outputMode });
}

/** Strings by their hash in one of so many bins. */
export function stringHashed({ name, outputMode = 'one_hot', ...bins }: HashedOptions): Feature {
  const preprocessor = new Hashing({ ...bins, name: layerName('string_hashed', name) });
  return new Feature({ dtype: 'string', preprocessor, outputMode });
}

/** What kinds of features that need a size have where none is given. */
export interface KindDefaults {
  readonly hashingDim: number;
  readonly numDiscretizationBins: number;
}

type Kind = (name: string, defaults: KindDefaults) => Feature;

/** Features that a name alone stands for. */
const KINDS = {
  float: (name) => float({ name }),
  float_rescaled: (name) => floatRescaled({ name }),
  float_normalized: (name) => floatNormalized({ name }),
  float_discretized: (name, { numDiscretizationBins: numBins }) => floatDiscretized({ name, numBins }),
  integer_categorical: (name) => integerCategorical({ name }),
  string_categorical: (name) => stringCategorical({ name }),
  integer_hashed: (name, { hashingDim: numBins }) => integerHashed({ name, numBins }),
  string_hashed: (name, { hashingDim: numBins }) => stringHashed({ name, numBins }),
} satisfies Readonly<Record<string, Kind>>;
const KIND_NAMES = Object.keys(KINDS) as readonly (keyof typeof KINDS)[];

/** @throws ERR_UNKNOWN_NAME */
export function featureOfKind(kind: string, name: string, defaults: KindDefaults): Feature {
  return KINDS[oneOf(`feature '${name}'`, kind, KIND_NAMES)](name, defaults);
}

function layerName(kind: string, name = autoName(kind)): string {
  return `${name}_preprocessor`;
}

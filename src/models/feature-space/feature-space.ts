import type { Output } from '../../core/output.js';
import { Program } from '../../core/program.js';
import { currentScope } from '../../core/scope.js';
import { isOutput, mapSeveral, type Several } from '../../core/several.js';
import { spec } from '../../core/spec.js';
import { Tensor, type TensorLike, tensor } from '../../core/tensor.js';
import { type AnyDataset, Dataset } from '../../data/dataset.js';
import { fromTensorSlices } from '../../data/dataset-tensors.js';
import { TensorFlowError } from '../../errors/errors.js';
import { checkOptions, unknownName } from '../../errors/suggest.js';
import type { Layer } from '../../layers/layer.js';
import type { SymbolicTensor } from '../../layers/symbolic.js';
import { oneOf, optionsOf } from '../../nn/serialization.js';
import * as ops from '../../ops/index.js';
import { input } from '../input.js';
import './keras-layers.js';
import { type Apply, Encoding } from './encoding.js';
import { Cross, type CrossOptions, Feature, type FeatureOptions } from './feature.js';
import * as kinds from './feature-kinds.js';
import { featureOfKind } from './feature-kinds.js';
import { type Adaptable, adaptTo, copyOf, isAdaptable, learnedBy } from './preprocessor.js';

const MODES = ['concat', 'dict'] as const;
type Mode = (typeof MODES)[number];
type ByName<T> = Readonly<Record<string, T>>;
/** As a config has it. */
type Serialized = { readonly config: Readonly<Record<string, unknown>> };

/** One vector of all features, or one value for each by name. */
export type EncodedFeatures<M extends Mode, T> = M extends 'dict' ? Record<string, T> : T;

export interface FeatureSpaceOptions<M extends Mode = 'concat'> {
  /** Columns by name: a kind such as `'floatNormalized'`, or a feature such as `FeatureSpace.floatNormalized()`. */
  features: ByName<string | Feature | Serialized>;
  /** `concat` (default): one vector; `dict`: a record. */
  outputMode?: M;
  /** Names of features that are seen together, or `FeatureSpace.cross(…)`. */
  crosses?: readonly (readonly string[] | Cross | Serialized)[];
  /** Bins of crosses that are given by names. Default 32. */
  crossingDim?: number;
  /** Bins of features that are given as `integerHashed` or `stringHashed`. Default 32. */
  hashingDim?: number;
  /** Bins of features that are given as `floatDiscretized`. Default 32. */
  numDiscretizationBins?: number;
}

const OPTIONS = ['features', 'outputMode', 'crosses', 'crossingDim', 'hashingDim', 'numDiscretizationBins'];

/**
 * Columns of a table as a network takes them (Keras `FeatureSpace`): each column is rescaled, normalised, looked up, hashed
 * or cut into bins, and encoded; columns can be crossed.
 *
 * What it learned by `adapt` it takes along wherever it is used: in maps of data sets (`call`), at the front of a functional
 * model (`getInputs`, `getEncodedFeatures`), on values (`encode`), in its config.
 *
 * Input: a record of columns, scalars, `[batch]` or `[batch, 1]`. Output: `[batch, width]`, or a record of such.
 *
 * @throws ERR_ARGUMENT without features; ERR_UNKNOWN_NAME for a kind or a crossed feature nobody knows
 * @example
 * const space = new FeatureSpace({
 *   features: { age: 'floatNormalized', city: 'stringCategorical', rooms: FeatureSpace.integerHashed({ numBins: 8 }) },
 *   crosses: [['city', 'rooms']],
 * });
 * await space.adapt(table);
 * const batches = table.batch(32).map((row) => space.call(row));
 * const net = model({ inputs: space.getInputs(), outputs: dense({ units: 1 }).apply(space.getEncodedFeatures()) });
 */
export class FeatureSpace<M extends Mode = 'concat'> {
  static readonly float = kinds.float;
  static readonly floatRescaled = kinds.floatRescaled;
  static readonly floatNormalized = kinds.floatNormalized;
  static readonly floatDiscretized = kinds.floatDiscretized;
  static readonly integerCategorical = kinds.integerCategorical;
  static readonly stringCategorical = kinds.stringCategorical;
  static readonly integerHashed = kinds.integerHashed;
  static readonly stringHashed = kinds.stringHashed;
  /** A feature with a layer of one's own. */
  static readonly feature = (options: FeatureOptions): Feature => new Feature(options);
  static readonly cross = (options: CrossOptions): Cross => new Cross(options);

  readonly features: ByName<Feature>;
  readonly crosses: readonly Cross[];
  readonly outputMode: Mode;
  readonly #sizes: {
    readonly crossingDim: number;
    readonly hashingDim: number;
    readonly numDiscretizationBins: number;
  };
  readonly #encoding: Encoding;
  /** Features whose layers learn from data. */
  readonly #adaptable: readonly (readonly [name: string, layer: Adaptable])[];
  #adapted: boolean;
  /** Where weights of its layers live. */
  readonly #program = new Program();
  readonly #inputs: ByName<SymbolicTensor>;
  #encodedFeatures: EncodedFeatures<M, SymbolicTensor> | undefined;
  /** What layers learned, as options of another one of the kind. */
  readonly #learned = new Map<Layer, object>();

  constructor(options: FeatureSpaceOptions<M>) {
    checkOptions('FeatureSpace', options, OPTIONS);
    const { crosses = [], crossingDim = 32, hashingDim = 32, numDiscretizationBins = 32 } = options;
    this.#sizes = { crossingDim, hashingDim, numDiscretizationBins };
    this.outputMode = oneOf('FeatureSpace: outputMode', options.outputMode ?? 'concat', MODES);
    const features = Object.entries(options.features ?? {});
    if (features.length === 0)
      throw new TensorFlowError('ERR_ARGUMENT', "FeatureSpace: give it features, e.g. { age: 'float' }.");
    this.features = Object.fromEntries(features.map(([name, feature]) => [name, this.#feature(name, feature)]));
    this.crosses = crosses.map((cross) => this.#cross(cross));
    this.#encoding = new Encoding(this.features, this.crosses);
    this.#adaptable = Object.entries(this.features).flatMap(([name, { preprocessor }]) =>
      isAdaptable(preprocessor) ? [[name, preprocessor] as const] : [],
    );
    this.#adapted = this.#adaptable.length === 0;
    this.#inputs = Object.fromEntries(
      Object.entries(this.features).map(([name, { dtype }]) => [name, input({ shape: [1], dtype, name })]),
    );
  }

  /** The layer of each feature. */
  get preprocessors(): ByName<Layer> {
    return Object.fromEntries(Object.entries(this.features).map(([name, { preprocessor }]) => [name, preprocessor]));
  }

  /**
   * Lets the layers learn from a table, one after the other: means, vocabularies, bins. Once, before the first use.
   *
   * @param data a data set of rows or batches of rows, or columns; records with all features that learn
   */
  async adapt(data: AnyDataset | ByName<Tensor | TensorLike>): Promise<void> {
    const table = isDataset(data) ? data : fromTensorSlices(data);
    for (const [name, layer] of this.#adaptable) {
      await adaptTo(layer, table, name, this.#program);
      this.#learned.set(layer, await learnedBy(layer));
    }
    this.#adapted = true;
  }

  /** Where columns enter a functional model. */
  getInputs(): Record<string, SymbolicTensor> {
    return { ...this.#inputs };
  }

  /** Symbolic features after their own layers, and crosses, before they are encoded. */
  getPreprocessedFeatures(): Record<string, SymbolicTensor> {
    this.#checkAdapted();
    return this.#encoding.preprocess(this.#inputs, symbolically);
  }

  /** What a functional model goes on with. */
  getEncodedFeatures(): EncodedFeatures<M, SymbolicTensor> {
    this.#checkAdapted();
    this.#encodedFeatures ??= this.#merged(this.#inputs, symbolically);
    return this.#encodedFeatures;
  }

  /**
   * The features, as nodes of the current graph: in the map of a data set, or in a function of a program.
   *
   * @throws ERR_ARGUMENT for a column that is missing, or not of its feature's kind; ERR_NOT_BUILT before `adapt`
   */
  call(columns: ByName<Output>): EncodedFeatures<M, Output> {
    this.#checkAdapted();
    const entries = Object.entries(columns).map(([name, x]) => [name, this.#column(name, x)] as const);
    // Why: the body of a data set's map belongs to no program; the copies have no weights that would have to live in one.
    using place = new Program();
    const program = currentScope().generator?.program ?? place;
    const encoded = this.#merged<Output>(Object.fromEntries(entries), (layer, x) =>
      copyOf(layer, this.#learned.get(layer)).invoke<Output>(program, x),
    );
    if (!Object.values(columns).some(({ shape }) => shape?.length === 0)) return encoded;
    return mapSeveral(encoded as Several<Output>, isOutput, (x) => ops.squeeze(x, [0])) as EncodedFeatures<M, Output>;
  }

  /**
   * The features of values, at once. Owner of the tensors: the caller.
   *
   * @param columns of the same length, or scalars for one row
   * @example
   * const row = await space.encode({ age: 31, city: 'Graz', rooms: 4 });
   */
  async encode(columns: ByName<Tensor | TensorLike>): Promise<EncodedFeatures<M, Tensor>> {
    const values = Object.entries(columns).map(([name, value]) => {
      const dtype = this.features[name]?.dtype;
      return [name, value instanceof Tensor ? value : tensor(value, undefined, dtype)] as const;
    });
    using program = new Program();
    const specs = Object.fromEntries(values.map(([name, { dtype, shape }]) => [name, spec(dtype, shape)]));
    const run = program.trace('encode', specs, (rows) => ({ y: this.call(rows) as Output | Record<string, Output> }));
    const { y } = await run(Object.fromEntries(values));
    return y as EncodedFeatures<M, Tensor>;
  }

  /** With all that was learned; {@link FeatureSpace.fromConfig} takes it, and Keras'. */
  getConfig(): Record<string, unknown> {
    const { crossingDim, hashingDim, numDiscretizationBins } = this.#sizes;
    const features = Object.entries(this.features).map(([name, { dtype, preprocessor, outputMode }]) => {
      const known = new Feature({
        dtype,
        preprocessor: copyOf(preprocessor, this.#learned.get(preprocessor)),
        outputMode,
      });
      return [name, known.serialize()];
    });
    return {
      features: Object.fromEntries(features),
      output_mode: this.outputMode,
      crosses: this.crosses.map((cross) => cross.serialize()),
      crossing_dim: crossingDim,
      hashing_dim: hashingDim,
      num_discretization_bins: numDiscretizationBins,
    };
  }

  static fromConfig(config: ByName<unknown>): FeatureSpace<Mode> {
    return new FeatureSpace<Mode>(optionsOf(config) as never);
  }

  /** Frees weights of its layers. */
  dispose(): void {
    this.#program.dispose();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  #feature(name: string, feature: string | Feature | Serialized): Feature {
    if (feature instanceof Feature) return feature;
    if (typeof feature === 'string') return featureOfKind(feature, name, this.#sizes);
    return new Feature(optionsOf(feature.config) as never);
  }

  #cross(given: readonly string[] | Cross | Serialized): Cross {
    const { crossingDim } = this.#sizes;
    const cross = given instanceof Cross ? given : crossOf(given, crossingDim);
    const unknown = cross.featureNames.find((name) => !Object.hasOwn(this.features, name));
    if (unknown === undefined) return cross;
    throw unknownName(`feature of cross '${cross.name}'`, unknown, Object.keys(this.features));
  }

  /** A column as its layer takes it: `[batch, 1]` or wider, of the feature's dtype. */
  #column(name: string, x: Output): Output {
    const dtype = this.features[name]?.dtype;
    if (dtype === undefined) throw unknownName('feature of FeatureSpace', name, Object.keys(this.features));
    if ((x.dtype === 'string') !== (dtype === 'string')) {
      throw new TensorFlowError('ERR_DTYPE', `FeatureSpace: feature '${name}' is of ${dtype}, got ${x.dtype}.`);
    }
    const values = x.dtype === dtype ? x : ops.cast(x, dtype);
    if (x.shape?.length === 0) return ops.reshape(values, [1, 1]);
    return x.shape?.length === 1 ? ops.expandDims(values, -1) : values;
  }

  #merged<T extends Output | SymbolicTensor>(columns: ByName<T>, apply: Apply<T>): EncodedFeatures<M, T> {
    const encoded = this.#encoding.encode(columns, apply);
    const merged = this.outputMode === 'dict' ? encoded : this.#encoding.concatenate(encoded, apply);
    return merged as EncodedFeatures<M, T>;
  }

  #checkAdapted(): void {
    if (this.#adapted) return;
    throw new TensorFlowError(
      'ERR_NOT_BUILT',
      `FeatureSpace: ${this.#adaptable.map(([name]) => `'${name}'`).join(', ')} learn from data; await adapt(table) first.`,
    );
  }
}

function crossOf(given: readonly string[] | Serialized, crossingDim: number): Cross {
  if ('config' in given) return new Cross(optionsOf(given.config) as never);
  return new Cross({ featureNames: given, crossingDim });
}

function isDataset(data: AnyDataset | ByName<unknown>): data is AnyDataset {
  return data instanceof Dataset;
}

const symbolically: Apply<SymbolicTensor> = (layer, x) => layer.apply<SymbolicTensor>(x);

/** {@inheritDoc FeatureSpace} */
export const featureSpace = <M extends Mode = 'concat'>(options: FeatureSpaceOptions<M>): FeatureSpace<M> =>
  new FeatureSpace(options);

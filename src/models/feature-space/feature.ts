import { type DType, parseDType } from '../../core/dtype.js';
import { checkOptions } from '../../errors/suggest.js';
import type { Layer } from '../../layers/layer.js';
import { deserialize, type LayerConfig, serialize } from '../../layers/registry.js';
import { oneOf } from '../../nn/serialization.js';

/** Where Keras keeps what a FeatureSpace is made of. */
const MODULE = 'keras.src.layers.preprocessing.feature_space';
const MODES = ['int', 'one_hot', 'float'] as const;
const CROSS_MODES = ['int', 'one_hot'] as const;

export interface FeatureOptions {
  /** Of its values, as data brings them. */
  dtype: string;
  /** The layer that its values go through first; from files its config. */
  preprocessor: Layer | LayerConfig;
  /** What comes out of it: `float`, or whole numbers, as they are (`int`) or as rows with ones (`one_hot`). */
  outputMode: string;
}

/** A column of a table, and what is made of it (Keras `FeatureSpace.feature`). */
export class Feature {
  readonly dtype: DType;
  readonly preprocessor: Layer;
  readonly outputMode: (typeof MODES)[number];

  constructor(options: FeatureOptions) {
    checkOptions('feature', options, ['dtype', 'preprocessor', 'outputMode']);
    const { dtype, preprocessor, outputMode } = options;
    this.dtype = parseDType(dtype);
    this.preprocessor = 'config' in preprocessor ? deserialize(preprocessor) : preprocessor;
    this.outputMode = oneOf('feature: outputMode', outputMode, MODES);
  }

  /** As Keras writes it. */
  serialize(): Record<string, unknown> {
    const { dtype, preprocessor, outputMode } = this;
    return serialized('Feature', { dtype, preprocessor: serialize(preprocessor), output_mode: outputMode });
  }
}

export interface CrossOptions {
  /** Of two or more features. */
  featureNames: readonly string[];
  /** How many bins their combinations are hashed into. */
  crossingDim: number;
  /** `one_hot` (default) or `int`. */
  outputMode?: string;
}

/** Several columns seen together (Keras `FeatureSpace.cross`). */
export class Cross {
  readonly featureNames: readonly string[];
  readonly crossingDim: number;
  readonly outputMode: (typeof CROSS_MODES)[number];

  constructor(options: CrossOptions) {
    checkOptions('cross', options, ['featureNames', 'crossingDim', 'outputMode']);
    this.featureNames = options.featureNames;
    this.crossingDim = options.crossingDim;
    this.outputMode = oneOf('cross: outputMode', options.outputMode ?? 'one_hot', CROSS_MODES);
  }

  get name(): string {
    return this.featureNames.join('_X_');
  }

  /** As Keras writes it. */
  serialize(): Record<string, unknown> {
    const { featureNames, crossingDim, outputMode } = this;
    return serialized('Cross', { feature_names: featureNames, crossing_dim: crossingDim, output_mode: outputMode });
  }
}

function serialized(className: string, config: object): Record<string, unknown> {
  return { module: MODULE, class_name: className, config, registered_name: className };
}

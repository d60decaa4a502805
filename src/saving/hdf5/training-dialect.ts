import { snakeCase } from '../../core/naming.js';
import type { Dialect } from '../../models/config-dialect.js';

type Json = Record<string, unknown>;

/** What a model was compiled with, in one form for both dialects. */
export interface PlainTraining {
  optimizer: { class_name: string; config: Json } | null;
  /** `'categorical_crossentropy'`, `{ class_name, config }`, or a list or object of them for several outputs. */
  loss: unknown;
  /** `'accuracy'`, `{ class_name, config }`, in a list; a list of lists or an object of lists for several outputs. */
  metrics: unknown;
  weightedMetrics: unknown;
  lossWeights: unknown;
}

/** Short names that Keras takes at `compile` but, from version 3 on, does not read back from HDF5. */
const SHORT_NAMES: Readonly<Record<string, { readonly full: string; readonly metric: string }>> = {
  mse: { full: 'mean_squared_error', metric: 'MeanSquaredError' },
  mae: { full: 'mean_absolute_error', metric: 'MeanAbsoluteError' },
  mape: { full: 'mean_absolute_percentage_error', metric: 'MeanAbsolutePercentageError' },
  msle: { full: 'mean_squared_logarithmic_error', metric: 'MeanSquaredLogarithmicError' },
  kld: { full: 'kl_divergence', metric: 'KLDivergence' },
};

/** Metric names that Keras resolves by the loss and the shape of the output. */
const RESOLVED_LATER = new Set(['accuracy', 'acc', 'crossentropy', 'ce']);

const KERAS2_OPTIMIZER_ONLY = new Set(['jit_compile', 'is_legacy_optimizer', 'decay']);
const KERAS3_OPTIMIZER_ONLY = new Set(['loss_scale_factor', 'gradient_accumulation_steps']);

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function without(object: Json, keys: ReadonlySet<string>): Json {
  return Object.fromEntries(Object.entries(object).filter(([key]) => !keys.has(key)));
}

/** Applies `change` to every name or serialized object in nested lists and objects. */
function mapLeaves(value: unknown, change: (leaf: unknown) => unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => mapLeaves(item, change));
  if (isObject(value) && !('class_name' in value)) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapLeaves(item, change)]));
  }
  return change(value);
}

function shortName(leaf: unknown): (typeof SHORT_NAMES)[string] | undefined {
  return typeof leaf === 'string' && Object.hasOwn(SHORT_NAMES, leaf) ? SHORT_NAMES[leaf] : undefined;
}

function fullName(leaf: unknown): unknown {
  return shortName(leaf)?.full ?? leaf;
}

/** A metric under the short name it was given, in a form that every Keras reads. */
function namedMetric(leaf: unknown): unknown {
  const known = shortName(leaf);
  return known ? { class_name: known.metric, config: { name: leaf, dtype: 'float32' } } : leaf;
}

/** Keras 2 wraps a metric function: `{ class_name: 'MeanMetricWrapper', config: { name: 'acc', fn: 'binary_accuracy' } }`. */
function unwrapped(leaf: unknown): unknown {
  if (!isObject(leaf)) return leaf;
  const { class_name, config, registered_name: _, module: __, ...rest } = leaf;
  if (class_name === 'function' && typeof config === 'string') return config;
  if (class_name !== 'MeanMetricWrapper' || !isObject(config)) return { class_name, config, ...rest };
  const { name, fn } = config;
  const asGiven = typeof name === 'string' && (RESOLVED_LATER.has(name) || shortName(name)?.full === fn);
  return asGiven ? name : (fn ?? name);
}

/** Keras 2 has a list per output, also for one output. */
function unnested(metrics: unknown): unknown {
  return Array.isArray(metrics) && metrics.length === 1 && Array.isArray(metrics[0]) ? metrics[0] : metrics;
}

function plainOptimizer(config: unknown): PlainTraining['optimizer'] {
  if (!isObject(config) || typeof config.class_name !== 'string' || !isObject(config.config)) return null;
  const class_name = config.class_name.slice(config.class_name.lastIndexOf('>') + 1);
  const { lr, ...options } = config.config;
  // Why decay: TensorFlow up to 2.10 has a decay of the learning rate in the optimizer, which zero switches off.
  const dropped = options.decay
    ? without(options, new Set(['jit_compile', 'is_legacy_optimizer']))
    : without(options, KERAS2_OPTIMIZER_ONLY);
  return { class_name, config: { ...(lr !== undefined && { learning_rate: lr }), ...dropped } };
}

/** Brings a `training_config` of Keras 2 or Keras 3 into one form. Unknown parts are left out. */
export function normalizeTrainingConfig(training: Json): PlainTraining {
  return {
    optimizer: plainOptimizer(training.optimizer_config ?? training.optimizer),
    loss: mapLeaves(training.loss ?? null, (leaf) => fullName(unwrapped(leaf))),
    metrics: mapLeaves(unnested(training.metrics ?? null), unwrapped),
    weightedMetrics: mapLeaves(unnested(training.weighted_metrics ?? training.weightedMetrics ?? null), unwrapped),
    lossWeights: training.loss_weights ?? training.lossWeights ?? null,
  };
}

/** What was compiled in the words of one dialect, as its `training_config` has it. */
export function toKerasTrainingConfig(dialect: Dialect, training: PlainTraining): Json {
  return dialect === 'keras2' ? toKeras2TrainingConfig(training) : toKeras3TrainingConfig(training);
}

export function toKeras2TrainingConfig({
  optimizer,
  loss,
  metrics,
  weightedMetrics,
  lossWeights,
}: PlainTraining): Json {
  return {
    loss,
    metrics: mapLeaves(metrics, namedMetric),
    weighted_metrics: mapLeaves(weightedMetrics, namedMetric),
    loss_weights: lossWeights,
    ...(optimizer && {
      optimizer_config: {
        // Why: as tf-keras itself writes it; Keras 3 reads this name's config leniently, the bare name's it refuses.
        class_name: `Custom>${optimizer.class_name}`,
        config: {
          ...without(optimizer.config, KERAS3_OPTIMIZER_ONLY),
          name: optimizer.class_name,
          is_legacy_optimizer: false,
        },
      },
    }),
  };
}

export function toKeras3TrainingConfig({
  optimizer,
  loss,
  metrics,
  weightedMetrics,
  lossWeights,
}: PlainTraining): Json {
  return {
    loss,
    loss_weights: lossWeights,
    metrics: mapLeaves(metrics, namedMetric),
    weighted_metrics: mapLeaves(weightedMetrics, namedMetric),
    run_eagerly: false,
    steps_per_execution: 1,
    jit_compile: false,
    ...(optimizer && {
      optimizer_config: {
        class_name: optimizer.class_name,
        config: { ...without(optimizer.config, KERAS2_OPTIMIZER_ONLY), name: snakeCase(optimizer.class_name) },
      },
    }),
  };
}

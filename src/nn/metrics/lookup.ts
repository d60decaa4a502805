import { plainName, snakeCase } from '../../core/naming.js';
import type { Output } from '../../core/output.js';
import type { Shape } from '../../core/shape.js';
import {
  type ConfigurableClass,
  fromConfig,
  Registry,
  type SerializedObject,
  serialize as serializeObject,
} from '../serialization.js';
import {
  Accuracy,
  BinaryAccuracy,
  CategoricalAccuracy,
  SparseCategoricalAccuracy,
  SparseTopKCategoricalAccuracy,
  TopKCategoricalAccuracy,
} from './accuracy.js';
import { AUC } from './auc.js';
import {
  PrecisionAtRecall,
  RecallAtPrecision,
  SensitivityAtSpecificity,
  SpecificityAtSensitivity,
} from './best-threshold.js';
import { FalseNegatives, FalsePositives, TrueNegatives, TruePositives } from './confusion-counts.js';
import { ConcordanceCorrelation, PearsonCorrelation } from './correlation.js';
import { F1Score, FBetaScore } from './f-score.js';
import { BinaryIoU, IoU, MeanIoU, OneHotIoU, OneHotMeanIoU } from './iou.js';
import { MeanMetricWrapper, type MetricFunction } from './mean-metric-wrapper.js';
import type { Metric } from './metric.js';
import { Precision, Recall } from './precision-recall.js';
import {
  BinaryCrossentropy,
  CategoricalCrossentropy,
  CategoricalHinge,
  Hinge,
  KLDivergence,
  Poisson,
  SparseCategoricalCrossentropy,
  SquaredHinge,
} from './probabilistic.js';
import { R2Score } from './r2-score.js';
import { Mean, Sum } from './reductions.js';
import {
  CosineSimilarity,
  LogCoshError,
  MeanAbsoluteError,
  MeanAbsolutePercentageError,
  MeanSquaredError,
  MeanSquaredLogarithmicError,
  RootMeanSquaredError,
} from './regression.js';

/** All metrics by name; the second part are Keras' aliases. */
const registry = new Registry<Metric>('metric', {
  accuracy: Accuracy,
  binaryAccuracy: BinaryAccuracy,
  categoricalAccuracy: CategoricalAccuracy,
  sparseCategoricalAccuracy: SparseCategoricalAccuracy,
  topKCategoricalAccuracy: TopKCategoricalAccuracy,
  sparseTopKCategoricalAccuracy: SparseTopKCategoricalAccuracy,
  meanSquaredError: MeanSquaredError,
  rootMeanSquaredError: RootMeanSquaredError,
  meanAbsoluteError: MeanAbsoluteError,
  meanAbsolutePercentageError: MeanAbsolutePercentageError,
  meanSquaredLogarithmicError: MeanSquaredLogarithmicError,
  cosineSimilarity: CosineSimilarity,
  logCoshError: LogCoshError,
  binaryCrossentropy: BinaryCrossentropy,
  categoricalCrossentropy: CategoricalCrossentropy,
  sparseCategoricalCrossentropy: SparseCategoricalCrossentropy,
  klDivergence: KLDivergence,
  poisson: Poisson,
  hinge: Hinge,
  squaredHinge: SquaredHinge,
  categoricalHinge: CategoricalHinge,
  pearsonCorrelation: PearsonCorrelation,
  concordanceCorrelation: ConcordanceCorrelation,
  r2Score: R2Score,
  truePositives: TruePositives,
  falsePositives: FalsePositives,
  trueNegatives: TrueNegatives,
  falseNegatives: FalseNegatives,
  precision: Precision,
  recall: Recall,
  f1Score: F1Score,
  fBetaScore: FBetaScore,
  auc: AUC,
  sensitivityAtSpecificity: SensitivityAtSpecificity,
  specificityAtSensitivity: SpecificityAtSensitivity,
  precisionAtRecall: PrecisionAtRecall,
  recallAtPrecision: RecallAtPrecision,
  iou: IoU,
  binaryIoU: BinaryIoU,
  meanIoU: MeanIoU,
  oneHotIoU: OneHotIoU,
  oneHotMeanIoU: OneHotMeanIoU,
  mean: Mean,
  sum: Sum,

  acc: Accuracy,
  mse: MeanSquaredError,
  mae: MeanAbsoluteError,
  mape: MeanAbsolutePercentageError,
  msle: MeanSquaredLogarithmicError,
  rmse: RootMeanSquaredError,
  bce: BinaryCrossentropy,
  kld: KLDivergence,
});

/** What may be given where a metric is wanted. */
export type MetricIdentifier = string | SerializedObject | Metric | MetricFunction;

/**
 * The metric of a name in any spelling, a Keras config, or a function `(yTrue, yPred) => Output` whose mean it is.
 * A metric given by name is called by that name, in snake_case.
 *
 * @throws ERR_UNKNOWN_NAME with the nearest name that exists
 */
export function get(identifier: MetricIdentifier): Metric {
  if (typeof identifier === 'function') return new MeanMetricWrapper(identifier);
  if (typeof identifier === 'string') return named(registry.find(identifier), identifier);
  return registry.get(identifier);
}

/**
 * As {@link get}; `accuracy` and `acc` become the kind of accuracy that fits the shapes, as in Keras.
 *
 * @param label labels, or their shape
 * @param prediction predictions, or their shape
 */
export function resolve(
  identifier: MetricIdentifier,
  { label, prediction }: { label: Output | Shape; prediction: Output | Shape },
): Metric {
  if (typeof identifier !== 'string' || !['accuracy', 'acc'].includes(plainName(identifier))) return get(identifier);
  return named(accuracyFor(shapeOf(label), shapeOf(prediction)), identifier);
}

/** @throws ERR_UNKNOWN_NAME for a name there is no metric of */
export function check(identifier: MetricIdentifier): void {
  get(identifier);
}

/** The metric a Keras config describes; its state is not part of it. */
export function deserialize(serialized: SerializedObject): Metric {
  return registry.deserialize(serialized);
}

/** As Keras files have it. */
export function serialize(metric: Metric): SerializedObject {
  return serializeObject(metric);
}

/** Makes a metric of your own known by its class name. */
export function register(cls: ConfigurableClass<Metric>): void {
  registry.register(cls);
}

/** All names, aliases included. */
export function names(): string[] {
  return registry.names();
}

function named(cls: ConfigurableClass<Metric>, name: string): Metric {
  return fromConfig(cls, { name: snakeCase(name) });
}

function accuracyFor(label: Shape, prediction: Shape): ConfigurableClass<Metric> {
  if (prediction?.at(-1) === 1) return BinaryAccuracy;
  const hasClassAxis = label && prediction && label.length === prediction.length && label.at(-1) !== 1;
  return hasClassAxis ? CategoricalAccuracy : SparseCategoricalAccuracy;
}

function shapeOf(value: Output | Shape): Shape {
  return value !== null && 'op' in value ? value.shape : value;
}

import { describe, expect, test } from 'vitest';
import { metrics } from '../../../src/nn/index.js';
import { checkMetric, type MetricCase } from './check-metric.js';

const flat = { yTrue: [0, 1, 1, 0], yPred: [0.2, 0.8, 0.3, 0.6] };
const binary = {
  yTrue: [[0], [1], [1], [0]],
  yPred: [[0.2], [0.8], [0.3], [0.6]],
};
const classes = {
  yTrue: [[1, 0, 0], [0, 1, 0], [0, 0, 1], [0, 1, 0]], // biome-ignore format: rows
  yPred: [[0.5, 0.3, 0.2], [0.1, 0.2, 0.7], [0.2, 0.2, 0.6], [0.3, 0.6, 0.1]], // biome-ignore format: rows
};
const numbers = { yTrue: [0, 2, 1, 2], yPred: [0, 1, 1, 2] };
const labels = { yTrue: [0, 2, 1, 2], yPred: classes.yPred };
const named: [string, string] = ['nam', 'name'];
const typed: [string, string] = ['dtyp', 'dtype'];

const CASES: Record<string, MetricCase> = {
  Accuracy: { ...numbers, typo: named },
  BinaryAccuracy: { ...binary, config: { threshold: 0.25 }, typo: ['treshold', 'threshold'] },
  CategoricalAccuracy: { ...classes, typo: named },
  SparseCategoricalAccuracy: { ...labels, typo: typed },
  TopKCategoricalAccuracy: { ...classes, config: { k: 2 }, typo: named },
  SparseTopKCategoricalAccuracy: { ...labels, config: { k: 2 }, typo: ['from_sorted_id', 'fromSortedIds'] },
  MeanSquaredError: { ...classes, typo: named },
  RootMeanSquaredError: { ...classes, typo: named },
  MeanAbsoluteError: { ...classes, typo: named },
  MeanAbsolutePercentageError: { ...classes, typo: named },
  MeanSquaredLogarithmicError: { ...classes, typo: named },
  CosineSimilarity: { ...classes, typo: ['axi', 'axis'] },
  LogCoshError: { ...classes, typo: named },
  BinaryCrossentropy: { ...binary, typo: ['from_logit', 'fromLogits'] },
  CategoricalCrossentropy: { ...classes, typo: ['label_smooth', 'labelSmoothing'] },
  SparseCategoricalCrossentropy: { ...labels, typo: ['ignored_class', 'ignoreClass'] },
  KLDivergence: { ...classes, typo: named },
  Poisson: { ...classes, typo: named },
  Hinge: { ...classes, typo: named },
  SquaredHinge: { ...classes, typo: named },
  CategoricalHinge: { ...classes, typo: named },
  PearsonCorrelation: { ...classes, typo: ['axi', 'axis'] },
  ConcordanceCorrelation: { ...classes, typo: ['axi', 'axis'] },
  R2Score: { ...classes, config: { class_aggregation: null }, typo: ['num_regresors', 'numRegressors'] },
  TruePositives: { ...flat, typo: ['threshold', 'thresholds'] },
  FalsePositives: { ...flat, config: { thresholds: [0.25, 0.5] }, typo: ['threshold', 'thresholds'] },
  TrueNegatives: { ...binary, typo: ['threshold', 'thresholds'] },
  FalseNegatives: { ...flat, typo: ['threshold', 'thresholds'] },
  Precision: { ...classes, config: { top_k: 2 }, typo: ['topk', 'topK'] },
  Recall: { ...classes, config: { class_id: 1 }, typo: ['classid', 'classId'] },
  F1Score: { ...classes, config: { average: 'macro' }, typo: ['averag', 'average'] },
  FBetaScore: { ...classes, config: { beta: 2, threshold: 0.3 }, typo: ['bet', 'beta'] },
  AUC: { ...flat, config: { num_thresholds: 11 }, typo: ['num_treshold', 'numThresholds'] },
  SensitivityAtSpecificity: { ...flat, config: { specificity: 0.5 }, typo: ['num_threshold', 'numThresholds'] },
  SpecificityAtSensitivity: { ...flat, config: { sensitivity: 0.5 }, typo: ['num_threshold', 'numThresholds'] },
  PrecisionAtRecall: { ...flat, config: { recall: 0.5 }, typo: ['num_threshold', 'numThresholds'] },
  RecallAtPrecision: { ...flat, config: { precision: 0.5 }, typo: ['num_threshold', 'numThresholds'] },
  IoU: { ...numbers, config: { num_classes: 3, target_class_ids: [1, 2] }, typo: ['axi', 'axis'], whole: true },
  BinaryIoU: { ...flat, config: { threshold: 0.25 }, typo: ['treshold', 'threshold'], whole: true },
  MeanIoU: { ...numbers, config: { num_classes: 3 }, typo: ['ignored_class', 'ignoreClass'], whole: true },
  OneHotIoU: { ...classes, config: { num_classes: 3, target_class_ids: [1] }, typo: ['axi', 'axis'], whole: true },
  OneHotMeanIoU: { ...classes, config: { num_classes: 3 }, typo: ['sparse_y_predi', 'sparseYPred'], whole: true },
};

test('every metric of labels and predictions is held here', () => {
  const classes = Object.values(metrics).filter((value) => typeof value === 'function' && 'className' in value);
  const names = classes.map((value) => (value as typeof metrics.Metric).className).filter((name) => name !== '');
  expect([...Object.keys(CASES), 'Mean', 'MeanMetricWrapper', 'Sum'].sort()).toEqual(names.sort());
});

describe.each(Object.entries(CASES))('%s', checkMetric);

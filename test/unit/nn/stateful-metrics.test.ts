import { describe, expect, test } from 'vitest';
import { Program } from '../../../src/core/program.js';
import { metrics } from '../../../src/nn/index.js';
import * as ops from '../../../src/ops/index.js';

type Values = number[] | number[][] | number[][][];

/** The result of one batch. */
async function scored(metric: metrics.Metric, yTrue: Values, yPred: Values, mask?: boolean[]): Promise<unknown> {
  using program = new Program({ seed: 1 });
  const run = program.function('run', {}, () => {
    const [labels, predictions] = [ops.constant(yTrue, 'float32'), ops.constant(yPred, 'float32')];
    metric.build(program, { label: labels.shape, prediction: predictions.shape });
    metric.update(labels, predictions, undefined, mask && ops.constant(mask));
    return { value: metric.result() };
  });
  return (await run({})).value.array();
}

describe('names', () => {
  test.each([
    ['auc', 'AUC', 'auc'],
    ['AUC', 'AUC', 'auc'],
    ['precision', 'Precision', 'precision'],
    ['recall', 'Recall', 'recall'],
    ['f1_score', 'F1Score', 'f1_score'],
    ['f1Score', 'F1Score', 'f1_score'],
    ['truePositives', 'TruePositives', 'true_positives'],
    ['r2_score', 'R2Score', 'r2_score'],
    ['binary_io_u', 'BinaryIoU', 'binary_io_u'],
    ['BinaryIoU', 'BinaryIoU', 'binary_io_u'],
  ])('%s', (typed, className, name) => {
    expect(metrics.get(typed)).toMatchObject({ className, name });
  });

  test('what cannot do without an option says so by name', () => {
    expect(() => metrics.get('meanIoU')).toThrow(/MeanIoU: option 'numClasses' must be given/);
    expect(() => metrics.get('precisionAtRecall')).toThrow(/PrecisionAtRecall: option 'recall' must be given/);
  });
});

describe('examples by hand', () => {
  const [yTrue, yPred] = [[0, 0, 1, 1], [0, 0.5, 0.3, 0.9]]; // biome-ignore format: a pair

  test('areas under curves', async () => {
    expect(await scored(new metrics.AUC({ numThresholds: 3 }), yTrue, yPred)).toBeCloseTo(0.75, 6);
    expect(await scored(new metrics.AUC({ fromLogits: true }), yTrue, [-9, -3, -4, 2])).toBeCloseTo(0.75, 2);
  });

  test('thresholds one by one', async () => {
    expect(await scored(new metrics.TruePositives({ thresholds: [0.2, 0.5] }), yTrue, yPred)).toEqual([2, 1]);
    expect(await scored(new metrics.Precision({ thresholds: [0.2, 0.95] }), yTrue, yPred)).toEqual([
      expect.closeTo(2 / 3, 6),
      0,
    ]);
  });

  test('the best of one quality at a least other', async () => {
    expect(await scored(new metrics.RecallAtPrecision({ precision: 0.8 }), yTrue, yPred)).toBeCloseTo(0.5, 6);
    expect(await scored(new metrics.PrecisionAtRecall({ recall: 1 }), yTrue, yPred)).toBeCloseTo(2 / 3, 6);
    expect(await scored(new metrics.SensitivityAtSpecificity({ specificity: 1 }), yTrue, yPred)).toBeCloseTo(0.5, 6);
  });

  test('a mask leaves samples out', async () => {
    const mask = [true, false, true, true];
    expect(await scored(new metrics.Precision({ thresholds: 0.2 }), yTrue, yPred, mask)).toBe(1);
    expect(await scored(new metrics.MeanIoU({ numClasses: 2 }), [0, 1, 1, 1], [0, 0, 1, 1], mask)).toBeCloseTo(1, 6);
    const rows = (values: number[]) => values.map((value) => [value]);
    const f1 = new metrics.F1Score({ threshold: 0.2, average: 'micro' });
    expect(await scored(f1, rows(yTrue), rows(yPred), mask)).toBeCloseTo(1, 5);
  });

  test('scores of classes on another axis', async () => {
    const first = new metrics.OneHotMeanIoU({ numClasses: 2, axis: 1 });
    const [labels, scores] = [[[[1, 0], [0, 1]]], [[[0.9, 0.6], [0.1, 0.4]]]]; // biome-ignore format: a pair
    // Classes 0 and 1 of two places; both are predicted as 0: overlaps 1/2 and 0/1.
    expect(await scored(first, labels, scores)).toBeCloseTo(0.25, 6);
  });

  test('adjusted for regressors, unless there are too few samples', async () => {
    const [labels, predictions] = [[[1], [2], [3], [4], [5]], [[1], [2], [3], [4], [7]]]; // biome-ignore format: a pair
    expect(await scored(new metrics.R2Score(), labels, predictions)).toBeCloseTo(0.6, 5);
    expect(await scored(new metrics.R2Score({ numRegressors: 2 }), labels, predictions)).toBeCloseTo(0.2, 5);
    expect(await scored(new metrics.R2Score({ numRegressors: 4 }), labels, predictions)).toBeCloseTo(0.6, 5);
  });
});

describe('refusals', () => {
  test.each([
    ['a threshold above 1', () => new metrics.Precision({ thresholds: [0.5, 1.5] }), /thresholds.*0 to 1, got 1.5/],
    ['no thresholds', () => new metrics.Recall({ thresholds: [] }), /Recall.thresholds is empty/],
    ['half a threshold', () => new metrics.AUC({ numThresholds: 2.5 }), /numThresholds.*from 2 up, got 2.5/],
    ['one threshold of a curve', () => new metrics.AUC({ numThresholds: 1 }), /from 2 up, got 1/],
    ['an unknown curve', () => new metrics.AUC({ curve: 'ROCK' }), /AUC.curve 'ROCK'.*Did you mean 'ROC'/],
    ['labels of one curve', () => new metrics.AUC({ numLabels: 3 }), /numLabels 3.*multiLabel: true/],
    ['a recall above 1', () => new metrics.PrecisionAtRecall({ recall: 2 }), /PrecisionAtRecall.recall.*got 2/],
    ['an unknown average', () => new metrics.F1Score({ average: 'macros' }), /average 'macros'.*'macro'/],
    ['a beta of 0', () => new metrics.FBetaScore({ beta: 0 }), /beta must be greater than 0, got 0/],
    ['a threshold of 0', () => new metrics.F1Score({ threshold: 0 }), /threshold must be greater than 0.*got 0/],
    ['no classes', () => new metrics.MeanIoU({ numClasses: 0 }), /numClasses.*from 1 up, got 0/],
    ['a class too far', () => new metrics.IoU({ numClasses: 2, targetClassIds: [2] }), /0 to 1, got \[2\]/],
    ['no target', () => new metrics.BinaryIoU({ targetClassIds: [] }), /targetClassIds/],
    ['half a regressor', () => new metrics.R2Score({ numRegressors: 0.5 }), /numRegressors.*got 0.5/],
    [
      'an unknown aggregation',
      () => new metrics.R2Score({ classAggregation: 'uniform' }),
      /classAggregation 'uniform'/,
    ],
  ])('%s', (_, make, message) => {
    expect(make).toThrow(expect.objectContaining({ message: expect.stringMatching(message) }));
  });

  test('predictions whose classes are not known', () => {
    using program = new Program({ seed: 1 });
    const refusal = (message: RegExp) =>
      expect.objectContaining({ code: 'ERR_SHAPE', message: expect.stringMatching(message) });
    expect(() => new metrics.F1Score().build(program)).toThrow(refusal(/F1Score 'f1_score' expects.*got none.*build/));
    expect(() => new metrics.R2Score().build(program, { prediction: [null, null] })).toThrow(refusal(/known classes/));
    const multi = new metrics.AUC({ multiLabel: true });
    expect(() => multi.build(program, { prediction: [null, 2, 3] })).toThrow(refusal(/\[batch, classes\]/));
  });

  test('a class that predictions do not have', async () => {
    const message = /classId 3.*more than 3/;
    await expect(scored(new metrics.Precision({ classId: 3 }), [[0, 1]], [[0.1, 0.9]])).rejects.toThrow(message);
    await expect(scored(new metrics.Precision({ classId: 3 }), [0, 1], [0.1, 0.9])).rejects.toThrow(message);
  });
});

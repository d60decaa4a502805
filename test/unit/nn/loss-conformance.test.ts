import { describe, expect, test } from 'vitest';
import { losses } from '../../../src/nn/index.js';
import { checkLoss, type LossCase } from './check-loss.js';

// biome-ignore format: rows
const regression = { yTrue: [[1, 0.5], [0.2, 2], [1.5, 0.1]], yPred: [[0.7, 0.9], [0.6, 1.1], [0.8, 0.4]] };
const binary = { ...regression, yTrue: [[1, 0], [0, 1], [1, 1]], yPred: [[0.7, 0.6], [0.2, 0.4], [0.8, 0.3]] }; // biome-ignore format: rows
// biome-ignore format: rows
const oneHot = { yTrue: [[1, 0, 0], [0, 1, 0], [0, 1, 0]], yPred: [[0.5, 0.3, 0.2], [0.1, 0.2, 0.7], [0.2, 0.6, 0.2]] };
const sparse = { ...oneHot, yTrue: [0, 1, 1], labels: 'int32' as const };
const named: [string, string] = ['nam', 'name'];

const CASES: Record<string, LossCase> = {
  MeanSquaredError: { ...regression, typo: named },
  MeanAbsoluteError: { ...regression, typo: named },
  MeanAbsolutePercentageError: { ...regression, typo: named },
  MeanSquaredLogarithmicError: { ...regression, typo: named },
  Huber: { ...regression, typo: ['delt', 'delta'] },
  LogCosh: { ...regression, typo: named },
  CosineSimilarity: { ...regression, typo: ['axi', 'axis'] },
  BinaryCrossentropy: { ...binary, config: { label_smoothing: 0.1 }, typo: ['from_logit', 'fromLogits'] },
  CategoricalCrossentropy: { ...oneHot, config: { from_logits: true }, typo: ['label_smooth', 'labelSmoothing'] },
  SparseCategoricalCrossentropy: { ...sparse, config: { from_logits: true }, typo: ['ignored_class', 'ignoreClass'] },
  BinaryFocalCrossentropy: { ...binary, config: { gamma: 1 }, typo: ['gama', 'gamma'] },
  CategoricalFocalCrossentropy: { ...oneHot, config: { from_logits: true }, typo: ['gama', 'gamma'] },
  CategoricalGeneralizedCrossEntropy: { ...sparse, config: { q: 0.6 }, typo: named },
  KLDivergence: { ...binary, typo: named },
  Poisson: { ...regression, typo: named },
  Hinge: { ...binary, typo: named },
  SquaredHinge: { ...binary, typo: named },
  CategoricalHinge: { ...oneHot, typo: named },
  Dice: { ...binary, typo: ['axi', 'axis'], independent: false },
  Tversky: { ...binary, config: { alpha: 0.3 }, typo: ['alpa', 'alpha'], independent: false },
  Circle: { ...sparse, config: { gamma: 2 }, typo: ['margn', 'margin'], independent: false },
};

test('every loss of one row of predictions a sample is held here', () => {
  const classes = Object.values(losses).filter((value) => typeof value === 'function' && 'className' in value);
  const names = classes.map((value) => (value as typeof losses.Loss).className).filter((name) => name !== '');
  expect([...Object.keys(CASES), 'CTC', 'CustomLoss'].sort()).toEqual(names.sort());
});

describe.each(Object.entries(CASES))('%s', checkLoss);

import { expect, test } from 'vitest';
import { losses, metrics, optimizers } from '../../../src/nn/index.js';

const { ExponentialDecay } = optimizers.schedules;

test.each<[string, () => unknown]>([
  ['Adam: beta1 must be between 0 and 1, got "a".', () => new optimizers.Adam({ beta1: 'a' as never })],
  ['Adam: amsgrad must be true or false, got 1.', () => new optimizers.Adam({ amsgrad: 1 as never })],
  ['SGD: useEma must be true or false, got "yes".', () => new optimizers.SGD({ useEma: 'yes' as never })],
  ['Adam takes its options by name, such as { learningRate: … }, got null.', () => new optimizers.Adam(null as never)],
  ['Huber takes its options by name, such as { reduction: … }, got 3.', () => new losses.Huber(3 as never)],
  ['Huber: delta must be a number, got NaN.', () => new losses.Huber({ delta: Number.NaN })],
  ['CosineSimilarity: axis must be a number, got "a".', () => new losses.CosineSimilarity({ axis: 'a' as never })],
  [
    'BinaryCrossentropy: fromLogits must be true or false, got "yes".',
    () => new losses.BinaryCrossentropy({ fromLogits: 'yes' as never }),
  ],
  ['AUC: numThresholds must be a number, got "a".', () => new metrics.AUC({ numThresholds: 'a' as never })],
  [
    'ExponentialDecay: staircase must be true or false, got "no".',
    () => new ExponentialDecay({ initialLearningRate: 1, decaySteps: 1, decayRate: 1, staircase: 'no' as never }),
  ],
])('%s', (message, make) => {
  expect(make).toThrow(expect.objectContaining({ code: 'ERR_ARGUMENT', message }));
});

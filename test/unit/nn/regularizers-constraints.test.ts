import { describe, expect, test } from 'vitest';
import { constraints, regularizers } from '../../../src/nn/index.js';
import { evaluate } from './running.js';

const W = [
  [3, 0],
  [4, -0.5],
];
const rounded = (value: unknown): unknown =>
  Array.isArray(value) ? value.map(rounded) : Number((value as number).toFixed(4));

describe('regularizers', () => {
  test.each([
    ['l1', regularizers.l1({ l1: 0.1 }), 0.75],
    ['l2', regularizers.l2({ l2: 0.1 }), 2.525],
    ['l1l2', regularizers.l1l2({ l1: 0.1, l2: 0.1 }), 3.275],
    // Rows (1, 0) and (4, −0.5)/|·|: cosine 0.9923, twice, half of it, one pair.
    ['orthogonalRegularizer', regularizers.orthogonalRegularizer({ factor: 0.5 }), 0.4961],
  ])('%s', async (_, penalty, expected) => {
    expect(rounded(await evaluate(penalty, W, [2, 2]))).toBeCloseTo(expected, 3);
  });

  test('refuse negative factors, and null stays null', () => {
    expect(() => regularizers.l2({ l2: -1 })).toThrow(/0 or more, got -1/);
    expect(regularizers.get(null)).toBeNull();
    expect(regularizers.serialize(null)).toBeNull();
    expect(regularizers.serialize(regularizers.get('l1_l2'))).toMatchObject({ class_name: 'L1L2', config: { l1: 0 } });
  });
});

describe('constraints', () => {
  test.each([
    [
      'nonNeg',
      constraints.nonNeg(),
      [
        [3, 0],
        [4, 0],
      ],
    ],
    [
      'unitNorm',
      constraints.unitNorm(),
      [
        [0.6, 0],
        [0.8, -1],
      ],
    ],
    [
      'maxNorm',
      constraints.maxNorm({ maxValue: 2.5 }),
      [
        [1.5, 0],
        [2, -0.5],
      ],
    ],
    [
      'minMaxNorm',
      constraints.minMaxNorm({ minValue: 1, maxValue: 2.5 }),
      [
        [1.5, 0],
        [2, -1],
      ],
    ],
    [
      'minMaxNorm half way',
      constraints.minMaxNorm({ maxValue: 2.5, rate: 0.5 }),
      [
        [2.25, 0],
        [3, -0.5],
      ],
    ],
  ])('%s', async (_, constraint, expected) => {
    expect(rounded(await evaluate(constraint, W, [2, 2]))).toEqual(expected);
  });

  test('configs are Keras’', () => {
    expect(constraints.serialize(constraints.maxNorm({ maxValue: 3 }))).toEqual({
      module: 'keras.constraints',
      class_name: 'MaxNorm',
      config: { max_value: 3, axis: 0 },
      registered_name: null,
    });
    expect(() => constraints.get('maxnrm')).toThrow(/Did you mean 'MaxNorm'/);
  });
});

import { describe, expect, test } from 'vitest';
import { codeOf, ERROR_CODES, messageOf, TensorFlowError } from '../../../src/errors/errors.js';
import { checkOptions, nearestName, unknownName } from '../../../src/errors/suggest.js';

describe('the nearest name', () => {
  const known = ['relu', 'sigmoid', 'categoricalCrossentropy', 'leakyRelu'];
  test.each([
    ['sigmiod', 'sigmoid'],
    ['ReLU', 'relu'],
    ['categorical_crossentropy', 'categoricalCrossentropy'],
    ['leaky_relu', 'leakyRelu'],
  ])('%s is near %s', (name, near) => expect(nearestName(name, known)).toBe(near));

  test('nothing is near', () => {
    expect(nearestName('wavelet-transform', known)).toBeUndefined();
    expect(nearestName('relu', [])).toBeUndefined();
  });

  test('the error names it, or all there are', () => {
    expect(unknownName('activation', 'sigmiod', known).message).toBe(
      "Unknown activation 'sigmiod'. Did you mean 'sigmoid'?",
    );
    expect(unknownName('activation', 'wavelet-transform', ['a', 'b']).message).toMatch(/Known: a, b\.$/);
    expect(unknownName('activation', 'x', known).code).toBe('ERR_UNKNOWN_NAME');
  });
});

test('options nobody reads are refused', () => {
  expect(() => checkOptions('dense', { units: 1 }, ['units', 'useBias'])).not.toThrow();
  expect(() => checkOptions('dense', { use_bias: true }, ['units', 'useBias'])).toThrow(
    "Unknown option of dense 'use_bias'. Did you mean 'useBias'?",
  );
});

test('sentence and code of anything thrown', () => {
  const cause = new Error('why');
  const error = new TensorFlowError('ERR_SHAPE', 'what', { cause });
  expect([error.name, codeOf(error), messageOf(error), error.cause]).toEqual([
    'TensorFlowError',
    'ERR_SHAPE',
    'what',
    cause,
  ]);
  expect([codeOf('text'), messageOf('text'), codeOf(Object.assign(new Error(), { code: 5 }))]).toEqual([
    undefined,
    'text',
    undefined,
  ]);
});

test('codes have one form', () => {
  for (const code of Object.keys(ERROR_CODES)) expect(code).toMatch(/^ERR_[A-Z_]+$/);
});

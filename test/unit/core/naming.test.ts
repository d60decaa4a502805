import { beforeEach, describe, expect, test } from 'vitest';
import { autoName, camelCase, plainName, resetNames, snakeCase } from '../../../src/core/naming.js';

describe('snakeCase of class names, as Keras 3 names its layers', () => {
  test.each([
    ['Dense', 'dense'],
    ['Conv2D', 'conv2d'],
    ['Conv2DTranspose', 'conv2d_transpose'],
    ['MaxPooling2D', 'max_pooling2d'],
    ['GlobalAveragePooling1D', 'global_average_pooling1d'],
    ['BatchNormalization', 'batch_normalization'],
    ['SeparableConv1D', 'separable_conv1d'],
    ['ConvLSTM2D', 'conv_lstm2d'],
    ['LSTM', 'lstm'],
    ['GRUCell', 'gru_cell'],
    ['SimpleRNN', 'simple_rnn'],
    ['ReLU', 're_lu'],
    ['LeakyReLU', 'leaky_re_lu'],
    ['PReLU', 'p_re_lu'],
    ['RMSNormalization', 'rms_normalization'],
    ['StackedRNNCells', 'stacked_rnn_cells'],
    ['STFTSpectrogram', 'stft_spectrogram'],
  ])('%s → %s', (name, snake) => expect(snakeCase(name)).toBe(snake));

  test.each(['leaky_relu', 'leakyRelu'])('%s → leaky_relu', (name) => expect(snakeCase(name)).toBe('leaky_relu'));
});

test.each([
  ['kernel_size', 'kernelSize'],
  ['kernelSize', 'kernelSize'],
  ['beta_1', 'beta1'],
  ['axis', 'axis'],
])('camelCase: %s → %s', (name, camel) => expect(camelCase(name)).toBe(camel));

test('plainName forgets case and underscores', () => {
  expect(plainName('val_acc')).toBe(plainName('valAcc'));
});

describe('automatic names', () => {
  beforeEach(resetNames);

  test('the first has no number, as in Keras', () => {
    expect([autoName('dense'), autoName('dense'), autoName('conv2d'), autoName('dense')]).toEqual([
      'dense',
      'dense_1',
      'conv2d',
      'dense_2',
    ]);
  });

  test('start anew after a reset', () => {
    autoName('dense');
    resetNames();
    expect(autoName('dense')).toBe('dense');
  });
});

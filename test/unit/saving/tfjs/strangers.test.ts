import { expect, test } from 'vitest';
import { strangersIn } from '../../../../src/saving/tfjs/strangers.js';

// What tfjs 4.22 makes of each was tried: it throws, gives other numbers, or breaks its own input shape.
test.each([
  ['Resizing', { height: 5 }, "Resizing 'it'"],
  ['CenterCrop', { height: 5 }, "CenterCrop 'it'"],
  ['GRU', { reset_after: true }, "reset_after true of GRU 'it'"],
  ['Conv1D', { padding: 'causal' }, 'padding "causal" of Conv1D \'it\''],
  ['Reshape', { target_shape: [4, -1] }, "target_shape [4,-1] of Reshape 'it'"],
  ['ReLU', { threshold: 0.5, negative_slope: 0 }, "threshold 0.5 of ReLU 'it'"],
  ['ELU', { alpha: 0.3 }, "alpha 0.3 of ELU 'it'"],
  ['Softmax', { axis: 1 }, "axis 1 of Softmax 'it'"],
  ['UpSampling2D', { interpolation: 'bilinear' }, 'interpolation "bilinear" of UpSampling2D \'it\''],
  ['Dense', { activation: 'exponential' }, 'activation "exponential" of Dense \'it\''],
])('%s %j is named', (name, config, named) => {
  const layer = { class_name: name, config: { name: 'it', ...config } };
  expect(strangersIn({ layers: [{ class_name: 'Sequential', config: { name: 's', layers: [layer] } }] })).toEqual([
    named,
  ]);
});

test.each([
  ['LeakyReLU', { negative_slope: 0.2, alpha: 0.2 }],
  ['ReLU', { threshold: 0, negative_slope: 0, max_value: 6 }],
  ['ELU', { alpha: 1 }],
  ['Softmax', { axis: -1 }],
  ['UpSampling2D', { interpolation: 'nearest' }],
  ['BatchNormalization', { axis: 3 }],
  ['LSTM', { activation: 'tanh', recurrent_activation: 'sigmoid' }],
])('%s %j is not', (name, config) => {
  expect(strangersIn({ class_name: name, config: { name: 'it', ...config } })).toEqual([]);
});

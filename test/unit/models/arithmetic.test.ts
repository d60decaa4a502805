import { expect, test } from 'vitest';
import { Rescaling } from '../../../src/layers/index.js';
import { deserialize } from '../../../src/models/deserialize.js';

const tensorOf = (layer: string) => ({
  class_name: '__keras_tensor__',
  config: { shape: [null, 2], dtype: 'float32', keras_history: [layer, 0, 0] },
});

/** A functional model as Keras 3 writes one with an operation in it. */
function modelWith(operation: string, ...args: unknown[]) {
  const input = {
    module: 'keras.layers',
    class_name: 'InputLayer',
    config: { batch_shape: [null, 2], dtype: 'float32', name: 'x' },
    name: 'x',
    inbound_nodes: [],
  };
  const op = {
    module: 'keras.src.ops.numpy',
    class_name: operation,
    config: { name: 'op' },
    registered_name: operation,
    name: 'op',
    inbound_nodes: [{ args, kwargs: {} }],
  };
  const config = {
    name: 'model',
    trainable: true,
    layers: [input, op],
    input_layers: [['x', 0, 0]],
    output_layers: ['op', 0, 0],
  };
  return deserialize({ class_name: 'Functional', config } as never);
}

test.each([
  ['Add', 3, [4, 5]],
  ['Subtract', 3, [-2, -1]],
  ['Multiply', 3, [3, 6]],
  ['Divide', 2, [0.5, 1]],
  ['TrueDivide', 2, [0.5, 1]],
])('%s of a tensor and a number is a layer', async (operation, n, expected) => {
  using model = modelWith(operation, tensorOf('x'), n);
  using y = await model.predict([[1, 2]]);
  expect(y.array()).toEqual([expected]);
  expect(model.getLayer('op').constructor).toBe(Rescaling);
});

test('a sum of two tensors stays what it is', async () => {
  using model = modelWith('Add', tensorOf('x'), tensorOf('x'));
  using y = await model.predict([[1, 2]]);
  expect(y.array()).toEqual([[2, 4]]);
});

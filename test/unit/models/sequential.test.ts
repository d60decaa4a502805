import { describe, expect, test } from 'vitest';
import { tensor } from '../../../src/core/tensor.js';
import * as layers from '../../../src/layers/index.js';
import { type Sequential, sequential } from '../../../src/models/sequential.js';
import { summaryText } from '../../../src/models/summary.js';

const names = (model: Sequential): string[] => model.layers.map((layer) => layer.name);
const small = (): Sequential =>
  sequential({
    layers: [
      layers.dense({ name: 'hidden', units: 3, inputShape: [2], activation: 'relu' }),
      layers.dense({ name: 'head', units: 2, activation: 'softmax' }),
    ],
  });

describe('a stack of layers', () => {
  test('takes layers one by one or in a list, and gives them by name, place, and place from the end', () => {
    using model = small();
    expect(names(model)).toEqual(['hidden', 'head']);
    expect(model.getLayer('head')).toBe(model.layers[1]);
    expect(model.getLayer(0).name).toBe('hidden');
    expect(model.getLayer(-1).name).toBe('head');
  });

  test('knows shapes and weights as soon as the first layer says its input', () => {
    using model = small();
    expect(model.inputShape).toEqual([null, 2]);
    expect(model.outputShape).toEqual([null, 2]);
    expect(model.weights.map((w) => [w.name, w.shape])).toEqual([
      ['hidden/kernel', [2, 3]],
      ['hidden/bias', [3]],
      ['head/kernel', [3, 2]],
      ['head/bias', [2]],
    ]);
    expect(model.countParams()).toBe(17);
  });

  test('an InputLayer says the input’s shape and is no layer of the list', () => {
    using model = sequential({ layers: [layers.inputLayer({ shape: [4] }), layers.dense({ name: 'one', units: 1 })] });
    expect(model.inputShape).toEqual([null, 4]);
    expect(names(model)).toEqual(['one']);
  });

  test('waits for the first data when nobody says the shape', async () => {
    using model = sequential({ layers: [layers.dense({ units: 2 })] });
    expect(model.built).toBe(false);
    expect(summaryText(model)).toContain('?');
    model.compile({ loss: 'meanSquaredError', optimizer: 'sgd' });
    await model.fit(tensor([[1, 2, 3]]), tensor([[1, 2]]));
    expect(model.inputShape).toEqual([null, 3]);
    expect(model.countParams()).toBe(8);
  });

  test('is built by its first prediction too', async () => {
    using model = sequential({ layers: [layers.dense({ units: 2 })] });
    expect((await model.predict(tensor([[1, 2, 3]]))).shape).toEqual([1, 2]);
  });

  test('after pop, another head can be put on, and the body keeps its weights', async () => {
    using model = small();
    const [kernel] = await model.getWeights();
    expect(model.pop().name).toBe('head');
    expect(model.outputShape).toEqual([null, 3]);
    model.add(layers.dense({ name: 'new_head', units: 5 }));
    expect(model.outputShape).toEqual([null, 5]);
    expect((await model.getWeights())[0]?.array()).toEqual(kernel?.array());
    expect((await model.predict([[1, 2]])).shape).toEqual([1, 5]);
  });

  test('predicts with the new stack after a prediction with the old one', async () => {
    using model = small();
    await model.predict([[1, 2]]);
    model.pop();
    expect((await model.predict([[1, 2]])).shape).toEqual([1, 3]);
  });
});

describe('what does not fit is refused', () => {
  const shapeMismatch =
    /MaxPooling2D 'pool' expects \[batch, rows, columns, channels\], got \(None, 2\)\. Put it after/;

  test('a layer that does not take the shape below, naming layer, expected, got and the way out; the model stays as it was', async () => {
    using model = small();
    expect(() => model.add(layers.maxPooling2d({ name: 'pool' }))).toThrow(
      expect.objectContaining({ code: 'ERR_SHAPE', message: expect.stringMatching(shapeMismatch) }),
    );
    expect(names(model)).toEqual(['hidden', 'head']);
    expect(model.outputShape).toEqual([null, 2]);
    model.add(layers.dense({ name: 'more', units: 4 }));
    expect((await model.predict([[1, 2]])).shape).toEqual([1, 4]);
  });

  test('a kernel larger than its picture', () => {
    using model = sequential();
    const conv = layers.conv2d({ name: 'wide', filters: 2, kernelSize: 9, inputShape: [4, 4, 1] });
    expect(() => model.add(conv)).toThrow(
      expect.objectContaining({ code: 'ERR_SHAPE', message: expect.stringMatching(/Conv2D 'wide'/) }),
    );
    expect(model.layers).toEqual([]);
    model.add(layers.conv2d({ filters: 2, kernelSize: 3, inputShape: [4, 4, 1] }));
    expect(model.outputShape).toEqual([null, 2, 2, 2]);
  });

  test('a first layer that was refused leaves no input shape behind', () => {
    using model = sequential();
    expect(() => model.add(layers.conv2d({ filters: 1, kernelSize: 1, inputShape: [3] }))).toThrow(/Conv2D/);
    model.add(layers.dense({ units: 1, inputShape: [7] }));
    expect(model.inputShape).toEqual([null, 7]);
  });

  test('a second layer of the same name', () => {
    using model = small();
    expect(() => model.add(layers.dense({ name: 'head', units: 1 }))).toThrow(
      expect.objectContaining({ code: 'ERR_ARGUMENT', message: expect.stringMatching(/'head'.*another name/) }),
    );
  });

  test('an InputLayer in the middle', () => {
    using model = small();
    expect(() => model.add(layers.inputLayer({ shape: [2] }))).toThrow(/can only come first/);
  });

  test('a layer that lives, with its values, in another model', async () => {
    using one = small();
    using other = sequential();
    other.add(layers.dense({ name: 'own', units: 2, inputShape: [2] }));
    await one.getWeights();
    expect(() => other.add(one.layers[1] as never)).toThrow(expect.objectContaining({ code: 'ERR_GRAPH' }));
    expect(names(other)).toEqual(['own']);
  });

  test('something that is no layer', () => {
    using model = sequential();
    expect(() => model.add({ units: 3 } as never)).toThrow(
      expect.objectContaining({ code: 'ERR_ARGUMENT', message: expect.stringMatching(/layer/) }),
    );
  });

  test('pop of an empty stack', () => {
    expect(() => sequential().pop()).toThrow(expect.objectContaining({ code: 'ERR_ARGUMENT' }));
  });

  test('an empty stack cannot predict', async () => {
    await expect(sequential().predict([[1]])).rejects.toMatchObject({ code: 'ERR_NOT_BUILT' });
  });

  test('getLayer of a name nobody has suggests the nearest', () => {
    using model = small();
    expect(() => model.getLayer('hiden')).toThrow(/Did you mean 'hidden'/);
    expect(() => model.getLayer(7)).toThrow(expect.objectContaining({ code: 'ERR_UNKNOWN_NAME' }));
  });
});

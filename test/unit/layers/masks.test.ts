import { describe, expect, test } from 'vitest';
import { maskOf } from '../../../src/core/mask.js';
import type { Output } from '../../../src/core/output.js';
import { Program } from '../../../src/core/program.js';
import { spec } from '../../../src/core/spec.js';
import { tensor } from '../../../src/core/tensor.js';
import * as layers from '../../../src/layers/index.js';
import { sequential } from '../../../src/models/sequential.js';

const TOKENS = tensor(Int32Array.from([1, 2, 0, 3, 0, 0]), [2, 3]);
const SEEN = [
  [true, true, false],
  [true, false, false],
];

/** The mask after some layers on tokens of which 0 is padding; null where there is none. */
async function maskAfter(...stack: layers.Layer[]): Promise<unknown> {
  using program = new Program({ seed: 1 });
  const embedding = layers.embedding({ inputDim: 4, outputDim: 2, maskZero: true });
  let kept = false;
  const run = program.trace('mask', { x: spec('int32', [null, 3]) }, ({ x }) => {
    const y = [embedding, ...stack].reduce<Output>(
      (input, layer) => layer.invoke(program, input, { training: true }),
      x,
    );
    const mask = maskOf(y);
    kept = mask !== undefined;
    return { mask: mask ?? y };
  });
  const { mask } = await run({ x: TOKENS });
  return kept ? (mask as { array(): unknown }).array() : null;
}

describe('masks go from layer to layer', () => {
  test.each([
    ['an Embedding', () => []],
    [
      'Dense, Activation, Dropout, LayerNormalization',
      () => [
        layers.dense({ units: 2 }),
        layers.activation({ activation: 'relu' }),
        layers.dropout({ rate: 0.5 }),
        layers.layerNormalization(),
      ],
    ],
    ['an LSTM that gives sequences', () => [layers.lstm({ units: 2, returnSequences: true })]],
    ['both ways', () => [layers.bidirectional({ layer: layers.gru({ units: 2, returnSequences: true }) })]],
    ['each step', () => [layers.timeDistributed({ layer: layers.dense({ units: 2 }) })]],
  ])('after %s it is the padding’s', async (_, stack) => {
    expect(await maskAfter(...stack())).toEqual(SEEN);
  });

  test.each([
    ['an LSTM that gives its last output', () => layers.lstm({ units: 2 })],
    ['GlobalAveragePooling1D', () => layers.globalAveragePooling1d()],
    ['Flatten, which knows no masks', () => layers.flatten()],
    ['Conv1D, which knows no masks', () => layers.conv1d({ filters: 2, kernelSize: 1 })],
  ])('after %s there is none', async (_, layer) => {
    expect(await maskAfter(layer())).toBeNull();
  });
});

test('a mask given in a call is not seen by others that are called on the same value', () => {
  using program = new Program({ seed: 1 });
  program.trace('own', { x: spec('float32', [2, 3, 4]), mask: spec('bool', [2, 3]) }, ({ x, mask }) => {
    const y = layers.dense({ units: 2 }).invoke(program, x, { mask });
    expect(maskOf(y)).toBe(mask);
    expect(maskOf(x)).toBeUndefined();
    expect(maskOf(layers.dense({ units: 2 }).invoke(program, x))).toBeUndefined();
    return {};
  });
});

test('loss and metrics are means over the steps that count', async () => {
  using model = sequential({
    layers: [layers.masking({ inputShape: [3, 1] }), layers.dense({ units: 1, useBias: false })],
  });
  model.compile({ loss: 'mse', optimizer: 'sgd', metrics: ['mse'] });
  await model.setWeights([tensor([[1]])]);
  const x = tensor([
    [[1], [2], [0]],
    [[3], [0], [0]],
  ]);
  const y = tensor([
    [[0], [0], [9]],
    [[0], [9], [9]],
  ]);
  // Steps that count: 1, 2, 3, squared; the metric is their mean, too.
  const { loss, mse } = await model.evaluate(x, y);
  expect(loss).toBeCloseTo((1 + 4 + 9) / 3, 5);
  expect(mse).toBeCloseTo((1 + 4 + 9) / 3, 5);
});

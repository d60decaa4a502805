import { describe, expect, test } from 'vitest';
import type { Output } from '../../../src/core/output.js';
import { Program } from '../../../src/core/program.js';
import { spec } from '../../../src/core/spec.js';
import { type Tensor, tensor } from '../../../src/core/tensor.js';
import * as layers from '../../../src/layers/index.js';
import * as ops from '../../../src/ops/index.js';
import { failure } from './check-layer.js';

const X = tensor(
  Float32Array.from({ length: 24 }, (_, i) => Math.sin(i)),
  [2, 4, 3],
);

function runner(layer: layers.Layer, options: layers.CallOptions = {}) {
  const program = new Program({ seed: 3 });
  const run = program.trace('run', { x: spec('float32', [2, 4, 3]) }, ({ x }) => ({
    y: layer.invoke(program, x, options),
  }));
  return { program, run: async () => ((await run({ x: X })) as { y: Tensor }).y.array() };
}

describe('a stateful layer', () => {
  test('goes on where the batch before ended, until its states are reset', async () => {
    const layer = layers.lstm({ units: 2, stateful: true });
    const { program, run } = runner(layer);
    using _ = program;
    const [first, second] = [await run(), await run()];
    expect(second).not.toEqual(first);
    await layer.resetStates();
    expect(await run()).toEqual(first);
    expect(await run()).toEqual(second);
    expect(layer.weights).toHaveLength(3);
  });

  test('starts where it is told', async () => {
    const layer = layers.gru({ units: 2, stateful: true });
    const { program, run } = runner(layer);
    using _ = program;
    const first = await run();
    await layer.resetStates([[[0, 0], [0, 0]]]); // biome-ignore format: one state
    expect(await run()).toEqual(first);
    await layer.resetStates([[[1, 1], [1, 1]]]); // biome-ignore format: one state
    expect(await run()).not.toEqual(first);
  });

  test('needs a fixed batch size', () => {
    using program = new Program({ seed: 1 });
    const call = () =>
      program.trace('open', { x: spec('float32', [null, 4, 3]) }, ({ x }) => ({
        y: layers.gru({ units: 2, stateful: true, name: 'it' }).invoke(program, x),
      }));
    expect(call).toThrow(failure('ERR_SHAPE', /GRU 'it' expects a fixed batch size.*batchInputShape/));
  });

  test('only a stateful one can be reset', async () => {
    await expect(layers.gru({ units: 2, name: 'it' }).resetStates()).rejects.toMatchObject({ code: 'ERR_ARGUMENT' });
  });
});

describe('dropout', () => {
  test.each([
    ['of the input', { dropout: 0.5 }],
    ['of the state', { recurrentDropout: 0.5 }],
  ])('%s draws anew in each run, and nothing outside of training', async (_, options) => {
    for (const make of [layers.simpleRNN, layers.lstm, layers.gru]) {
      const training = runner(make({ units: 8, returnSequences: true, ...options }), { training: true });
      using _a = training.program;
      expect(await training.run()).not.toEqual(await training.run());
      const still = runner(make({ units: 8, returnSequences: true, ...options }));
      using _b = still.program;
      expect(await still.run()).toEqual(await still.run());
    }
  });

  test('of the input is the same in all steps', async () => {
    const ones = { kernelInitializer: 'ones', recurrentInitializer: 'zeros' } as const;
    const layer = layers.simpleRNN({ units: 1, activation: 'linear', dropout: 0.5, returnSequences: true, ...ones });
    using program = new Program({ seed: 3 });
    const run = program.trace('run', { x: spec('float32', [8, 5, 1]) }, ({ x }) => ({
      y: layer.invoke(program, x, { training: true }),
    }));
    const { y } = (await run({ x: tensor(new Float32Array(40).fill(1), [8, 5, 1]) })) as { y: Tensor };
    for (const row of y.array() as number[][][]) expect(new Set(row.flat()).size).toBe(1);
  });
});

test('a cell of one’s own', async () => {
  class Decay extends layers.RecurrentCell {
    static override readonly className = 'Decay';
    readonly stateSize = 3;
    override call(input: layers.LayerInput) {
      const [x, state] = input as readonly [Output, Output];
      const next = ops.add(x, ops.mul(state, 0.5));
      return [next, next];
    }
  }
  using program = new Program({ seed: 1 });
  const layer = layers.rnn({ cell: new Decay() });
  const run = program.trace('run', { x: spec('float32', [1, 3, 3]) }, ({ x }) => ({ y: layer.invoke(program, x) }));
  const { y } = (await run({ x: tensor([[[1, 0, 0], [0, 1, 0], [0, 0, 1]]]) })) as { y: Tensor }; // biome-ignore format: steps
  expect(y.array()).toEqual([[0.25, 0.5, 1]]);
});

describe('refusals', () => {
  const x = (make: () => layers.Layer, shape: (number | null)[]) => () => {
    using program = new Program({ seed: 1 });
    program.trace('x', { x: spec('float32', shape) }, (v) => ({ y: make().invoke(program, v.x) }));
  };

  test.each([
    [
      'unrolling of an unknown number',
      x(() => layers.gru({ units: 2, unroll: true, name: 'it' }), [2, null, 3]),
      'ERR_SHAPE',
      /GRU 'it' expects a known number of steps/,
    ],
    [
      'no cell',
      () => layers.rnn({ cell: layers.dense({ units: 2 }) as never, name: 'it' }),
      'ERR_ARGUMENT',
      /RNN 'it': cell must be a cell/,
    ],
    [
      'an unknown merge mode',
      () => layers.bidirectional({ layer: layers.gru({ units: 2 }), mergeMode: 'add' }),
      'ERR_UNKNOWN_NAME',
      /mergeMode.*add/,
    ],
    [
      'no recurrent layer',
      () => layers.bidirectional({ layer: layers.dense({ units: 2 }) as never }),
      'ERR_ARGUMENT',
      /recurrent layer/,
    ],
    [
      'the same way twice',
      () => layers.bidirectional({ layer: layers.gru({ units: 2 }), backwardLayer: layers.gru({ units: 2 }) }),
      'ERR_ARGUMENT',
      /goBackwards must differ/,
    ],
    [
      'different layers',
      () =>
        layers.bidirectional({
          layer: layers.gru({ units: 2 }),
          backwardLayer: layers.gru({ units: 2, goBackwards: true, returnSequences: true }),
        }),
      'ERR_ARGUMENT',
      /returnSequences must be the same/,
    ],
    ['all dropped', () => layers.lstm({ units: 2, dropout: 1 }), 'ERR_ARGUMENT', /dropout must be in \[0, 1\), got 1/],
    ['no units', () => layers.lstm({ units: 0 }), 'ERR_ARGUMENT', /units.*positive integer/],
    [
      'heads that do not divide',
      () => layers.groupQueryAttention({ headDim: 2, numQueryHeads: 3, numKeyValueHeads: 2 }),
      'ERR_ARGUMENT',
      /multiple of numKeyValueHeads/,
    ],
    [
      'one input',
      x(() => layers.multiHeadAttention({ numHeads: 1, keyDim: 2, name: 'it' }), [2, 4, 3]),
      'ERR_SHAPE',
      /\[query, value\]/,
    ],
    [
      'no equation',
      () => layers.einsumDense({ equation: 'ab->b', outputShape: 2 }),
      'ERR_ARGUMENT',
      /equation must be like/,
    ],
  ] as const)('%s', (_, make, code, message) => {
    expect(make).toThrow(failure(code, message));
  });
});

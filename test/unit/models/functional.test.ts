import { afterEach, describe, expect, test } from 'vitest';
import type { Output } from '../../../src/core/output.js';
import { Program } from '../../../src/core/program.js';
import { spec } from '../../../src/core/spec.js';
import { type Tensor, tensor } from '../../../src/core/tensor.js';
import * as layers from '../../../src/layers/index.js';
import type { SymbolicTensor } from '../../../src/layers/symbolic.js';
import { normalizeModelConfig, toKerasModelConfig } from '../../../src/models/config-dialect.js';
import {
  cloneModel,
  deserialize,
  input,
  type Model,
  model,
  sequential,
  summaryText,
} from '../../../src/models/index.js';

const failure = (code: string, message: RegExp) =>
  expect.objectContaining({ code, message: expect.stringMatching(message) });

const made: Model[] = [];
function kept<M extends Model>(one: M): M {
  made.push(one);
  return one;
}
afterEach(() => {
  for (const one of made.splice(0)) one.dispose();
});

const ones = { kernelInitializer: 'ones' } as const;

/** a [2] and b [3]; a shared layer on both of its own lifts; sum and difference come out. */
function twoWays() {
  const a = input({ shape: [2], name: 'a' });
  const b = input({ shape: [3], name: 'b' });
  const shared = layers.dense({ units: 2, name: 'shared', ...ones });
  const left = shared.apply(a);
  const right = shared.apply(layers.dense({ units: 2, name: 'lift', ...ones }).apply(b));
  const sum = layers.add({ name: 'sum' }).apply([left, right]);
  const difference = layers.subtract({ name: 'difference' }).apply([left, right]);
  return { a, b, shared, left, right, sum, difference };
}

const x = { a: tensor([[1, 2]]), b: tensor([[1, 1, 1]]) };

describe('symbolic tensors', () => {
  test('know shape and dtype, as the library infers them', () => {
    const picture = input({ shape: [null, 8, 3], name: 'picture' });
    const y = layers.conv2d({ filters: 5, kernelSize: 3, strides: 2, padding: 'same' }).apply(picture);
    expect(picture.shape).toEqual([null, null, 8, 3]);
    expect(y.shape).toEqual([null, null, 4, 5]);
    expect(layers.flatten().apply(input({ shape: [4, 2] })).shape).toEqual([null, 8]);
    expect(input({ shape: [4], dtype: 'int32' }).dtype).toBe('int32');
    expect(input({ batchShape: [7, 2] }).shape).toEqual([7, 2]);
  });

  test('a layer that was only tried has no weights yet', () => {
    const layer = layers.dense({ units: 3 });
    layer.apply(input({ shape: [2] }));
    expect(layer.built).toBe(false);
    expect(layer.weights).toEqual([]);
  });

  test('input and output of a layer that is called once; of a shared one they are not one', () => {
    const { shared, sum, left, right } = twoWays();
    expect(sum.layer.input).toEqual([left, right]);
    expect(sum.layer.output).toBe(sum);
    expect(() => shared.output).toThrow(failure('ERR_ARGUMENT', /'shared' is called 2 times/));
    expect(() => layers.dense({ units: 1, name: 'new' }).output).toThrow(failure('ERR_NOT_BUILT', /'new'/));
  });

  test.each([
    [
      'a layer that does not fit',
      () => layers.conv2d({ filters: 1, kernelSize: 1, name: 'c' }).apply(input({ shape: [2] })),
      'ERR_SHAPE',
      /'c'.*\(None, 2\)/,
    ],
    [
      'what is no tensor',
      () => layers.dense({ units: 1, name: 'd' }).apply([1, 2] as never),
      'ERR_ARGUMENT',
      /'d'.*symbolic/,
    ],
    ['an input without a shape', () => input({ name: 'i' }), 'ERR_ARGUMENT', /'i' has no shape/],
    ['a mistyped option', () => input({ shap: [1] } as never), 'ERR_UNKNOWN_NAME', /Did you mean 'shape'/],
  ])('%s is refused', (_, make, code, message) => {
    // biome-ignore format: one case a line
    expect(make).toThrow(failure(code, message));
  });
});

describe('several inputs and outputs', () => {
  test('predict gives a list for lists; one weight for both calls of a shared layer', async () => {
    const { a, b, sum, difference } = twoWays();
    const two = kept(model({ inputs: [a, b], outputs: [sum, difference] }));
    expect(two.weights.map(({ name }) => name)).toEqual(['lift/kernel', 'lift/bias', 'shared/kernel', 'shared/bias']);
    const [s, d] = await two.predict<Tensor[]>([x.a, x.b]);
    expect(s?.array()).toEqual([[9, 9]]);
    expect(d?.array()).toEqual([[-3, -3]]);
  });

  test('records give records, whatever their order', async () => {
    const { a, b, sum, difference } = twoWays();
    const two = kept(model({ inputs: { first: a, second: b }, outputs: { plus: sum, minus: difference } }));
    const y = await two.predict<{ plus: Tensor; minus: Tensor }>({ second: x.b, first: x.a });
    expect([y.plus.array(), y.minus.array()]).toEqual([[[9, 9]], [[-3, -3]]]); // biome-ignore format: short
    expect(two.outputNames).toEqual(['plus', 'minus']);
  });

  test('more samples than fit one batch come out in one piece', async () => {
    const { a, b, sum, difference } = twoWays();
    const two = kept(model({ inputs: [a, b], outputs: [sum, difference] }));
    const many = [tensor(new Float32Array(10), [5, 2]), tensor(new Float32Array(15), [5, 3])];
    const y = await two.predict<Tensor[]>(many, { batchSize: 2 });
    expect(y.map(({ shape }) => shape)).toEqual([[5, 2], [5, 2]]); // biome-ignore format: short
  });

  test.each([
    ['too few inputs', [x.a], 'ERR_ARGUMENT', /are 2 \(a, b\), got 1/],
    ['a mistyped name', { a: x.a, bb: x.b }, 'ERR_UNKNOWN_NAME', /'bb'.*Did you mean 'b'/],
    ['a missing name', { a: x.a }, 'ERR_ARGUMENT', /'b' is missing/],
    ['a wrong shape', [x.b, x.a], 'ERR_SHAPE', /\[null, 2\] for input 'a'.*\[1, 3\]/],
  ])('%s is refused', async (_, data, code, message) => {
    const { a, b, sum } = twoWays();
    const two = kept(model({ inputs: [a, b], outputs: sum }));
    await expect(two.predict(data as never)).rejects.toEqual(failure(code, message));
  });

  test.each([
    ['losses', { loss: ['mse'] }, 'ERR_ARGUMENT', /loss has 1 entries.*2 outputs \(sum, difference\)/],
    ['metrics', { loss: 'mse', metrics: ['mae', 'mse', 'mae'] }, 'ERR_ARGUMENT', /metrics has 3 entries/],
    ['an output that is not there', { loss: { summ: 'mse' } }, 'ERR_UNKNOWN_NAME', /Did you mean 'sum'/],
    ['factors', { loss: 'mse', lossWeights: [1] }, 'ERR_ARGUMENT', /lossWeights has 1/],
    [
      'no number',
      { loss: 'mse', lossWeights: [1, 'a'] },
      'ERR_ARGUMENT',
      /lossWeights must be numbers, one for each output, got "a"/,
    ],
  ])('compile refuses %s that do not fit the outputs', (_, options, code, message) => {
    const { a, b, sum, difference } = twoWays();
    const two = kept(model({ inputs: [a, b], outputs: [sum, difference] }));
    expect(() => two.compile(options as never)).toThrow(failure(code, message));
  });

  test('classWeight is for one output; labels of an output that is judged must be there', async () => {
    const { a, b, sum, difference } = twoWays();
    const two = kept(model({ inputs: [a, b], outputs: [sum, difference] }));
    two.compile({ loss: { sum: 'mse' } });
    const y = tensor([[0, 0]]);
    await expect(two.fit(x, { sum: y, difference: y }, { classWeight: { 0: 1 } })).rejects.toEqual(
      failure('ERR_ARGUMENT', /classWeight is for models with one output/),
    );
    expect(Object.keys(await two.trainOnBatch(x, { sum: y }))).toEqual(['loss']);
    await expect(two.trainOnBatch(x, { difference: y })).rejects.toEqual(failure('ERR_LABELS', /'sum'/));
  });
});

describe('the graph', () => {
  test('layers stand in Keras’ order, by their distance from the outputs', () => {
    const { a, b, sum, difference } = twoWays();
    const two = kept(model({ inputs: [a, b], outputs: [sum, difference] }));
    expect(two.layers.map(({ name }) => name)).toEqual(['b', 'a', 'lift', 'shared', 'sum', 'difference']);
  });

  test('an input that is missing is named with the output that needs it', () => {
    const { a, sum } = twoWays();
    expect(() => model({ inputs: a, outputs: sum, name: 'm' })).toThrow(
      failure('ERR_GRAPH', /output 'sum' depends on input 'b'.*among the inputs 'a'/),
    );
  });

  test('a layer in the middle is no input; two layers of one name are refused', () => {
    const { left, sum } = twoWays();
    expect(() => model({ inputs: left, outputs: sum })).toThrow(failure('ERR_ARGUMENT', /'shared' is the output/));
    const start = input({ shape: [2] });
    const y = layers.dense({ units: 2, name: 'same' }).apply(start);
    const z = layers.dense({ units: 2, name: 'same' }).apply(y);
    expect(() => model({ inputs: start, outputs: z })).toThrow(failure('ERR_ARGUMENT', /two layers named 'same'/));
  });

  test('intermediate outputs share weights with the whole', async () => {
    const { a, b, sum } = twoWays();
    const whole = kept(model({ inputs: [a, b], outputs: sum }));
    await whole.setWeights((await whole.getWeights()).map((w) => tensor(new Float32Array(w.size).fill(2), w.shape)));
    const probe = model({ inputs: whole.inputs, outputs: whole.getLayer('lift').output });
    expect((await probe.predict<Tensor>([x.a, x.b])).array()).toEqual([[8, 8]]);
    expect(probe.program).toBe(whole.program);
  });

  test('a deep chain does not exhaust the stack', () => {
    let y: SymbolicTensor = input({ shape: [1] });
    const start = y;
    for (let i = 0; i < 300; i++) y = layers.activation({ activation: 'relu' }).apply(y);
    expect(kept(model({ inputs: start, outputs: y })).layers).toHaveLength(301);
  });
});

describe('models as layers', () => {
  test('a shared Sequential and a model of two outputs inside another', async () => {
    const inner = sequential({ name: 'inner' });
    inner.add(layers.dense({ units: 2, name: 'd', inputShape: [2], ...ones }));
    const a = input({ shape: [2], name: 'a' });
    const twice = inner.apply(inner.apply(a));
    const fork = model({
      inputs: a,
      outputs: { same: twice, input: layers.activation({ activation: 'relu' }).apply(a) },
    });
    const p = input({ shape: [2], name: 'p' });
    const { same, input: other } = fork.apply<{ same: SymbolicTensor; input: SymbolicTensor }>(p);
    const outer = kept(model({ inputs: p, outputs: layers.add().apply([same, other]) }));
    expect(outer.countParams()).toBe(6);
    expect((await outer.predict(x.a)).array()).toEqual([[7, 8]]);
  });

  test('two models made apart are joined, as long as neither ran', async () => {
    const part = (name: string) => {
      const start = input({ shape: [2] });
      return model({
        inputs: start,
        outputs: layers.dense({ units: 2, name, ...ones }).apply(start),
        name: `${name}_model`,
      });
    };
    const [encoder, decoder] = [part('encoder'), part('decoder')];
    const start = input({ shape: [2] });
    const whole = kept(model({ inputs: start, outputs: decoder.apply(encoder.apply(start)) }));
    expect((await whole.predict(x.a)).array()).toEqual([[6, 6]]);
    expect(encoder.program).toBe(decoder.program);
    const late = part('late');
    kept(late);
    await late.predict(x.a);
    expect(() => model({ inputs: whole.inputs, outputs: late.apply(whole.outputs[0] as SymbolicTensor) })).toThrow(
      failure('ERR_GRAPH', /'late\w*' lives in another program/),
    );
  });

  test('a Sequential is built on by its inputs and outputs, loaded or not', async () => {
    const base = kept(sequential());
    base.add(layers.dense({ units: 2, name: 'first', inputShape: [2], ...ones }));
    base.add(layers.dense({ units: 1, name: 'second', ...ones }));
    const probe = model({ inputs: base.inputs, outputs: base.getLayer('first').output });
    expect((await probe.predict(x.a)).array()).toEqual([[3, 3]]);
    expect(base.outputs[0]?.shape).toEqual([null, 1]);
    base.pop();
    expect(base.outputs[0]?.shape).toEqual([null, 2]);
  });
});

describe('config', () => {
  function nested(): Model {
    const inner = sequential({ name: 'inner' });
    inner.add(layers.dense({ units: 2, name: 'd', inputShape: [2] }));
    const { a, b, sum, left } = twoWays();
    const y = layers.add({ name: 'end' }).apply([inner.apply(sum), inner.apply(left)]);
    return kept(model({ inputs: [a, b], outputs: { end: y }, name: 'nested' }));
  }

  test.each(['keras2', 'keras3'] as const)('goes through %s and comes back the same', async (dialect) => {
    const one = nested();
    const plain = normalizeModelConfig({ class_name: 'Functional', config: one.getConfig() });
    const text = JSON.stringify(toKerasModelConfig(dialect, plain));
    const again = kept(deserialize(JSON.parse(text)));
    await again.setWeights(await one.getWeights());
    const [there, here] = [await again.predict<{ end: Tensor }>(x), await one.predict<{ end: Tensor }>(x)];
    expect(there.end.array()).toEqual(here.end.array());
    expect(again.layers.map(({ name }) => name)).toEqual(one.layers.map(({ name }) => name));
  });

  test('a clone has weights of its own, and what was frozen stays so', async () => {
    const one = nested();
    one.getLayer('inner').trainable = false;
    const twin = kept(cloneModel(one));
    expect(twin.trainableWeights.length).toBe(one.trainableWeights.length);
    expect(twin.program).not.toBe(one.program);
    expect(summaryText(twin)).toBe(summaryText(one));
  });

  test.each([
    ['a call that is no object', [7]],
    ['a call on nothing', [{ args: [] }]],
    ['a call on what is no tensor', [{ args: [null] }]],
    ['a call with an option nobody knows', [{ args: [{ class_name: '__keras_tensor__', config: { keras_history: ['x', 0, 0] } }], kwargs: { odd: 1 } }]], // biome-ignore format: one case a line
  ])('%s is refused with the layer’s name', (_, inbound_nodes) => {
    const config = {
      name: 'odd',
      layers: [
        { class_name: 'InputLayer', config: { batch_shape: [null, 2], name: 'x' }, name: 'x', inbound_nodes: [] },
        { class_name: 'Dense', config: { name: 'one', units: 2 }, name: 'one', inbound_nodes },
      ],
      input_layers: [['x', 0, 0]],
      output_layers: [['one', 0, 0]],
    };
    expect(() => deserialize({ class_name: 'Functional', config })).toThrow(failure('ERR_FILE_FORMAT', /'one'/));
  });

  test('a loop, or a layer that is not there, is refused with the names', () => {
    const call = (from: string) => ({ args: [{ class_name: '__keras_tensor__', config: { shape: [null, 2], dtype: 'float32', keras_history: [from, 0, 0] } }], kwargs: {} }); // biome-ignore format: short
    const dense = (name: string, from: string) => ({ class_name: 'Dense', config: { name, units: 2 }, name, inbound_nodes: [call(from)] }); // biome-ignore format: short
    const config = (second: string) => ({
      name: 'loop',
      layers: [
        { class_name: 'InputLayer', config: { batch_shape: [null, 2], name: 'x' }, name: 'x', inbound_nodes: [] },
        dense('one', second),
        dense('two', 'one'),
      ],
      input_layers: [['x', 0, 0]],
      output_layers: [['two', 0, 0]],
    });
    for (const second of ['two', 'nowhere']) {
      expect(() => deserialize({ class_name: 'Functional', config: config(second) })).toThrow(
        failure('ERR_FILE_FORMAT', new RegExp(`'one' \\(called on '${second}'\\), 'two' \\(called on 'one'\\)`)),
      );
    }
  });
});

test('summary says what is connected to what, and shows inner layers on request', () => {
  const inner = sequential({ name: 'inner' });
  inner.add(layers.dense({ units: 4, name: 'd', inputShape: [4], trainable: false }));
  const start = input({ shape: [4], name: 'x' });
  const y = inner.apply(start);
  const one = kept(model({ inputs: start, outputs: layers.add({ name: 'sum' }).apply([start, y, inner.apply(y)]), name: 'nest' })); // biome-ignore format: one line
  expect(summaryText(one, { expandNested: true, showTrainable: true }).split('\n')).toEqual([
    'Model: "nest"',
    '┏━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━┳━━━━━━━━━┳━━━━━━━━━━━━━━┳━━━━━━━━━━━┓',
    '┃ Layer (type)       ┃ Output Shape ┃ Param # ┃ Connected to ┃ Trainable ┃',
    '┡━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━╇━━━━━━━━━╇━━━━━━━━━━━━━━╇━━━━━━━━━━━┩',
    '│ x (InputLayer)     │ (None, 4)    │       0 │ -            │ -         │',
    '├────────────────────┼──────────────┼─────────┼──────────────┼───────────┤',
    '│ inner (Sequential) │ (None, 4)    │      20 │ x[0][0],     │ Y         │',
    '│                    │              │         │ inner[0][0]  │           │',
    '├────────────────────┼──────────────┼─────────┼──────────────┼───────────┤',
    '│    └ d (Dense)     │ (None, 4)    │      20 │ -            │ N         │',
    '├────────────────────┼──────────────┼─────────┼──────────────┼───────────┤',
    '│ sum (Add)          │ (None, 4)    │       0 │ x[0][0],     │ -         │',
    '│                    │              │         │ inner[0][0], │           │',
    '│                    │              │         │ inner[1][0]  │           │',
    '└────────────────────┴──────────────┴─────────┴──────────────┴───────────┘',
    ' Total params: 20 (80.00 B)',
    ' Trainable params: 0 (0.00 B)',
    ' Non-trainable params: 20 (80.00 B)',
  ]);
});

test('inside a program, by call, several at once', async () => {
  using program = new Program({ seed: 1 });
  const { a, b, sum, difference } = twoWays();
  const two = model({ inputs: [a, b], outputs: [sum, difference] });
  two.build(program, null);
  const run = program.function('both', { a: spec('float32', [null, 2]), b: spec('float32', [null, 3]) }, (values) => {
    const [s, d] = two.call<Output[]>({ b: values.b, a: values.a });
    return { s: s as Output, d: d as Output };
  });
  const { s, d } = await run(x);
  expect([s.array(), d.array()]).toEqual([[[9, 9]], [[-3, -3]]]); // biome-ignore format: short
});

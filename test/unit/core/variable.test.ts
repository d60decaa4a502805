import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import * as tf from '../../../src/index.js';

test.each([
  ['a name', 'ones'],
  ['a name in Keras’ spelling', 'Ones'],
  ['a Keras config', { class_name: 'Constant', config: { value: 1 } }],
  ['an initializer', tf.initializers.ones()],
  ['a function', (shape: readonly number[]) => tf.ops.fill(shape, 1)],
])('a variable starts from %s', async (_, initializer) => {
  using program = new tf.Program({ seed: 1 });
  const v = program.variable('v', { shape: [2], initializer });
  expect((await v.value()).array()).toEqual([1, 1]);
});

test.each([
  ['initializer', { shape: [2], initializer: 'glorotUnifrom' }, 'ERR_UNKNOWN_NAME', 'GlorotUniform'],
  ['initializer that is none', { shape: [2], initializer: 1 as never }, 'ERR_ARGUMENT', 'initializer'],
  ['open dimension', { shape: [null as never], initializer: 'zeros' }, 'ERR_SHAPE', 'got [null]'],
  ['negative dimension', { shape: [-2], initializer: 'zeros' }, 'ERR_SHAPE', 'got [-2]'],
  ['shape that is none', { shape: 2 as never, initializer: 'zeros' }, 'ERR_SHAPE', 'got 2'],
  ['dtype', { shape: [2], dtype: 'flaot32' as never, initializer: 'zeros' }, 'ERR_UNKNOWN_NAME', "'float32'"],
])('a variable with a wrong %s is refused, and the program goes on', async (_, options, code, said) => {
  using program = new tf.Program({ seed: 1 });
  const message = expect.stringContaining(said);
  expect(() => program.variable('v', options)).toThrow(expect.objectContaining({ code, message }));
  const two = program.function('two', {}, () => ({ y: tf.ops.add(1, 1) }));
  expect((await two({})).y.array()).toBe(2);
});

test('plain numbers are added to and taken from a variable inside a function', async () => {
  using program = new tf.Program({ seed: 1 });
  const n = program.variable('n', { shape: [], dtype: 'int64', initializer: 'zeros' });
  const count = program.function('count', {}, () => {
    n.assignAdd(5);
    n.assignSub(2);
    return {};
  });
  await count({});
  await count({});
  expect((await n.value()).array()).toBe(6n);
});

test.each([
  ['dtype', ['flaot32', []], 'ERR_UNKNOWN_NAME', "Did you mean 'float32'?"],
  ['dimension', ['float32', [-1]], 'ERR_SHAPE', 'got [-1]'],
  ['shape', ['float32', 3], 'ERR_SHAPE', 'got 3'],
  ['shape left out', ['float32', undefined], 'ERR_SHAPE', 'got undefined'],
])('spec refuses a wrong %s', (_, given, code, said) => {
  const [dtype, shape] = given as [never, never];
  expect(() => tf.spec(dtype, shape)).toThrow(
    expect.objectContaining({ code, message: expect.stringContaining(said) }),
  );
});

test('a function may have any name', async () => {
  using program = new tf.Program({ seed: 1 });
  for (const name of ['__proto__', 'constructor', 'a b', 'ä/1']) {
    program.function(name, {}, () => ({ y: tf.constant(1) }));
    expect((await program.get<{ y: tf.Output }>(name)({})).y.array()).toBe(1);
  }
});

test('names the library does not take for nodes keep their spelling, and stay apart', async () => {
  using program = new tf.Program({ seed: 1 });
  const names = ['my layer/kernel', 'my_layer/kernel', 'schön:1', '日本', ''];
  const variables = names.map((name, i) =>
    program.variable(name, { shape: [], initializer: tf.initializers.constant({ value: i }) }),
  );
  expect(variables.map(({ name }) => name)).toEqual(['my layer/kernel', 'my_layer/kernel_1', 'schön:1', '日本', '']);
  const f = program.function('f', {}, () => {
    for (const variable of variables) tf.nameScope('ein Bereich', () => variable.assignAdd(10));
    return variables.map((variable) => variable.read());
  });
  expect((await f({})).map((value) => value.array())).toEqual([10, 11, 12, 13, 14]);
});

test('a model of layers with any names trains, is saved and loaded', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'names-'));
  const model = tf.sequential([tf.layers.dense({ units: 2, name: 'schön 1', inputShape: [3] })]);
  model.compile({ loss: 'meanSquaredError', optimizer: 'adam' });
  await model.trainOnBatch([[1, 2, 3]], [[1, 2]]);
  expect(model.weights[0]?.name).toBe('schön 1/kernel');
  await model.exportSavedModel(folder);
  const again = await tf.loadModel(folder);
  const before = (await model.predict([[1, 2, 3]])) as tf.Tensor;
  expect(((await again.predict([[1, 2, 3]])) as tf.Tensor).array()).toEqual(before.array());
  rmSync(folder, { recursive: true });
});

import { expect, test } from 'vitest';
import { Program } from '../../../src/core/program.js';
import { spec } from '../../../src/core/spec.js';
import { type Tensor, tensor } from '../../../src/core/tensor.js';
import * as layers from '../../../src/layers/index.js';
import * as ops from '../../../src/ops/index.js';

const penaltyOf = async (layer: layers.Layer, x: Tensor): Promise<number> => {
  using program = new Program({ seed: 1 });
  const run = program.trace('activity', { x: spec(x.dtype, x.shape) }, (given) => {
    layer.invoke(program, given.x);
    return { penalty: layer.penalties().reduce((sum, p) => ops.add(sum, p)) };
  });
  const { penalty } = (await run({ x })) as { penalty: Tensor };
  return Number([...((await penalty.data()) as Float32Array)][0]);
};

test('ActivityRegularization adds its l1 and l2 over the batch size to the loss', async () => {
  const layer = layers.activityRegularization({ l1: 0.1, l2: 0.01 });
  const x = tensor([1, -2, 3, 4], [2, 2]);
  expect(await penaltyOf(layer, x)).toBeCloseTo((0.1 * 10 + 0.01 * 30) / 2, 6);
});

test('any layer takes an activity regularizer, and writes it into its config', async () => {
  const layer = layers.reLU({ activityRegularizer: 'l2' });
  expect(await penaltyOf(layer, tensor([1, -2, 3, 4], [2, 2]))).toBeCloseTo((0.01 * 26) / 2, 6);
  const twin = layers.deserialize({ class_name: 'ReLU', config: layer.getConfig() });
  expect(twin.getConfig()).toEqual(layer.getConfig());
  expect(twin.getConfig()).toMatchObject({ activity_regularizer: { class_name: 'L2' } });
});

test('what one function adds is not in another', () => {
  const layer = layers.activityRegularization({ l1: 1 });
  using program = new Program();
  program.trace('first', { x: spec('float32', [2]) }, ({ x }) => ({ y: layer.invoke(program, x) }));
  program.trace('second', {}, () => {
    expect(layer.penalties()).toEqual([]);
    return {};
  });
});

import { describe, expect, test } from 'vitest';
import type { Output } from '../../../src/core/output.js';
import { Program } from '../../../src/core/program.js';
import type { Shape } from '../../../src/core/shape.js';
import { spec } from '../../../src/core/spec.js';
import { type Tensor, tensor } from '../../../src/core/tensor.js';
import type { Variable } from '../../../src/core/variable.js';
import * as layers from '../../../src/layers/index.js';
import { Layer } from '../../../src/layers/index.js';
import { sequential } from '../../../src/models/sequential.js';
import { initializers, optimizers } from '../../../src/nn/index.js';
import * as ops from '../../../src/ops/index.js';

class Scale extends Layer {
  static override readonly className = 'Scale';
  factor!: Variable;
  override build(inputShape: Shape): void {
    this.factor = this.addWeight('factor', { shape: [inputShape?.at(-1) ?? 1], initializer: initializers.ones() });
  }
  override call(x: Output): Output {
    return ops.mul(x, this.factor.read());
  }
}

/** A layer made of layers, kept in fields. */
class Twice extends Layer {
  static override readonly className = 'Twice';
  readonly inner = layers.dense({ units: 2, kernelInitializer: 'ones', name: 'inner' });
  readonly scales = [new Scale({ name: 'one' }), new Scale({ name: 'two' })];
  override call(x: Output): Output {
    return this.scales.reduce((y, scale) => scale.apply(y), this.inner.apply(x));
  }
}

describe('layer.build(program, inputShape)', () => {
  test.each([
    ['a layer of the library', () => layers.dense({ units: 2, name: 'it' }) as Layer, ['it/kernel', 'it/bias']],
    ['a layer of one’s own', () => new Scale({ name: 'it' }) as Layer, ['it/factor']],
  ])('makes the weights of %s there, once', (_, make, names) => {
    using program = new Program();
    const layer = make();
    layer.build(program, [null, 3]);
    layer.build(program, [null, 3]);
    expect(layer.program).toBe(program);
    expect(layer.weights.map(({ name }) => name)).toEqual(names);
  });

  test('without a program it takes one of its own', async () => {
    const layer = layers.dense({ units: 2, kernelInitializer: 'ones' });
    layer.build([null, 3]);
    using program = layer.program;
    expect((await layer.getWeights()).map(({ shape }) => shape)).toEqual([[3, 2], [2]]);
    expect(program.hasSession).toBe(true);
  });

  test('moves a layer that holds no values yet, and refuses one that does', async () => {
    using first = new Program();
    using second = new Program();
    const layer: Layer = new Scale();
    layer.build(first, [null, 3]);
    layer.build(second, [null, 3]);
    expect(layer.program).toBe(second);
    await layer.getWeights();
    expect(() => layer.build(first, [null, 3])).toThrow(expect.objectContaining({ code: 'ERR_GRAPH' }));
  });

  test('weights are read, set and named one by one', async () => {
    using program = new Program();
    const layer: Layer = new Scale({ name: 'it' });
    layer.build(program, [null, 2]);
    const [factor] = layer.weights as [Variable];
    await factor.assign([2, 3]);
    expect([factor.name, factor.shape, (await factor.value()).array()]).toEqual(['it/factor', [2], [2, 3]]);
    const run = program.function('read', {}, () => ({ y: factor.read() }));
    expect((await run({})).y.array()).toEqual([2, 3]);
  });

  test('a call inside a function makes them where there are none', async () => {
    using program = new Program();
    const layer = layers.dense({ units: 1, kernelInitializer: 'ones' });
    const run = program.function('call', { x: spec('float32', [null, 3]) }, ({ x }) => ({ y: layer.call(x) }));
    expect((await run({ x: [[1, 2, 3]] })).y.array()).toEqual([[6]]);
    expect(layer.program).toBe(program);
  });

  test('layers in fields and lists belong to a layer', async () => {
    using program = new Program();
    const layer = new Twice({ name: 'twice' });
    const run = program.function('call', { x: spec('float32', [null, 3]) }, ({ x }) => ({ y: layer.apply<Output>(x) }));
    expect(layer.weights.map(({ name }) => name)).toEqual(['inner/kernel', 'inner/bias', 'one/factor', 'two/factor']);
    expect((await run({ x: [[1, 2, 3]] })).y.array()).toEqual([[6, 6]]);
    layer.trainable = false;
    expect(layer.trainableWeights).toEqual([]);
  });
});

describe('two models in one program', () => {
  function gan(program: Program) {
    const generator = sequential({ name: 'generator' });
    generator.add(layers.dense({ units: 3, inputShape: [2], name: 'g' }));
    const discriminator = sequential({ name: 'discriminator' });
    discriminator.add(layers.batchNormalization({ name: 'norm', momentum: 0.5 }));
    discriminator.add(layers.dense({ units: 1, name: 'd' }));
    generator.build(program, [null, 2]);
    discriminator.build(program, [null, 3]);
    return { generator, discriminator };
  }
  const values = async (weights: readonly Variable[]) =>
    Promise.all(weights.map(async (w) => (await w.value()).array()));

  test('each is trained by itself, and a frozen one neither learns nor moves its averages', async () => {
    using program = new Program({ seed: 3 });
    const { generator, discriminator } = gan(program);
    const [forG, forD] = [optimizers.sgd(0.1), optimizers.sgd(0.1)];
    const step = (name: string, weights: Variable[], optimizer: typeof forG) =>
      program.function(name, { noise: spec('float32', [null, 2]) }, ({ noise }) => {
        const fake = generator.call(noise, { training: true });
        const loss = ops.mean(ops.square(discriminator.call(fake, { training: true })));
        optimizer.minimize(loss, weights);
        return { loss };
      });
    const stepD = step('step_d', discriminator.trainableWeights, forD);
    discriminator.trainable = false;
    const stepG = step('step_g', generator.trainableWeights, forG);
    const noise: Tensor = tensor([[1, 2], [3, -1], [0.5, 0.1]]); // biome-ignore format: short
    const before = [await values(generator.weights), await values(discriminator.weights)];
    await stepG({ noise });
    expect(await values(generator.weights)).not.toEqual(before[0]);
    expect(await values(discriminator.weights)).toEqual(before[1]);
    const between = await values(generator.weights);
    await stepD({ noise });
    expect(await values(generator.weights)).toEqual(between);
    const after = await values(discriminator.weights);
    for (const [i, value] of after.entries()) expect(value).not.toEqual(before[1]?.[i]);
  });

  test('weights of one are set from those of the other', async () => {
    using program = new Program({ seed: 3 });
    const [online, target] = ['online', 'target'].map((name) => {
      const net = sequential({ name });
      net.add(layers.dense({ units: 2, inputShape: [2] }));
      net.build(program, [null, 2]);
      return net;
    }) as [ReturnType<typeof sequential>, ReturnType<typeof sequential>];
    await target.setWeights(await online.getWeights());
    expect(await values(target.weights)).toEqual(await values(online.weights));
  });
});

import { describe, expect, test } from 'vitest';
import type { Output } from '../../../src/core/output.js';
import { type Tensor, tensor } from '../../../src/core/tensor.js';
import * as layers from '../../../src/layers/index.js';
import { type Batch, Functional, input, Model, sequential } from '../../../src/models/index.js';
import { losses, optimizers } from '../../../src/nn/index.js';
import * as ops from '../../../src/ops/index.js';

class Autoencoder extends Model {
  static override readonly className = 'Autoencoder';
  readonly encoder = layers.dense({ units: 1, name: 'encoder', kernelInitializer: 'ones' });
  readonly decoder = layers.dense({ units: 2, name: 'decoder', kernelInitializer: 'ones' });

  override call(x: Output): Output {
    return this.decoder.apply(this.encoder.apply(x));
  }

  override trainStep({ x }: Batch) {
    const reconstruction = losses.get('mse').call(x as Output, this.forward(x, true));
    this.minimize(reconstruction);
    return { reconstruction, largest: ops.max(ops.abs(x as Output), [0, 1]) };
  }
}

const x = tensor([[1, 2], [3, 4], [5, 6]]); // biome-ignore format: short

describe('a model of one’s own', () => {
  test('has the layers in its fields, predicts, and is counted', async () => {
    const model = new Autoencoder({ name: 'auto' });
    expect((await model.predict(x)).array()).toEqual([[3, 3], [7, 7], [11, 11]]); // biome-ignore format: short
    expect(model.layers.map(({ name }) => name)).toEqual(['encoder', 'decoder']);
    expect(model.countParams()).toBe(7);
    model.dispose();
  });

  test('trains by its own step, without a loss or labels; the mean over the samples is reported', async () => {
    const model = new Autoencoder();
    model.compile({ optimizer: optimizers.sgd(0) });
    const { history } = await model.fit(x, { batchSize: 2, shuffle: false, epochs: 2 });
    // (2² + 1² + 4² + 3²) / 4 and (6² + 5²) / 2, by 2 : 1 samples
    const expected = (7.5 * 2 + 30.5) / 3;
    expect(history.reconstruction?.map((v) => v.toFixed(4))).toEqual(Array(2).fill(expected.toFixed(4)));
    expect(history.largest?.[0]).toBeCloseTo((4 * 2 + 6) / 3, 5);
    model.compile({ optimizer: optimizers.sgd(0.01) });
    const learned = await model.fit(x, { epochs: 5 });
    expect(learned.history.reconstruction?.at(-1)).toBeLessThan(expected);
    model.dispose();
  });

  test('trains as others do without one', async () => {
    class Plain extends Model {
      static override readonly className = 'Plain';
      readonly head = layers.dense({ units: 1, kernelInitializer: 'zeros' });
      override call(x: Output): Output {
        return this.head.apply(x);
      }
    }
    const model = new Plain();
    model.compile({ optimizer: optimizers.sgd(0), loss: 'mse', metrics: ['mae'] });
    expect(await model.evaluate(x, tensor([[1], [2], [3]]))).toEqual({ loss: expect.closeTo(14 / 3, 5), mae: 2 });
    model.dispose();
  });

  test('a functional model with a step of its own uses what was compiled', async () => {
    class Doubled extends Functional {
      override trainStep(batch: Batch) {
        const { loss } = this.computeLoss(batch, this.forward(batch.x, true));
        this.minimize(ops.mul(loss, 2));
        return { doubled: ops.mul(loss, 2) };
      }
    }
    const start = input({ shape: [2] });
    const outputs = layers.dense({ units: 1, kernelInitializer: 'zeros' }).apply(start);
    using model = new Doubled({ inputs: start, outputs });
    model.compile({ optimizer: optimizers.sgd(0), loss: 'mse' });
    expect(await model.trainOnBatch(x, tensor([[1], [1], [2]]))).toEqual({ doubled: 4 });
  });
});

describe('freezing', () => {
  function chain() {
    const model = sequential();
    for (const name of ['one', 'two', 'three', 'four']) model.add(layers.dense({ units: 2, name, inputShape: [2] }));
    return model;
  }
  const frozen = (model: ReturnType<typeof chain>) =>
    model.layers.filter((layer) => !layer.trainable).map(({ name }) => name);

  test.each([
    [{ from: 'one', to: 'two' }, ['one', 'two']],
    [{ to: 1 }, ['one', 'two']],
    [{ from: 'three' }, ['three', 'four']],
    [{ which: ['two', 'four'] }, ['two', 'four']],
    [{ which: (layer: layers.Layer) => layer.name === 'one' }, ['one']],
    [{}, ['one', 'two', 'three', 'four']],
  ])('freezeWeights(%j) freezes these and frees the others', (options, names) => {
    using model = chain();
    model.freezeWeights({ from: 'four' });
    model.freezeWeights(options);
    expect(frozen(model)).toEqual(names);
    expect(model.trainableWeights.length).toBe(8 - 2 * names.length);
    model.unfreezeWeights(options);
    expect(model.trainableWeights.length).toBe(2 * names.length);
  });

  test('a layer that is not there, or the wrong way round, is refused', () => {
    using model = chain();
    expect(() => model.freezeWeights({ from: 'tree' })).toThrow(expect.objectContaining({ code: 'ERR_UNKNOWN_NAME' }));
    expect(() => model.freezeWeights({ from: 'two', to: 'one' })).toThrow(/'two' comes after 'one'/);
    expect(() => model.freezeWeights({ form: 'one' } as never)).toThrow(/Did you mean 'from'/);
  });

  test('the next compile trains only what is free', async () => {
    using model = chain();
    const y: Tensor = tensor([[1, 0], [0, 1], [1, 1]]); // biome-ignore format: short
    model.compile({ optimizer: optimizers.sgd(0.1), loss: 'mse' });
    await model.fit(x, y);
    model.freezeWeights({ to: 'three' });
    model.compile({ optimizer: optimizers.sgd(0.1), loss: 'mse' });
    const before = (await model.getWeights()).map((w) => w.array());
    await model.fit(x, y);
    const after = (await model.getWeights()).map((w) => w.array());
    expect(after.slice(0, 6)).toEqual(before.slice(0, 6));
    expect(after[6]).not.toEqual(before[6]);
  });
});

import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { config } from '../../../src/core/config.js';
import type { Output } from '../../../src/core/output.js';
import { Program } from '../../../src/core/program.js';
import { type Tensor, tensor } from '../../../src/core/tensor.js';
import * as layers from '../../../src/layers/index.js';
import { model as functional, input, Model, type Sequential, sequential } from '../../../src/models/index.js';
import { losses, optimizers } from '../../../src/nn/index.js';
import * as ops from '../../../src/ops/index.js';
import { decode } from '../../../src/proto/codec.js';
import { SavedModelSchema } from '../../../src/proto/saved-model.js';
import { loadModel } from '../../../src/saving/load-model.js';
import { ServedModel } from '../../../src/saving/served-model.js';
import { Callback } from '../../../src/training/callbacks/index.js';

// Why: runs repeat to the bit on one thread only.
config({ intraOpThreads: 1, interOpThreads: 1 });

const failing = (code: string, message: RegExp) =>
  expect.objectContaining({ code, message: expect.stringMatching(message) });

const x = tensor(
  Float32Array.from({ length: 24 * 6 }, (_, i) => Math.sin(i * i)),
  [24, 6],
);
const y = tensor(
  Int32Array.from({ length: 24 }, (_, i) => (i * i) % 3),
  [24],
);

let parent: string;
let folder: string;
beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'saved-model-'));
  folder = join(parent, 'model');
});
afterEach(() => rm(parent, { recursive: true, force: true }));

/** Dense, batch normalization, dropout: weights, state and randomness. */
function classifier(): Sequential {
  const model = sequential({ name: 'classifier' });
  model.add(layers.dense({ name: 'image', units: 5, activation: 'relu', inputShape: [6] }));
  model.add(layers.batchNormalization({ name: 'norm' }));
  model.add(layers.dropout({ name: 'drop', rate: 0.25 }));
  model.add(layers.dense({ name: 'prediction', units: 3, activation: 'softmax', kernelRegularizer: 'l2' }));
  return model;
}

async function trained(): Promise<Sequential> {
  const model = classifier();
  model.compile({
    optimizer: optimizers.get({ class_name: 'Adam', config: { learning_rate: 0.01 } }),
    loss: 'sparseCategoricalCrossentropy',
    metrics: ['accuracy'],
  });
  await model.fit(x, y, { epochs: 2, batchSize: 8, verbose: 0 });
  return model;
}

type Step = Record<string, Output>;
const arrays = (values: readonly Tensor[]) => values.map((value) => value.array());
const weights = async (model: Model) => arrays(await model.getWeights());
const numbers = (results: Record<string, Tensor>) =>
  Object.fromEntries(Object.entries(results).map(([key, value]) => [key, value.array()]));
/** Here the loss is a mean over the samples, there it is the step's own: they differ by rounding, of float32. */
const close = (logs: Readonly<Record<string, number>>) =>
  Object.fromEntries(Object.entries(logs).map(([key, value]) => [key, expect.closeTo(value, digitsOf(value))]));
/** Six digits behind the point of numbers below one, fewer of greater ones. */
const digitsOf = (value: number) => 6 - Math.max(0, Math.ceil(Math.log10(Math.abs(value))));

describe('exported, a model', () => {
  test('has the network three times and its two steps as signatures, by Keras 2’s names', async () => {
    using model = await trained();
    await model.exportSavedModel(folder);
    using program = await Program.load(folder);
    const { predict, train_step, ...others } = program.functions;
    expect(Object.keys(others).sort()).toEqual(['evaluate', 'serve', 'serving_default']);
    const shapes = (values: unknown) =>
      Object.entries(values as Step).map(([key, { dtype, shape }]) => [key, dtype, shape]);
    expect(shapes(predict?.inputs)).toEqual([['image_input', 'float32', [null, 6]]]);
    expect(shapes(predict?.outputs)).toEqual([['prediction', 'float32', [null, 3]]]);
    expect(shapes(train_step?.inputs)).toEqual([
      ['image_input', 'float32', [null, 6]],
      ['y', 'int32', [null]],
    ]);
    expect(shapes(train_step?.outputs).sort()).toEqual([
      ['accuracy', 'float32', []],
      ['loss', 'float32', []],
    ]);
  });

  test('predicts, evaluates and trains there as here, for any length of batch', async () => {
    using model = await trained();
    await model.exportSavedModel(folder);
    using program = await Program.load(folder);
    for (const rows of [24, 7]) {
      const batch = { image_input: x.rows(0, rows), y: y.rows(0, rows) };
      const served = await program.get<Step>('serving_default')({ image_input: batch.image_input });
      expect(served.prediction?.array()).toEqual((await model.predict(batch.image_input)).array());
      expect(numbers(await program.get<Step>('evaluate')(batch))).toEqual(
        close(await model.testOnBatch(batch.image_input, batch.y)),
      );
      expect(numbers(await program.get<Step>('train_step')(batch))).toEqual(
        close(await model.trainOnBatch(batch.image_input, batch.y)),
      );
    }
    expect(numbers(await program.get<Step>('evaluate')({ image_input: x, y }))).toEqual(
      close(await model.testOnBatch(x, y)),
    );
  });

  test('comes back with layers, weights, compile options and optimizer: training goes on to the bit', async () => {
    using model = await trained();
    await model.exportSavedModel(folder);
    using loaded = await loadModel(folder);
    expect(loaded.getConfig()).toEqual(model.getConfig());
    expect(await weights(loaded)).toEqual(await weights(model));
    expect(await loaded.evaluate(x, y)).toEqual(await model.evaluate(x, y));
    for (let i = 0; i < 3; i++) expect(await loaded.trainOnBatch(x, y)).toEqual(await model.trainOnBatch(x, y));
    expect(await weights(loaded)).toEqual(await weights(model));
    await loaded.exportSavedModel(join(parent, 'again'));
    using again = await loadModel(join(parent, 'again'));
    expect(await again.trainOnBatch(x, y)).toEqual(await model.trainOnBatch(x, y));
  });

  test('trains on as if nothing had happened', async () => {
    using model = classifier();
    using other = classifier();
    await other.setWeights(await model.getWeights());
    for (const each of [model, other]) {
      each.getLayer('drop').trainable = false;
      each.compile({ optimizer: 'sgd', loss: 'sparseCategoricalCrossentropy', metrics: ['accuracy'] });
      await each.program.generator.assign([1n, 2n, 3n]);
    }
    class Export extends Callback {
      override async onEpochEnd() {
        await model.exportSavedModel(folder);
      }
    }
    const options = { epochs: 3, batchSize: 8, shuffle: false, verbose: 0 } as const;
    const { history } = await model.fit(x, y, { ...options, callbacks: [new Export()] });
    expect(history).toEqual((await other.fit(x, y, options)).history);
    expect(await weights(model)).toEqual(await weights(other));
  });

  test('leaves data behind: nothing of what it was trained on is in the file', async () => {
    using model = classifier();
    model.compile({ loss: 'sparseCategoricalCrossentropy' });
    await model.exportSavedModel(folder);
    const bytes = async () => {
      const files = (await readdir(folder, { recursive: true })).map((file) => stat(join(folder, file)));
      return (await Promise.all(files)).reduce((sum, { size }) => sum + size, 0);
    };
    const before = await bytes();
    const many = tensor(new Float32Array(4000 * 6), [4000, 6]);
    await model.fit(many, tensor(new Int32Array(4000), [4000]), { epochs: 1, batchSize: 1000, verbose: 0 });
    await model.exportSavedModel(folder);
    expect(Math.abs((await bytes()) - before)).toBeLessThan(2000);
  });

  test('gives the same graph each time, until it is compiled anew', async () => {
    using model = await trained();
    const graph = async () => {
      const { metaGraphs } = decode(SavedModelSchema, await readFile(join(folder, 'saved_model.pb')));
      return metaGraphs[0]?.graphDef?.node.map(({ name, input }) => [name, ...input]);
    };
    await model.exportSavedModel(folder);
    const [nodes, first] = [model.program.graph.operations().length, await graph()];
    await model.exportSavedModel(folder);
    expect(model.program.graph.operations()).toHaveLength(nodes);
    expect(await graph()).toEqual(first);
    model.compile({ loss: 'sparseCategoricalCrossentropy', metrics: ['sparseTopKCategoricalAccuracy'] });
    await model.exportSavedModel(folder);
    using program = await Program.load(folder);
    expect(Object.keys(program.get<Step>('evaluate').outputs)).toContain('sparse_top_k_categorical_accuracy');
  });

  test('that is not compiled has the network alone, and comes back so', async () => {
    using model = classifier();
    await model.exportSavedModel(folder);
    using program = await Program.load(folder);
    expect(Object.keys(program.functions).sort()).toEqual(['predict', 'serve', 'serving_default']);
    using loaded = await loadModel(folder);
    expect(loaded.isCompiled).toBe(false);
    expect((await loaded.predict(x)).array()).toEqual((await model.predict(x)).array());
  });

  test('may leave signatures out; then the optimizer stays out as well', async () => {
    using model = await trained();
    const extra = join(parent, 'warm-up');
    await writeFile(extra, 'requests');
    await model.exportSavedModel(folder, { signatures: ['serving_default'], assets: [extra] });
    expect((await readdir(join(folder, 'assets.extra'))).sort()).toEqual(['keras_model.json', 'warm-up']);
    using program = await Program.load(folder);
    expect(Object.keys(program.functions)).toEqual(['serving_default']);
    expect(program.variables.map(({ name }) => name).filter((name) => /adam|accuracy/.test(name))).toEqual([]);
    using loaded = await loadModel(folder);
    expect(await loaded.evaluate(x, y)).toEqual(await model.evaluate(x, y));
    await loaded.trainOnBatch(x, y);
  });

  test('of several inputs and outputs takes and gives them by name', async () => {
    const a = input({ shape: [6], name: 'a' });
    const b = input({ shape: [2], name: 'b' });
    const both = layers.concatenate().apply([layers.dense({ units: 4, name: 'lift' }).apply(a), b]);
    const score = layers.dense({ units: 1, name: 'score' }).apply(both);
    const label = layers.dense({ units: 3, name: 'label', activation: 'softmax' }).apply(both);
    using model = functional({ inputs: [a, b], outputs: [score, label] });
    model.compile({
      optimizer: 'rmsprop',
      loss: { score: 'mse', label: 'sparseCategoricalCrossentropy' },
      metrics: { label: ['accuracy'] },
    });
    const data = { a: x, b: x.rows(0, 24) };
    data.b = tensor(
      Float32Array.from({ length: 48 }, (_, i) => Math.cos(i)),
      [24, 2],
    );
    const labels = {
      score: tensor(
        Float32Array.from({ length: 24 }, (_, i) => i / 24),
        [24, 1],
      ),
      label: y,
    };
    await model.trainOnBatch(data, labels);
    await model.exportSavedModel(folder);
    using program = await Program.load(folder);
    const inputs = program.get<Step>('train_step').inputs as unknown as { y: Step };
    expect(Object.keys(inputs.y).sort()).toEqual(['label', 'score']);
    using loaded = await loadModel(folder);
    const step = await program.get<Step>('train_step')({ ...data, y: labels } as never);
    const wanted = await model.trainOnBatch(data, labels);
    expect(Object.keys(wanted).sort()).toEqual(Object.keys(step).sort());
    expect(numbers(step)).toEqual(close(wanted));
    expect(await loaded.trainOnBatch(data, labels)).toEqual(wanted);
  });

  test.each([
    ['mse', 'float32', [null, 3]],
    ['categoricalCrossentropy', 'float32', [null, 3]],
    ['sparseCategoricalCrossentropy', 'int32', [null]],
    ['circle', 'int32', [null]],
  ])('with the loss %s takes %s labels of shape %j', async (loss, dtype, shape) => {
    using model = classifier();
    model.compile({ optimizer: 'sgd', loss });
    await model.exportSavedModel(folder, { signatures: ['evaluate'] });
    using program = await Program.load(folder);
    const evaluate = program.get<Step>('evaluate');
    expect(evaluate.inputs.y).toMatchObject({ dtype, shape });
    const labels = shape.length === 1 ? y : x.rows(0, 8).reshape([16, 3]);
    const data = x.rows(0, labels.shape[0] ?? 0);
    expect(numbers(await evaluate({ image_input: data, y: labels }))).toEqual(
      close(await model.testOnBatch(data, labels)),
    );
  });

  test.each(['sparseCategoricalCrossentropy', 'ctc'])(
    'of sequences takes, with %s, class numbers in sequences',
    async (loss) => {
      const steps = input({ shape: [null, 4], name: 'steps' });
      using model = functional({ inputs: steps, outputs: layers.dense({ units: 3 }).apply(steps) });
      model.compile({ optimizer: 'sgd', loss });
      await model.exportSavedModel(folder, { signatures: ['train_step'] });
      using program = await Program.load(folder);
      const step = program.get<Step>('train_step');
      expect(step.inputs.y).toMatchObject({ dtype: 'int32', shape: [null, null] });
      const data = x.reshape([6, 6, 4]);
      const labels = tensor(
        Int32Array.from({ length: 36 }, (_, i) => i % 3),
        [6, 6],
      );
      expect(numbers(await step({ steps: data, y: labels }))).toEqual(close(await model.trainOnBatch(data, labels)));
    },
  );

  test('with a step of its own exports that step, and comes back as a model that predicts', async () => {
    class Autoencoder extends Model {
      encoder = layers.dense({ units: 2, name: 'encoder' });
      decoder = layers.dense({ units: 6, name: 'decoder' });
      override call(x: Output) {
        return this.decoder.apply<Output>(this.encoder.apply<Output>(x));
      }
      override trainStep({ x }: { x: Output }) {
        const loss = losses.get('mse').call(x, this.forward(x, true));
        this.minimize(loss);
        return { loss };
      }
    }
    using model = new Autoencoder({ name: 'auto' });
    model.build([null, 6]);
    model.compile({ optimizer: 'sgd' });
    await model.exportSavedModel(folder, { signatures: ['serving_default', 'train_step'] });
    using loaded = await loadModel(folder);
    expect(loaded).toBeInstanceOf(ServedModel);
    expect(loaded.inputNames).toEqual(['input_1']);
    const { loss } = await loaded.program.get<Step>('train_step')({ input_1: x });
    expect(loss?.array()).toBeCloseTo((await model.trainOnBatch(x)).loss ?? Number.NaN, 6);
    expect((await loaded.predict(x)).array()).toEqual((await model.predict(x)).array());
  });

  test('compiled with a plain function trains by its signature, and comes back without it', async () => {
    using model = classifier();
    const distance = (yTrue: Output, yPred: Output) =>
      ops.mean(ops.abs(ops.sub(ops.cast(yTrue, 'float32'), yPred)), -1);
    model.compile({ optimizer: 'sgd', loss: distance });
    await model.exportSavedModel(folder);
    using program = await Program.load(folder);
    expect(Object.keys(program.functions)).toContain('train_step');
    using loaded = await loadModel(folder);
    expect(loaded.isCompiled).toBe(false);
    expect(await weights(loaded)).toEqual(await weights(model));
  });
});

describe('refused in a sentence', () => {
  test('a model without weights, an unknown signature, training without compile', async () => {
    const unbuilt = sequential({ layers: [layers.dense({ units: 2 })] });
    await expect(unbuilt.exportSavedModel(folder)).rejects.toEqual(failing('ERR_NOT_BUILT', /no weights to export/));
    using model = classifier();
    await expect(model.exportSavedModel(folder, { signatures: ['serv' as 'serve'] })).rejects.toEqual(
      failing('ERR_UNKNOWN_NAME', /serve/),
    );
    await expect(model.exportSavedModel(folder, { signatures: ['train_step'] })).rejects.toEqual(
      failing('ERR_NOT_COMPILED', /classifier/),
    );
    await expect(model.exportSavedModel(folder, { asset: [] } as never)).rejects.toEqual(
      failing('ERR_UNKNOWN_NAME', /assets/),
    );
    expect(await readdir(parent)).toEqual([]);
  });

  test('an input that is called as labels are', async () => {
    const y = input({ shape: [2], name: 'y' });
    using model = functional({ inputs: y, outputs: layers.dense({ units: 1 }).apply(y) });
    model.compile({ loss: 'mse' });
    await expect(model.exportSavedModel(folder)).rejects.toEqual(failing('ERR_ARGUMENT', /rename/));
    await model.exportSavedModel(folder, { signatures: ['predict'] });
  });

  test('a folder that is something else, a file, and a place that is not writable', async () => {
    using model = classifier();
    await mkdir(folder);
    await writeFile(join(folder, 'thesis.txt'), 'all of it');
    await expect(model.exportSavedModel(folder)).rejects.toEqual(failing('ERR_NOT_WRITABLE', /something else/));
    expect(await readdir(folder)).toEqual(['thesis.txt']);
    await expect(model.exportSavedModel(join(folder, 'thesis.txt'))).rejects.toMatchObject({
      code: 'ERR_NOT_WRITABLE',
    });
    await expect(model.exportSavedModel(join(folder, 'thesis.txt', 'model'))).rejects.toMatchObject({
      code: 'ERR_NOT_WRITABLE',
    });
    await expect(model.save(join(parent, 'name'))).rejects.toEqual(failing('ERR_ARGUMENT', /exportSavedModel/));
  });

  test('a folder that is no model', async () => {
    await expect(loadModel(parent)).rejects.toMatchObject({ code: 'ERR_NOT_READABLE' });
  });
});

describe('damaged', () => {
  const DESCRIPTION = join('assets.extra', 'keras_model.json');

  async function edited(change: (description: Record<string, unknown>) => unknown): Promise<Promise<Model>> {
    using model = await trained();
    await model.exportSavedModel(folder);
    const file = join(folder, DESCRIPTION);
    const changed = change(JSON.parse(await readFile(file, 'utf8')));
    await writeFile(file, typeof changed === 'string' ? changed : JSON.stringify(changed));
    return loadModel(folder);
  }

  const deep = (depth: number) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;

  test.each<[string, (description: Record<string, unknown>) => unknown]>([
    ['text', () => 'keras'],
    ['an empty object', () => ({})],
    ['a list', () => []],
    ['names that are none', (d) => ({ ...d, weights: [1, 2] })],
    ['too few weights', (d) => ({ ...d, weights: (d.weights as string[]).slice(1) })],
    ['weights that are not there', (d) => ({ ...d, weights: (d.weights as string[]).map((name) => `../${name}`) })],
    ['weights in another order', (d) => ({ ...d, weights: (d.weights as string[]).toReversed() })],
    ['a generator of another dtype', (d) => ({ ...d, generator: 'image/kernel' })],
    ['a class that is no model', (d) => ({ ...d, model_config: { class_name: 'Dense', config: {} } })],
    ['a prototype for a class', (d) => ({ ...d, model_config: { class_name: '__proto__', config: {} } })],
    ['a config that nests without end', (d) => JSON.stringify(d).replace('"Sequential","config":', `"Sequential","config":${deep(20_000)},"was":`)], // biome-ignore format: one line a case
  ])('a description with %s', async (_, change) => {
    await expect(edited(change)).rejects.toMatchObject({ code: 'ERR_FILE_FORMAT' });
  });

  test('a layer that nobody knows is named', async () => {
    const change = (d: Record<string, unknown>) => JSON.stringify(d).replaceAll('BatchNormalization', 'Nonesuch');
    await expect(edited(change)).rejects.toEqual(failing('ERR_UNKNOWN_NAME', /Nonesuch/));
  });

  test('variables that are cut, changed, or gone', async () => {
    using model = await trained();
    await model.exportSavedModel(folder);
    const broken = async (change: (data: string) => Promise<void>): Promise<Model> => {
      const copy = await mkdtemp(join(parent, 'broken-'));
      await cp(folder, copy, { recursive: true });
      await change(join(copy, 'variables', 'variables.data-00000-of-00001'));
      return loadModel(copy);
    };
    await expect(broken((data) => truncate(data, 40))).rejects.toMatchObject({ code: 'ERR_FILE_FORMAT' });
    await expect(broken((data) => rm(data))).rejects.toMatchObject({ code: 'ERR_NOT_READABLE' });
    const flip = async (data: string) => {
      const bytes = await readFile(data);
      for (let i = 0; i < bytes.length; i += 16) bytes[i] = (bytes[i] ?? 0) ^ 255;
      await writeFile(data, bytes);
    };
    await expect(broken(flip)).rejects.toMatchObject({ code: 'ERR_FILE_FORMAT' });
  });

  test('a description of Keras 2', async () => {
    using model = await trained();
    await model.exportSavedModel(folder);
    await rm(join(folder, DESCRIPTION));
    for (const bytes of [[255, 1, 2], [10, 2, 18, 0], []]) {
      await writeFile(join(folder, 'keras_metadata.pb'), Uint8Array.from(bytes));
      await expect(loadModel(folder)).rejects.toEqual(failing('ERR_FILE_FORMAT', /keras_metadata/));
    }
  });

  test('without any description it still predicts, and its steps run', async () => {
    using model = await trained();
    await model.exportSavedModel(folder);
    await rm(join(folder, DESCRIPTION));
    using loaded = await loadModel(folder);
    expect((await loaded.predict(x)).array()).toEqual((await model.predict(x)).array());
    expect((await loaded.predict(x, { batchSize: 5 })).array()).toEqual((await model.predict(x)).array());
    await loaded.program.get<Step>('train_step')({ image_input: x, y });
    await model.trainOnBatch(x, y);
    expect((await loaded.predict(x)).array()).toEqual((await model.predict(x)).array());
  });

  test('a program without a signature that servers look for predicts by its first, or the one that is named', async () => {
    using program = new Program();
    program.function('one', {}, () => ops.constant(1));
    program.function('two', {}, () => ops.constant(2));
    await program.save(folder);
    using first = (await loadModel(folder)) as ServedModel;
    expect(first.signature.functionName).toBe('one');
    using second = (await loadModel(folder, { signature: 'two' })) as ServedModel;
    expect(second.signature.functionName).toBe('two');
    await expect(loadModel(folder, { signature: 'three' })).rejects.toEqual(
      failing('ERR_UNKNOWN_NAME', /'three'. Known: one, two/),
    );
  });
});

import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { type Tensor, tensor } from '../../src/core/tensor.js';
import { cloneModel } from '../../src/models/index.js';
import { loadModel } from '../../src/saving/load-model.js';
import { ServedModel } from '../../src/saving/served-model.js';

/** Made by make/graphs.py. */
const folder = 'test/golden/graphs';
const expected: Record<string, number[] | number[][]> = JSON.parse(await readFile(`${folder}/expected.json`, 'utf8'));
const x = tensor(expected.x as number[][], [3, 2], 'float32');

function expectNear(got: Tensor | undefined, key: string): void {
  const wanted = (expected[key] ?? []).flat();
  expect(Array.from(got?.dataSync() as Float32Array, Number)).toEqual(wanted.map((v) => expect.closeTo(v, 5)));
}

describe('a frozen graph', () => {
  test('predicts from its placeholders to its ends, as TensorFlow 1 did', async () => {
    using model = await loadModel(`${folder}/frozen.pb`);
    expect(model).toBeInstanceOf(ServedModel);
    expect(model.modelInputs).toEqual([{ name: 'data_x', dtype: 'float32', shape: [null, 2] }]);
    expect(model.outputNames).toEqual(['out_probabilities', 'class']);
    const results = await model.predict<Record<string, Tensor>>(x);
    expectNear(results.out_probabilities, 'probabilities');
    expectNear(results.class, 'class');
  });

  test('predicts between the nodes that are named, inputs with a default among them', async () => {
    using model = await loadModel(`${folder}/frozen.pb`, {
      inputs: ['data/x', 'keep:0'],
      outputs: ['out/probabilities'],
    });
    expect(model.inputNames).toEqual(['data_x', 'keep']);
    const predict = (model as ServedModel).signature;
    const { out_probabilities: scaled } = (await predict({ data_x: x, keep: 0.5 })) as Record<string, Tensor>;
    expectNear(scaled, 'scaled');
  });

  test('of TensorFlow 2 runs the functions in its library', async () => {
    using model = await loadModel(`${folder}/loop.pb`);
    const predict = (model as ServedModel).signature;
    const results = (await predict({ x, n: 3 })) as Record<string, Tensor>;
    expectNear(Object.values(results)[0], 'cubed');
  });

  test.each([
    ['frozen.pb', { outputs: ['out/probabilitys'] }, 'ERR_UNKNOWN_NAME', /Did you mean 'out\/probabilities'/],
    ['frozen.pb', { inputs: ['logits'] }, 'ERR_FILE_FORMAT', /'logits' is no placeholder/],
    ['frozen.pb', { signature: 'x' }, 'ERR_ARGUMENT', /a frozen graph, where 'signature' has no meaning/],
    ['frozen.pb', { output: ['class'] }, 'ERR_UNKNOWN_NAME', /Did you mean 'outputs'/],
    ['variables.pb', {}, 'ERR_FILE_FORMAT', /not frozen: the value of its variable 'w'/],
  ])('%s with %j is refused', async (file, options, code, message) => {
    const loading = loadModel(`${folder}/${file}`, options as object);
    await expect(loading).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  });
});

describe('a SavedModel of TensorFlow 1', () => {
  test('without the usual signatures predicts by its first, or by the one that is named', async () => {
    using first = await loadModel(`${folder}/named`);
    expect(first.outputNames).toEqual(['c']);
    expectNear(await first.predict(x), 'class');
    using second = await loadModel(`${folder}/named`, { signature: 'probabilities' });
    expectNear(await second.predict(x), 'probabilities');
    await expect(loadModel(`${folder}/named`, { signature: 'clases' })).rejects.toMatchObject({
      code: 'ERR_UNKNOWN_NAME',
      message: expect.stringMatching(/Did you mean 'classes'/),
    });
  });

  test('without any signature, and tagged otherwise, predicts from its placeholders to its ends', async () => {
    using model = await loadModel(`${folder}/unsigned`);
    const results = await model.predict<Record<string, Tensor>>(x);
    expectNear(results.out_probabilities, 'probabilities');
    expectNear(results.class, 'class');
    expect(model.countParams()).toBe(9);
    using logits = await loadModel(`${folder}/unsigned`, { outputs: ['logits'], tags: ['gpu', 'train'] });
    expect(logits.outputNames).toEqual(['logits']);
    await expect(loadModel(`${folder}/unsigned`, { tags: ['serve'] })).rejects.toMatchObject({
      code: 'ERR_UNKNOWN_NAME',
    });
  });
});

describe('a checkpoint of Keras 2', () => {
  test.each(['checkpoint', 'checkpoint/kept', 'checkpoint/kept.index'])(
    '%s gives a model its weights',
    async (path) => {
      using theirs = await loadModel(`${folder}/kept.h5`);
      using model = cloneModel(theirs);
      await model.loadWeights(`${folder}/${path}`);
      expectNear(await model.predict(x), 'kept');
    },
  );

  test('is no model', async () => {
    await expect(loadModel(`${folder}/checkpoint`)).rejects.toMatchObject({
      code: 'ERR_FILE_FORMAT',
      message: expect.stringMatching(/a checkpoint, which holds weights only/),
    });
  });
});

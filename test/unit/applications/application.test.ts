import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import * as applications from '../../../src/applications/index.js';
import * as layers from '../../../src/layers/index.js';
import type { SymbolicTensor } from '../../../src/layers/symbolic.js';
import type { Functional } from '../../../src/models/functional.js';
import { model as modelOf } from '../../../src/models/functional.js';
import { input } from '../../../src/models/input.js';
import '../../../src/saving/h5-format.js';
import '../../../src/saving/load-model.js';
import { fileServer } from './file-server.js';

const { densenet121, mobilenet, mobilenetV2, mobilenetV3Small, vgg16 } = applications;
/** The least network there is. */
const SMALL = { alpha: 0.35, inputShape: [96, 96, 3], includeTop: false } as const;
const FILE = 'mobilenet_v2_weights_tf_dim_ordering_tf_kernels_0.35_96_no_top.h5';

const failed = (code: string, message: RegExp) =>
  expect.objectContaining({ code, message: expect.stringMatching(message) });

function folder(): string {
  return mkdtempSync(join(tmpdir(), 'applications-'));
}

async function sums(model: Functional): Promise<number[]> {
  const values = await model.getWeights();
  return values.map((value) => (value.dataSync() as Float32Array).reduce((a, b) => a + b, 0));
}

beforeEach(() => {
  vi.stubEnv('KERAS_HOME', folder());
  vi.stubEnv('KERAS_MODEL_STORE', 'http://127.0.0.1:9');
});
afterEach(() => {
  vi.unstubAllEnvs();
});

describe('weights', () => {
  test('of Keras’ store come once, then from Keras’ folder', async () => {
    using trained = await mobilenetV2({ ...SMALL, weights: null });
    const saved = join(folder(), 'saved.h5');
    await trained.saveWeights(saved);
    const path = `/tensorflow/keras-applications/mobilenet_v2/${FILE}`;
    {
      await using server = await fileServer(new Map([[path, readFileSync(saved)]]));
      vi.stubEnv('KERAS_MODEL_STORE', `${server.address}/`);
      using fetched = await mobilenetV2(SMALL);
      expect(await sums(fetched)).toEqual(await sums(trained));
      expect(server.asked.map((one) => one.path)).toEqual([path]);
      expect(readFileSync(join(process.env.KERAS_HOME ?? '', 'models', FILE)).equals(readFileSync(saved))).toBe(true);
    }
    using offline = await mobilenetV2(SMALL);
    expect(await sums(offline)).toEqual(await sums(trained));
  });

  test('of a path', async () => {
    using trained = await mobilenetV2({ ...SMALL, weights: null });
    const weights = join(folder(), 'saved.h5');
    await trained.save(weights);
    using loaded = await mobilenetV2({ ...SMALL, weights });
    expect(await sums(loaded)).toEqual(await sums(trained));
  });

  test('that do not come say what else there is to do', async () => {
    await expect(mobilenetV2(SMALL)).rejects.toEqual(
      failed(
        'ERR_DOWNLOAD',
        /127\.0\.0\.1:9.*connect to the network, set KERAS_MODEL_STORE.*or put the file to .*no_top\.h5\.$/,
      ),
    );
  });

  test('that are not what Keras published are not taken', async () => {
    const path = '/tensorflow/keras-applications/densenet/densenet121_weights_tf_dim_ordering_tf_kernels_notop.h5';
    await using server = await fileServer(new Map([[path, Buffer.from('something else')]]));
    vi.stubEnv('KERAS_MODEL_STORE', server.address);
    const failure = await densenet121({ includeTop: false, inputShape: [32, 32, 3] }).catch((error: unknown) => error);
    expect(failure).toEqual(failed('ERR_DOWNLOAD', /checksum 30ee3e1110167f948a6b9946edeeb738 is expected/));
  });

  test('a network with classes brings their names', async () => {
    using trained = await mobilenetV2({ alpha: 0.35, inputShape: [96, 96, 3], weights: null });
    const saved = join(folder(), 'saved.h5');
    await trained.saveWeights(saved);
    const file = FILE.replace('_no_top', '');
    const files = new Map([[`/tensorflow/keras-applications/mobilenet_v2/${file}`, readFileSync(saved)]]);
    await using server = await fileServer(files);
    vi.stubEnv('KERAS_MODEL_STORE', server.address);
    using fetched = await mobilenetV2({ alpha: 0.35, inputShape: [96, 96, 3] });
    expect(fetched.name).toBe('mobilenetv2_0.35_96');
    expect(server.asked.map(({ path }) => path)).toContain('/download.tensorflow.org/data/imagenet_class_index.json');
  });
});

describe('what goes in and comes out', () => {
  test.each([
    [{ pooling: null }, [null, 3, 3, 1280]],
    [{ pooling: 'avg' }, [null, 1280]],
    [{ pooling: 'max' }, [null, 1280]],
    [{ includeTop: true, classes: 7 }, [null, 7]],
    [{ inputShape: [null, null, 3] }, [null, null, null, 1280]],
    [{ inputShape: [96, 96, 1] }, [null, 3, 3, 1280]],
  ] as const)('%j', async (options, shape) => {
    using model = await mobilenetV2({ ...SMALL, weights: null, ...options });
    expect(model.outputShape).toEqual(shape);
  });

  test('without a classifier, pictures of any size', async () => {
    using model = await mobilenetV2({ weights: null, includeTop: false });
    expect(model.inputs[0]?.shape).toEqual([null, null, null, 3]);
  });

  test('on top of other layers, the whole way counts', async () => {
    const pictures = input({ shape: [96, 96, 1], name: 'gray' });
    const colors: SymbolicTensor = layers.concatenate().apply([pictures, pictures, pictures]);
    using model = await mobilenetV2({ weights: null, alpha: 0.35, includeTop: false, inputTensor: colors });
    expect(model.inputs.map(({ name }) => name)).toEqual(['gray']);
    expect(model.layers.map(({ name }) => name).slice(0, 3)).toEqual(['gray', colors.name, 'Conv1']);
  });

  test('as a layer of another network', async () => {
    const base = await mobilenetV2({ ...SMALL, weights: null, pooling: 'avg', name: 'base' });
    const pictures = input({ shape: [96, 96, 3] });
    using model = modelOf({ inputs: pictures, outputs: layers.dense({ units: 2 }).apply(base.apply(pictures)) });
    expect(model.outputShape).toEqual([null, 2]);
    expect(model.layers.map(({ name }) => name)).toContain('base');
  });

  test('scores before the softmax', async () => {
    using model = await mobilenetV2({ ...SMALL, weights: null, includeTop: true, classifierActivation: null });
    expect(model.getLayer('predictions').getConfig()).toMatchObject({ activation: 'linear' });
  });

  test('MobileNetV3 without its advanced parts', async () => {
    using model = await mobilenetV3Small({ weights: null, minimalistic: true, includePreprocessing: false });
    expect(model.layers.some(({ name }) => name.includes('squeeze_excite'))).toBe(false);
    expect(model.countParams()).toBe(2056848);
  });
});

describe('what is refused', () => {
  const file = join(folder(), 'weights.h5');
  writeFileSync(file, 'no HDF5');

  test.each([
    ['an unknown option', () => vgg16({ toppings: true } as never), 'ERR_UNKNOWN_NAME', /option of vgg16 'toppings'/],
    ['a file that is not there', () => vgg16({ weights: 'imagenett' }), 'ERR_NOT_READABLE', /no file 'imagenett'/],
    ['a folder as weights', () => vgg16({ weights: tmpdir() }), 'ERR_NOT_READABLE', /there is no file/],
    [
      'a file that is none of weights',
      () => mobilenetV2({ ...SMALL, weights: file }),
      'ERR_FILE_FORMAT',
      /weights\.h5/,
    ],
    [
      'other classes of ImageNet',
      () => vgg16({ classes: 10 }),
      'ERR_ARGUMENT',
      /1000 classes, got classes: 10.*includeTop: false/,
    ],
    [
      'another activation of ImageNet’s classes',
      () => vgg16({ classifierActivation: 'relu' }),
      'ERR_ARGUMENT',
      /must be 'softmax' or null.*got 'relu'/,
    ],
    [
      'a shape of two lengths',
      () => vgg16({ weights: null, inputShape: [224, 224] }),
      'ERR_SHAPE',
      /\[rows, columns, channels\], got \[224, 224\]/,
    ],
    [
      'a small picture',
      () => vgg16({ weights: null, inputShape: [31, 224, 3] }),
      'ERR_SHAPE',
      /at least \[32, 32, channels\].*got \[31, 224, 3\]/,
    ],
    [
      'an open shape under a classifier',
      () => vgg16({ weights: null, inputShape: [null, 64, 3] }),
      'ERR_SHAPE',
      /without open lengths/,
    ],
    [
      'a size without weights',
      () => vgg16({ inputShape: [192, 192, 3] }),
      'ERR_SHAPE',
      /\[224, 224, 3\] with weights: 'imagenet'/,
    ],
    [
      'gray pictures with weights',
      () => vgg16({ includeTop: false, inputShape: [224, 224, 1] }),
      'ERR_SHAPE',
      /3 channels/,
    ],
    [
      'an unknown pooling',
      () => vgg16({ weights: null, includeTop: false, pooling: 'mean' as never }),
      'ERR_UNKNOWN_NAME',
      /pooling 'mean'/,
    ],
    ['an alpha without weights', () => mobilenetV2({ alpha: 0.6 }), 'ERR_ARGUMENT', /alpha 0\.35.*got 0\.6/],
    ['as many outputs without weights', () => mobilenet({ depthMultiplier: 2 }), 'ERR_ARGUMENT', /depthMultiplier 1/],
    [
      'a narrow minimalistic one',
      () => mobilenetV3Small({ alpha: 0.75, minimalistic: true }),
      'ERR_ARGUMENT',
      /minimalistic for 1/,
    ],
    [
      'what the store does not have',
      () => applications.efficientnetLite0(),
      'ERR_ARGUMENT',
      /not in Keras' model store; give weights/,
    ],
  ] as const)('%s', async (_, make, code, message) => {
    await expect(make()).rejects.toEqual(failed(code, message));
  });

  test('weights of another network', async () => {
    using other = await mobilenetV2({ ...SMALL, alpha: 0.5, weights: null });
    const weights = join(folder(), 'other.h5');
    await other.saveWeights(weights);
    await expect(mobilenetV2({ ...SMALL, weights })).rejects.toEqual(failed('ERR_SHAPE', /other\.h5.*shape/));
  });
});

describe('decodePredictions', () => {
  const { decodePredictions } = applications;
  const classIndex = join(folder(), 'classes.json');
  writeFileSync(classIndex, JSON.stringify({ 0: ['n1', 'cat'], 1: ['n2', 'dog'], 2: ['n3', 'fox'] }));

  test('names the likeliest classes, the likeliest first', () => {
    expect(decodePredictions([[0.25, 0.5, 0.125], [0, 0, 1]], { top: 2, classIndex })).toEqual([
      [{ wnid: 'n2', name: 'dog', score: 0.5 }, { wnid: 'n1', name: 'cat', score: 0.25 }],
      [{ wnid: 'n3', name: 'fox', score: 1 }, { wnid: 'n1', name: 'cat', score: 0 }],
    ]); // biome-ignore format: a row for each picture
  });

  test('gives no more classes than there are', () => {
    expect(decodePredictions([[3, 2, 1]], { classIndex })[0]).toHaveLength(3);
  });

  test('reads Keras’ own file where nothing is said', () => {
    const models = join(process.env.KERAS_HOME ?? '', 'models');
    mkdirSync(models);
    writeFileSync(join(models, 'imagenet_class_index.json'), readFileSync(classIndex));
    expect(decodePredictions([[0, 1, 0]], { top: 1 })[0]?.[0]?.name).toBe('dog');
  });

  test.each([
    [
      'no class index',
      () => decodePredictions([[1, 2, 3]]),
      'ERR_NOT_READABLE',
      /imagenet_class_index\.json.*await fetchClassIndex\(\)/,
    ],
    [
      'scores of other classes',
      () => decodePredictions([[1, 2]], { classIndex }),
      'ERR_SHAPE',
      /\[pictures, 3\], got \[1, 2\]/,
    ],
    ['scores without a batch', () => decodePredictions([1, 2, 3], { classIndex }), 'ERR_SHAPE', /got \[3\]/],
    [
      'none of the classes',
      () => decodePredictions([[1, 2, 3]], { classIndex, top: 0 }),
      'ERR_ARGUMENT',
      /from 1 up, got 0/,
    ],
    ['an unknown option', () => decodePredictions([[1, 2, 3]], { tops: 1 } as never), 'ERR_UNKNOWN_NAME', /'top'/],
  ] as const)('refuses %s', (_, decode, code, message) => {
    expect(decode).toThrow(failed(code, message));
  });

  test.each([
    ['not JSON', '{'],
    ['a list', '[["n1", "cat"]]'],
    ['an object with a gap', '{"0": ["n1", "cat"], "2": ["n3", "fox"]}'],
    ['an object of something else', '{"0": "cat"}'],
    ['nothing', ''],
  ])('refuses a class index that is %s', (_, text) => {
    const file = join(folder(), 'classes.json');
    writeFileSync(file, text);
    expect(() => decodePredictions([[1]], { classIndex: file })).toThrow(
      failed('ERR_FILE_FORMAT', /is no class index/),
    );
  });

  test('fetchClassIndex holds the file against its checksum', async () => {
    const path = '/download.tensorflow.org/data/imagenet_class_index.json';
    await using server = await fileServer(new Map([[path, readFileSync(classIndex)]]));
    vi.stubEnv('KERAS_MODEL_STORE', server.address);
    const got = createHash('md5').update(readFileSync(classIndex)).digest('hex');
    await expect(applications.fetchClassIndex()).rejects.toEqual(failed('ERR_DOWNLOAD', new RegExp(got)));
  });
});

describe('preprocessInput', () => {
  test('refuses what is no picture', () => {
    expect(() => vgg16.preprocessInput([[1, 2], [3, 4]])).toThrow(failed('ERR_SHAPE', /\[rows, columns, 3\].*got \[2, 2\]/)); // biome-ignore format: rows
  });

  test('takes bytes as well', () => {
    const bytes = [[[[0, 127.5, 255]]]];
    expect([...(mobilenetV2.preprocessInput(bytes).dataSync() as Float32Array)]).toEqual([-1, 0, 1]);
  });

  test('leaves pixels alone where the network prepares them itself', () => {
    expect([...(applications.efficientnetB0.preprocessInput([[[1, 2, 3]]]).dataSync() as Float32Array)]).toEqual([
      1, 2, 3,
    ]);
  });
});

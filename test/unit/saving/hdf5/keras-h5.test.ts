import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type DType, newArray } from '../../../../src/core/dtype.js';
import { toFloat16 } from '../../../../src/core/half.js';
import {
  type KerasH5,
  type KerasH5Source,
  type KerasWeight,
  readKerasH5,
  writeKerasH5,
} from '../../../../src/saving/hdf5/keras-h5.js';

const fixtures = resolve('../shared/fixtures');
const golden = resolve('test/golden/saving');

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'größe & ω-'));
});
afterAll(() => rm(folder, { recursive: true }));

interface Listed {
  name: string;
  path: string;
  shape: number[];
  sum: number;
}

interface Manifest {
  files: {
    file: string;
    model: string;
    weights: Listed[];
    optimizer: { variables: Listed[]; iterations: number } | null;
  }[];
}

async function manifests() {
  const texts = ['models.json', 'models_k2.json'].map((name) => readFile(join(fixtures, 'models', name), 'utf8'));
  return (await Promise.all(texts)).flatMap((text) => (JSON.parse(text) as Manifest).files);
}

function sum(data: Iterable<number | bigint>): number {
  let total = 0;
  for (const value of data) total += Number(value);
  return total;
}

/** Arrays as their bytes: fast to compare, and NaN with other bits is another value. */
function bytesOf(data: ArrayBufferView): Buffer {
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength);
}

function inBytes(read: KerasH5) {
  const weights = (list: KerasWeight[]) => list.map(({ data, ...rest }) => ({ ...rest, data: bytesOf(data) }));
  return {
    layers: read.layers.map((layer) => ({ ...layer, weights: weights(layer.weights) })),
    optimizerWeights: weights(read.optimizerWeights),
  };
}

/** Model of one layer per weight, for round trips. */
function model(weights: KerasH5Source['optimizerWeights'], more: Partial<KerasH5Source> = {}): KerasH5Source {
  return {
    dialect: 'keras2',
    modelConfig: null,
    trainingConfig: null,
    layers: weights.map((weight, i) => ({ name: `layer${i}`, weights: [weight] })),
    optimizerWeights: [],
    ...more,
  };
}

const scalar = { name: 'kernel:0', dtype: 'float32' as const, shape: [], data: Float32Array.of(1) };

describe('reads the files of Python Keras', () => {
  test.each([
    'branches.h5',
    'branches_k2.h5',
    'cifar_model.h5',
    'cifar_model_k2.h5',
    'mixed_conv.h5',
    'mixed_conv_k2.h5',
    'text.h5',
    'text_k2.h5',
  ])('%s has the weights that Keras listed', async (file) => {
    const listed = (await manifests()).find((entry) => entry.file === file);
    const read = await readKerasH5(join(fixtures, 'models', file));
    const weights = read.layers.flatMap((layer) => layer.weights);
    const byName = (entries: { name: string; shape: number[]; sum: number }[]) =>
      [...entries].sort((a, b) => (a.name < b.name ? -1 : 1)).map(({ name, shape }) => ({ name, shape }));
    const wanted = (listed?.weights ?? []).map((weight) => ({ ...weight, name: weight.path }));
    const got = weights.map((weight) => ({ ...weight, sum: sum(weight.data) }));
    expect(byName(got)).toEqual(byName(wanted));
    for (const { name, sum } of got) expect(sum).toBeCloseTo(wanted.find((w) => w.name === name)?.sum ?? Number.NaN, 3);
    expect(weights.every(({ dtype }) => dtype === 'float32')).toBe(true);
    expect(read.modelConfig?.config).toMatchObject({ name: listed?.model });
    const state = read.optimizerWeights.map(({ name, shape, data }) => ({ name, shape, sum: sum(data) }));
    const variables = listed?.optimizer?.variables ?? [];
    expect(state.map(({ name, shape }) => ({ name, shape }))).toEqual(
      variables.map(({ path, shape }) => ({ name: path, shape })),
    );
    for (const [i, { sum }] of state.entries()) expect(sum).toBeCloseTo(variables[i]?.sum ?? Number.NaN, 3);
  });

  test('EfficientNet-Lite0: every layer, 4,694,024 parameters, real numbers', async () => {
    const { layers, kerasVersion, backend } = await readKerasH5(join(fixtures, 'real', 'efficientnet_lite0.h5'));
    expect(layers).toHaveLength(144);
    const weights = layers.flatMap((layer) => layer.weights);
    expect(weights.reduce((count, { data }) => count + data.length, 0)).toBe(4_694_024);
    expect(weights.every(({ data }) => Number.isFinite(sum(data)))).toBe(true);
    expect([kerasVersion, backend]).toEqual(['3.15.1', 'tensorflow']);
  });

  test('the initial weights of the trajectory', async () => {
    const { layers, trainingConfig } = await readKerasH5(join(fixtures, 'trajectory_init.h5'));
    expect(layers.flatMap(({ weights }) => weights)).toHaveLength(14);
    expect(trainingConfig === null || typeof trainingConfig === 'object').toBe(true);
  });

  test('a file of weights only has its layers at the root', async () => {
    const { modelConfig, layers } = await readKerasH5(join(golden, 'small-weights.h5'));
    expect(modelConfig).toBeNull();
    expect(layers.map(({ name, weights }) => [name, weights.map((weight) => weight.name)])).toEqual([
      ['hidden', ['hidden/kernel:0', 'hidden/bias:0']],
      ['bn', ['bn/gamma:0', 'bn/beta:0', 'bn/moving_mean:0', 'bn/moving_variance:0']],
      ['out', ['out/kernel:0', 'out/bias:0']],
    ]);
  });
});

describe('reads what other programs write', () => {
  test('packed and chunked data, every number type, big-endian, links within the file, names beyond ASCII', async () => {
    const { layers, kerasVersion, backend } = await readKerasH5(join(golden, 'foreign.h5'));
    expect([kerasVersion, backend]).toEqual(['2.2.4', 'theano']);
    const found = new Map(
      layers.flatMap(({ name, weights }) => weights.map((w) => [`${name}.${w.name}` as string, w] as const)),
    );
    const data = (name: string) => found.get(name)?.data;
    expect(data('packed.gzip')).toEqual(Float32Array.from({ length: 10_000 }, (_, i) => i));
    expect(data('packed.rows')).toEqual(Int32Array.from({ length: 600 }, (_, i) => i));
    expect(found.get('packed.deep')).toMatchObject({ dtype: 'float64', shape: [2, 3, 4, 5] });
    expect(data('packed.deep')).toEqual(Float64Array.from({ length: 120 }, (_, i) => i));
    expect(found.get('types.half')).toMatchObject({
      dtype: 'float16',
      data: Uint16Array.from([0, 1, -2, 65504, Number.POSITIVE_INFINITY], toFloat16),
    });
    expect(found.get('types.double')).toMatchObject({ shape: [1, 2], data: Float64Array.of(1e300, -0.1) });
    expect(data('types.big')).toEqual(Float32Array.of(1, -2.5));
    expect(data('types.long')).toEqual(BigInt64Array.of(2n ** 62n, -1n));
    expect(data('types.byte')).toEqual(Int8Array.of(-128, 127));
    expect(data('types.unsigned')).toEqual(Uint16Array.of(65535));
    expect(found.get('types.truth')).toMatchObject({ dtype: 'bool', data: Uint8Array.of(1, 0) });
    expect(found.get('types.scalar')).toMatchObject({ shape: [], data: Float32Array.of(2.5) });
    expect(found.get('types.none')).toMatchObject({ shape: [0, 3], data: new Float32Array() });
    expect(data('linked.kernel')).toEqual(data('packed.rows'));
    expect(data('große.größe/ω:0')).toEqual(Float32Array.of(7));
    expect(layers.at(-1)).toEqual({ name: 'nothing', weights: [] });
  });

  test('a list of names in pieces', async () => {
    const { layers } = await readKerasH5(join(golden, 'split-names.h5'));
    expect(layers.map(({ name, weights }) => [name, sum(weights[0]?.data ?? [])])).toEqual([
      ['a', 97],
      ['b', 98],
      ['c', 99],
    ]);
  });

  test('NaN and infinities in a config', async () => {
    const { modelConfig } = await readKerasH5(join(golden, 'python-json.h5'));
    expect(modelConfig?.config).toMatchObject({
      name: 'Größe NaN \\ " Infinity',
      layers: [
        {},
        { config: { max_value: Number.POSITIVE_INFINITY, negative_slope: Number.NaN, threshold: -Infinity } },
      ],
    });
    const path = join(folder, 'again.h5');
    await writeKerasH5(path, {
      ...(await readKerasH5(join(golden, 'small-keras2.h5'))),
      modelConfig,
      dialect: 'keras3',
    });
    expect((await readKerasH5(path)).modelConfig?.config).toMatchObject({
      layers: [{}, { config: { max_value: Infinity } }],
    });
  });
});

const BITS: Partial<Record<DType, DType>> = { float16: 'float32', bfloat16: 'float32', bool: 'uint8' };
const dtypes: DType[] = [
  'float32',
  'float64',
  'int8',
  'int16',
  'int32',
  'int64',
  'uint8',
  'uint16',
  'uint32',
  'uint64',
];

/** A weight of any shape, with any bits. */
const weights = fc
  .tuple(fc.constantFrom(...dtypes), fc.array(fc.integer({ min: 0, max: 7 }), { maxLength: 4 }), fc.integer())
  .map(([dtype, shape, seed]) => {
    const data = newArray(
      dtype,
      shape.reduce((a, b) => a * b, 1),
    );
    const bytes = new Uint8Array(data.buffer);
    for (let i = 0; i < bytes.length; i++) bytes[i] = Math.imul(seed + i, 2654435761) >>> 24;
    return { name: 'a/b/kernel:0', dtype, shape, data };
  });

const layerName = fc.stringMatching(/^[a-zäß_][a-zäß_0-9 .-]{0,12}$/);

describe('writes what it reads', () => {
  test('names, dtypes, shapes and every bit come back', async () => {
    const path = join(folder, 'round.h5');
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(layerName, { maxLength: 6 }),
        fc.array(weights, { minLength: 6, maxLength: 6 }),
        fc.boolean(),
        async (names, values, weightsOnly) => {
          const layers = names.map((name, i) => ({ name, weights: values.slice(i, i + 1) }));
          const optimizerWeights = weightsOnly ? [] : values.map((weight, i) => ({ ...weight, name: `Adam/m/${i}:0` }));
          await writeKerasH5(path, model([], { layers, optimizerWeights, weightsOnly }));
          const read = await readKerasH5(path);
          expect(inBytes(read)).toEqual(inBytes({ ...read, layers, optimizerWeights }));
        },
      ),
      { numRuns: 40 },
    );
  });

  test.each(['cifar_model.h5', 'cifar_model_k2.h5', 'branches.h5'])(
    'a copy of %s reads like the original',
    async (file) => {
      const original = await readKerasH5(join(fixtures, 'models', file));
      const dialect = file.includes('k2') ? 'keras2' : 'keras3';
      const path = join(folder, file);
      await writeKerasH5(path, { ...original, dialect });
      const copy = await readKerasH5(path);
      expect(copy.kerasVersion?.[0]).toBe(dialect.at(-1));
      const [got, wanted] = [inBytes(copy), inBytes(original)];
      expect(got.layers.map(({ name }) => name)).toEqual(wanted.layers.map(({ name }) => name));
      const flat = ({ layers, optimizerWeights }: typeof got) => [
        ...layers.flatMap((l) => l.weights),
        ...optimizerWeights,
      ];
      for (const [k, { data, ...rest }] of flat(got).entries()) {
        const { data: before = Buffer.alloc(0), ...known } = flat(wanted)[k] ?? {};
        expect(rest).toEqual(known);
        expect(data.equals(before)).toBe(true);
      }
      expect(flat(got)).toHaveLength(flat(wanted).length);
    },
  );

  test('weights take the names of the dialect', async () => {
    const read = await readKerasH5(join(golden, 'small-keras3.h5'));
    const path = join(folder, 'names.h5');
    const names = async () => (await readKerasH5(path)).layers[0]?.weights.map(({ name }) => name);
    await writeKerasH5(path, { ...read, dialect: 'keras2' });
    expect(await names()).toEqual(['hidden/kernel:0', 'hidden/bias:0']);
    await writeKerasH5(path, { ...(await readKerasH5(path)), dialect: 'keras3' });
    expect(await names()).toEqual(['small/hidden/kernel', 'small/hidden/bias']);
  });

  test('16-bit floats and booleans become the next type that holds them exactly', async () => {
    const path = join(folder, 'half.h5');
    const half = { name: 'h', dtype: 'float16' as const, shape: [3], data: Uint16Array.of(0x3c00, 0xc000, 0x7bff) };
    const brain = { name: 'b', dtype: 'bfloat16' as const, shape: [2], data: Uint16Array.of(0x3f80, 0xc000) };
    const truth = { name: 't', dtype: 'bool' as const, shape: [2], data: Uint8Array.of(1, 0) };
    await writeKerasH5(path, model([half, brain, truth]));
    const read = (await readKerasH5(path)).layers.map((layer) => layer.weights[0]);
    expect(read.map((weight) => weight?.dtype)).toEqual([BITS.float16, BITS.bfloat16, BITS.bool]);
    expect(read.map((weight) => weight?.data)).toEqual([
      Float32Array.of(1, -2, 65504),
      Float32Array.of(1, -2),
      Uint8Array.of(1, 0),
    ]);
  });

  test('an array larger than one slab, in the middle of a buffer', async () => {
    const path = join(folder, 'large.h5');
    const length = 3 * 2 ** 20;
    const data = Float32Array.from({ length: length + 20 }, (_, i) => i).subarray(10, length + 10);
    await writeKerasH5(path, model([{ name: 'k:0', dtype: 'float32', shape: [3, 2 ** 10, 2 ** 10], data }]));
    const read = (await readKerasH5(path)).layers[0]?.weights[0];
    expect(Buffer.compare(bytesOf(read?.data ?? new Uint8Array()), bytesOf(data))).toBe(0);
  });

  test('thousands of layers: the lists of names are split as Keras splits them', async () => {
    const path = join(folder, 'many.h5');
    const layers = Array.from({ length: 3000 }, (_, i) => ({ name: `${'layer'.repeat(6)}_${i}`, weights: [] }));
    await writeKerasH5(path, model([], { layers }));
    const raw = await readFile(path, 'latin1');
    expect([0, 1, 2].map((i) => raw.includes(`layer_names${i}`))).toEqual([true, true, false]);
    expect((await readKerasH5(path)).layers).toEqual(layers);
  });

  test('data can be made when its turn comes', async () => {
    const path = join(folder, 'lazy.h5');
    const log: string[] = [];
    const lazy = (name: string) => ({
      name: 'k:0',
      dtype: 'float32' as const,
      shape: [1],
      data: async () => {
        log.push(name);
        return Float32Array.of(log.length);
      },
    });
    await writeKerasH5(path, model([lazy('first'), lazy('second')]));
    expect(log).toEqual(['first', 'second']);
    expect((await readKerasH5(path)).layers.map(({ weights }) => weights[0]?.data)).toEqual([
      Float32Array.of(1),
      Float32Array.of(2),
    ]);
  });

  test('weights of a model itself', async () => {
    const path = join(folder, 'top.h5');
    await writeKerasH5(path, model([], { topLevelWeights: [scalar] }));
    expect((await readKerasH5(path)).topLevelWeights).toEqual([scalar]);
  });

  test('several files at once', async () => {
    const paths = [0, 1, 2, 3].map((i) => join(folder, `parallel${i}.h5`));
    await Promise.all(paths.map((path, i) => writeKerasH5(path, model([{ ...scalar, data: Float32Array.of(i) }]))));
    const read = await Promise.all(paths.map((path) => readKerasH5(path)));
    expect(read.map(({ layers }) => layers[0]?.weights[0]?.data[0])).toEqual([0, 1, 2, 3]);
  });
});

describe('refuses to write', () => {
  test.each<[string, string, KerasH5Source]>([
    ['a weight with too little data', 'ERR_SHAPE', model([{ ...scalar, shape: [2] }])],
    ['a weight with data of another type', 'ERR_DTYPE', model([{ ...scalar, data: Float64Array.of(1) }])],
    ['strings as weights', 'ERR_DTYPE', model([{ ...scalar, dtype: 'string' }])],
    ['two layers of one name', 'ERR_ARGUMENT', model([], { layers: [0, 1].map(() => ({ name: 'a', weights: [] })) })],
    ['two weights of one name', 'ERR_ARGUMENT', model([], { layers: [{ name: 'a', weights: [scalar, scalar] }] })],
    [
      'a name that HDF5 cannot hold',
      'ERR_ARGUMENT',
      model([], { layers: [{ name: 'x'.repeat(70_000), weights: [] }] }),
    ],
    [
      'a weight where a group is',
      'ERR_NOT_WRITABLE',
      model([], {
        layers: [
          {
            name: 'a',
            weights: [
              { ...scalar, name: 'b' },
              { ...scalar, name: 'b/c' },
            ],
          },
        ],
        weightsOnly: true,
        dialect: 'keras3',
      }),
    ],
    ['a config that is no model', 'ERR_FILE_FORMAT', model([], { modelConfig: { class_name: 'X', config: {} } })],
  ])('%s, and leaves the old file as it was', async (_, code, source) => {
    const inside = await mkdtemp(join(folder, 'refused-'));
    const path = join(inside, 'm.h5');
    await writeFile(path, 'old');
    await expect(writeKerasH5(path, source)).rejects.toMatchObject({ name: 'TensorFlowError', code });
    expect(await readFile(path, 'utf8')).toBe('old');
    expect(await readdir(inside)).toEqual(['m.h5']);
  });

  test('data whose making fails: the failure comes through, the old file stays', async () => {
    const inside = await mkdtemp(join(folder, 'refused-'));
    const path = join(inside, 'm.h5');
    await writeKerasH5(path, model([scalar]));
    const failing = { ...scalar, data: () => Promise.reject(new Error('the model is gone')) };
    await expect(writeKerasH5(path, model([scalar, failing]))).rejects.toThrow('the model is gone');
    expect((await readKerasH5(path)).layers).toHaveLength(1);
    expect(await readdir(inside)).toEqual(['m.h5']);
  });

  test('into a folder that does not exist', async () => {
    await expect(writeKerasH5(join(folder, 'no', 'm.h5'), model([]))).rejects.toMatchObject({
      code: 'ERR_NOT_WRITABLE',
    });
  });
});

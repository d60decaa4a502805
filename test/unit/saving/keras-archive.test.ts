import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32, deflateRawSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Output } from '../../../src/core/output.js';
import type { Shape } from '../../../src/core/shape.js';
import { type Tensor, tensor } from '../../../src/core/tensor.js';
import type { Variable } from '../../../src/core/variable.js';
import * as layers from '../../../src/layers/index.js';
import {
  cloneModel,
  deserialize,
  type Functional,
  input,
  type Model,
  model,
  sequential,
} from '../../../src/models/index.js';
import { initializers } from '../../../src/nn/index.js';
import * as ops from '../../../src/ops/index.js';
import { loadModel } from '../../../src/saving/load-model.js';
import { weightsTree } from '../../../src/saving/weights-tree.js';
import { readZip } from '../../../src/saving/zip/zip-reader.js';
import { ZipWriter } from '../../../src/saving/zip/zip-writer.js';

let folder: string;
let path: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keras-archive-'));
  path = join(folder, 'model.keras');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

class Scale extends layers.Layer {
  static override readonly className = 'Scale';
  #factor: Variable | undefined;
  override build(shape: Shape): void {
    this.#factor = this.addWeight('factor', { shape: [shape?.at(-1) ?? 1], initializer: initializers.get('heNormal') });
  }
  override call(x: Output): Output {
    return ops.mul(x, (this.#factor as Variable).read());
  }
}
layers.registerLayer(Scale);

const x: [Tensor, Tensor] = [
  tensor([[1, 2, 3, 4], [4, 3, 2, 1]], [2, 4], 'float32'), // biome-ignore format: a matrix
  tensor([[0.5, -1], [2, 0]], [2, 2], 'float32'), // biome-ignore format: a matrix
];

/** Two inputs and outputs, models inside, one of them called twice and partly frozen, a layer of one's own. */
function branched(): Functional {
  const [a, b] = [input({ shape: [4], name: 'a' }), input({ shape: [2], name: 'b' })];
  const inner = sequential({ name: 'inner' });
  inner.add(layers.dense({ name: 'deep', units: 4, inputShape: [4], activation: 'tanh' }));
  inner.add(layers.batchNormalization({ name: 'norm', momentum: 0.5 }));
  inner.add(layers.dense({ name: 'thin', units: 4, trainable: false }));
  const scaled = new Scale({ name: 'scale' }).apply(inner.apply(inner.apply(a)));
  const joined = layers.concatenate({ name: 'cat' }).apply([scaled, b]);
  const outputs = [1, 3].map((units) => layers.dense({ name: `out${units}`, units }).apply(joined));
  const made = model({ inputs: [a, b], outputs, name: 'branched' });
  made.compile({ optimizer: 'adam', loss: ['mse', 'mae'], lossWeights: [2, 1], metrics: [['mae'], ['mse']] });
  return made;
}

const y = [tensor([[1], [2]], [2, 1], 'float32'), tensor([[1, 0, 2], [0, 1, 0]], [2, 3], 'float32')]; // biome-ignore format: short

async function valuesOf(variables: readonly Variable[], { program }: Model): Promise<unknown[]> {
  return (await program.values([...variables])).map((value) => Array.from(value.dataSync() as Float32Array));
}

async function stateOf(made: Model): Promise<unknown[]> {
  return valuesOf([...made.weights, ...made.optimizer.weights.map(({ variable }) => variable)], made);
}

describe('a .keras archive', () => {
  test('holds architecture, weights, compile options and the optimizer, bit for bit, and training goes on', async () => {
    using ours = branched();
    await ours.trainOnBatch(x, y);
    await ours.save(path);
    using loaded = await loadModel(path);
    expect(loaded.getConfig()).toEqual(ours.getConfig());
    expect(await stateOf(loaded)).toEqual(await stateOf(ours));
    // Why values: short names of metrics are written out in files.
    expect(Object.values(await loaded.trainOnBatch(x, y))).toEqual(Object.values(await ours.trainOnBatch(x, y)));
    expect(await stateOf(loaded)).toEqual(await stateOf(ours));
  });

  test('is stored, not packed, and its weights are at the paths that Keras 3 has', async () => {
    using ours = branched();
    await ours.save(path);
    const names = await readZip(path, async (zip) => zip.names);
    expect(names).toEqual(['metadata.json', 'config.json', 'model.weights.h5']);
    expect(weightsTree(ours).map(({ path: place }) => place)).toEqual([
      '',
      'layers/input_layer',
      'layers/sequential',
      'layers/sequential/layers/dense',
      'layers/sequential/layers/batch_normalization',
      'layers/sequential/layers/dense_1',
      'layers/scale',
      'layers/input_layer_1',
      'layers/concatenate',
      'layers/dense',
      'layers/dense_1',
    ]);
  });

  test('says of layers of one’s own what Python knows them by', async () => {
    using ours = branched();
    await ours.save(path);
    const config = JSON.parse(await readZip(path, async (zip) => (await zip.bytes('config.json', 2 ** 20)).toString()));
    const found = config.config.layers.find((layer: { name: string }) => layer.name === 'scale');
    expect(found).toMatchObject({ module: null, class_name: 'Scale', registered_name: 'Custom>Scale' });
    expect(config.compile_config.optimizer).toMatchObject({ module: 'keras.optimizers', class_name: 'Adam' });
  });

  test('replaces the old file whole or not at all', async () => {
    using ours = branched();
    await ours.save(path);
    const before = await readFile(path);
    await expect(sequential({ layers: [layers.dense({ units: 1 })] }).save(path)).rejects.toMatchObject({
      code: 'ERR_NOT_BUILT',
    });
    await expect(ours.save(join(folder, 'nowhere', 'm.keras'))).rejects.toMatchObject({ code: 'ERR_NOT_WRITABLE' });
    expect(await readFile(path)).toEqual(before);
    expect((await readdir(folder)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  test('may be packed, or a folder of its parts', async () => {
    using ours = branched();
    await ours.save(path);
    const parts = await readZip(path, async (zip) =>
      Promise.all(zip.names.map(async (name) => [name, await zip.bytes(name, 2 ** 24)] as const)),
    );
    const packed = join(folder, 'packed.keras');
    await writeFile(packed, zipOf(parts, 8));
    const open = join(folder, 'open');
    await mkdir(open);
    for (const [name, bytes] of parts) await writeFile(join(open, name), bytes);
    for (const place of [packed, open]) {
      using loaded = await loadModel(place);
      expect(await valuesOf(loaded.weights, loaded)).toEqual(await valuesOf(ours.weights, ours));
    }
  });
});

describe('loadWeights', () => {
  const dense = (name: string, units: number) => layers.dense({ name, units, inputShape: [4] });
  const stack = (...made: ReturnType<typeof dense>[]) => sequential({ layers: made });

  test.each(['w.weights.h5', 'w.h5', 'w.npz', 'w.safetensors', 'w.keras'])(
    'from %s gives the same weights',
    async (file) => {
      using ours = branched();
      using other = cloneModel(ours);
      const place = join(folder, file);
      await (file === 'w.keras' ? ours.save(place) : ours.saveWeights(place));
      await other.loadWeights(place);
      expect(await valuesOf(other.weights, other)).toEqual(await valuesOf(ours.weights, ours));
    },
  );

  test.each(['n.weights.h5', 'n.h5', 'n.npz', 'n.safetensors'])(
    'from %s by name, and past what does not fit',
    async (file) => {
      using ours = stack(dense('first', 4), dense('second', 3));
      using other = stack(dense('second', 4), dense('first', 4), dense('third', 2));
      const place = join(folder, file);
      await ours.saveWeights(place);
      const before = await valuesOf(other.weights, other);
      await expect(other.loadWeights(place)).rejects.toMatchObject({ code: 'ERR_SHAPE' });
      await expect(other.loadWeights(place, { byName: true })).rejects.toMatchObject({ code: 'ERR_SHAPE' });
      expect(await valuesOf(other.weights, other)).toEqual(before);
      await other.loadWeights(place, { byName: true, skipMismatch: true });
      expect(await valuesOf(other.getLayer('first').weights, other)).toEqual(await valuesOf(ours.getLayer('first').weights, ours)); // biome-ignore format: one line
      expect(await valuesOf(other.getLayer('third').weights, other)).toEqual(before.slice(4));
    },
  );

  test('an option nobody knows', async () => {
    using ours = stack(dense('first', 4));
    await expect(ours.loadWeights(path, { byname: true } as never)).rejects.toThrow(/Did you mean 'byName'/);
  });
});

/** A zip archive, with whatever names and packing (0 or 8). */
function zipOf(parts: readonly (readonly [string, Buffer])[], packing: number, declared?: number): Buffer {
  const local: Buffer[] = [];
  const central: Buffer[] = [];
  let offset = 0;
  for (const [name, bytes] of parts) {
    const packed = packing === 8 ? deflateRawSync(bytes) : bytes;
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(packing, 4);
    common.writeUInt32LE(crc32(bytes), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(declared ?? bytes.length, 18);
    common.writeUInt16LE(Buffer.byteLength(name), 22);
    const head = Buffer.concat([Buffer.from('PK\x03\x04'), common, Buffer.from(name)]);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(offset, 10);
    central.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\0'), common, rest, Buffer.from(name)]));
    local.push(head, packed);
    offset += head.length + packed.length;
  }
  const directory = Buffer.concat(central);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(parts.length, 8);
  end.writeUInt16LE(parts.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...local, directory, end]);
}

describe('what is refused, in a sentence with the place', () => {
  const config = (value: unknown) => Buffer.from(JSON.stringify(value));
  const lambda = { class_name: 'Sequential', config: { name: 's', layers: [{ class_name: 'Lambda', config: { name: 'code', function: 'bytes' } }] } }; // biome-ignore format: one line

  test.each<[string, readonly (readonly [string, Buffer])[], RegExp]>([
    ['an archive of something else', [['a.txt', Buffer.from('a')]], /at 'config.json', there is no such member/],
    ['no JSON', [['config.json', Buffer.from('{')]], /at 'config.json'/],
    ['no object', [['config.json', config([1])]], /at 'config.json', there is no JSON object/],
    ['no class', [['config.json', config({ a: 1 })]], /no "class_name"/],
    ['a Lambda', [['config.json', config(lambda)]], /layer 'code' is a Lambda.*bytecode/],
    ['a name that leads out', [['../evil.txt', Buffer.from('a')]], /relative path/],
    ['an absolute name', [['/tmp/evil.txt', Buffer.from('a')]], /absolute path/],
    ['a name that is there twice', [['a', Buffer.from('a')], ['a', Buffer.from('b')]], /'a' is there twice/], // biome-ignore format: short
  ])('%s', async (_, parts, message) => {
    const place = join(folder, 'bad.keras');
    await writeFile(place, zipOf(parts, 0));
    await expect(loadModel(place)).rejects.toMatchObject({
      code: 'ERR_FILE_FORMAT',
      message: expect.stringMatching(message),
    });
  });

  test('a bomb, before anything is unpacked', async () => {
    const place = join(folder, 'bomb.keras');
    const zeros = Buffer.alloc(2 ** 25);
    await writeFile(place, zipOf([['config.json', zeros]], 8));
    await expect(loadModel(place)).rejects.toMatchObject({ code: 'ERR_FILE_FORMAT', message: expect.stringMatching(/packed bytes declare/) }); // biome-ignore format: one line
  });

  test('links in the weights', async () => {
    const links = new URL('../../golden/saving/evil/', import.meta.url);
    using ours = branched();
    await ours.save(path);
    const parts = await readZip(path, async (zip) => [
      ['config.json', await zip.bytes('config.json', 2 ** 20)] as const,
    ]);
    for (const name of (await readdir(links)).filter((file) => /link|virtual|storage|loop/.test(file))) {
      const place = join(folder, 'links.keras');
      await writeFile(place, zipOf([...parts, ['model.weights.h5', await readFile(new URL(name, links))]], 0));
      await expect(loadModel(place)).rejects.toMatchObject({
        code: expect.stringMatching(/^ERR_(FILE_FORMAT|SHAPE)$/),
      });
    }
  });
});

describe('the zip writer', () => {
  test('writes members one after the other and in place', async () => {
    const place = join(folder, 'z.zip');
    await rm(place, { force: true });
    await ZipWriter.write(place, async (zip) => {
      await zip.add('ä.txt', [Buffer.from('one'), Buffer.from('two')]);
      await zip.addInPlace('in/place', async (file, offset) => {
        const { open } = await import('node:fs/promises');
        await using handle = await open(file, 'r+');
        await handle.write(Buffer.from('three'), 0, 5, offset);
      });
      await zip.add('empty', []);
    });
    await readZip(place, async (zip) => {
      expect(zip.names).toEqual(['ä.txt', 'in/place', 'empty']);
      expect((await zip.bytes('ä.txt', 9)).toString()).toBe('onetwo');
      expect((await zip.bytes('in/place', 9)).toString()).toBe('three');
      expect(await zip.bytes('empty', 9)).toHaveLength(0);
    });
  });
});

describe('as Keras 3 has it', () => {
  test('layers for pictures whose calls say that they are in training predict what the picture is', async () => {
    const picture = input({ shape: [4, 4, 3] });
    using made = model({ inputs: picture, outputs: layers.randomErasing({ factor: 1 }).apply(picture) });
    const { layers: listed, ...rest } = made.getConfig() as { layers: { inbound_nodes: { kwargs: object }[] }[] };
    const called = listed.map((layer) => ({ ...layer, inbound_nodes: layer.inbound_nodes.map((node) => ({ ...node, kwargs: { training: true } })) })); // biome-ignore format: short
    using loaded = deserialize({ class_name: 'Functional', config: { ...rest, layers: called } });
    const pixels = tensor(Float32Array.from({ length: 48 }, (_, i) => i), [1, 4, 4, 3]); // biome-ignore format: short
    expect((await loaded.predict<Tensor>(pixels)).array()).toEqual(pixels.array());
  });

  test('a class that is called otherwise there, and a kernel that is there twice', async () => {
    const words = input({ shape: [5, 4] });
    const heads = layers.groupQueryAttention({ headDim: 3, numQueryHeads: 2, numKeyValueHeads: 1 }).apply([words, words]); // biome-ignore format: short
    const dense = layers.spectralNormalization({ layer: layers.dense({ units: 2 }), name: 'spectral' }).apply(heads);
    using made = model({ inputs: words, outputs: dense });
    await made.save(path);
    const config = await readZip(path, (zip) => zip.bytes('config.json', 2 ** 20));
    expect(JSON.parse(config.toString()).config.layers[1]).toMatchObject({ class_name: 'GroupQueryAttention' });
    expect(weightsTree(made).find(({ path: at }) => at === 'layers/spectral_normalization')?.variables).toHaveLength(2);
    using loaded = await loadModel(path);
    const y = tensor(Float32Array.from({ length: 20 }, (_, i) => i / 20), [1, 5, 4]); // biome-ignore format: short
    expect((await loaded.predict<Tensor>(y)).array()).toEqual((await made.predict<Tensor>(y)).array());
  });
});

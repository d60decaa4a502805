import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Output } from '../../../src/core/output.js';
import { type Tensor, tensor } from '../../../src/core/tensor.js';
import * as layers from '../../../src/layers/index.js';
import { model as functional, input, type Sequential, sequential } from '../../../src/models/index.js';
import * as ops from '../../../src/ops/index.js';
import { compareOutputs } from '../../../src/saving/convert/compare-outputs.js';
import { convert } from '../../../src/saving/convert/convert.js';
import { loadModel } from '../../../src/saving/load-model.js';
import type { ServedModel } from '../../../src/saving/served-model.js';

const GRAPHS = 'test/golden/graphs';
let folder: string;
let model: Sequential;
let source: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'convert-'));
  model = sequential({ name: 'small' });
  model.add(layers.dense({ units: 4, inputShape: [3], activation: 'tanh', name: 'first' }));
  model.add(layers.dense({ units: 2, name: 'second' }));
  source = join(folder, 'small.h5');
  await model.save(source);
});
afterAll(() => rm(folder, { recursive: true, force: true }));
const at = (name: string): string => join(folder, name);

describe('a model with layers', () => {
  test.each([
    ['a.keras', {}, 'keras'],
    ['A.HDF5', {}, 'h5'],
    ['b.h5', { dialect: 'keras3' }, 'h5'],
    ['c.weights.h5', {}, 'weights.h5'],
    ['d.h5', { format: 'h5-weights' }, 'h5-weights'],
    ['e.npz', {}, 'npz'],
    ['f.safetensors', {}, 'safetensors'],
    ['g', {}, 'saved-model'],
    ['h/model.json', {}, 'tfjs'],
    ['i', { format: 'tfjs' }, 'tfjs'],
    ['j.bin', { format: 'keras' }, 'keras'],
  ] as const)('becomes %s with %j, which predicts the same', async (name, options, kind) => {
    const { from, to, difference } = await convert(source, at(name), options);
    expect(from).toMatchObject({ path: source, kind: 'h5', bytes: (await readFile(source)).length });
    expect(to).toMatchObject({ path: at(name), kind });
    expect(to.bytes).toBeGreaterThan(80);
    expect(difference).toEqual({ largest: 0, agrees: true, input: 'random' });
  });

  test('in the dialect that is asked for', async () => {
    await convert(source, at('k3.h5'), { dialect: 'keras3', check: false });
    expect((await readFile(at('k3.h5'))).includes('batch_input_shape')).toBe(false);
    expect((await readFile(at('k3.h5'))).includes('batch_shape')).toBe(true);
    expect((await readFile(source)).includes('batch_input_shape')).toBe(true);
  });

  test('quantised for tfjs, with the difference that it makes', async () => {
    const { difference } = await convert(source, at('small-web'), { format: 'tfjs', quantize: 'uint8' });
    expect(difference?.largest).toBeGreaterThan(0);
    expect(difference?.largest).toBeLessThan(0.05);
  });

  test('quantised as a SavedModel', async () => {
    const { difference } = await convert(source, at('small-int8'), { quantize: 'int8' });
    expect(difference?.largest).toBeGreaterThan(0);
    expect(difference?.largest).toBeLessThan(0.05);
  });

  test('quantised, with outputs that names put in another order', async () => {
    const start = input({ shape: [3] });
    const [late, early] = [layers.dense({ units: 2, name: 'b' }), layers.dense({ units: 5, name: 'a' })];
    using twoHeaded = functional({ inputs: start, outputs: [late.apply(start), early.apply(start)] });
    await twoHeaded.save(at('heads.keras'));
    const { difference } = await convert(at('heads.keras'), at('heads-int8'), { quantize: 'int8' });
    expect(difference?.largest).toBeGreaterThan(0);
    expect(difference?.largest).toBeLessThan(0.05);
  });

  test('on data that is given', async () => {
    const x = tensor([[1, 2, 3]], [1, 3], 'float32');
    const { difference } = await convert(source, at('given.keras'), { check: x });
    expect(difference).toEqual({ largest: 0, agrees: true, input: 'given' });
    expect(await convert(source, at('unchecked.keras'), { check: false })).not.toHaveProperty('difference');
  });
});

describe('a graph without layers', () => {
  test('becomes a SavedModel with all its signatures, and what it predicts by as serving_default', async () => {
    const { from, to, difference } = await convert(`${GRAPHS}/named`, at('named'));
    expect([from.kind, to.kind, difference?.agrees]).toEqual(['saved-model', 'saved-model', true]);
    using served = (await loadModel(at('named'))) as ServedModel;
    expect(Object.keys(served.signatures).sort()).toEqual(['classes', 'probabilities', 'serving_default']);
  });

  test.each(['keras', 'h5', 'npz', 'tfjs'] as const)(
    'becomes no %s, with the reason and what it can become',
    async (format) => {
      await expect(convert(`${GRAPHS}/frozen.pb`, at('none'), { format })).rejects.toMatchObject({
        code: 'ERR_ARGUMENT',
        message: expect.stringMatching(/a frozen graph, a graph without layers, .* can become saved-model\./),
      });
      expect(await readdir(folder)).not.toContain('none');
    },
  );
});

test('a graph without layers is not quantised', async () => {
  await expect(convert(`${GRAPHS}/frozen.pb`, at('less'), { quantize: 'int8' })).rejects.toMatchObject({
    code: 'ERR_ARGUMENT',
    message: expect.stringMatching(/whose weights cannot be quantised; leave quantize out/),
  });
});

describe('weights', () => {
  test('become a model together with a model file of their layers', async () => {
    using other = await loadModel(source);
    await other.setWeights([...(await other.getWeights())].map((w) => tensor(Float32Array.from({ length: w.size }, (_, i) => i / 10), w.shape))); // biome-ignore format: one line
    await other.saveWeights(at('other.npz'));
    const { difference } = await convert(at('other.npz'), at('other.keras'), { architecture: source });
    expect(difference?.agrees).toBe(true);
    using made = await loadModel(at('other.keras'));
    expect((await made.getWeights()).map((w) => w.array())).toEqual((await other.getWeights()).map((w) => w.array()));
  });

  test('alone are refused', async () => {
    await model.saveWeights(at('alone.safetensors'));
    await expect(convert(at('alone.safetensors'), at('alone.npz'))).rejects.toMatchObject({
      code: 'ERR_ARGUMENT',
      message: expect.stringMatching(/safetensors, which holds weights only; .*architecture/),
    });
  });
});

describe('what is there', () => {
  test.each([['there.keras', {}], ['there', {}], ['there-web', { format: 'tfjs' }]] as const)('%s is replaced by force only', async (name, options) => {
    await convert(source, at(name), { ...options, check: false });
    const again = convert(source, at(name), { ...options, check: false });
    await expect(again).rejects.toMatchObject({ code: 'ERR_NOT_WRITABLE', message: expect.stringMatching(/there already/) });
    expect((await convert(source, at(name), { ...options, force: true })).difference?.agrees).toBe(true);
  }); // biome-ignore format: a table

  test('stays where the conversion fails, and nothing is left over', async () => {
    await mkdir(at('whole'));
    await writeFile(join(at('whole'), 'model.keras'), 'old');
    await writeFile(at('broken.h5'), (await readFile(source)).subarray(0, 3000));
    const target = join(at('whole'), 'model.keras');
    await expect(convert(at('broken.h5'), target, { force: true })).rejects.toMatchObject({ code: 'ERR_FILE_FORMAT' });
    expect(await readdir(at('whole'))).toEqual(['model.keras']);
    expect(await readFile(target, 'utf8')).toBe('old');
  });
});

describe('a file that would predict otherwise', () => {
  /** Answers for the one that was made first, and others of that name. */
  class Forgetful extends layers.Layer {
    static override readonly className = 'Forgetful';
    static made = 0;
    readonly #factor = 1 + Forgetful.made++;
    override call(x: Output): Output {
      return ops.mul(x, this.#factor);
    }
  }
  layers.registerLayer(Forgetful);
  let from: string;
  beforeAll(async () => {
    using forgetful = sequential({ layers: [layers.dense({ units: 2, inputShape: [3] }), new Forgetful()] });
    from = at('forgetful.h5');
    await forgetful.save(from);
  });

  test.each([
    ['otherwise.keras', {}],
    ['otherwise', {}],
    ['otherwise-web', { format: 'tfjs' }],
    ['deep/otherwise/model.json', {}],
  ] as const)('is not put in the place of %s', async (name, options) => {
    await convert(source, at(name), options);
    const before = await contentsOf(folder);
    await expect(convert(from, at(name), { ...options, force: true })).rejects.toMatchObject({
      code: 'ERR_FILE_FORMAT',
      message: expect.stringMatching(
        /otherwise.*' was not written: .*random input differ by [\d.]+; check: false \(--no-check\) writes it/,
      ),
    });
    expect(await contentsOf(folder)).toEqual(before);
    expect(await convert(from, at(name), { ...options, force: true, check: false })).not.toHaveProperty('difference');
  });

  async function contentsOf(path: string): Promise<Record<string, string>> {
    const files = (await readdir(path, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
    const all = files.map((file) => join(file.parentPath, file.name)).sort();
    return Object.fromEntries(await Promise.all(all.map(async (file) => [file, (await readFile(file)).toString('base64')]))); // biome-ignore format: short
  }
});

test.each([
  ['x.onnx', {}, 'ERR_ARGUMENT', /no format that is known: \.keras/],
  ['x.keras', { format: 'kears' }, 'ERR_UNKNOWN_NAME', /Did you mean 'keras'/],
  [
    'x.keras',
    { quantize: 'uint8' },
    'ERR_ARGUMENT',
    /'quantize' means nothing in keras; it is for saved-model and tfjs/,
  ],
  ['x', { quantize: 'uint8' }, 'ERR_UNKNOWN_NAME', /quantize saved-model to/],
  ['x.npz', { dialect: 'keras2' }, 'ERR_ARGUMENT', /'dialect' means nothing in npz; it is for h5 and h5-weights/],
  ['x.keras', { overwrite: true }, 'ERR_UNKNOWN_NAME', /option of convert 'overwrite'/],
])('to %s with %j is refused', async (name, options, code, message) => {
  const refused = convert(source, at(name), options as object);
  await expect(refused).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
});

describe('outputs of two models', () => {
  test('that differ are told apart from rounding', async () => {
    using other = await loadModel(source);
    const [first, ...rest] = (await other.getWeights()) as [Tensor, ...Tensor[]];
    const shifted = (by: number) =>
      tensor(
        (first.dataSync() as Float32Array).map((v) => v + by),
        first.shape,
      );
    await other.setWeights([shifted(1e-6), ...rest]);
    expect(await compareOutputs(model, other)).toMatchObject({ agrees: true, largest: expect.closeTo(1e-6, 5) });
    await other.setWeights([shifted(0.1), ...rest]);
    expect(await compareOutputs(model, other)).toMatchObject({ agrees: false });
  });

  test('of other shapes are infinitely far apart', async () => {
    using other = sequential({ layers: [layers.dense({ units: 3, inputShape: [3] })] });
    expect(await compareOutputs(model, other)).toMatchObject({ agrees: false, largest: Number.POSITIVE_INFINITY });
  });

  test('on random input that a model cannot take are refused', async () => {
    using one = sequential({ layers: [layers.dense({ units: 3, inputShape: [4] })] });
    await expect(compareOutputs(model, one)).rejects.toMatchObject({ code: 'ERR_ARGUMENT', message: expect.stringMatching(/check: false/) }); // biome-ignore format: one line
  });
});

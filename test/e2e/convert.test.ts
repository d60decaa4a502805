import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { convert, inspect } from '../../src/index.js';
import { type ConvertFormat, FORMATS } from '../../src/saving/convert/formats.js';

const FIXTURES = resolve(import.meta.dirname, '../../../shared/fixtures');
const MODELS = join(FIXTURES, 'models');
const MINUTE = 60_000;

let scratch: string;
let folder: string;
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'conversions-'));
});
afterAll(() => rm(scratch, { recursive: true, force: true }));
beforeEach(async () => {
  folder = await mkdtemp(join(scratch, 'run-'));
});

/** Name of a new file in a format that its ending does not have to say. */
const target = (format: ConvertFormat): string => join(folder, `made-${format.replace('.', '-')}`);

describe('every model file with layers becomes every format and predicts the same', () => {
  test.each([
    'cifar_model.h5',
    'cifar_model_k2.h5',
    'cifar_model.keras',
    'cifar_savedmodel_k2',
    'branches.h5',
    'branches_k2.h5',
    'branches.keras',
    'mixed_conv.h5',
    'mixed_conv_k2.h5',
    'mixed_conv.keras',
    'text.h5',
    'text_k2.h5',
    'text.keras',
  ])('%s', { timeout: 3 * MINUTE }, async (name) => {
    const { parameters } = await inspect(join(MODELS, name));
    for (const format of FORMATS) {
      const { to, difference } = await convert(join(MODELS, name), target(format), { format });
      expect({ ...difference, kind: to.kind }).toEqual({ largest: 0, agrees: true, input: 'random', kind: format });
      const found = await inspect(target(format));
      expect({ format, kind: found.kind, parameters: found.parameters, bytes: found.bytes }).toEqual({ format, kind: format, parameters, bytes: to.bytes }); // biome-ignore format: one line
    }
  });

  test('a network with real weights, and back again', { timeout: 3 * MINUTE }, async () => {
    const source = join(FIXTURES, 'real/efficientnet_lite0.h5');
    const steps: ConvertFormat[] = ['keras', 'tfjs', 'saved-model', 'h5'];
    let from = source;
    for (const format of steps) {
      const { difference } = await convert(from, target(format), { format });
      expect(difference).toMatchObject({ agrees: true });
      from = target(format);
    }
    const shapes = async (path: string) => (await inspect(path)).weights.map(({ dtype, shape }) => `${dtype} ${shape}`);
    expect(await shapes(from)).toEqual(await shapes(source));
  });
});

test.each(['branches_export', 'cifar_export', 'mixed_conv_export', 'text_export', 'graph_train', 'mnist_dense'])(
  '%s, a graph, becomes a SavedModel with its signatures, and nothing else',
  async (name) => {
    const { to, difference } = await convert(join(MODELS, name), join(folder, 'copy'));
    expect({ kind: to.kind, ...difference }).toEqual({
      kind: 'saved-model',
      largest: 0,
      agrees: true,
      input: 'random',
    });
    const names = async (path: string) => (await inspect(path)).signatures?.map((signature) => signature.name).sort();
    const before = (await names(join(MODELS, name))) ?? [];
    expect(await names(join(folder, 'copy'))).toEqual([...new Set([...before, 'serving_default'])].sort());
    await expect(convert(join(MODELS, name), join(folder, 'no.keras'))).rejects.toMatchObject({ code: 'ERR_ARGUMENT' });
  },
);

test.each(['branches', 'mixed_conv', 'text', 'cifar_model'])(
  '%s.weights.h5 becomes a model together with its layers',
  async (name) => {
    const { difference } = await convert(join(MODELS, `${name}.weights.h5`), join(folder, 'whole.h5'), {
      architecture: join(MODELS, `${name}.keras`),
    });
    expect(difference).toMatchObject({ largest: 0 });
  },
);

describe('the commands', { timeout: 2 * MINUTE }, () => {
  const REPOSITORY = resolve(import.meta.dirname, '../..');
  const MAIN = join(REPOSITORY, 'src/cli/main.ts');

  async function run(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
    const words = ['--import', 'tsx', MAIN, ...args];
    const env = { ...process.env, TF_CPP_MIN_LOG_LEVEL: undefined, NO_COLOR: '1', FORCE_COLOR: undefined };
    try {
      return { code: 0, ...(await promisify(execFile)(process.execPath, words, { cwd: REPOSITORY, env })) };
    } catch (error) {
      return error as { code: number; stdout: string; stderr: string };
    }
  }

  test('convert says what it did, and replaces nothing', async () => {
    const [from, to] = [join(MODELS, 'branches_k2.h5'), join(folder, 'b.keras')];
    const done = await run('convert', from, to);
    expect(done).toMatchObject({ code: 0, stderr: '' });
    expect(done.stdout).toMatch(/branches_k2\.h5' \(a Keras HDF5 model, [\d.]+ KB\) → '.*b\.keras' \(a '\.keras' archive, [\d.]+ KB\)\nOutputs on random input are the same\.\n$/); // biome-ignore format: one line
    const { mtimeMs } = await stat(to);
    const again = await run('convert', from, to);
    expect(again).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(/^ERR_NOT_WRITABLE: .*b\.keras' is there already.*force/) }); // biome-ignore format: one line
    expect((await stat(to)).mtimeMs).toBe(mtimeMs);
    expect(await run('convert', from, to, '--force', '--no-check')).toMatchObject({ code: 0, stdout: expect.not.stringMatching(/Outputs/) }); // biome-ignore format: one line
    expect(await readdir(folder)).toEqual(['b.keras']);
  });

  test('convert to quantised files of tfjs, with the difference that it makes', async () => {
    const model = join(MODELS, 'mixed_conv.keras');
    const done = await run('convert', model, join(folder, 'web'), '--to', 'tfjs', '--quantize', 'uint8');
    expect(done).toMatchObject({ code: 0, stdout: expect.stringMatching(/Outputs on random input differ by [\d.e-]+ at most/) }); // biome-ignore format: one line
    const refused = await run('convert', model, join(folder, 'x.keras'), '--quantize', 'uint8');
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringMatching(/^ERR_ARGUMENT: 'quantize' means nothing in keras/) }); // biome-ignore format: one line
  });

  test('inspect tells layers and versions, as text and as JSON', async () => {
    const model = join(MODELS, 'text.keras');
    const text = await run('inspect', model);
    expect(text).toMatchObject({ code: 0, stderr: '' });
    expect(text.stdout).toMatch(/a '\.keras' archive \(keras\)[\s\S]*keras 3\.15\.1[\s\S]*Embedding[\s\S]*Bidirectional[\s\S]*12 arrays, 1,388 elements/); // biome-ignore format: one line
    const { stdout } = await run('inspect', model, '--json');
    expect(JSON.parse(stdout)).toEqual(JSON.parse(JSON.stringify(await inspect(model))));
    const nothing = await run('inspect', join(folder, 'nothing.h5'));
    expect(nothing).toMatchObject({ code: 1, stderr: expect.stringMatching(/^ERR_NOT_READABLE: .*nothing\.h5/) });
  });
});

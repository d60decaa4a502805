import { appendFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { type PredictRowsOptions, predictRows } from '../../../src/cli/predict/predict-rows.js';
import { Program } from '../../../src/core/program.js';
import { spec } from '../../../src/core/spec.js';
import { encodeExample } from '../../../src/data/example.js';
import * as tf from '../../../src/index.js';
import * as ops from '../../../src/ops/index.js';

let scratch: string;
let model: string;
let output: string;

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'predict-'));
  model = join(scratch, 'model');
  vi.spyOn(console, 'log').mockImplementation(() => {});
  using program = new Program({ seed: 1 });
  program.function('serving_default', { x: spec('float32', [null, 2]) }, ({ x }) => ({ sum: ops.sum(x, 1) }));
  program.function('pair', { a: spec('float32', [null]), n: spec('int64', [null]) }, ({ a, n }) => ({
    a: ops.neg(a),
    n: ops.add(n, 1n),
  }));
  program.function('words', { word: spec('string', [null]) }, ({ word }) => ({ upper: ops.stringUpper(word) }));
  program.function('examples', { inputs: spec('string', [null]) }, ({ inputs }) => ({
    bytes: ops.stringLength(inputs),
  }));
  program.function('light', { image: spec('float32', [null, 2, 2, 3]) }, ({ image }) => {
    const light = ops.mean(image, [1, 2, 3]);
    return { scores: ops.stack([ops.sub(1, light), light], 1) };
  });
  program.function('total', { x: spec('float32', [null, 2]) }, ({ x }) => ({ total: ops.sum(x) }));
  await program.save(model);
});
afterAll(() => rm(scratch, { recursive: true, force: true }));
beforeEach(() => {
  output = join(scratch, `${Math.random()}.jsonl`);
});

async function given(name: string, content: string | Uint8Array): Promise<string> {
  const input = join(scratch, name);
  await writeFile(input, content);
  return input;
}

async function predicted(input: string, options: Partial<PredictRowsOptions> = {}): Promise<unknown[]> {
  await predictRows(model, { input, output, signature: 'serving_default', batchSize: 2, ...options });
  const text = await readFile(output, 'utf8');
  expect(text === '' || text.endsWith('\n')).toBe(true);
  return text.split('\n').slice(0, -1).map((line) => JSON.parse(line)); // biome-ignore format: one thought
}

describe('rows of', () => {
  test('JSON lines: bare and named, empty ones left out', async () => {
    const input = await given('rows.jsonl', '[1, 2]\n\n[3, 4]\r\n{"x": [5, 6]}');
    expect(await predicted(input, { batchSize: 1 })).toEqual([{ sum: 3 }, { sum: 7 }, { sum: 11 }]);
  });

  test('JSON lines with several inputs; 64 bits are exact', async () => {
    const input = await given('pairs.jsonl', '{"a": 1, "n": 9007199254740992}\n{"n": 2, "a": 0.5}\n');
    await predicted(input, { signature: 'pair' });
    expect(await readFile(output, 'utf8')).toBe('{"a": -1.0, "n": 9007199254740993}\n{"a": -0.5, "n": 3}\n');
  });

  test.each([
    ['columns by name', 'n,more,a\n4,x,1.5\n5,"y,z",2\n', 'pair', [{ a: -1.5, n: 5 }, { a: -2, n: 6 }]],
    ['all columns as the one input', 'length,width\n1,2\n3,4\n5,6\n', 'serving_default', [{ sum: 3 }, { sum: 7 }, { sum: 11 }]],
    ['columns without names', '1,2\n3,4\n', 'serving_default', [{ sum: 3 }, { sum: 7 }]],
    ['words', 'word\nda\n"a, b"\n', 'words', [{ upper: 'DA' }, { upper: 'A, B' }]],
  ])('CSV: %s', async (name, content, signature, expected) => {
    expect(await predicted(await given(`${name}.csv`, content), { signature })).toEqual(expected);
  }); // biome-ignore format: a table

  test('TFRecord: features by the names of the inputs, or whole examples', async () => {
    const input = join(scratch, 'rows.tfrecord');
    const examples = [1, 2, 3].map((i) => encodeExample({ a: i / 2, n: BigInt(i), x: [i, i] }));
    await tf.data.writeTfrecord(input, tf.data.fromTensorSlices(tf.tensor(examples, [3], 'string')));
    expect(await predicted(input)).toEqual([{ sum: 2 }, { sum: 4 }, { sum: 6 }]);
    expect(await predicted(input, { signature: 'pair' })).toEqual([
      { a: -0.5, n: 2 },
      { a: -1, n: 3 },
      { a: -1.5, n: 4 },
    ]);
    expect(await predicted(input, { signature: 'examples' })).toEqual(
      examples.map(({ length }) => ({ bytes: length })),
    );
  });

  test('a folder: file names, and the best class', async () => {
    const folder = join(scratch, 'pictures');
    await mkdir(join(folder, 'more'), { recursive: true });
    for (const [name, light] of Object.entries({ 'b.png': 0, 'a.webp': 255, 'more/c.jpg': 255 })) {
      const create = { width: 5, height: 3, channels: 3 as const, background: { r: light, g: light, b: light } };
      await sharp({ create }).toFile(join(folder, name));
    }
    const rows = await predicted(folder, { signature: 'light', classes: 'dark, bright' });
    const [bright, dark] = [[0, 1], [1, 0]].map((scores) => ({ probability: 1, scores })); // biome-ignore format: short
    expect(rows).toEqual([
      { file: 'a.webp', label: 'bright', ...bright },
      { file: 'b.png', label: 'dark', ...dark },
      { file: join('more', 'c.jpg'), label: 'bright', ...bright },
    ]);
  });

  test('an empty file', async () => {
    expect(await predicted(await given('empty.jsonl', ''))).toEqual([]);
  });
});

describe('a run that was cut off', () => {
  const four = ['[0, 0]', '[1, 0]', '[2, 0]', '[3, 0]', 'no', ''].join('\n');

  test('leaves nothing of the output’s name, and goes on after its last whole line in batches of any size', async () => {
    const input = await given('cut.jsonl', four);
    await expect(predicted(input)).rejects.toThrow("cut.jsonl', line 5");
    await expect(readFile(output)).rejects.toThrow('ENOENT');
    const part = join(scratch, (await readdir(scratch)).find((name) => name.endsWith('.part')) ?? '');
    await appendFile(part, '{"sum": 4');
    await expect(predicted(input, { batchSize: 3 })).rejects.toThrow("cut.jsonl', line 5");
    expect(console.log).toHaveBeenCalledWith('Going on after 4 rows that are there.');
    expect(await readFile(part, 'utf8')).toBe('{"sum": 0.0}\n{"sum": 1.0}\n{"sum": 2.0}\n{"sum": 3.0}\n');
  });

  test('of other rows is no part of this one', async () => {
    await expect(predicted(await given('changed.jsonl', four))).rejects.toThrow('line 5');
    expect(await predicted(await given('changed.jsonl', '[5, 0]'))).toEqual([{ sum: 5 }]);
  });
});

describe('refused are', () => {
  test.each<[string, string, string, Partial<PredictRowsOptions>, string, RegExp]>([
    ['a signature nobody knows', 'r.jsonl', '[1, 2]', { signature: 'wrods' }, 'ERR_UNKNOWN_NAME', /words/],
    ['another ending', 'r.xml', '', {}, 'ERR_UNKNOWN_NAME', /\.jsonl/],
    ['a row of another input', 'r.jsonl', '{"y": 1}', {}, 'ERR_FILE_FORMAT', /line 1: .*named input: y/],
    ['columns of something else', 'r.csv', 'a,b,c\n1,2,3\n', {}, 'ERR_FILE_FORMAT', /columns a, b, c.*takes x float32/],
    ['a field that is no number', 'r.csv', 'a,b\n1,x\n', {}, 'ERR_FILE_FORMAT', /column 'b'/],
    ['a file that holds no records', 'r.tfrecord', 'no records here at all', {}, 'ERR_FILE_FORMAT', /damaged/],
    ['a signature that does not go by rows', 'r.jsonl', '[1, 2]\n[3, 4]', { signature: 'total' }, 'TF_INVALID_ARGUMENT', /no shape/],
    ['classes without scores', 'r.jsonl', '[1, 2]', { classes: 'a,b' }, 'ERR_ARGUMENT', /2 scores/],
    ['no batches', 'r.jsonl', '[1, 2]', { batchSize: 0 }, 'ERR_ARGUMENT', /batch-size/],
  ])('%s', async (_, name, content, options, code, words) => {
    const input = await given(name, content);
    await expect(predicted(input, options)).rejects.toThrow(words);
    await expect(predicted(input, options)).rejects.toMatchObject({ code });
    await expect(readFile(output)).rejects.toThrow('ENOENT');
  }); // biome-ignore format: a table

  test('pictures for a signature that takes none, a folder without pictures, a path of nothing', async () => {
    const folder = join(scratch, 'none');
    await mkdir(folder);
    await expect(predicted(folder)).rejects.toThrow("Signature 'serving_default' takes no picture but x float32");
    await expect(predicted(folder, { signature: 'light' })).rejects.toMatchObject({ code: 'ERR_DATA_EMPTY' });
    await expect(predicted(join(scratch, 'nothing'))).rejects.toMatchObject({ code: 'ERR_NOT_READABLE' });
  });
});

import { cp, mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { constant } from '../../../src/core/constant.js';
import type { Output } from '../../../src/core/output.js';
import { Program } from '../../../src/core/program.js';
import { statelessRandom } from '../../../src/core/random.js';
import { spec } from '../../../src/core/spec.js';
import { tensor } from '../../../src/core/tensor.js';
import { loadAddon } from '../../../src/native/library.js';
import * as ops from '../../../src/ops/index.js';
import { decode, encode } from '../../../src/proto/codec.js';
import { type SavedModel, SavedModelSchema } from '../../../src/proto/saved-model.js';

const failing = (code: string, message: RegExp) =>
  expect.objectContaining({ code, message: expect.stringMatching(message) });

let folder = '';
let model = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'saved-model-'));
  model = join(folder, 'model');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** A program with a counter, noise, nested results, and a function without results. */
function counter(): Program {
  const program = new Program({ seed: 5 });
  const count = program.variable('count', { shape: [2], initializer: () => constant([0, 0]) });
  program.variable('frozen', { shape: [], dtype: 'int64', trainable: false, initializer: () => constant(7n) });
  program.function('step', { by: [spec('float32', []), { twice: spec('float32', null) }] }, ({ by }) => {
    const before = count.read();
    count.assignAdd(ops.add(ops.zeros([2]), by[0]));
    return { before, all: [ops.mul(by[1].twice, 2), { after: count.read() }], nothing: {} };
  });
  program.function('noise', {}, () => [statelessRandom('StatelessRandomUniformV2', constant([3], 'int32'), 'float32')]);
  program.function('reset', {}, () => {
    count.assign(constant([0, 0]));
    return {};
  });
  program.function('negative', spec('float32', [null]), (x) => ops.neg(x));
  return program;
}

type Step = { before: Output; all: readonly [Output, { after: Output }] };

async function step(program: Program, by: number, twice: number | number[]) {
  const { before, all } = await program.get<Step>('step')({ by: [by, { twice }] } as never);
  return [before.array(), all[0].array(), all[1].after.array()];
}

/** Changes a saved_model.pb. */
async function edit(change: (saved: SavedModel) => void): Promise<void> {
  const file = join(model, 'saved_model.pb');
  const saved = decode(SavedModelSchema, await readFile(file));
  change(saved);
  await writeFile(file, encode(SavedModelSchema, saved));
}

describe('saved and loaded, a program', () => {
  test('goes on where it was, functions and their structures included', async () => {
    using program = counter();
    expect(await step(program, 1, [1, 2])).toEqual([
      [0, 0],
      [2, 4],
      [1, 1],
    ]);
    await program.save(model);
    expect((await readdir(model)).sort()).toEqual(['fingerprint.pb', 'saved_model.pb', 'variables']);
    expect(await readdir(folder)).toEqual(['model']);
    using loaded = await Program.load(model);
    expect(Object.keys(loaded.functions)).toEqual(Object.keys(program.functions));
    for (const each of [program, loaded]) expect(await step(each, 2, 5)).toEqual([[1, 1], 10, [3, 3]]);
    const noise = async (from: Program) => (await from.get<Output[]>('noise')({}))[0]?.array();
    expect(await noise(loaded)).toEqual(await noise(program));
    expect((await loaded.get<Output>('negative')([1, 2] as never)).array()).toEqual([-1, -2]);
    expect(await loaded.get('reset')({})).toEqual({});
    expect(await step(loaded, 1, 0)).toEqual([[0, 0], 0, [1, 1]]);
  });

  test('has its variables: names, shapes, dtypes, whether they are trained, values', async () => {
    using program = counter();
    await program.save(model);
    using loaded = await Program.load(model);
    const told = (from: Program) => from.variables.map((v) => [String(v), v.trainable]);
    expect(told(loaded)).toEqual(told(program));
    const [, count, frozen] = loaded.variables;
    expect((await frozen?.value())?.array()).toBe(7n);
    await count?.assign([3, 4]);
    expect((await count?.value())?.array()).toEqual([3, 4]);
    expect(loaded.generator).toBe(loaded.variables[0]);
  });

  test('takes more functions and variables, and is saved again', async () => {
    using program = counter();
    await step(program, 1, 0);
    await program.save(model);
    using loaded = await Program.load(model);
    const count = loaded.variables.find(({ name }) => name === 'count');
    const more = loaded.variable('count', { shape: [2], initializer: () => constant([5, 6]) });
    const sum = loaded.function('sum', {}, () => ops.add(count?.read() ?? constant(0), more));
    expect([more.name, (await sum({})).array()]).toEqual(['count_1', [6, 7]]);
    const again = join(folder, 'again');
    await loaded.save(again);
    using third = await Program.load(again);
    expect((await third.get<Output>('sum')({})).array()).toEqual([6, 7]);
    expect(await step(third, 1, 0)).toEqual([[1, 1], 0, [2, 2]]);
  });

  test('replaces the one saved before', async () => {
    using program = counter();
    await program.save(model);
    await step(program, 4, 0);
    await program.save(model);
    using loaded = await Program.load(model);
    expect((await step(loaded, 1, 0))[0]).toEqual([4, 4]);
    expect(await readdir(folder)).toEqual(['model']);
  });

  test('that never ran has its first values', async () => {
    using program = counter();
    await program.save(model);
    using loaded = await Program.load(model);
    expect((await step(loaded, 1, 0))[0]).toEqual([0, 0]);
  });

  test('keeps nodes of no saved function to itself', async () => {
    using program = counter();
    program.trace('draft', {}, () => ops.tan(constant(1)));
    await program.save(model);
    await edit(({ metaGraphs: [graph] }) => {
      expect(graph?.graphDef?.node.map(({ op }) => op)).not.toContain('Tan');
    });
  });
});

describe('assets and tables', () => {
  let words = '';
  beforeEach(async () => {
    words = join(folder, 'words.txt');
    await writeFile(words, 'cat\ndog\n');
  });

  function lookup(): Program {
    const program = new Program();
    const path = program.asset(words);
    const table = program.initializer(() => {
      const table = ops.hashTableV2({ keyDtype: 'string', valueDtype: 'int64', sharedName: 'words' });
      ops.initializeTableFromTextFileV2(table, path, { keyIndex: -2, valueIndex: -1 });
      return table;
    });
    program.function('ids', spec('string', [null]), (x) => ops.lookupTableFindV2(table, x, constant(-1n)));
    program.function('text', {}, () => ops.readFile(path));
    return program;
  }

  test('go along: the table is filled before the first run and on loading, the file is found', async () => {
    using program = lookup();
    expect((await program.get<Output>('ids')(['dog', 'x'] as never)).array()).toEqual([1n, -1n]);
    await program.save(model);
    expect(await readFile(join(model, 'assets', 'words.txt'), 'utf8')).toBe('cat\ndog\n');
    expect((await readFile(join(model, 'saved_model.pb'), 'latin1')).includes(folder)).toBe(false);
    await rm(words);
    using loaded = await Program.load(model);
    expect((await loaded.get<Output>('ids')(['dog', 'x'] as never)).array()).toEqual([1n, -1n]);
    expect((await loaded.get<Output>('text')({})).array()).toBe('cat\ndog\n');
    await loaded.save(join(folder, 'again'));
    await rm(model, { recursive: true });
    using again = await Program.load(join(folder, 'again'));
    expect((await again.get<Output>('ids')(['cat'] as never)).array()).toEqual([0n]);
  });

  test('of one name are told apart', async () => {
    const other = join(folder, 'other', 'words.txt');
    await mkdir(join(folder, 'other'));
    await writeFile(other, 'bird\n');
    using program = lookup();
    const path = program.asset(other);
    program.function('other', {}, () => ops.readFile(path));
    await program.save(model);
    expect((await readdir(join(model, 'assets'))).sort()).toEqual(['words.txt', 'words_1.txt']);
    using loaded = await Program.load(model);
    expect((await loaded.get<Output>('other')({})).array()).toBe('bird\n');
  });

  test('further files go into assets.extra', async () => {
    using program = lookup();
    await program.save(model, { assets: [words] });
    expect(await readdir(join(model, 'assets.extra'))).toEqual(['words.txt']);
  });

  test('that are missing are refused before anything is written', async () => {
    using program = lookup();
    await program.initialize();
    await rm(words);
    await expect(program.save(model)).rejects.toThrow(
      failing('ERR_NOT_READABLE', /Asset '.*words\.txt' cannot be saved/),
    );
    expect(await readdir(folder)).toEqual([]);
  });
});

describe('save refuses', () => {
  test('a folder that holds something else, and a file', async () => {
    using program = counter();
    await mkdir(model);
    await writeFile(join(model, 'thesis.txt'), 'years of work');
    await expect(program.save(model)).rejects.toThrow(failing('ERR_NOT_WRITABLE', /something else/));
    expect(await readdir(model)).toEqual(['thesis.txt']);
    const file = join(model, 'thesis.txt');
    await expect(program.save(file)).rejects.toThrow(failing('ERR_NOT_WRITABLE', /it is a file/));
    await expect(program.save(join(file, 'below'))).rejects.toThrow(failing('ERR_NOT_WRITABLE', /cannot be written/));
  });

  test('an empty folder is no obstacle', async () => {
    using program = counter();
    await mkdir(model);
    await program.save(model);
    expect(await readdir(model)).toContain('saved_model.pb');
  });
});

describe('load refuses', () => {
  beforeEach(async () => {
    using program = counter();
    await program.save(model);
  });
  const loading = () => Program.load(model);

  test('what is not there, or no SavedModel', async () => {
    await expect(Program.load(join(folder, 'nothing'))).rejects.toThrow(failing('ERR_NOT_READABLE', /no SavedModel/));
    await expect(Program.load(folder)).rejects.toThrow(failing('ERR_NOT_READABLE', /saved_model\.pb/));
    await writeFile(join(model, 'saved_model.pb'), 'text');
    await expect(loading()).rejects.toThrow(failing('ERR_FILE_FORMAT', /damaged/));
    await writeFile(join(model, 'saved_model.pb'), '');
    await expect(loading()).rejects.toThrow(failing('ERR_FILE_FORMAT', /it has no graph/));
  });

  test('tags it does not have, naming those it has', async () => {
    await expect(Program.load(model, { tags: ['train'] })).rejects.toThrow(
      failing('ERR_UNKNOWN_NAME', /no graph tagged \[train\]; there is \[serve\]/),
    );
  });

  test('variables that are missing or cut short', async () => {
    const variables = join(model, 'variables');
    await truncate(join(variables, 'variables.data-00000-of-00001'), 10);
    await expect(loading()).rejects.toThrow(failing('ERR_FILE_FORMAT', /10 bytes where \d+ are needed/));
    await rm(join(variables, 'variables.data-00000-of-00001'));
    await expect(loading()).rejects.toThrow(failing('ERR_NOT_READABLE', /data file is missing/));
    await rm(variables, { recursive: true });
    await expect(loading()).rejects.toThrow(failing('ERR_NOT_READABLE', /no checkpoint/));
  });

  test('an op the library lacks, by its name', async () => {
    await edit(({ metaGraphs: [graph] }) => {
      const node = graph?.graphDef?.node.find(({ op }) => op === 'Neg');
      if (node) node.op = 'FlyToTheMoon';
    });
    await expect(loading()).rejects.toThrow(failing('ERR_UNKNOWN_NAME', /needs the op 'FlyToTheMoon'/));
  });

  test('signatures of tensors that are not there, and assets outside of its folder', async () => {
    const good = await readFile(join(model, 'saved_model.pb'));
    await edit(({ metaGraphs: [graph] }) => {
      const info = graph?.signatureDef.negative?.inputs.input_0;
      if (info) info.encoding = { case: 'name', value: 'nowhere:0' };
    });
    await expect(loading()).rejects.toThrow(failing('ERR_FILE_FORMAT', /names the tensor 'nowhere:0'/));
    await writeFile(join(model, 'saved_model.pb'), good);
    await edit(({ metaGraphs: [graph] }) => {
      const info = graph?.signatureDef.negative?.inputs.input_0;
      if (info)
        graph?.assetFileDef.push({ $typeName: 'tensorflow.AssetFileDef', tensorInfo: info, filename: '../secret' });
    });
    await expect(loading()).rejects.toThrow(failing('ERR_FILE_FORMAT', /an asset is named/));
  });

  test('without keeping a session', async () => {
    const { sessions } = loadAddon().counters();
    await edit(({ metaGraphs: [graph] }) => {
      const info = graph?.signatureDef.negative?.inputs.input_0;
      if (info) info.encoding = { case: 'name', value: 'nowhere:7' };
    });
    await expect(loading()).rejects.toThrow();
    await expect.poll(() => loadAddon().counters().sessions).toBeLessThanOrEqual(sessions);
  });

  test('a function it does not have, naming the nearest', async () => {
    using loaded = await loading();
    expect(() => loaded.get('stop')).toThrow(failing('ERR_UNKNOWN_NAME', /Did you mean 'step'/));
    expect(() => loaded.get('toString')).toThrow(failing('ERR_UNKNOWN_NAME', /Unknown function/));
  });

  test('values for a loaded variable of another shape', async () => {
    using loaded = await loading();
    await expect((async () => loaded.variables[1]?.assign([1, 2, 3]))()).rejects.toThrow(
      failing('ERR_SHAPE', /'count'/),
    );
  });
});

test('a checkpoint of a saved program is one of the program', async () => {
  using program = counter();
  await step(program, 3, 0);
  await program.save(model);
  await program.get('reset')({});
  await cp(join(model, 'variables'), join(folder, 'copy'), { recursive: true });
  await program.restoreCheckpoint(join(folder, 'copy', 'variables'));
  expect((await step(program, 1, tensor(0).array() as number))[0]).toEqual([3, 3]);
});

describe('some functions of a program', () => {
  const names = (program: Program) => program.variables.map(({ name }) => name).sort();

  test('are saved under the names given, with what they need and no more', async () => {
    using program = counter();
    const other = program.variable('other', { shape: [], initializer: () => constant(1) });
    program.function('shift', spec('float32', []), (x) => ops.add(x, other.read()));
    const { step: counted, negative } = program.functions;
    await program.save(model, {
      functions: { count: counted as never, minus: negative as never, neg: negative as never },
    });
    using loaded = await Program.load(model);
    expect(Object.keys(loaded.functions).sort()).toEqual(['count', 'minus', 'neg']);
    expect(names(loaded)).toEqual(['count', 'random/state']);
    expect((await loaded.get<Output>('neg')([1] as never)).array()).toEqual([-1]);
  });

  test('take along variables that nobody uses, where these are named', async () => {
    using program = counter();
    const { negative } = program.functions;
    const variables = program.variables.filter(({ name }) => name === 'frozen');
    await program.save(model, { functions: { negative: negative as never }, variables });
    using loaded = await Program.load(model);
    expect(names(loaded)).toEqual(['frozen', 'random/state']);
  });

  test('keep the tables they look into, and the files those are filled from', async () => {
    using program = new Program();
    const table = async (name: string) => {
      const file = join(folder, `${name}.txt`);
      await writeFile(file, `${name}\nother\n`);
      const made = program.initializer(() => {
        const table = ops.hashTableV2({ keyDtype: 'string', valueDtype: 'int64', sharedName: name });
        ops.initializeTableFromTextFileV2(table, program.asset(file), { keyIndex: -2, valueIndex: -1 });
        return table;
      });
      return program.function(name, spec('string', [null]), (keys) => ops.lookupTableFindV2(made, keys, constant(-1n)));
    };
    const [cats] = [await table('cats'), await table('dogs')];
    await program.save(model, { functions: { cats } });
    expect(await readdir(join(model, 'assets'))).toEqual(['cats.txt']);
    using loaded = await Program.load(model);
    expect((await loaded.get<Output>('cats')(['other', 'cats', 'dogs'] as never)).array()).toEqual([1n, 0n, -1n]);
  });
});

test('files made on the spot go into assets.extra, by plain names only', async () => {
  using program = counter();
  await program.save(model, { assets: [{ name: 'note.txt', contents: 'kept' }] });
  expect(await readFile(join(model, 'assets.extra', 'note.txt'), 'utf8')).toBe('kept');
  await expect(program.save(model, { assets: [{ name: '../note.txt', contents: '' }] })).rejects.toEqual(
    failing('ERR_ARGUMENT', /without folders/),
  );
});

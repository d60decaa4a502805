import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify, stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { loadModel } from '../../src/saving/load-model.js';

const REPOSITORY = resolve(import.meta.dirname, '../..');
const PICTURES = join(REPOSITORY, 'test/golden/pictures/data1');
const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47]);
const environment = { ...process.env, TF_CPP_MIN_LOG_LEVEL: undefined, NO_COLOR: '1', FORCE_COLOR: undefined };

let scratch: string;
let folder: string;

beforeAll(async () => {
  await promisify(execFile)('npm', ['run', 'build'], { cwd: REPOSITORY });
  scratch = await mkdtemp(join(tmpdir(), 'command-line-'));
});
afterAll(() => rm(scratch, { recursive: true, force: true }));
beforeEach(async () => {
  folder = await mkdtemp(join(scratch, 'run-'));
});

interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

function start(file: string, args: readonly string[]): { child: ChildProcess; ended: Promise<Ended> } {
  const child = spawn(process.execPath, [...(file.endsWith('.ts') ? ['--import', 'tsx'] : []), file, ...args], {
    cwd: REPOSITORY,
    env: environment,
  });
  const said = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream]?.on('data', (chunk) => {
      said[stream] += chunk;
    });
  }
  const ended = new Promise<Ended>((done) => child.on('close', (code, signal) => done({ code, signal, ...said })));
  return { child, ended };
}

const MAIN = join(REPOSITORY, 'dist/cli/main.js');
const run = (...args: string[]): Promise<Ended> => start(MAIN, args).ended;
const training = (checkpoint: string, ...more: string[]): string[] => [
  'train',
  join(PICTURES, 'train'),
  '--batch-size',
  '8',
  '--seed',
  '1',
  '--checkpoint',
  checkpoint,
  ...more, // biome-ignore format: words of one line
];

describe('what there is to know', () => {
  test('--help names every command, and every command explains itself', async () => {
    const { code, stdout, stderr } = await run('--help');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const command of ['train', 'evaluate', 'predict', 'summary', 'data', 'fetch', 'doctor']) {
      expect(stdout).toMatch(new RegExp(`^  ${command}\\b`, 'm'));
      const help = await run(command, '--help');
      expect(help).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining(`Usage: libtensorflow-node ${command}`) }); // biome-ignore format: one line
    }
  });

  test('--version', async () => {
    const { version } = JSON.parse(await readFile(join(REPOSITORY, 'package.json'), 'utf8')) as { version: string };
    expect(await run('--version')).toMatchObject({ code: 0, stdout: `${version}\n`, stderr: '' });
  });

  test.each([
    [['trian'], /unknown command 'trian'[\s\S]*Did you mean train/],
    [['train'], /missing required argument 'folder'/],
    [['train', 'x', '--epoch', '3'], /unknown option '--epoch'[\s\S]*Did you mean --epochs/],
  ])('%j is refused with the way out', async (args, message) => {
    const { code, stdout, stderr } = await run(...args);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(message);
  });

  test('doctor finds everything and says so', async () => {
    const { code, stdout, stderr } = await run('doctor');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^platform[\s\S]*^library +2\.21\.0[\s\S]*All is well\./m);
  });
});

describe('from a folder of pictures to a prediction', () => {
  test('train, summary, evaluate and predict; stderr stays empty', { timeout: 180_000 }, async () => {
    const checkpoint = join(folder, 'model.h5');
    const plot = join(folder, 'history.png');
    const valid = join(PICTURES, 'valid');
    const board = join(folder, 'logs');
    const more = ['--valid', valid, '--epochs', '2', '--plot', plot, '--tensorboard', board];
    const trained = await run(...training(checkpoint, ...more));
    expect(trained).toMatchObject({ code: 0, stderr: '' });
    expect(trained.stdout).toMatch(/Found 32 images belonging to 8 classes\./);
    expect(trained.stdout).toMatch(/Epoch 2\/2\n4\/4 - .* - accuracy: .* - loss: .* - val_accuracy: .* - val_loss: /);
    expect(trained.stdout).toMatch(
      /validation: accuracy: [\d.]+ - loss: [\d.]+\nThe best model is in .*model\.h5\.\n$/,
    );
    expect((await readFile(plot)).subarray(0, 4)).toEqual(PNG);
    expect((await readdir(folder)).sort()).toEqual(['history.png', 'logs', 'model.h5']);
    expect((await readdir(board)).sort()).toEqual(['train', 'validation']);

    const summary = await run('summary', checkpoint);
    expect(summary).toMatchObject({ code: 0, stderr: '', stdout: expect.stringMatching(/conv1 \(Conv2D\)[\s\S]*Total params: 1,182,248/) }); // biome-ignore format: one line

    const evaluated = await run('evaluate', checkpoint, valid);
    expect(evaluated).toMatchObject({ code: 0, stderr: '', stdout: expect.stringMatching(/accuracy: .* - loss: /) });

    const [name = ''] = await readdir(join(valid, '6'));
    const picture = join(valid, '6', name);
    const predicted = await run('predict', checkpoint, picture, '--classes', valid, '--top', '2');
    expect(predicted).toMatchObject({ code: 0, stderr: '' });
    expect(predicted.stdout).toMatch(/^.*\.png: [1-9] [\d.]+ %, [1-9] [\d.]+ %\n$/);

    const again = await run('train', join(PICTURES, 'train'), '--model', checkpoint, '--epochs', '1', '--checkpoint', checkpoint); // biome-ignore format: one line
    expect(again).toMatchObject({ code: 0, stderr: '' });
  });

  test.skipIf(process.platform !== 'linux')('on a terminal a bar moves', { timeout: 120_000 }, async () => {
    const words = [process.execPath, MAIN, ...training(join(folder, 'model.h5'), '--epochs', '2')];
    const line = words.map((word) => `'${word}'`).join(' ');
    const { stdout } = await promisify(execFile)('script', ['-qec', line, '/dev/null'], { env: environment });
    const plain = stripVTControlCharacters(stdout);
    expect(plain).toMatch(/Epoch 1\/2\s+0\/4 ─{20}/);
    expect(plain).toMatch(/4\/4 ━{20} \d+s \S+\/step - accuracy: [\d.]+ - loss: [\d.]+\s+Epoch 2\/2/);
    expect(plain).not.toMatch(/NaN|undefined/);
  });

  test.skipIf(process.platform !== 'linux')('on a terminal a run that fails ends', { timeout: 60_000 }, async () => {
    const index = new URL('../../dist/index.js', import.meta.url).href;
    const program = `
      const tf = await import('${index}');
      const model = tf.sequential({ layers: [tf.layers.dense({ units: 1, inputShape: [1] })] });
      model.compile({ loss: 'mse', optimizer: 'sgd' });
      await model.fit([[NaN]], [[1]], { verbose: 1 }).catch((error) => console.log(error.code));`;
    const file = join(folder, 'fails.mjs');
    await writeFile(file, program);
    const line = `'${process.execPath}' '${file}'`;
    const { stdout } = await promisify(execFile)('script', ['-qec', line, '/dev/null'], {
      env: environment,
      timeout: 30_000,
    });
    expect(stripVTControlCharacters(stdout)).toContain('ERR_NAN_LOSS');
  });

  test('Ctrl-C ends after the running step, with the checkpoint on disk', { timeout: 120_000 }, async () => {
    const checkpoint = join(folder, 'model.h5');
    const { child, ended } = start(MAIN, training(checkpoint, '--epochs', '1000'));
    await new Promise<void>((seen) => {
      let text = '';
      child.stdout?.on('data', (chunk) => {
        text += chunk;
        if (text.includes('Epoch 3/1000')) seen();
      });
    });
    child.kill('SIGINT');
    expect(await ended).toMatchObject({ code: 0, signal: null, stderr: '', stdout: expect.stringMatching(/The best model is in/) }); // biome-ignore format: one line
    expect(await readdir(folder)).toEqual(['model.h5']);
    using model = await loadModel(checkpoint);
    expect(model.countParams()).toBe(1_182_248);
  });
});

describe('bad input is one line on stderr and exit code 1', () => {
  async function expectRefusal(args: readonly string[], message: RegExp): Promise<void> {
    const { code, stderr } = await run(...args);
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(code).toBe(1);
  }

  const train = (from: string, ...more: string[]): string[] => [
    'train',
    from,
    '--epochs',
    '1',
    '--batch-size',
    '8',
    '--checkpoint',
    join(folder, 'model.h5'),
    ...more, // biome-ignore format: words of one line
  ];
  const copy = async (): Promise<string> => {
    await cp(join(PICTURES, 'train'), join(folder, 'train'), { recursive: true });
    return join(folder, 'train');
  };
  const firstOf = async (of: string): Promise<string> => join(of, (await readdir(of)).sort()[0] ?? '');

  test('no such folder', () =>
    expectRefusal(train(join(folder, 'nowhere')), /^ERR_DATA_EMPTY: .*nowhere.*check the path/));

  test('an empty folder', async () => {
    await mkdir(join(folder, 'empty'));
    await expectRefusal(train(join(folder, 'empty')), /^ERR_DATA_EMPTY: .*empty/);
  });

  test('folders without pictures', async () => {
    for (const name of ['cats', 'dogs']) await mkdir(join(folder, 'bare', name), { recursive: true });
    await expectRefusal(train(join(folder, 'bare')), /^ERR_DATA_EMPTY: .*bare/);
  });

  test('one class', async () => {
    await cp(join(PICTURES, 'train', '6'), join(folder, 'one', '6'), { recursive: true });
    await expectRefusal(train(join(folder, 'one')), /^ERR_ONE_CLASS: .*one/);
  });

  test('a truncated picture is named, and with --skip-unreadable left out and counted', async () => {
    const from = await copy();
    const broken = await firstOf(join(from, '6'));
    await truncate(broken, 200);
    const name = broken.slice(broken.lastIndexOf('/') + 1);
    await expectRefusal(train(from), new RegExp(`^ERR_DATA_PICTURE: .*${name}`));
    const skipped = await run(...train(from, '--skip-unreadable'));
    expect(skipped).toMatchObject({ code: 0 });
    expect(skipped.stdout).toMatch(/Found 31 images belonging to 8 classes[\s\S]*1 /);
    expect(skipped.stdout + skipped.stderr).toContain(name);
  });

  test('a file that only looks like a picture', async () => {
    const from = await copy();
    await writeFile(join(from, '6', '0.png'), 'no picture');
    await expectRefusal(train(from), /^ERR_DATA_PICTURE: .*0\.png/);
  });

  test('other classes to validate with', async () => {
    await cp(join(PICTURES, 'valid'), join(folder, 'valid'), { recursive: true });
    await rm(join(folder, 'valid', '6'), { recursive: true });
    await expectRefusal(
      train(join(PICTURES, 'train'), '--valid', join(folder, 'valid')),
      /^ERR_LABELS: .*same sub-folders/,
    );
  });

  test('a model for another number of classes, a checkpoint that cannot be written, sizes and numbers that are none', async () => {
    const model = join(folder, 'eight.h5');
    await run(...training(model, '--epochs', '1'));
    await cp(join(PICTURES, 'train'), join(folder, 'few'), { recursive: true });
    await rm(join(folder, 'few', '6'), { recursive: true });
    await expectRefusal(train(join(folder, 'few'), '--model', model), /^ERR_LABELS: .*7\].*8\]/);
    await expectRefusal(['evaluate', model, join(folder, 'few')], /^ERR_LABELS: .*7\].*8\]/);
    await expectRefusal(['predict', model, join(folder, 'none.png')], /^ERR_(NOT_READABLE|DATA_PICTURE): .*none\.png/);

    const pictures = join(PICTURES, 'train');
    const unwritable = join(folder, 'no', 'model.h5');
    const refused = await run('train', pictures, '--checkpoint', unwritable);
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringMatching(/^ERR_NOT_WRITABLE: .*no/) });
    expect(refused.stdout).not.toMatch(/Epoch/);
    await expectRefusal(train(pictures, '--image-size', '32by32'), /^ERR_ARGUMENT: --image-size .*32x32.*'32by32'/);
    await expectRefusal(train(pictures, '--epochs', 'many'), /^ERR_ARGUMENT: .*epochs/);
  });

  test('a model file that is none', async () => {
    const path = join(folder, 'model.h5');
    await writeFile(path, 'no model');
    await expectRefusal(['summary', path], /^ERR_FILE_FORMAT: .*model\.h5/);
    await expectRefusal(['summary', join(folder, 'missing.h5')], /^ERR_NOT_READABLE: .*missing\.h5/);
  });

  test('an unknown benchmark', () => expectRefusal(['bench', 'mnits'], /^ERR_UNKNOWN_NAME: .*'mnist'/));
  test('an unknown peer', () => expectRefusal(['bench', '--against', 'tjfs-node'], /^ERR_UNKNOWN_NAME: .*'tfjs-node'/));
  test('an unknown data set', () => expectRefusal(['data', 'cifar11', folder], /^ERR_UNKNOWN_NAME: .*'cifar10'/));
});

describe('the main job, as npm start runs it', () => {
  test('on forty pictures, for one epoch', { timeout: 180_000 }, async () => {
    const example = join(REPOSITORY, 'examples/cifar10.ts');
    const args = ['--epochs', '1', '--data', join(PICTURES, '..'), '--out', folder];
    const { code, stdout, stderr } = await start(example, args).ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(
      /Total params: 1,182,248[\s\S]*Found 32 images belonging to 8 classes[\s\S]*Trained 1 epochs/,
    );
    expect(stdout).toMatch(/Evaluation: \{ accuracy: [\d.]+, loss: [\d.]+ \}/);
    for (const file of ['cifar10.png', 'history.png', 'cifar_model.h5']) {
      expect((await stat(join(folder, file))).size).toBeGreaterThan(1000);
    }
  });
});

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { tensor } from '../../../src/core/tensor.js';
import * as layers from '../../../src/layers/index.js';
import { type Sequential, sequential } from '../../../src/models/sequential.js';
import { backupAndRestore, type Callback, csvLogger, earlyStopping, lambdaCallback } from '../../../src/training/callbacks/index.js'; // biome-ignore format: one line

const MINUTES = 60_000;
const program = fileURLToPath(new URL('programs/backed-up-run.mts', import.meta.url));

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'backup-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Runs the program in a process of its own; gives what it ended with, or the signal that killed it. */
function run(backup: string, kill: number | 'none', saveFreq: number | 'epoch') {
  const file = join(folder, 'result.json');
  const args = ['--import', 'tsx', program, join(folder, backup), file, String(kill), String(saveFreq)];
  const { signal, status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', timeout: MINUTES });
  if (signal) return signal;
  expect(status, stderr).toBe(0);
  return JSON.parse(readFileSync(file, 'utf8'));
}

/** Before which step, how often it saves, and how many steps are left then. */
const kills = [
  [7, 'epoch', 12],
  [7, 3, 10],
  [12, 1, 4],
] as const;

test(
  'a run killed between any two steps ends with the weights, bit for bit, of one that was not',
  () => {
    const { steps, ...whole } = run('whole', 'none', 'epoch');
    expect(steps).toBe(16);
    expect(whole.weights).not.toEqual(whole.trained);
    expect(readdirSync(folder)).toEqual(['result.json']);
    for (const [kill, saveFreq, left] of kills) {
      const name = `${kill}-${saveFreq}`;
      expect(run(name, kill, saveFreq)).toBe('SIGKILL');
      expect(run(name, 'none', saveFreq), name).toEqual({ ...whole, steps: left });
    }
  },
  MINUTES * 2,
);

const x = tensor([[0], [1], [2], [3], [4], [5]]);
const y = tensor([[1], [3], [5], [7], [9], [11]]);
const options = { batchSize: 2, shuffle: false, epochs: 4 };

/** Each time the same weights, under other names of layers. */
async function line(units = 1): Promise<Sequential> {
  const model = sequential();
  model.add(layers.dense({ units, inputShape: [1] }));
  model.add(layers.dense({ units: 1 }));
  model.compile({ optimizer: 'adam', loss: 'mse' });
  const ones = (await model.getWeights()).map(({ shape }) => tensor(new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(0.5), shape)); // biome-ignore format: one line
  await model.setWeights(ones);
  return model;
}

const weightsOf = async (model: Sequential) => (await model.getWeights()).map((weight) => weight.array());

async function unbroken() {
  using model = await line();
  const { history } = await model.fit(x, y, options);
  return { weights: await weightsOf(model), history };
}

/** Fails before a step of the run, as a process would die. */
function failing(at: number): Callback {
  let steps = 0;
  const onTrainBatchBegin = (): void => {
    if (steps++ === at) throw new Error('power is out');
  };
  return lambdaCallback({ onTrainBatchBegin });
}

describe('a run goes on', () => {
  const backup = () => backupAndRestore(join(folder, 'kept'), { saveFreq: 1 });

  async function broken(at: number, more: readonly Callback[] = []): Promise<void> {
    using model = await line();
    const callbacks = [backup(), ...more, failing(at)];
    await expect(model.fit(x, y, { ...options, callbacks })).rejects.toThrow(/power is out/);
  }

  test.each([1, 2, 3, 5, 11])('in another model of the same kind, after %i steps', async (at) => {
    await broken(at);
    using model = await line();
    const { history } = await model.fit(x, y, { ...options, callbacks: [backup()] });
    expect({ weights: await weightsOf(model), history }).toEqual(await unbroken());
    expect(readdirSync(folder)).toEqual([]);
  });

  test('from a generator, which is called again', async () => {
    async function* batches() {
      for (let i = 0; i < 6; i += 2) yield [x.rows(i, i + 2), y.rows(i, i + 2)];
    }
    using first = await line();
    const callbacks = [backup(), failing(7)];
    await expect(first.fit(batches, { epochs: 4, callbacks })).rejects.toThrow(/power is out/);
    using model = await line();
    await model.fit(batches, { epochs: 4, callbacks: [backup()] });
    expect(await weightsOf(model)).toEqual((await unbroken()).weights);
  });

  test('with stepsPerEpoch that is no whole number of passes', async () => {
    const oddly = (model: Sequential, callbacks: readonly Callback[]) => model.fit(x, y, { ...options, stepsPerEpoch: 2, callbacks }); // biome-ignore format: one line
    using whole = await line();
    await oddly(whole, []);
    using first = await line();
    await expect(oddly(first, [backup(), failing(5)])).rejects.toThrow(/power is out/);
    using model = await line();
    await oddly(model, [backup()]);
    expect(await weightsOf(model)).toEqual(await weightsOf(whole));
  });

  test('after its signal ended it, at the very step, without any saveFreq', async () => {
    const controller = new AbortController();
    const abort = lambdaCallback({ onTrainBatchEnd: (step) => void (step === 1 && controller.abort()) });
    using first = await line();
    const kept = () => backupAndRestore({ backupDir: join(folder, 'kept') });
    await first.fit(x, y, { ...options, signal: controller.signal, callbacks: [abort, kept()] });
    using model = await line();
    const told: number[] = [];
    const tell = lambdaCallback({ onTrainBatchEnd: (step) => void told.push(step) });
    await model.fit(x, y, { ...options, callbacks: [kept(), tell] });
    expect(told.slice(0, 3)).toEqual([2, 0, 1]);
    expect(await weightsOf(model)).toEqual((await unbroken()).weights);
  });

  test('with what other callbacks know: rows are not written twice, patience is not begun anew', async () => {
    const filename = join(folder, 'log.csv');
    const watchers = () => [
      lambdaCallback({ onEpochEnd: (_, logs) => void Object.assign(logs, { score: 1 }) }),
      csvLogger(filename),
      earlyStopping({ monitor: 'score', patience: 2, mode: 'min' }),
    ];
    using whole = await line();
    await whole.fit(x, y, { ...options, epochs: 9, callbacks: watchers() });
    const wanted = readFileSync(filename, 'utf8');
    expect(wanted.split('\n')).toHaveLength(5);
    await broken(7, watchers());
    using model = await line();
    await model.fit(x, y, { ...options, epochs: 9, callbacks: [backup(), ...watchers()] });
    expect(readFileSync(filename, 'utf8')).toBe(wanted);
  });

  test('from the backup before, when the last one is damaged', async () => {
    const damages: ((file: string) => void)[] = [
      (file) => truncateSync(`${file}.data-00000-of-00001`, 10),
      (file) => rmSync(`${file}.index`),
      (file) => writeFileSync(`${file}.json`, '{"position'),
      (file) => {
        const data = readFileSync(`${file}.data-00000-of-00001`);
        writeFileSync(`${file}.data-00000-of-00001`, data.fill(7, 0, 20));
      },
    ];
    for (const damage of damages) {
      await broken(5);
      const last = Math.max(...readdirSync(join(folder, 'kept')).map((name) => Number(/\d+/.exec(name)?.[0])));
      damage(join(folder, 'kept', `backup-${last}`));
      using model = await line();
      await model.fit(x, y, { ...options, callbacks: [backup()] });
      expect(await weightsOf(model)).toEqual((await unbroken()).weights);
    }
  });

  describe('with the best weights of earlyStopping', () => {
    /** The second epoch is the best; patience ends the run after the fourth. */
    const watchers = () => [
      lambdaCallback({ onEpochEnd: (epoch, logs) => void Object.assign(logs, { score: [2, 1, 3, 3, 0][epoch] }) }),
      earlyStopping({ monitor: 'score', mode: 'min', patience: 2, restoreBestWeights: true }),
    ];
    const finish = async (model: Sequential, more: readonly Callback[]) => {
      const { epoch } = await model.fit(x, y, { ...options, epochs: 9, callbacks: [...more, ...watchers()] });
      return { epoch, weights: await weightsOf(model) };
    };

    test.each([2, 3, 4, 6, 7, 8, 9, 11])('killed after %i steps', async (at) => {
      using whole = await line();
      await broken(at, watchers());
      using model = await line();
      expect(await finish(model, [backup()])).toEqual(await finish(whole, []));
    });

    test('after its signal ended it, which puts none back', async () => {
      const controller = new AbortController();
      let steps = 0;
      const abort = lambdaCallback({ onTrainBatchEnd: () => void (++steps === 8 && controller.abort()) });
      using whole = await line();
      using first = await line();
      const callbacks = [abort, backup(), ...watchers()];
      await first.fit(x, y, { ...options, epochs: 9, signal: controller.signal, callbacks });
      using model = await line();
      expect(await finish(model, [backup()])).toEqual(await finish(whole, []));
    });
  });
});

describe('what is in the folder', () => {
  test('two backups at most, until training is over', async () => {
    using model = await line();
    const seen: string[][] = [];
    const look = lambdaCallback({ onEpochBegin: () => void seen.push(readdirSync(join(folder, 'kept'))) });
    await model.fit(x, y, { ...options, callbacks: [backupAndRestore(join(folder, 'kept')), look] });
    const count = (names: readonly string[]) => names.filter((name) => name.endsWith('.json')).length;
    expect(seen.map(count)).toEqual([0, 1, 2, 2]);
    expect(seen.at(-1)?.filter((name) => name.startsWith('.'))).toEqual([]);
    expect(readdirSync(folder)).toEqual([]);
  });

  test('deleteCheckpoint: false keeps it, and the run is over for good', async () => {
    const kept = () => backupAndRestore(join(folder, 'kept'), { deleteCheckpoint: false });
    using model = await line();
    await model.fit(x, y, { ...options, callbacks: [kept()] });
    const weights = await weightsOf(model);
    using again = await line();
    let steps = 0;
    const tell = lambdaCallback({ onTrainBatchEnd: () => void steps++ });
    await again.fit(x, y, { ...options, callbacks: [kept(), tell] });
    expect(steps).toBe(0);
    expect(await weightsOf(again)).toEqual(weights);
    await again.fit(x, y, { ...options, epochs: 5, callbacks: [kept(), tell] });
    expect(steps).toBe(3);
  });

  test('what is not ours stays; what was left half written goes', async () => {
    writeFileSync(join(folder, 'notes.txt'), 'mine');
    writeFileSync(join(folder, '.backup-3.1234.tmp.index'), '');
    using model = await line();
    await model.fit(x, y, { ...options, callbacks: [backupAndRestore(folder)] });
    expect(readdirSync(folder)).toEqual(['notes.txt']);
  });
});

describe('what is refused', () => {
  test('a backup of another model; nothing is changed', async () => {
    using first = await line(2);
    const kept = () => backupAndRestore(join(folder, 'kept'), { deleteCheckpoint: false });
    await first.fit(x, y, { ...options, callbacks: [kept()] });
    using model = await line(3);
    const before = await weightsOf(model);
    await expect(model.fit(x, y, { ...options, callbacks: [kept()] })).rejects.toMatchObject({
      code: 'ERR_ARGUMENT',
      message: expect.stringMatching(/of another model: float32 \[1, 2\] for '.*kernel', which holds float32 \[1, 3\]/),
    });
    expect(await weightsOf(model)).toEqual(before);
  });

  test('backups that are all damaged', async () => {
    writeFileSync(join(folder, 'backup-1.json'), 'nonsense');
    using model = await line();
    await expect(model.fit(x, y, { ...options, callbacks: [backupAndRestore(folder)] })).rejects.toMatchObject({
      code: 'ERR_FILE_FORMAT',
      message: expect.stringMatching(/Delete the folder/),
    });
    expect((await model.fit(x, y)).epoch).toEqual([0]);
  });

  test('a folder that cannot be', async () => {
    writeFileSync(join(folder, 'file'), '');
    using model = await line();
    for (const path of [join(folder, 'file'), '/proc/nothing/here']) {
      await expect(model.fit(x, y, { callbacks: [backupAndRestore(path)] })).rejects.toMatchObject({
        code: 'ERR_NOT_WRITABLE',
      });
    }
  });

  test.each([
    [{}, /backupDir/],
    [{ backupDir: 'b', saveFreq: 0.5 }, /saveFreq/],
    [{ backupdir: 'b' }, /Did you mean 'backupDir'/],
  ])('%j', (given, message) => {
    expect(() => backupAndRestore(given as never)).toThrow(message);
  });
});

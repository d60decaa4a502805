import { readdir, readFile, rm, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type CheckpointEntry, readCheckpointIndex } from '../../core/checkpoint-index.js';
import type { DType } from '../../core/dtype.js';
import type { ProgramFunction } from '../../core/function.js';
import { makeFolder } from '../../core/make-folder.js';
import type { Output } from '../../core/output.js';
import type { Program } from '../../core/program.js';
import { replaceFiles } from '../../core/replace-path.js';
import { formatShape, type Shape } from '../../core/shape.js';
import { spec, type TensorSpec } from '../../core/spec.js';
import { type Tensor, tensor } from '../../core/tensor.js';
import type { Variable } from '../../core/variable.js';
import { messageOf, TensorFlowError } from '../../errors/errors.js';
import * as ops from '../../ops/index.js';
import type { CallbackModel } from './callback.js';

/** Backups that are kept: a damaged last one is no loss of all. */
const GENERATIONS = 2;
const CHECKPOINT = ['.data-00000-of-00001', '.index'] as const;

/** How names of tensors begin that are no variables. */
const EXTRA = 'callbacks/';

type Prefix = { prefix: TensorSpec };
type Saver = ProgramFunction<Prefix & { extras: TensorSpec<Shape>[] }>;
type Entries = ReadonlyMap<string, CheckpointEntry>;
type Extras = ReadonlyMap<string, Tensor>;

/** What a backup has besides the variables. */
export interface Restored<T> {
  readonly data: T;
  readonly tensors: Extras;
}

/**
 * Generations of backups in a folder, `backup-7.json` with the checkpoint `backup-7`: all variables of a program, and
 * tensors and plain data along with them. A backup counts from the moment its `.json` is there, which is written last.
 */
export class Backups<T> {
  readonly #folder: string;
  readonly #variables: ReadonlyMap<string, Variable>;
  readonly #program: Program;
  /** By what extra tensors there are. */
  readonly #savers = new Map<string, Saver>();
  readonly #restore: ProgramFunction<Prefix>;

  constructor(folder: string, model: CallbackModel) {
    this.#folder = folder;
    this.#program = model.program;
    this.#variables = byPlace(model);
    const [names, variables] = [[...this.#variables.keys()], [...this.#variables.values()]];
    this.#restore = model.program.trace('restore_backup', { prefix: spec('string', []) }, ({ prefix }) => {
      const values = restored(prefix, names, variables);
      for (const [i, variable] of variables.entries()) {
        const value = values[i];
        if (value) variable.assign(ops.ensureShape(value, { shape: variable.shape }));
      }
      return {};
    });
  }

  /** Whether these are all variables of the model, still. */
  isOf(model: CallbackModel): boolean {
    const now = [...byPlace(model)];
    return now.length === this.#variables.size && now.every(([key, variable]) => this.#variables.get(key) === variable);
  }

  /** Writes the next generation, and removes those that are no longer needed. */
  async write(data: T, tensors: Extras): Promise<void> {
    const save = this.#saverOf(tensors);
    const extras = [...tensors.values()];
    const [last = 0] = await this.#generations();
    const path = this.#path(last + 1);
    await replaceFiles(path, CHECKPOINT, async (temporary) => {
      await save({ prefix: tensor(temporary), extras });
    });
    await replaceFiles(path, ['.json'], (temporary) => writeFile(`${temporary}.json`, JSON.stringify(data)));
    await this.#remove((generation) => generation <= last + 1 - GENERATIONS);
  }

  /**
   * Sets the variables to the newest backup that can be read, and gives its data; undefined where there is none.
   *
   * @throws ERR_ARGUMENT when it is of another model; ERR_FILE_FORMAT when there are backups, but all are damaged
   */
  async restore(): Promise<Restored<T> | undefined> {
    const failures: unknown[] = [];
    for (const generation of await this.#generations()) {
      const path = this.#path(generation);
      try {
        const data: T = JSON.parse(await readFile(`${path}.json`, 'utf8'));
        const extras = await this.#check(path);
        await this.#restore({ prefix: tensor(path) });
        return { data, tensors: await this.#extras(path, extras) };
      } catch (failure) {
        if (failure instanceof TensorFlowError && failure.code === 'ERR_ARGUMENT') throw failure;
        failures.push(failure);
      }
    }
    if (failures.length === 0) return undefined;
    throw new TensorFlowError(
      'ERR_FILE_FORMAT',
      `backupAndRestore: no backup in '${this.#folder}' can be read: ${messageOf(failures[0])}. Delete the folder to start anew.`,
      { cause: failures[0] },
    );
  }

  /** Makes the folder, and clears away what was left half written. */
  async open(): Promise<void> {
    try {
      await makeFolder(this.#folder);
      await this.#removeFiles((name) => name.startsWith('.backup-'));
    } catch (cause) {
      throw new TensorFlowError(
        'ERR_NOT_WRITABLE',
        `backupAndRestore: '${this.#folder}' cannot be written: ${messageOf(cause)}. Choose another backupDir.`,
        { cause },
      );
    }
  }

  /** Removes all backups, and the folder where nothing else is in it. */
  async clear(): Promise<void> {
    await this.#remove(() => true);
    await rmdir(this.#folder).catch(() => {});
  }

  #path(generation: number): string {
    return join(this.#folder, `backup-${generation}`);
  }

  /** Numbers of the backups, newest first. */
  async #generations(): Promise<number[]> {
    const found = (await readdir(this.#folder)).map((name) => /^backup-(\d+)\.json$/.exec(name)?.[1]);
    return found
      .filter((number) => number !== undefined)
      .map(Number)
      .sort((a, b) => b - a);
  }

  /** Why the .json goes first: a backup without it is none. */
  async #remove(which: (generation: number) => boolean): Promise<void> {
    for (const ending of ['.json', '']) {
      await this.#removeFiles((name) => {
        const number = /^backup-(\d+)\./.exec(name)?.[1];
        return number !== undefined && which(Number(number)) && name.endsWith(ending);
      });
    }
  }

  async #removeFiles(which: (name: string) => boolean): Promise<void> {
    const names = (await readdir(this.#folder)).filter(which);
    await Promise.all(names.map((name) => rm(join(this.#folder, name), { force: true, recursive: true })));
  }

  #saverOf(tensors: Extras): Saver {
    const specs = [...tensors.values()].map(({ dtype, shape }) => spec(dtype, shape));
    const key = JSON.stringify([[...tensors.keys()], specs]);
    const known = this.#savers.get(key);
    if (known) return known;
    const names = [...this.#variables.keys(), ...Array.from(tensors.keys(), (name) => EXTRA + name)];
    const inputs = { prefix: spec('string', []), extras: specs };
    const saver = this.#program.trace('backup', inputs, ({ prefix, extras }) => {
      const values = [...Array.from(this.#variables.values(), (variable) => variable.read()), ...extras];
      ops.saveV2(prefix, strings(names), strings(names.map(() => '')), values);
      return {};
    });
    this.#savers.set(key, saver);
    return saver;
  }

  async #extras(path: string, entries: Entries): Promise<Extras> {
    if (entries.size === 0) return new Map();
    const names = [...entries.keys()];
    const read = this.#program.trace('restore_extras', { prefix: spec('string', []) }, ({ prefix }) => ({
      values: restored(prefix, names, [...entries.values()]),
    }));
    const { values } = await read({ prefix: tensor(path) });
    return new Map(values.map((value, i) => [names[i]?.slice(EXTRA.length) ?? '', value]));
  }

  /** Gives what it has besides variables. */
  async #check(path: string): Promise<Entries> {
    const entries = await readCheckpointIndex(path);
    const differs = (how: string) =>
      new TensorFlowError(
        'ERR_ARGUMENT',
        `backupAndRestore: the backup in '${this.#folder}' is of another model: ${how}. Delete it, or choose another backupDir.`,
      );
    const extra = [...entries.keys()].find((key) => !key.startsWith(EXTRA) && !this.#variables.has(key));
    if (extra !== undefined) throw differs(`it has a variable more, ${extra}`);
    for (const [key, { name, dtype, shape }] of this.#variables) {
      const entry = entries.get(key);
      if (!entry) throw differs(`it lacks '${name}'`);
      if (entry.dtype === dtype && formatShape(entry.shape) === formatShape(shape)) continue;
      throw differs(
        `${entry.dtype} ${formatShape(entry.shape)} for '${name}', which holds ${dtype} ${formatShape(shape)}`,
      );
    }
    return new Map([...entries].filter(([key]) => key.startsWith(EXTRA)));
  }
}

/**
 * Variables of a program by what they are to the model. Why not by name: a layer without a name of its own is called
 * otherwise when the model is made a second time.
 */
function byPlace({ program, weights, optimizer }: CallbackModel): Map<string, Variable> {
  const groups = {
    weights,
    optimizer: optimizer.built ? optimizer.weights.map(({ variable }) => variable) : [],
    program: program.variables,
  };
  const keys = new Map<string, Variable>();
  const known = new Set<Variable>();
  for (const [group, variables] of Object.entries(groups)) {
    for (const [i, variable] of variables.filter((one) => !known.has(one)).entries()) {
      keys.set(`${group}/${i}`, variable);
      known.add(variable);
    }
  }
  return keys;
}

/** Values of a checkpoint. */
function restored(prefix: Output, names: readonly string[], values: readonly { dtype: DType }[]): readonly Output[] {
  const dtypes = values.map(({ dtype }) => dtype);
  return ops.restoreV2(prefix, strings(names), strings(names.map(() => '')), { dtypes });
}

function strings(values: readonly string[]) {
  return ops.constant(tensor(values, [values.length], 'string'));
}

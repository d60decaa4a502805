import { TensorFlowError } from '../errors/errors.js';
import { type CheckpointEntry, readCheckpointIndex } from './checkpoint-index.js';
import { constant } from './constant.js';
import { dtypeNumber } from './dtype.js';
import { callFunction, identity, type ProgramFunction, traceFunction } from './function.js';
import type { Operation, Output } from './output.js';
import type { Program } from './program.js';
import { replaceFiles } from './replace-path.js';
import { currentScope, withControls, withScope } from './scope.js';
import { formatShape } from './shape.js';
import { spec, type TensorSpec } from './spec.js';
import { tensor } from './tensor.js';
import type { Variable } from './variable.js';

export interface RestoreOptions {
  /** Take what is there: variables the checkpoint lacks keep their values, and what else it holds is passed over. Default false. */
  partial?: boolean;
}

/** Adds the operation that writes variables to the checkpoint of that name, as one file of data and its index. */
export function writeVariables(prefix: Output, variables: readonly Variable[]): Operation {
  const { names, slices } = tensorNames(variables);
  return currentScope().add({
    type: 'SaveV2',
    inputs: [prefix, names, slices, variables.map((variable) => variable.read())],
    attrs: [['dtypes', 'list(type)', variables.map(({ dtype }) => dtypeNumber(dtype))]],
    stateful: true,
  });
}

/** Adds the operations that set variables to what the checkpoint of that name holds. */
export function readVariables(prefix: Output, variables: readonly Variable[]): Operation[] {
  const { names, slices } = tensorNames(variables);
  const values = currentScope().add({
    type: 'RestoreV2',
    inputs: [prefix, names, slices],
    attrs: [['dtypes', 'list(type)', variables.map(({ dtype }) => dtypeNumber(dtype))]],
    stateful: true,
  });
  return variables.map((variable, i) => variable.assign(ensureShape(values.output(i), variable.shape)));
}

function tensorNames(variables: readonly Variable[]): { names: Output; slices: Output } {
  const names = variables.map(({ name }) => name);
  const strings = (values: readonly string[]): Output => constant(tensor(values, [values.length], 'string'));
  return { names: strings(names), slices: strings(names.map(() => '')) };
}

function ensureShape(value: Output, shape: readonly number[]): Output {
  return currentScope()
    .add({
      type: 'EnsureShape',
      inputs: [value],
      attrs: [
        ['T', 'type', dtypeNumber(value.dtype)],
        ['shape', 'shape', shape],
      ],
    })
    .output();
}

/** One operation that waits for all of these. */
export function afterAll(operations: readonly Operation[], name: string): Operation {
  return withControls(operations, () => currentScope().add({ type: 'NoOp', name }));
}

type Prefix = { prefix: TensorSpec };

/** The nodes that write and read some of a program's variables, made once. */
export class Saver {
  readonly variables: readonly Variable[];
  readonly save: ProgramFunction<Prefix, { prefix: Output }>;
  readonly restore: ProgramFunction<Prefix, Record<string, Output>>;
  /** One operation that waits for all that `restore` does. */
  readonly restored: Operation;
  /** The operation that sets each variable on restoring. */
  readonly setters: readonly Operation[];
  /** The value of each variable as `save` reads it. */
  readonly reads: readonly Output[];

  constructor(program: Program, variables: readonly Variable[]) {
    this.variables = variables;
    const prefix = { prefix: spec('string', []) };
    let reads: Output[] = [];
    this.save = program.trace('save', prefix, ({ prefix }) => {
      reads = variables.map((variable) => variable.read());
      const written = writeVariables(prefix, variables);
      return { prefix: withControls([written], () => identity(prefix)) };
    });
    this.reads = reads;
    // Why: a SavedModel has one tensor for the file's name, to save and to restore.
    const inputs = this.save.inputs;
    const made = traceFunction(program, 'restore', {}, () => {
      readVariables(inputs.prefix, variables);
      return {};
    });
    this.restore = callFunction(program, { ...made, specs: prefix, inputs });
    this.setters = made.effects.filter(({ type }) => type === 'AssignVariableOp');
    this.restored = withScope(program.scope, () => afterAll(made.effects, 'restore/all'));
  }

  /** Writes the checkpoint whole or not at all. */
  async write(prefix: string): Promise<void> {
    await replaceFiles(prefix, ['.data-00000-of-00001', '.index'], async (temporary) => {
      const { prefix: written } = await this.save({ prefix: tensor(temporary) });
      written.dispose();
    });
  }
}

/** The savers of a program: one for each choice of variables that was asked for. */
export class Savers {
  readonly #program: Program;
  readonly #known: Saver[] = [];

  constructor(program: Program) {
    this.#program = program;
  }

  of(variables: readonly Variable[]): Saver {
    const known = this.#known.find(
      (saver) => saver.variables.length === variables.length && saver.variables.every((v, i) => v === variables[i]),
    );
    if (known) return known;
    const saver = new Saver(this.#program, [...variables]);
    this.#known.push(saver);
    return saver;
  }

  /** Writes all variables. */
  async write(prefix: string): Promise<void> {
    await this.of(this.#program.variables).write(prefix);
  }

  /** Sets all variables, or with `partial` those that the checkpoint has. */
  async restore(prefix: string, options: RestoreOptions): Promise<void> {
    const found = await restorable(prefix, this.#program.variables, options);
    if (found.length > 0) await this.of(found).restore({ prefix: tensor(prefix) });
  }
}

/** The variables that a checkpoint has values for. */
async function restorable(
  prefix: string,
  variables: readonly Variable[],
  { partial = false }: RestoreOptions,
): Promise<readonly Variable[]> {
  const entries = await readCheckpointIndex(prefix);
  const known = new Set(variables.map(({ name }) => name));
  const missing = [...known].filter((name) => !entries.has(name));
  const extra = [...entries.keys()].filter((name) => !known.has(name));
  if (!partial && missing.length + extra.length > 0) throw differs(prefix, missing, extra);
  const found = variables.filter(({ name }) => entries.has(name));
  for (const variable of found) checkEntry(prefix, variable, entries.get(variable.name));
  return found;
}

function differs(prefix: string, missing: readonly string[], extra: readonly string[]): TensorFlowError {
  const parts = [
    ...(missing.length ? [`it lacks ${missing.map((name) => `'${name}'`).join(', ')}`] : []),
    ...(extra.length ? [`the program has no ${extra.map((name) => `'${name}'`).join(', ')}`] : []),
  ];
  return new TensorFlowError(
    'ERR_UNKNOWN_NAME',
    `Checkpoint '${prefix}' is not of this program: ${parts.join(', and ')}; { partial: true } takes what fits.`,
  );
}

function checkEntry(prefix: string, { name, dtype, shape }: Variable, entry: CheckpointEntry | undefined): void {
  if (!entry || (entry.dtype === dtype && formatShape(entry.shape) === formatShape(shape))) return;
  throw new TensorFlowError(
    entry.dtype === dtype ? 'ERR_SHAPE' : 'ERR_DTYPE',
    `Checkpoint '${prefix}' has ${entry.dtype} ${formatShape(entry.shape)} for '${name}', which holds ${dtype} ${formatShape(shape)}.`,
  );
}

import { TensorFlowError } from '../errors/errors.js';
import type { NativeCallable } from '../native/binding.js';
import type { Operation, Output } from './output.js';
import type { Program } from './program.js';
import { withScope } from './scope.js';
import { placeholder } from './spec.js';
import { Tensor, type TensorLike } from './tensor.js';
import type { Variable } from './variable.js';

/** Where a new value of a variable goes in, and what sets it. */
interface Assigner {
  readonly value: Output;
  readonly update: Operation;
}

/** What variables held, outside of the program. */
export interface KeptValues {
  values?: readonly Tensor[];
}

/** The values a program’s session holds: how variables get their first ones, are read and set from outside. */
export class ProgramState {
  readonly #program: Program;
  readonly #uninitialized = new Set<Variable>();
  readonly #pendingOperations: Operation[] = [];
  readonly #assigners = new Map<Variable, Assigner>();
  readonly #readers = new Map<Variable, Output>();
  readonly #changes: (() => Promise<void>)[] = [];
  /** What gives variables their first values again, by their names. */
  readonly #restarters = new Map<string, NativeCallable>();
  #initializing: Promise<void> | undefined;

  constructor(program: Program) {
    this.#program = program;
  }

  /** A variable without a value. */
  add(variable: Variable): void {
    this.#uninitialized.add(variable);
  }

  /** Before anything runs that comes after, variables start anew; what they hold until then is kept. */
  restart(variables: readonly Variable[]): KeptValues {
    const kept: KeptValues = {};
    this.#changes.push(() => this.#restart(variables, kept));
    return kept;
  }

  /** Before anything runs that comes after, variables get what was kept of them, or of others like them. */
  resume(variables: readonly Variable[], kept: KeptValues): void {
    this.#changes.push(() => this.#resume(variables, kept));
  }

  /** Operations to run once, when all variables have their values. */
  runFirst(operations: readonly Operation[]): void {
    this.#pendingOperations.push(...operations);
  }

  /** Whether something must run before functions can. */
  get pending(): boolean {
    const waiting = this.#uninitialized.size + this.#pendingOperations.length + this.#changes.length;
    return waiting > 0 || this.#initializing !== undefined;
  }

  /** Gives every variable that has no value yet its first one, then runs what waits for them. */
  async initialize(): Promise<void> {
    while (this.pending) {
      this.#initializing ??= this.#initializeNow();
      await this.#initializing;
    }
  }

  /** Values of variables, read in one run. */
  async values(variables: readonly Variable[]): Promise<Tensor[]> {
    await this.initialize();
    const outputs = variables.map((variable) => this.#reader(variable));
    return (await this.#program.callable([], outputs).run([])).map((native) => new Tensor(native));
  }

  /** Sets variables in one run. */
  async assign(pairs: readonly (readonly [Variable, Tensor | TensorLike])[]): Promise<void> {
    for (const [variable] of pairs) if (variable.program !== this.#program) throw foreign(variable);
    const hosts = pairs.map(([variable, value]) => variable.accept(value));
    if (hosts.length === 0) return;
    const assigners = pairs.map(([variable]) => this.#assigner(variable));
    const run = this.#program.callable(
      assigners.map((a) => a.value),
      [],
      assigners.map((a) => a.update),
    );
    // Why: variables that start anew later would lose what they are given now.
    if (this.#changes.length > 0) await this.initialize();
    while (this.#initializing) await this.#initializing.catch(() => {});
    const assigning = this.#assignNow(run, pairs, hosts);
    // Why: a function called meanwhile must neither run before the values are there nor initialize over them.
    this.#initializing = assigning.catch(() => {});
    await assigning;
  }

  async #assignNow(
    run: NativeCallable,
    pairs: readonly (readonly [Variable, Tensor | TensorLike])[],
    hosts: readonly Tensor[],
  ): Promise<void> {
    try {
      await run.run(hosts.map((host) => host.native));
      for (const [variable] of pairs) this.#uninitialized.delete(variable);
    } finally {
      this.#initializing = undefined;
      for (const [i, [, value]] of pairs.entries()) if (hosts[i] !== value) hosts[i]?.dispose();
    }
  }

  async #initializeNow(): Promise<void> {
    const variables = [...this.#uninitialized];
    try {
      // Why: the generator must have its state before an initializer draws from it.
      for (const batch of [
        variables.filter((v) => v === this.#program.generator),
        variables.filter((v) => v !== this.#program.generator),
      ]) {
        if (batch.length > 0) await this.#runInitializers(batch);
      }
      await this.#runPending();
      await this.#runChanges();
    } finally {
      this.#initializing = undefined;
    }
  }

  async #runInitializers(variables: readonly Variable[]): Promise<void> {
    const init = this.#program.trace('init', {}, () => {
      for (const variable of variables) variable.assign(variable.initializer(variable.shape, variable.dtype));
      return {};
    });
    await this.#program.callable([], [], init.effects).run([]);
    for (const variable of variables) this.#uninitialized.delete(variable);
  }

  async #runChanges(): Promise<void> {
    for (let next = this.#changes[0]; next; next = this.#changes[0]) {
      await next();
      this.#changes.shift();
    }
  }

  async #restart(variables: readonly Variable[], kept: KeptValues): Promise<void> {
    kept.values = (await this.#restarter(variables).run([])).map((native) => new Tensor(native));
  }

  async #resume(variables: readonly Variable[], { values = [] }: KeptValues): Promise<void> {
    const assigners = variables.map((variable) => this.#assigner(variable));
    const [feeds, updates] = [assigners.map(({ value }) => value), assigners.map(({ update }) => update)];
    await this.#program.callable(feeds, [], updates).run(values.map(({ native }) => native));
    for (const value of values) value.dispose();
  }

  /** Gives what variables hold and lets them start anew; in one run, since the first of each kind takes milliseconds. */
  #restarter(variables: readonly Variable[]): NativeCallable {
    const key = variables.map(({ name }) => name).join('\n');
    let known = this.#restarters.get(key);
    if (!known) {
      const { outputs, effects } = this.#program.trace('restart', {}, () => {
        const before = variables.map((variable) => variable.read());
        for (const variable of variables) variable.assign(variable.initializer(variable.shape, variable.dtype));
        return before;
      });
      known = this.#program.callable([], outputs, effects);
      this.#restarters.set(key, known);
    }
    return known;
  }

  async #runPending(): Promise<void> {
    const operations = [...this.#pendingOperations];
    if (operations.length === 0) return;
    await this.#program.callable([], [], operations).run([]);
    this.#pendingOperations.splice(0, operations.length);
  }

  #assigner(variable: Variable): Assigner {
    return this.#ofEach(this.#assigners, variable, (one) => {
      const value = placeholder(`${one.name}/Value`, one);
      return { value, update: one.assign(value) };
    });
  }

  #reader(variable: Variable): Output {
    return this.#ofEach(this.#readers, variable, (one) => one.read());
  }

  /** Why for all variables at once: the library takes the whole graph in again after every new operation. */
  #ofEach<T>(known: Map<Variable, T>, variable: Variable, make: (variable: Variable) => T): T {
    if (!known.has(variable)) {
      const missing = [...new Set([variable, ...this.#program.variables])].filter((one) => !known.has(one));
      withScope(this.#program.scope, () => {
        for (const one of missing) known.set(one, make(one));
      });
    }
    return known.get(variable) as T;
  }
}

function foreign(variable: Variable): TensorFlowError {
  return new TensorFlowError('ERR_GRAPH', `${variable} belongs to another program; assign it through that one.`);
}

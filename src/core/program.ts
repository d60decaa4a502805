import { TensorFlowError } from '../errors/errors.js';
import type { NativeCallable, NativeSession, NativeTensor } from '../native/binding.js';
import { loadAddon } from '../native/library.js';
import { sessionConfig, settings } from './config.js';
import { constant } from './constant.js';
import { type DType, dtypeNumber } from './dtype.js';
import { Graph } from './graph.js';
import { type Operation, Output } from './output.js';
import { initialRandomState } from './random.js';
import { currentScope, Scope, withScope } from './scope.js';
import { formatShape, isCompatible, type PartialShape, shapeToNative } from './shape.js';
import { flatten, type Mapped, repack, type Structure } from './structure.js';
import { Tensor, type TensorLike, toTensor } from './tensor.js';
import { Trace } from './trace.js';
import { Variable, type VariableOptions } from './variable.js';

/** dtype and shape of an input; `null` dimensions are open. */
export interface TensorSpec {
  readonly dtype: DType;
  readonly shape: PartialShape;
}

/**
 * Describes an input of a function.
 *
 * @example
 * spec('float32', [null, 784])   // any number of rows
 */
export function spec(dtype: DType, shape: PartialShape): TensorSpec {
  return { dtype, shape };
}

type Specs = Readonly<Record<string, TensorSpec>>;
type Values<S extends Specs> = { [K in keyof S]: Output };
type Feeds<S extends Specs> = { [K in keyof S]: Tensor | TensorLike };
type Outputs = Structure<Output>;

/** A named function of a program: called, it is one run of the graph, off the JavaScript thread. */
export interface ProgramFunction<S extends Specs = Specs, O extends Outputs = Outputs> {
  (feeds: Feeds<S>): Promise<Mapped<O, Output, Tensor>>;
  /** Its name in the program and its signature name in a SavedModel. */
  readonly functionName: string;
  readonly inputs: Values<S>;
  readonly outputs: O;
  /** Updates and other effects that run with it. */
  readonly effects: readonly Operation[];
}

export interface ProgramOptions {
  /** Makes initial values, dropout and shuffling repeatable. Default: `tf.config({ seed })`, else drawn. */
  seed?: number;
}

/**
 * A graph, its variables, one session, and the functions that run in it.
 *
 * @example
 * const program = new Program({ seed: 1 });
 * const w = program.variable('w', { shape: [2], initializer: (shape) => ops.fill(shape, 1) });
 * const scale = program.function('scale', { x: spec('float32', [2]) }, ({ x }) => ({ y: ops.mul(x, w) }));
 * (await scale({ x: [3, 4] })).y.array();   // [3, 4]
 */
export class Program {
  readonly graph: Graph;
  /** Where nodes of the program go that belong to no function. */
  readonly scope: Scope;
  readonly variables: Variable[] = [];
  readonly functions: Record<string, ProgramFunction> = {};
  /** State of the random generator. */
  readonly generator: Variable;
  #session: NativeSession | undefined;
  readonly #uninitialized = new Set<Variable>();
  readonly #assigners = new Map<Variable, { value: Output; update: Operation }>();
  readonly #readers = new Map<Variable, Output>();
  #initializing: Promise<void> | undefined;

  constructor({ seed = settings().seed ?? Math.floor(Math.random() * 2 ** 31) }: ProgramOptions = {}) {
    const state = initialRandomState(seed);
    this.graph = new Graph();
    this.generator = this.variable('random/state', {
      shape: [3],
      dtype: 'int64',
      trainable: false,
      initializer: () => constant(state),
    });
    this.scope = new Scope(this.graph, { generator: this.generator });
  }

  /** State that lives through the program's runs. The name is made unique. */
  variable(name: string, options: VariableOptions): Variable {
    const variable = new Variable(this, name, options);
    this.variables.push(variable);
    this.#uninitialized.add(variable);
    return variable;
  }

  /**
   * Traces `body` once and gives the function that runs it.
   *
   * @param name unique in the program; the signature's name when saved
   * @param inputs dtype and shape of every input
   * @param body builds the graph from the inputs; synchronous; updates made in it run with the function
   */
  function<S extends Specs, O extends Outputs>(
    name: string,
    inputs: S,
    body: (inputs: Values<S>) => O,
  ): ProgramFunction<S, O> {
    if (Object.hasOwn(this.functions, name)) {
      throw new TensorFlowError('ERR_ARGUMENT', `The program already has a function '${name}'; choose another name.`);
    }
    const made = this.trace(name, inputs, body);
    Object.assign(this.functions, { [name]: made });
    return made;
  }

  /** As {@link function}, without entering it in `functions`. */
  trace<S extends Specs, O extends Outputs>(
    name: string,
    inputs: S,
    body: (inputs: Values<S>) => O,
  ): ProgramFunction<S, O> {
    const trace = new Trace();
    const scope = this.scope.sub(name).traced(trace);
    const [placeholders, outputs] = withScope(scope, () => {
      const made = placeholdersFor(inputs);
      return [made, fetchable(name, this.graph, body(made), Object.values<Output>(made))] as const;
    });
    const run = this.#runner(name, inputs, placeholders, outputs, trace.effects);
    return Object.assign(run, { functionName: name, inputs: placeholders, outputs, effects: trace.effects });
  }

  /** Feeds, fetches and targets resolved once, for loops that run many times. */
  callable(feeds: readonly Output[], fetches: readonly Output[], targets: readonly Operation[] = []): NativeCallable {
    return this.session.callable(
      feeds.map((o) => o.ref),
      fetches.map((o) => o.ref),
      targets.map((op) => op.id),
    );
  }

  get session(): NativeSession {
    this.#session ??= loadAddon().session(this.graph.native, sessionConfig());
    return this.#session;
  }

  /** Gives every variable that has no value yet its first one. Runs by itself before the first run. */
  async initialize(): Promise<void> {
    while (this.#uninitialized.size > 0 || this.#initializing) {
      this.#initializing ??= this.#initializeNow();
      await this.#initializing;
    }
  }

  /** Values of variables, read in one run. */
  async values(variables: readonly Variable[]): Promise<Tensor[]> {
    await this.initialize();
    const outputs = variables.map((variable) => this.#reader(variable));
    return (await this.callable([], outputs).run([])).map((native) => new Tensor(native));
  }

  /** Sets variables in one run. */
  async assign(pairs: readonly (readonly [Variable, Tensor | TensorLike])[]): Promise<void> {
    for (const [variable] of pairs) if (variable.program !== this) throw foreign(variable);
    const hosts = pairs.map(([variable, value]) => variable.accept(value));
    if (hosts.length === 0) return;
    const assigners = pairs.map(([variable]) => this.#assigner(variable));
    const run = this.callable(
      assigners.map((a) => a.value),
      [],
      assigners.map((a) => a.update),
    );
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

  /** Frees graph, variables and session; runs in flight end first. */
  dispose(): void {
    this.#session?.dispose();
    this.graph.dispose();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  #runner<S extends Specs, O extends Outputs>(
    name: string,
    specs: S,
    placeholders: Values<S>,
    outputs: O,
    effects: readonly Operation[],
  ): (feeds: Feeds<S>) => Promise<Mapped<O, Output, Tensor>> {
    const feeds = Object.values<Output>(placeholders);
    const fetches = flatten<Output>(outputs, isOutput).map(([, output]) => output);
    let callable: NativeCallable | undefined;
    return async (values) => {
      const { natives, temporary } = hostInputs(name, specs, values);
      if (this.#uninitialized.size > 0 || this.#initializing) await this.initialize();
      callable ??= this.callable(feeds, fetches, effects);
      try {
        const results = await callable.run(natives);
        const tensors = results.map((native) => new Tensor(native));
        return repack<Output, Tensor>(outputs, isOutput, tensors) as never;
      } finally {
        for (const host of temporary) host.dispose();
      }
    };
  }

  async #initializeNow(): Promise<void> {
    const variables = [...this.#uninitialized];
    try {
      // Why: the generator must have its state before an initializer draws from it.
      for (const batch of [
        variables.filter((v) => v === this.generator),
        variables.filter((v) => v !== this.generator),
      ]) {
        if (batch.length > 0) await this.#runInitializers(batch);
      }
    } finally {
      this.#initializing = undefined;
    }
  }

  async #runInitializers(variables: readonly Variable[]): Promise<void> {
    const init = this.trace('init', {}, () => {
      for (const variable of variables) variable.assign(variable.initializer(variable.shape, variable.dtype));
      return {};
    });
    await this.callable([], [], init.effects).run([]);
    for (const variable of variables) this.#uninitialized.delete(variable);
  }

  #assigner(variable: Variable): { value: Output; update: Operation } {
    let known = this.#assigners.get(variable);
    if (!known) {
      known = withScope(this.scope, () => {
        const value = placeholder(`${variable.name}/Value`, variable);
        return { value, update: variable.assign(value) };
      });
      this.#assigners.set(variable, known);
    }
    return known;
  }

  #reader(variable: Variable): Output {
    let known = this.#readers.get(variable);
    if (!known) {
      known = withScope(this.scope, () => variable.read());
      this.#readers.set(variable, known);
    }
    return known;
  }
}

function foreign(variable: Variable): TensorFlowError {
  return new TensorFlowError('ERR_GRAPH', `${variable} belongs to another program; assign it through that one.`);
}

function isOutput(value: unknown): value is Output {
  return value instanceof Output;
}

function placeholder(name: string, { dtype, shape }: { dtype: DType; shape: PartialShape }): Output {
  return currentScope()
    .add({
      type: 'Placeholder',
      name,
      attrs: [
        ['dtype', 'type', dtypeNumber(dtype)],
        ['shape', 'shape', shapeToNative(shape)],
      ],
    })
    .output();
}

function placeholdersFor<S extends Specs>(specs: S): Values<S> {
  const made = Object.entries(specs).map(([key, input]) => [key, placeholder(key, input)]);
  return Object.fromEntries(made) as Values<S>;
}

/** Why: the library refuses to fetch what is fed, so an input that is returned as it came is copied. */
function fetchable<O extends Outputs>(where: string, graph: Graph, outputs: O, inputs: readonly Output[]): O {
  const leaves = flatten<Output>(outputs, isOutput).map(([path, output]) => {
    if (output.graph !== graph) {
      throw new TensorFlowError('ERR_GRAPH', `${where}: result '${path}' (${output.name}) belongs to another program.`);
    }
    return inputs.includes(output) ? copy(output) : output;
  });
  return repack<Output, Output>(outputs, isOutput, leaves) as O;
}

function copy(output: Output): Output {
  return currentScope()
    .add({ type: 'Identity', inputs: [output], attrs: [['T', 'type', dtypeNumber(output.dtype)]] })
    .output();
}

/** What was given for a function's inputs, checked, as native tensors; `temporary` ones were made here. */
function hostInputs(
  where: string,
  specs: Specs,
  values: Readonly<Record<string, Tensor | TensorLike>> = {},
): { natives: NativeTensor[]; temporary: Tensor[] } {
  const temporary: Tensor[] = [];
  const natives = Object.entries(specs).map(([key, expected]) => {
    const value = values[key];
    if (value === undefined) {
      throw new TensorFlowError('ERR_ARGUMENT', `${where}: input '${key}' is missing; give ${describe(expected)}.`);
    }
    const host = toTensor(value, expected.dtype);
    if (host !== value) temporary.push(host);
    checkInput(where, key, host, expected);
    return host.native;
  });
  return { natives, temporary };
}

function describe({ dtype, shape }: TensorSpec): string {
  return `${dtype} ${formatShape(shape)}`;
}

function checkInput(where: string, key: string, host: Tensor, expected: TensorSpec): void {
  const got = `got ${host.dtype} ${formatShape(host.shape)}`;
  if (host.dtype !== expected.dtype) {
    throw new TensorFlowError('ERR_DTYPE', `${where}: input '${key}' takes ${describe(expected)}, ${got}.`);
  }
  if (!isCompatible(host.shape, expected.shape)) {
    throw new TensorFlowError('ERR_SHAPE', `${where}: input '${key}' takes ${describe(expected)}, ${got}.`);
  }
}

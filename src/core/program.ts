import { resolve } from 'node:path';
import { TensorFlowError } from '../errors/errors.js';
import { checkOptions, unknownName } from '../errors/suggest.js';
import type { NativeCallable, NativeSession } from '../native/binding.js';
import { loadAddon } from '../native/library.js';
import { type RestoreOptions, readVariables, Savers, writeVariables } from './checkpoint.js';
import { sessionConfig, settings } from './config.js';
import { constant } from './constant.js';
import { describeProgram, type ProgramDescription } from './describe.js';
import type { DiagramOptions } from './diagram.js';
import { Exporter, type SaveOptions } from './exporter.js';
import {
  callFunction,
  type Outputs,
  type ProgramFunction,
  type SpecRecord,
  type Specs,
  traceFunction,
  type Values,
} from './function.js';
import { Graph } from './graph.js';
import { dotOf, mermaidOf } from './graph-text.js';
import { explainJit, type FunctionOptions, jitCompiled } from './jit.js';
import { type Operation, Output } from './output.js';
import { type Profile, type Profiled, type ProfileOptions, profileFunction } from './profile.js';
import { type KeptValues, ProgramState } from './program-state.js';
import { initialRandomState } from './random.js';
import { operationsOf, type Traced } from './reachable.js';
import { type LoadedModel, readSavedModel } from './saved-model-reader.js';
import type { Asset } from './saved-model-writer.js';
import { Scope, withScope } from './scope.js';
import { type Tensor, type TensorLike, tensor } from './tensor.js';
import { Trace } from './trace.js';
import { type Initializer, Variable, type VariableOptions } from './variable.js';

export type { SaveOptions } from './exporter.js';

export interface ProgramOptions {
  /** Makes initial values, dropout and shuffling repeatable. Default: `tf.config({ seed })`, else drawn. */
  seed?: number;
}

export interface LoadOptions {
  /** Which graph of the file, by exactly its tags. Default `['serve']`. */
  tags?: readonly string[];
  /** Of the random generator, where the file has none. */
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
  readonly functions: Record<string, ProgramFunction> = Object.create(null);
  /** State of the random generator. */
  readonly generator: Variable;
  #session: NativeSession | undefined;
  readonly #assets: Asset[] = [];
  readonly #initializers: Operation[] = [];
  readonly #savers = new Savers(this);
  readonly #state = new ProgramState(this);
  readonly #exporter = new Exporter(this, this.#savers);
  #reused: Variable[] = [];

  /** @param loaded @internal what `load` read */
  constructor(
    { seed = settings().seed ?? Math.floor(Math.random() * 2 ** 31) }: ProgramOptions = {},
    loaded?: LoadedModel,
  ) {
    const state = initialRandomState(seed);
    this.graph = loaded?.graph ?? new Graph();
    this.#session = loaded?.session;
    this.variables.push(
      ...(loaded?.variables ?? []).map(
        (variable) => new Variable(this, variable.name, { ...variable, initializer: restored }),
      ),
    );
    this.generator =
      this.variables.find(isGenerator) ??
      this.variable(GENERATOR, { shape: [3], dtype: 'int64', trainable: false, initializer: () => constant(state) });
    this.scope = new Scope(this.graph, { generator: this.generator });
    this.#assets.push(...(loaded?.assets ?? []));
    if (loaded?.main) this.#initializers.push(loaded.main);
    for (const each of loaded?.functions ?? [])
      Object.assign(this.functions, { [each.name]: callFunction(this, each) });
  }

  /** State that lives through the program's runs. The name is made unique. */
  variable(name: string, options: VariableOptions): Variable {
    const reused = this.#reused.shift();
    if (reused) return reused;
    const variable = new Variable(this, name, options);
    this.variables.push(variable);
    this.#state.add(variable);
    return variable;
  }

  /**
   * @internal What `make` makes, in order, are these variables, which start anew.
   *
   * @returns what they hold until then
   */
  reusing(variables: readonly Variable[], make: () => void): KeptValues {
    const kept = this.#state.restart(variables);
    this.#reused = [...variables];
    try {
      make();
    } finally {
      this.#reused = [];
    }
    return kept;
  }

  /** @internal Gives variables what was kept of them, or of others like them. */
  resume(variables: readonly Variable[], kept: KeptValues): void {
    this.#state.resume(variables, kept);
  }

  /**
   * Traces `body` once and gives the function that runs it.
   *
   * @param name unique in the program; the signature's name when saved
   * @param inputs dtype and shape of every input: one spec, or arrays and records of specs to any depth
   * @param body builds the graph from the inputs, which it is given in the same structure; synchronous; updates made in
   * it run with the function
   * @throws ERR_ARGUMENT when the name is taken, or the body gives something other than outputs; ERR_GRAPH when it gives
   * outputs of another program
   * @example
   * program.function('scale', { x: spec('float32', [null]) }, ({ x }) => ops.mul(x, 2), { jitCompile: true });
   */
  function<S extends Specs, O extends Outputs>(
    name: string,
    inputs: S,
    body: (inputs: Values<S>) => O,
    options?: FunctionOptions,
  ): ProgramFunction<S, O>;
  /** As above, for what `body` changes; it gives nothing. */
  function<S extends Specs>(
    name: string,
    inputs: S,
    // biome-ignore lint/suspicious/noConfusingVoidType: with void alone any body would do, an async one too.
    body: (inputs: Values<S>) => void | undefined,
    options?: FunctionOptions,
  ): ProgramFunction<S, Record<string, never>>;
  function<S extends Specs, O extends Outputs>(
    name: string,
    inputs: S,
    body: (inputs: Values<S>) => O,
    options: FunctionOptions = {},
  ): ProgramFunction<S, O> {
    checkOptions(`program.function '${name}'`, options, ['jitCompile']);
    if (Object.hasOwn(this.functions, name)) {
      throw new TensorFlowError('ERR_ARGUMENT', `The program already has a function '${name}'; choose another name.`);
    }
    const { jitCompile = false } = options;
    const made = jitCompile
      ? explained(this.trace(name, inputs, (values) => jitCompiled(name, () => body(values))))
      : this.trace(name, inputs, body);
    Object.assign(this.functions, { [name]: made });
    return made;
  }

  /** As {@link function}, without entering it in `functions`. */
  trace<S extends Specs, O extends Outputs>(
    name: string,
    inputs: S,
    body: (inputs: Values<S>) => O,
  ): ProgramFunction<S, O> {
    return callFunction(this, traceFunction<S, O>(this, name, inputs, body));
  }

  /**
   * The function of that name, of a loaded program for example; its types are what the caller knows of it.
   *
   * @throws ERR_UNKNOWN_NAME
   * @example
   * const step = program.get<{ loss: Output }>('train_step');
   * const { loss } = await step({ x, y });
   */
  get<O extends Outputs = Record<string, Output>, S extends Specs = SpecRecord>(name: string): ProgramFunction<S, O> {
    const found = Object.hasOwn(this.functions, name) ? this.functions[name] : undefined;
    if (!found) throw unknownName('function of the program', name, Object.keys(this.functions));
    return found as never;
  }

  /**
   * Builds what must run once before anything else does, and again wherever the program is loaded: filling a lookup
   * table, for example. Updates and other effects made in `body` run then; whatever it gives can be used in functions.
   *
   * @example
   * const table = program.initializer(() => {
   *   const table = ops.hashTableV2({ keyDtype: 'string', valueDtype: 'int64', sharedName: 'words' });
   *   ops.initializeTableFromTextFileV2(table, program.asset('words.txt'), { keyIndex: -2, valueIndex: -1 });
   *   return table;
   * });
   */
  initializer<T>(body: () => T): T {
    const trace = new Trace();
    const made = withScope(this.scope.sub('initializer').traced(trace), body);
    this.#initializers.push(...trace.effects);
    this.#state.runFirst(trace.effects);
    return made;
  }

  /**
   * The path of a file that goes along when the program is saved, as a string in the graph: a vocabulary, for example.
   * Where the program is loaded, it is the path of the file there.
   */
  asset(file: string): Output {
    const path = withScope(this.scope, () => constant(resolve(file), 'string', 'asset'));
    this.#assets.push({ path, file: resolve(file) });
    return path;
  }

  /** Feeds, fetches and targets resolved once, for loops that run many times. */
  callable(feeds: readonly Output[], fetches: readonly Output[], targets: readonly Operation[] = []): NativeCallable {
    return this.session.callable(
      feeds.map((o) => o.ref),
      fetches.map((o) => o.ref),
      targets.map((op) => op.id),
    );
  }

  /** Whether anything ran in it yet; before, it holds no values. */
  get hasSession(): boolean {
    return this.#session !== undefined;
  }

  get session(): NativeSession {
    this.#session ??= loadAddon().session(this.graph.native, sessionConfig());
    return this.#session;
  }

  /** Whether something must run before functions can. */
  get pending(): boolean {
    return this.#state.pending;
  }

  /** Gives every variable that has no value yet its first one. Runs by itself before the first run. */
  initialize(): Promise<void> {
    return this.#state.initialize();
  }

  /** Values of variables, read in one run. */
  values(variables: readonly Variable[]): Promise<Tensor[]> {
    return this.#state.values(variables);
  }

  /** Sets variables in one run. */
  assign(pairs: readonly (readonly [Variable, Tensor | TensorLike])[]): Promise<void> {
    return this.#state.assign(pairs);
  }

  /**
   * Writes a SavedModel, whole or not at all; an older one of that name is replaced. Every function is a signature of
   * it, whose keys are the paths of inputs and outputs (`x`, `pair/0`; a bare one is `input_0`, `output_0`), and whose
   * outputs wait for the function's effects; one without outputs gives `done`. All variables go along, the random
   * generator included, unless `functions` says which. Await running steps first: variables are written one after the
   * other.
   *
   * @throws ERR_NOT_READABLE for an asset that is missing; ERR_NOT_WRITABLE
   */
  async save(folder: string, options: SaveOptions = {}): Promise<void> {
    await this.initialize();
    const { variables } = this;
    await this.#exporter.write(folder, { variables, initializers: this.#initializers, assets: this.#assets }, options);
  }

  /**
   * A program from a SavedModel: one of `save`, or one that Python wrote. Its signatures are functions; its variables
   * have their values and can be read, set, and used in further functions.
   *
   * @throws ERR_NOT_READABLE when a file is missing; ERR_FILE_FORMAT when one is damaged; ERR_UNKNOWN_NAME for tags it
   * does not have, or an op the library lacks
   * @example
   * const program = await Program.load('my-program');
   * const { loss } = await program.get('train_step')({ x, y });
   */
  static async load(folder: string, { tags, seed }: LoadOptions = {}): Promise<Program> {
    const loaded = await readSavedModel(folder, tags);
    return new Program(seed === undefined ? {} : { seed }, loaded);
  }

  /**
   * Writes all variables, the random generator included, to `<prefix>.index` and `<prefix>.data-00000-of-00001`, which
   * Python reads by `tf.train.load_checkpoint(prefix)`. Given an output, inside a function: does so whenever the
   * function runs.
   *
   * @throws ERR_NOT_WRITABLE
   */
  saveCheckpoint(prefix: string): Promise<void>;
  saveCheckpoint(prefix: Output): Operation;
  saveCheckpoint(prefix: string | Output): Promise<void> | Operation {
    if (prefix instanceof Output) return writeVariables(prefix, this.variables);
    return this.#savers.write(prefix);
  }

  /**
   * Sets all variables to what a checkpoint holds, by name: the run goes on as it would have. Given an output, inside a
   * function: does so whenever the function runs.
   *
   * @throws ERR_NOT_READABLE when there is none; ERR_FILE_FORMAT when it is damaged; ERR_UNKNOWN_NAME, ERR_SHAPE or
   * ERR_DTYPE when its variables are not the program's; nothing is changed then
   */
  restoreCheckpoint(prefix: string, options?: RestoreOptions): Promise<void>;
  restoreCheckpoint(prefix: Output): Operation[];
  restoreCheckpoint(prefix: string | Output, options: RestoreOptions = {}): Promise<void> | Operation[] {
    return prefix instanceof Output ? readVariables(prefix, this.variables) : this.#savers.restore(prefix, options);
  }

  #traced(fn: string | Traced): Traced {
    return typeof fn === 'string' ? this.get<Outputs, SpecRecord>(fn) : fn;
  }

  /** @internal Assets that a function reads, with their paths: a loaded graph does not know them. */
  assetsReadBy(traced: Traced): [Output, Tensor][] {
    if (this.#assets.length === 0) return [];
    const operations = new Set(operationsOf(traced));
    return this.#assets.filter(({ path }) => operations.has(path.op)).map(({ path, file }) => [path, tensor(file)]);
  }

  /** Serialized GraphDef of everything in the program; values of variables are not in it. */
  toGraphDef(): Uint8Array {
    return this.graph.toGraphDef();
  }

  /**
   * Functions, variables and sizes, as plain data and, by `toString()`, as text.
   *
   * @example
   * console.log(`${program.describe()}`);
   */
  describe(): ProgramDescription {
    return describeProgram(this);
  }

  /**
   * A function as a Graphviz digraph: name scopes are clusters, edges have dtype and shape, control edges are dashed.
   *
   * @throws ERR_UNKNOWN_NAME
   * @example
   * writeFileSync('step.dot', program.toDot('step', { depth: 2 }));   // dot -Tsvg step.dot
   */
  toDot(fn: string | Traced, options: DiagramOptions = {}): string {
    return dotOf(this.#traced(fn), options);
  }

  /** As {@link toDot}, as a Mermaid flowchart, which Markdown viewers draw. */
  toMermaid(fn: string | Traced, options: DiagramOptions = {}): string {
    return mermaidOf(this.#traced(fn), options);
  }

  /**
   * Calls a function with full tracing and says where the time goes. The calls are real ones: updates in it are made.
   *
   * @throws ERR_ARGUMENT when `warmup` or `runs` is no whole number from 1 up; ERR_GRAPH for a function of another
   * program; ERR_NOT_WRITABLE; what a call throws
   * @example
   * const profile = await program.profile(step, { x, y }, { traceFile: 'step.json' });
   * console.log(`${profile}`);
   */
  profile<F>(fn: Profiled<F>, feeds: F, options: ProfileOptions = {}): Promise<Profile> {
    return profileFunction(this, fn, feeds, options);
  }

  /** Frees graph, variables and session; runs in flight end first. */
  dispose(): void {
    this.#session?.dispose();
    this.graph.dispose();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}

/** The same function, whose failures say what XLA lacks. */
function explained<S extends Specs, O extends Outputs>(fn: ProgramFunction<S, O>): ProgramFunction<S, O> {
  const { functionName, inputs, outputs, effects } = fn;
  return Object.assign(
    async (feeds: Parameters<typeof fn>[0]) => {
      try {
        return await fn(feeds);
      } catch (failure) {
        throw explainJit(functionName, failure);
      }
    },
    { functionName, inputs, outputs, effects },
  );
}

/** The initializer of a variable that came with its value. */
const restored: Initializer = () => {
  throw new TensorFlowError('ERR_ARGUMENT', 'A loaded variable has its value and no initializer; set it with assign.');
};

const GENERATOR = 'random/state';

function isGenerator({ name, dtype, shape }: Variable): boolean {
  return name === GENERATOR && dtype === 'int64' && shape.length === 1 && shape[0] === 3;
}

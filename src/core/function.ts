import { TensorFlowError } from '../errors/errors.js';
import type { NativeCallable, NativeTensor } from '../native/binding.js';
import { dtypeNumber } from './dtype.js';
import type { Graph } from './graph.js';
import { RunMode } from './one-thread.js';
import { type Operation, Output } from './output.js';
import type { Program } from './program.js';
import { currentScope, withScope } from './scope.js';
import { formatShape, isCompatible, type Shape } from './shape.js';
import { formatSpec, isSpec, placeholder, type TensorSpec } from './spec.js';
import { alongside, flatten, type Mapped, repack, type Structure } from './structure.js';
import { Tensor, type TensorLike, toTensor } from './tensor.js';
import { Trace } from './trace.js';

/** dtype and shape of what a function takes: one, or arrays and records of them to any depth. */
export type Specs = Structure<TensorSpec<Shape>>;
export type SpecRecord = Readonly<Record<string, TensorSpec<Shape>>>;
/** What a function gives: one output, or arrays and records of them to any depth. */
export type Outputs = Structure<Output>;
/** Inputs as the body sees them. */
export type Values<S extends Specs> = Mapped<S, TensorSpec<Shape>, Output>;
/** Inputs as the caller gives them. */
export type Feeds<S extends Specs> = Mapped<S, TensorSpec<Shape>, Tensor | TensorLike>;

/** What a function’s call gives. */
export type Results<O extends Outputs> = Mapped<O, Output, Tensor>;

/**
 * A named function of a program: called, it is one run of the graph, off the JavaScript thread.
 *
 * Calls may overlap. Each is one run; the runs of several calls go on side by side, and their updates of variables meet
 * in no fixed order: await one call before the next where the order matters.
 */
export type ProgramFunction<S extends Specs = SpecRecord, O extends Outputs = Outputs> = Callable<
  Feeds<S>,
  Results<O>,
  Values<S>,
  O
>;

interface Callable<Feeds, Results, Inputs, Outputs> {
  (feeds: Feeds): Promise<Results>;
  /** Its name in the program and its signature name in a SavedModel. */
  readonly functionName: string;
  readonly inputs: Inputs;
  readonly outputs: Outputs;
  /** Updates and other effects that run with it. */
  readonly effects: readonly Operation[];
}

/** What a function is in the graph. */
export interface Traced<S extends Specs, O extends Outputs> {
  name: string;
  specs: S;
  inputs: Values<S>;
  outputs: O;
  effects: readonly Operation[];
}

/** A leaf's key in a signature, and in errors; a bare input is `input_0`, a bare output `output_0`, as Keras has it. */
export function keyOf(path: string, kind: 'input' | 'output'): string {
  return path === '' ? `${kind}_0` : path;
}

export function isOutput(value: unknown): value is Output {
  return value instanceof Output;
}

const SPECS = { whole: 'the description of its inputs', leaves: "specs like spec('float32', [null])" };

/** Builds the nodes of a function in the program's graph. */
export function traceFunction<S extends Specs, O extends Outputs>(
  program: Program,
  name: string,
  specs: S,
  body: (inputs: Values<S>) => O | undefined,
): Traced<S, O> {
  const trace = new Trace();
  const leaves = uniquePaths(name, flatten(specs, isSpec, '', { where: name, ...SPECS }), 'input');
  const scope = program.scope.sub(name).traced(trace);
  return withScope(scope, () => {
    const placeholders = leaves.map(([path, spec]) => placeholder(keyOf(path, 'input'), spec));
    const inputs = repack(specs, isSpec, placeholders) as Values<S>;
    const outputs = fetchable(name, program.graph, resultOf(name, body(inputs), trace), placeholders);
    return { name, specs, inputs, outputs, effects: trace.effects };
  });
}

/** The function that runs these nodes. */
export function callFunction<S extends Specs, O extends Outputs>(
  program: Program,
  { name, specs, inputs, outputs, effects }: Traced<S, O>,
): ProgramFunction<S, O> {
  const leaves = flatten<TensorSpec<Shape>>(specs, isSpec);
  const feeds = flatten<Output>(inputs as Outputs, isOutput).map(([, output]) => output);
  const fetches = flatten<Output>(outputs, isOutput).map(([, output]) => output);
  const traced = { functionName: name, inputs: inputs as Outputs, outputs, effects };
  let ready: { callable: NativeCallable; mode: RunMode; assets: NativeTensor[] } | undefined;
  const prepared = () => {
    const read = program.assetsReadBy(traced);
    const callable = program.callable([...feeds, ...read.map(([output]) => output)], fetches, effects);
    return { callable, mode: new RunMode(traced), assets: read.map(([, path]) => path.native) };
  };
  const run = async (values: Feeds<S>): Promise<Results<O>> => {
    const { natives, temporary } = hostInputs(name, leaves, alongside<TensorSpec<Shape>>(specs, isSpec, values));
    try {
      if (program.pending) await program.initialize();
      ready ??= prepared();
      const options = ready.mode.optionsFor(natives[0]?.shape[0] ?? 0);
      const results = await ready.callable.run([...natives, ...ready.assets], options);
      const tensors = results.map((native) => new Tensor(native));
      return repack<Output, Tensor>(outputs, isOutput, tensors) as Results<O>;
    } finally {
      for (const host of temporary) host.dispose();
    }
  };
  return Object.assign(run, { functionName: name, inputs, outputs, effects });
}

/** What a body gave; one that gives nothing is there for its effects. */
function resultOf<O extends Outputs>(where: string, given: O | undefined, { effects }: Trace): O {
  if (given !== undefined) return given;
  if (effects.length > 0) return {} as O;
  throw new TensorFlowError('ERR_ARGUMENT', `${where}: the body gives undefined and changes nothing; return outputs.`);
}

function uniquePaths<T>(where: string, leaves: [string, T][], kind: string): [string, T][] {
  const paths = leaves.map(([path]) => path);
  const twice = paths.find((path, i) => paths.indexOf(path) !== i);
  if (twice === undefined) return leaves;
  throw new TensorFlowError('ERR_ARGUMENT', `${where}: two ${kind}s have the path '${twice}'; rename one of them.`);
}

/** Why: the library refuses to fetch what is fed, so an input that is returned as it came is copied. */
function fetchable<O extends Outputs>(where: string, graph: Graph, outputs: O, inputs: readonly Output[]): O {
  const found = flatten<Output>(outputs, isOutput, '', { where });
  const leaves = uniquePaths(where, found, 'result').map(([path, output]) => {
    if (output.graph !== graph) {
      throw new TensorFlowError('ERR_GRAPH', `${where}: result '${path}' (${output.name}) belongs to another program.`);
    }
    return inputs.includes(output) ? identity(output) : output;
  });
  return repack<Output, Output>(outputs, isOutput, leaves) as O;
}

/** The same value under a name of its own; it waits for the scope's control inputs. */
export function identity(output: Output, name?: string): Output {
  return currentScope()
    .add({ type: 'Identity', name, inputs: [output], attrs: [['T', 'type', dtypeNumber(output.dtype)]] })
    .output();
}

/** What was given for a function's inputs, checked, as native tensors; `temporary` ones were made here. */
function hostInputs(
  where: string,
  specs: readonly [string, TensorSpec<Shape>][],
  values: readonly unknown[],
): { natives: NativeTensor[]; temporary: Tensor[] } {
  const temporary: Tensor[] = [];
  const natives = specs.map(([path, expected], i) => {
    const key = keyOf(path, 'input');
    const value = values[i] as Tensor | TensorLike | undefined;
    if (value === undefined) {
      throw new TensorFlowError('ERR_ARGUMENT', `${where}: input '${key}' is missing; give ${formatSpec(expected)}.`);
    }
    const host = toTensor(value, expected.dtype);
    if (host !== value) temporary.push(host);
    checkInput(where, key, host, expected);
    return host.native;
  });
  return { natives, temporary };
}

function checkInput(where: string, key: string, host: Tensor, expected: TensorSpec<Shape>): void {
  const got = `got ${host.dtype} ${formatShape(host.shape)}`;
  if (host.dtype !== expected.dtype) {
    throw new TensorFlowError('ERR_DTYPE', `${where}: input '${key}' takes ${formatSpec(expected)}, ${got}.`);
  }
  if (!isCompatible(host.shape, expected.shape)) {
    throw new TensorFlowError('ERR_SHAPE', `${where}: input '${key}' takes ${formatSpec(expected)}, ${got}.`);
  }
}

import { TensorFlowError } from '../errors/errors.js';
import type { DType } from './dtype.js';
import type { FunctionBody } from './function-body.js';
import type { Graph, OpSpec } from './graph.js';
import { nodeName } from './naming.js';
import type { Operation, Output } from './output.js';
import type { Trace } from './trace.js';
import type { Variable } from './variable.js';

type ScopeOptions = Partial<Pick<Scope, 'prefix' | 'controls' | 'device' | 'trace' | 'generator' | 'body' | 'readsAs'>>;

/**
 * Where new nodes go: a graph, a name prefix, control inputs, a device, and the function being traced.
 * Immutable: every change is a new scope.
 */
export class Scope {
  readonly graph: Graph;
  readonly prefix: string;
  readonly controls: readonly Operation[];
  readonly device: string | undefined;
  readonly trace: Trace | undefined;
  /** State of the program's random generator. */
  readonly generator: Variable | undefined;
  /** The function body this is the inside of. */
  readonly body: FunctionBody | undefined;
  /** What floating variables are read as (Keras' autocast scope); undefined: as they are. */
  readonly readsAs: DType | undefined;

  constructor(graph: Graph, options: ScopeOptions = {}) {
    this.graph = graph;
    this.prefix = options.prefix ?? '';
    this.controls = options.controls ?? [];
    this.device = options.device;
    this.trace = options.trace;
    this.generator = options.generator;
    this.body = options.body;
    this.readsAs = options.readsAs;
  }

  /** Names of nodes made in it start with `name/`. */
  sub(name: string): Scope {
    return new Scope(this.graph, { ...this, prefix: `${this.#unique(name)}/` });
  }

  /** Nodes made in it run after these operations. */
  after(operations: readonly Operation[]): Scope {
    for (const operation of operations) {
      if (operation.graph !== this.graph) throw foreignControl(operation);
    }
    return new Scope(this.graph, { ...this, controls: [...this.controls, ...operations] });
  }

  onDevice(device: string): Scope {
    return new Scope(this.graph, { ...this, device });
  }

  traced(trace: Trace): Scope {
    return new Scope(this.graph, { ...this, trace });
  }

  /** Floating variables are read in it as this dtype. */
  reading(dtype: DType | undefined): Scope {
    return new Scope(this.graph, { ...this, readsAs: dtype });
  }

  /**
   * The output as this scope's graph knows it: in a function body, what comes from outside is captured.
   *
   * @param where who takes it, for the error
   * @throws ERR_GRAPH when it belongs to another program
   */
  own(output: Output, where: string): Output {
    if (output.graph === this.graph) return output;
    return this.body ? this.body.capture(output, where) : this.graph.own(output, where);
  }

  #unique(name: string): string {
    return this.graph.uniqueName(nodeName(`${this.prefix}${name}`));
  }

  /** Adds a node; stateful ones are put in program order and run whenever the traced function runs. */
  add(given: OpSpec): Operation {
    const own = (output: Output) => this.own(output, given.type);
    const inputs = (given.inputs ?? []).map((input) => ('op' in input ? own(input) : input.map(own)));
    const spec = { ...given, inputs, name: this.#unique(given.name ?? given.type) };
    const order = spec.stateful ? (this.trace?.before(spec) ?? []) : [];
    const operation = this.graph.add(spec, [...this.controls, ...order], this.device);
    if (spec.stateful) this.trace?.after(spec, operation);
    return operation;
  }
}

function foreignControl(operation: Operation): TensorFlowError {
  return new TensorFlowError(
    'ERR_GRAPH',
    `'${operation.name}' is of another graph, so nothing made here can run after it; make it in the same function body.`,
  );
}

// Thread: tracing is synchronous, so one stack per JavaScript thread is enough.
const stack: Scope[] = [];

/** The scope of the function being traced. */
export function currentScope(): Scope {
  const scope = stack.at(-1);
  if (!scope) {
    throw new TensorFlowError(
      'ERR_GRAPH',
      'There is no graph to add to: call graph operations inside program.function(…), or in a layer’s call.',
    );
  }
  return scope;
}

/** Whether a graph is being built right now. */
export function isTracing(): boolean {
  return stack.length > 0;
}

/** Runs `build` with `scope` as the current one. `build` must be synchronous. */
export function withScope<T>(scope: Scope, build: () => T): T {
  stack.push(scope);
  try {
    return build();
  } finally {
    stack.pop();
  }
}

/** Names the nodes made by `build` `name/…`. */
export function nameScope<T>(name: string, build: () => T): T {
  return withScope(currentScope().sub(name), build);
}

/** Nodes made by `build` run after these operations. */
export function withControls<T>(operations: readonly (Operation | Output)[], build: () => T): T {
  const ops = operations.map((o) => ('op' in o ? o.op : o));
  return withScope(currentScope().after(ops), build);
}

/** Floating variables that `build` reads come as this dtype. */
export function readingAs<T>(dtype: DType | undefined, build: () => T): T {
  return withScope(currentScope().reading(dtype), build);
}

/** Places the nodes made by `build`, e.g. on `/device:GPU:0`. */
export function withDevice<T>(device: string, build: () => T): T {
  return withScope(currentScope().onDevice(device), build);
}

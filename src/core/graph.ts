import { TensorFlowError } from '../errors/errors.js';
import type { AttrEntry, NativeGraph, OpId, OutputRef } from '../native/binding.js';
import { loadAddon } from '../native/library.js';
import { Operation, type Output } from './output.js';

/** A node to be made. */
export interface OpSpec {
  type: string;
  /** Default: the type. Made unique by a suffix. */
  name?: string | undefined;
  /** A list input is an array. */
  inputs?: readonly (Output | readonly Output[])[];
  attrs?: readonly AttrEntry[];
  /** Whether the op definition says so: stateful ops of a function run in program order. */
  stateful?: boolean;
  /** What it does to which resource, where the type does not tell: an op that runs function bodies. */
  access?: readonly Access[];
}

/** How a resource is used; null stands for the world outside: files, the terminal. */
export interface Access {
  readonly resource: Output | null;
  readonly writes: boolean;
}

/** A compiled graph in the making: nodes are only ever added. Owner: of its native graph. */
export class Graph {
  readonly native: NativeGraph;
  readonly #operations = new Map<OpId, Operation>();
  readonly #names = new Map<string, number>();
  readonly #owned: Graph[] = [];

  constructor(native: NativeGraph = loadAddon().graph()) {
    this.native = native;
  }

  /** Adds one node under a full, unique name. Scopes call this; see `Scope.add`. */
  add(spec: OpSpec & { name: string }, controls: readonly Operation[], device: string | undefined): Operation {
    const refs = (input: Output | readonly Output[]): OutputRef | OutputRef[] =>
      'op' in input ? this.own(input, spec.type).ref : input.map((output) => this.own(output, spec.type).ref);
    const id = this.native.addOperation({
      type: spec.type,
      name: spec.name,
      inputs: (spec.inputs ?? []).map(refs),
      controls: controls.map((op) => op.id),
      attrs: spec.attrs ?? [],
      ...(device === undefined ? {} : { device }),
    });
    return this.operation(id);
  }

  operation(id: OpId): Operation {
    let operation = this.#operations.get(id);
    if (!operation) {
      operation = new Operation(this, id);
      this.#operations.set(id, operation);
    }
    return operation;
  }

  output([id, index]: OutputRef): Output {
    return this.operation(id).output(index);
  }

  /** The operation of that name, or undefined. */
  find(name: string): Operation | undefined {
    const id = this.native.findOperation(name);
    return id < 0 ? undefined : this.operation(id);
  }

  /** All operations, in the order they were made. */
  operations(): Operation[] {
    return Array.from({ length: this.native.operationCount() }, (_, id) => this.operation(id));
  }

  /** The name itself where it is free, else with the first free suffix `_1`, `_2` … */
  uniqueName(name: string): string {
    let count = this.#names.get(name) ?? 0;
    let candidate = count === 0 ? name : `${name}_${count}`;
    while (this.native.findOperation(candidate) >= 0 || (count > 0 && this.#names.has(candidate))) {
      count += 1;
      candidate = `${name}_${count}`;
    }
    this.#names.set(name, count + 1);
    if (candidate !== name) this.#names.set(candidate, 1);
    return candidate;
  }

  /** Serialized GraphDef. */
  toGraphDef(): Uint8Array {
    return this.native.toGraphDef();
  }

  /** Makes the graph of a function body live as long as this one. */
  adopt(body: Graph): void {
    this.#owned.push(body);
  }

  dispose(): void {
    for (const body of this.#owned) body.dispose();
    this.native.dispose();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  /** The output itself, which must be of this graph. `where`: who takes it. */
  own(output: Output, where: string): Output {
    if (output.graph !== this) {
      throw new TensorFlowError(
        'ERR_GRAPH',
        `${where}: '${output.name}' belongs to another graph; use outputs of the program this function is part of.`,
      );
    }
    return output;
  }
}

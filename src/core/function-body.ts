import type { DType } from './dtype.js';
import { dtypeNumber } from './dtype.js';
import { type Access, Graph } from './graph.js';
import type { Output } from './output.js';
import { Scope, withScope } from './scope.js';
import { type Shape, shapeToNative } from './shape.js';
import { Trace } from './trace.js';

/** dtype and shape of what comes into a body. */
export interface BodyInput {
  readonly dtype: DType;
  readonly shape: Shape;
}

/**
 * A function of the library in the making: a graph of its own, that may use everything of the scope around it. An
 * output from outside becomes an input of the body: it is captured. A variable is captured by its handle.
 *
 * Owner: of its graph, until `keep` hands it to the program's.
 */
export class FunctionBody {
  readonly graph = new Graph();
  readonly trace = new Trace();
  /** Where the op that runs the body is made. */
  readonly parent: Scope;
  /** Number of the iteration, an integer scalar of the body, where the body is a loop's. */
  iteration: Output | undefined;
  readonly #scope: Scope;
  readonly #captured = new Map<Output, Output>();

  constructor(parent: Scope) {
    this.parent = parent;
    this.#scope = new Scope(this.graph, { trace: this.trace, body: this, readsAs: parent.readsAs });
  }

  /** Builds inside the body; may be called again. */
  build<T>(inside: () => T): T {
    return withScope(this.#scope, inside);
  }

  /** A new input that is not captured. */
  input({ dtype, shape }: BodyInput, name = 'input'): Output {
    const attrs = [
      ['dtype', 'type', dtypeNumber(dtype)],
      ['shape', 'shape', shapeToNative(shape)],
    ] as const;
    const operation = this.graph.add({ type: 'Placeholder', name: this.graph.uniqueName(name), attrs }, [], undefined);
    return operation.output();
  }

  /**
   * What stands in the body for an output from outside.
   *
   * @param where who takes it, for the error
   * @throws ERR_GRAPH when it belongs to another program
   */
  capture(output: Output, where: string): Output {
    if (output.graph === this.graph) return output;
    const outer = this.parent.own(output, where);
    let inner = this.#captured.get(outer);
    if (!inner) {
      inner = this.input(outer, 'captured');
      this.#captured.set(outer, inner);
    }
    return inner;
  }

  /** What was captured, outer output to inner one, in the order of first use. */
  get captures(): ReadonlyMap<Output, Output> {
    return this.#captured;
  }

  /** What running the body does to resources of the scope around it. */
  accesses(): Access[] {
    const outer = new Map([...this.#captured].map(([outside, inside]) => [inside, outside]));
    return this.trace.accesses().flatMap(({ resource, writes }): Access[] => {
      if (resource === null) return [{ resource, writes }];
      const captured = outer.get(resource);
      return captured ? [{ resource: captured, writes }] : [];
    });
  }

  /**
   * Makes it a function of the program's graph; updates and other effects made in it run whenever it runs.
   *
   * @param inputs in the order the op gives them, captured ones included
   * @returns the function's name, made unique
   */
  define(name: string, inputs: readonly Output[], outputs: readonly Output[]): string {
    const { graph } = this.root;
    const unique = graph.uniqueName(name);
    const refs = (list: readonly Output[]) => list.map((output) => output.ref);
    const last = this.trace.unfinished().map((operation) => operation.id);
    const native = this.graph.native.toFunction(unique, null, refs(inputs), refs(outputs), null, last, false);
    graph.native.copyFunction(native);
    return unique;
  }

  /** Keeps the body's graph as long as the program, for gradients. */
  keep(): void {
    this.root.graph.adopt(this.graph);
  }

  /** The scope of the program itself, however deep the body. */
  get root(): Scope {
    return this.parent.body?.root ?? this.parent;
  }
}

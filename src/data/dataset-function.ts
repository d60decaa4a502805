import { FunctionBody } from '../core/function-body.js';
import type { Output } from '../core/output.js';
import { operationsOf } from '../core/reachable.js';
import { currentScope, type Scope } from '../core/scope.js';
import type { Shape } from '../core/shape.js';
import type { TensorSpec } from '../core/spec.js';

/**
 * What a step of a dataset does to an element: a function of the library.
 *
 * Owner: of the body's graph, until `dispose`.
 */
export class DatasetFunction {
  readonly outputs: readonly Output[];
  readonly #body: FunctionBody;
  readonly #inputs: readonly Output[];
  readonly #index: Output | undefined;

  /** @param numbered whether the body may draw random numbers, by the number of the element */
  constructor(
    parent: Scope,
    elements: readonly TensorSpec<Shape>[],
    build: (...inputs: Output[]) => readonly Output[],
    numbered = false,
  ) {
    this.#body = new FunctionBody(parent);
    const index = numbered ? this.#body.input({ dtype: 'int64', shape: [] }, 'index') : undefined;
    this.#body.iteration = index;
    this.#inputs = elements.map((element) => this.#body.input(element));
    this.outputs = this.#body.build(() =>
      build(...this.#inputs).map((output) => currentScope().own(output, 'the body of a dataset')),
    );
    this.#index = index && this.#uses(index) ? index : undefined;
  }

  /** Whether it takes the number of the element (int64 scalar) before the element. */
  get numbered(): boolean {
    return this.#index !== undefined;
  }

  /** What it takes of its surroundings, after the element. */
  get captured(): Output[] {
    return [...this.#body.captures.keys()];
  }

  /** @returns the function's name */
  define(name: string): string {
    const first = this.#index ? [this.#index] : [];
    return this.#body.define(name, [...first, ...this.#inputs, ...this.#body.captures.values()], this.outputs);
  }

  [Symbol.dispose](): void {
    this.#body.graph.dispose();
  }

  #uses(index: Output): boolean {
    const effects = this.#body.trace.unfinished();
    const used = operationsOf({ functionName: '', inputs: [], outputs: [...this.outputs], effects });
    return used.includes(index.op);
  }
}

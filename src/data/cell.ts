import type { Operation, Output } from '../core/output.js';
import { currentScope } from '../core/scope.js';
import type { TensorSpec } from '../core/spec.js';
import * as ops from '../ops/index.js';

/**
 * A value that a program keeps between runs, its shape open where need be. Unlike a variable it has no first value and
 * is not saved.
 */
export class Cell {
  readonly handle: Output;
  readonly #spec: TensorSpec;

  /** In the scope that is current. */
  constructor(name: string, spec: TensorSpec) {
    const { graph, prefix } = currentScope();
    this.#spec = spec;
    // Why: an empty shared name would make all cells of a session one and the same.
    this.handle = ops.varHandleOp({ ...spec, sharedName: graph.uniqueName(`${prefix}${name}`) });
  }

  read(): Output {
    return ops.readVariableOp(this.handle, { dtype: this.#spec.dtype });
  }

  /** The library keeps the tensor itself: what is fed is not copied. */
  assign(value: Output): Operation {
    return ops.assignVariableOp(this.handle, value);
  }
}

import type { Operand } from '../core/operand.js';
import type { Operation, Output } from '../core/output.js';
import { currentScope } from '../core/scope.js';
import { attrEntries } from './attributes.js';
import { opSignature } from './op-list.js';
import { bindInputs, type OpInput } from './operands.js';
import { isList } from './signature.js';

export type { DType } from '../core/dtype.js';
export type { Operand } from '../core/operand.js';
export type { Operation, Output } from '../core/output.js';
export type { Shape } from '../core/shape.js';
export type { Int, Text, Value } from './attributes.js';

export type Operands = readonly Operand[];
export type Outputs = readonly Output[];

/** What every op takes besides its attributes. */
export interface Named {
  /** Name of the node in its scope; made unique by a suffix. Default: the op's type. */
  name?: string | undefined;
}

/**
 * Adds a node of any op of the library to the graph being built.
 *
 * @param type the library's name of the op, e.g. `MatMul`
 * @param inputs in the op's order; a list input is an array
 * @param options the op's attributes in camelCase, and `name`; dtypes and lengths follow from the inputs
 * @throws ERR_UNKNOWN_NAME, ERR_ARGUMENT, ERR_DTYPE, or the library's own TF_INVALID_ARGUMENT
 */
export function applyOp(type: string, inputs: readonly OpInput[], options: Named = {}): Operation {
  const signature = opSignature(type);
  const given = attrEntries(signature, { ...options });
  const bound = bindInputs(signature, inputs);
  return currentScope().add({
    type,
    name: options.name,
    inputs: bound.inputs,
    attrs: [...bound.attrs, ...given],
    stateful: signature.stateful,
  });
}

/** The outputs of an operation by their names in camelCase; a list output is an array. */
export function namedOutputs<R extends object = Record<string, Output | Outputs>>(operation: Operation): R {
  const entries: [string, Output | Outputs][] = [];
  let start = 0;
  for (const argument of opSignature(operation.type).outputs) {
    const length = isList(argument) ? operation.graph.native.opOutputListLength(operation.id, argument.source) : 1;
    const outputs = operation.outputs.slice(start, start + length);
    entries.push([argument.name, isList(argument) ? outputs : operation.output(start)]);
    start += length;
  }
  return Object.fromEntries(entries) as R;
}

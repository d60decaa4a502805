import type { Operation, Output } from '../core/output.js';
import { TensorFlowError } from '../errors/errors.js';
import { applyOp, type Named, namedOutputs, type Outputs } from './apply.js';
import { opSignature } from './op-list.js';
import type { OpInput } from './operands.js';
import { isList } from './signature.js';

/** Inputs in the op's order, then at most one object of attributes. */
export type OpFunction = (
  ...args: [...inputs: OpInput[], attrs: Named & Record<string, unknown>] | OpInput[]
) => Operation | Output | Outputs | Record<string, Output | Outputs>;

/**
 * A wrapper for an op that has no generated one: an op of a library loaded later, or an internal one.
 *
 * @param type the op's name, e.g. `ZeroOut` of a custom library
 * @returns as the generated wrappers: one output, a list, an object by name, or the operation where there are none
 * @throws ERR_UNKNOWN_NAME when the library has no such op
 * @example
 * addon.loadLibrary('zero_out.so');
 * const zeroOut = defineOp('ZeroOut');
 * zeroOut([1, 2, 3]);
 */
export function defineOp(type: string): OpFunction {
  const { inputs, outputs } = opSignature(type);
  return (...args) => {
    if (args.length < inputs.length || args.length > inputs.length + 1) {
      const names = inputs.map((input) => input.name).join(', ');
      throw new TensorFlowError(
        'ERR_ARGUMENT',
        `${type} takes (${names}) and attributes, got ${args.length} arguments.`,
      );
    }
    const operation = applyOp(type, args.slice(0, inputs.length) as OpInput[], (args[inputs.length] ?? {}) as Named);
    const [first, second] = outputs;
    if (!first) return operation;
    if (second) return namedOutputs(operation);
    return isList(first) ? operation.outputs : operation.output();
  };
}

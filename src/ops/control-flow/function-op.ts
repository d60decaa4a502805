import { dtypeNumber } from '../../core/dtype.js';
import type { BodyInput, FunctionBody } from '../../core/function-body.js';
import type { Operation, Output } from '../../core/output.js';
import { currentScope } from '../../core/scope.js';
import { shapeToNative } from '../../core/shape.js';
import type { AttrEntry } from '../../native/binding.js';

/** An op that runs function bodies. */
export interface FunctionOp {
  readonly type: 'If' | 'Case' | 'While';
  readonly inputs: readonly (Output | readonly Output[])[];
  readonly attrs: readonly AttrEntry[];
  readonly outputs: readonly BodyInput[];
  readonly bodies: readonly FunctionBody[];
  /** Default true. */
  readonly inline?: boolean;
}

/**
 * Adds the op, as its stateless twin where no body has a stateful operation. What the bodies do to captured resources,
 * the op does.
 */
export function addFunctionOp({ type, inputs, attrs, outputs, bodies, inline = true }: FunctionOp): Operation {
  const stateful = bodies.some((body) => body.trace.stateful);
  return currentScope().add({
    type: stateful ? type : `Stateless${type}`,
    name: type,
    inputs,
    attrs: [
      ...attrs,
      ['output_shapes', 'list(shape)', outputs.map(({ shape }) => shapeToNative(shape))],
      // Why: inlined, a loop's step costs no call of a function, and independent steps overlap.
      ['_lower_using_switch_merge', 'bool', inline],
    ],
    stateful,
    access: bodies.flatMap((body) => body.accesses()),
  });
}

/** Value of a `list(type)` attribute. */
export function typesOf(values: readonly BodyInput[]): number[] {
  return values.map(({ dtype }) => dtypeNumber(dtype));
}

/** What several bodies captured, each once. */
export function capturedBy(bodies: readonly FunctionBody[]): Output[] {
  return [...new Set(bodies.flatMap((body) => [...body.captures.keys()]))];
}

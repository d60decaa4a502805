import type { FunctionBody } from '../../core/function-body.js';
import type { Operation, Output } from '../../core/output.js';
import { currentScope, nameScope, type Scope } from '../../core/scope.js';
import { TensorFlowError } from '../../errors/errors.js';
import type { AttrEntry } from '../../native/binding.js';
import { branchingOf, recordBranching } from '../../ops/control-flow/branches.js';
import { loopOf, recordLoop } from '../../ops/control-flow/loop.js';
import { opSignature } from '../../ops/index.js';
import { isList } from '../../ops/signature.js';
import { decode, encode } from '../../proto/codec.js';
import { AttrValueSchema, NodeDefSchema } from '../../proto/graph.js';

/**
 * Computes outputs of a function body once more, in the scope being built: what they are made of is copied.
 *
 * @param where the op that runs the body, for errors
 * @param given what stands for values of the body: its inputs
 * @throws ERR_GRADIENT where an output depends on what cannot be computed twice
 */
export function replay(
  where: Operation,
  body: FunctionBody,
  given: ReadonlyMap<Output, Output>,
  outputs: readonly Output[],
): Output[] {
  const copies = new Map(given);
  const written = new Set(body.trace.accesses().flatMap(({ resource, writes }) => (writes ? [resource] : [])));
  nameScope('again', () => {
    for (const op of operationsFor(outputs, given)) {
      refuseState(where, op, written);
      const copy = copyOf(op, copies);
      for (const [i, output] of op.outputs.entries()) copies.set(output, sameShape(copy.output(i), output));
    }
  });
  return outputs.map((output) => copies.get(output) as Output);
}

/** The values of a body among `candidates` that its outputs are made of. */
export function reached(outputs: readonly Output[], candidates: readonly Output[]): Output[] {
  const used = new Set(outputs);
  for (const op of operationsFor(outputs, new Map(candidates.map((c) => [c, c])))) {
    for (const input of op.inputs) used.add(input);
  }
  return candidates.filter((candidate) => used.has(candidate));
}

/** What outputs are made of, oldest first, up to what is given. */
function operationsFor(outputs: readonly Output[], given: ReadonlyMap<Output, unknown>): Operation[] {
  const found = new Set<Operation>();
  const open = [...outputs];
  for (let output = open.pop(); output; output = open.pop()) {
    if (given.has(output) || found.has(output.op)) continue;
    found.add(output.op);
    open.push(...output.op.inputs);
  }
  return [...found].sort((a, b) => a.id - b.id);
}

function refuseState(where: Operation, op: Operation, written: ReadonlySet<Output | null>): void {
  const refuse = (why: string): never => {
    throw new TensorFlowError(
      'ERR_GRADIENT',
      `No gradient through ${where}: its body ${why}, so it cannot be computed again; keep that out of what is differentiated, or cut the path with stopGradient.`,
    );
  };
  if (op.type === 'Placeholder') refuse(`needs '${op.name}', a list made outside of it`);
  if (!opSignature(op.type).stateful) return;
  const resources = op.inputs.filter(({ dtype }) => dtype === 'resource');
  if (resources.some((resource) => written.has(resource))) refuse(`uses what it also updates, in ${op}`);
  if (!isRead(op)) refuse(`depends on the effect of ${op}`);
}

/** Whether running it twice gives the same: it only reads. */
function isRead(op: Operation): boolean {
  const bodies = loopOf(op) ? [loopOf(op)?.body] : branchingOf(op)?.branches.map(({ body }) => body);
  if (!bodies) return READS.has(op.type);
  return bodies.every((body) => body?.trace.accesses().every(({ writes }) => !writes));
}

const READS: ReadonlySet<string> = new Set(['ReadVariableOp', 'ResourceGather', 'ResourceGatherNd', 'VariableShape']);

function copyOf(op: Operation, copies: ReadonlyMap<Output, Output>): Operation {
  const { device, attr } = decode(NodeDefSchema, op.graph.native.opNodeDef(op.id));
  const scope = currentScope();
  const copy = on(scope, device).add({
    type: op.type,
    name: op.name,
    inputs: groupedInputs(op).map((input) =>
      'op' in input ? (copies.get(input) as Output) : input.map((one) => copies.get(one) as Output),
    ),
    attrs: Object.entries(attr).map(([name, value]): AttrEntry => [name, 'proto', encode(AttrValueSchema, value)]),
    stateful: opSignature(op.type).stateful,
    ...readsOnly(op, copies),
  });
  const [loop, branching] = [loopOf(op), branchingOf(op)];
  if (loop) recordLoop(copy, loop);
  if (branching) recordBranching(copy, branching);
  return copy;
}

/** Why: an op that runs bodies does not tell by its type that it only reads. */
function readsOnly(op: Operation, copies: ReadonlyMap<Output, Output>) {
  if (!loopOf(op) && !branchingOf(op)) return {};
  const resources = op.inputs.filter(({ dtype }) => dtype === 'resource').map((input) => copies.get(input) as Output);
  return { access: resources.map((resource) => ({ resource, writes: false })) };
}

function on(scope: Scope, device: string): Scope {
  return device ? scope.onDevice(device) : scope;
}

/** The inputs as the op's definition has them: a list input is an array. */
function groupedInputs(op: Operation): (Output | Output[])[] {
  const inputs = op.inputs;
  return opSignature(op.type).inputs.map((argument) =>
    isList(argument)
      ? inputs.splice(0, op.graph.native.opInputListLength(op.id, argument.source))
      : (inputs.shift() as Output),
  );
}

/** Why: a variable's shape, or one that was set by hand, is not inferred again. */
function sameShape(copy: Output, { shape }: Output): Output {
  const known = copy.shape;
  const more = shape && (known === null || shape.some((d, i) => d !== null && known[i] === null));
  return more ? copy.setShape(shape) : copy;
}

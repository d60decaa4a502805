import { FunctionBody } from '../../core/function-body.js';
import type { Operation, Output } from '../../core/output.js';
import { currentScope } from '../../core/scope.js';
import { addBranches, branchingOf } from '../../ops/control-flow/branches.js';
import { zerosFor } from '../../ops/control-flow/loop.js';
import { addRule, type Gradient } from '../registry.js';
import { replay } from './replay.js';
import { gradientsWithin, isNumeric, refuseUpdated, unknownBody } from './sources.js';

for (const type of ['If', 'StatelessIf', 'Case', 'StatelessCase']) addRule(type, throughBranches);

/** The same choice again: each branch computes its values once more and gives the gradients of what it captured. */
function throughBranches(op: Operation, dys: readonly Gradient[]): Gradient[] {
  const branching = branchingOf(op);
  if (!branching) throw unknownBody(op);
  refuseUpdated(op);
  const [selector, ...captured] = op.inputs;
  const flowing = op.outputs.flatMap((y, i) => (dys[i] && isNumeric(y) ? [i] : []));
  const parts = branching.branches.map(({ body, inputs, outputs }) => {
    const backward = new FunctionBody(currentScope());
    const gradients = backward.build(() => {
      const scope = currentScope();
      const xs = captured.map((x) => scope.own(x, op.type));
      const given = new Map(inputs.map((input, i) => [input, xs[i] as Output]));
      const ys = replay(
        op,
        body,
        given,
        flowing.map((i) => outputs[i] as Output),
      );
      return gradientsWithin(
        ys,
        xs,
        flowing.map((i) => dys[i] as Output),
      );
    });
    return { backward, gradients };
  });
  const reached = captured.flatMap((x, i) => {
    const dtype = parts.map(({ gradients }) => gradients[i]).find((dx) => dx)?.dtype;
    return dtype ? [{ x, i, dtype }] : [];
  });
  if (reached.length === 0) return [];
  const branches = parts.map(({ backward, gradients }) => ({
    body: backward,
    outputs: backward.build(() => {
      const scope = currentScope();
      return reached.map(({ x, i, dtype }) => gradients[i] ?? zerosFor(scope.own(x, op.type), dtype));
    }),
  }));
  const made = addBranches(branching.type, selector as Output, branches);
  const dxs: Gradient[] = captured.map(() => null);
  for (const [k, { i }] of reached.entries()) dxs[i] = made.output(k);
  return [null, ...dxs];
}

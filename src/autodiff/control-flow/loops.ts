import type { Operation, Output } from '../../core/output.js';
import { currentScope } from '../../core/scope.js';
import { TensorFlowError } from '../../errors/errors.js';
import { addLoop, type Iteration, type Loop, loopOf } from '../../ops/control-flow/loop.js';
import type { TensorList } from '../../ops/control-flow/tensor-list.js';
import * as ops from '../../ops/index.js';
import { addRule, type Gradient } from '../registry.js';
import { reached, replay } from './replay.js';
import { gradientsWithin, isNumeric, refuseUpdated, unknownBody } from './sources.js';

for (const type of ['While', 'StatelessWhile']) addRule(type, throughLoop);

/**
 * Two loops of as many iterations as ran: one runs forward again and keeps what each iteration was given, one takes
 * these from the last to the first. Both are loops of ours, so there is a gradient of the gradient.
 */
function throughLoop(op: Operation, dys: readonly Gradient[]): Gradient[] {
  const loop = loopOf(op);
  if (!loop) throw unknownBody(op);
  refuseUpdated(op);
  const flow = flowOf(op, loop, dys);
  const recorded = record(op, loop, flow.targets);
  const lists = itemLists(op, loop);
  /** Inputs of the op whose gradients are lists, and sums. */
  const found = { lists: [] as number[], sums: [] as number[] };
  const back = addLoop({
    carries: flow.carries.map((i) => dys[i] ?? ops.zerosLike(op.output(i))),
    shapes: flow.carries.map((i) => carryAt(loop, i).input.shape),
    lists: [...recorded.lists, ...lists, ...flow.emits],
    length: op.output(0),
    reverse: !loop.reverse,
    parallelIterations: loop.parallelIterations,
    step: ({ carries, items, number }) => {
      const elements = items.slice(recorded.of.length, recorded.of.length + lists.length);
      const arriving = [...carries, ...items.slice(recorded.of.length + lists.length)];
      const given = givenTo(op, loop, { items: elements, number: ops.sub(ops.sub(op.output(0), 1), number) });
      for (const [k, input] of recorded.of.entries()) given.set(input, items[k] as Output);
      const sources = sourcesIn(loop, given);
      const dxs = gradientsWithin(replay(op, loop.body, given, flow.targets), [...sources.values()], arriving);
      const gradients = new Map([...sources.keys()].map((position, k) => [position, dxs[k] ?? null]));
      const reachedOnes = (positions: readonly number[]) => positions.filter((position) => gradients.get(position));
      found.lists = reachedOnes(loop.items.map(({ capture }) => capturesFrom(loop) + capture));
      found.sums = reachedOnes(capturedValues(loop));
      const at = (position: number) => gradients.get(position) as Output;
      return {
        carries: flow.carries.map((i, k) => gradients.get(i) ?? ops.zerosLike(carries[k] as Output)),
        emits: found.lists.map(at),
        sums: found.sums.map((i) => ({ value: at(i), like: op.inputs[i] as Output })),
      };
    },
  });
  const dxs: Gradient[] = op.inputs.map(() => null);
  for (const [k, i] of flow.carries.entries()) dxs[i] = back.carries[k] ?? null;
  for (const [k, i] of found.sums.entries()) dxs[i] = back.sums[k] ?? null;
  for (const [k, i] of found.lists.entries()) dxs[i] = back.emits[k]?.list ?? null;
  return dxs;
}

/** What is differentiated: carries by their place among the op's outputs, gradients of emitted lists, and their values in the body. */
function flowOf(op: Operation, loop: Loop, dys: readonly Gradient[]) {
  const carried = loop.carries.find(({ input }, i) => input.dtype === 'variant' && dys[1 + i]);
  if (carried) throw listCarried(op, carried.input);
  const carries = loop.carries.flatMap(({ input }, i) => (isNumeric(input) ? [1 + i] : []));
  const emits = loop.emits.flatMap((element, i) => {
    const list = dys[1 + loop.carries.length + i];
    return list && isNumeric(element) ? [{ list, element }] : [];
  });
  const targets = [...carries.map((i) => carryAt(loop, i).output), ...emits.map(({ element }) => element)];
  return { carries, emits, targets };
}

/** The iterations again, keeping what the outputs need of what each was given. */
function record(op: Operation, loop: Loop, outputs: readonly Output[]): { of: Output[]; lists: readonly TensorList[] } {
  const of = neededCarries(loop, outputs);
  if (of.length === 0) return { of, lists: [] };
  const list = of.find(({ dtype }) => dtype === 'variant' || dtype === 'resource');
  if (list) throw listCarried(op, list);
  const again = loop.carries.flatMap((carry, i) => (of.includes(carry.input) ? [{ ...carry, i: 1 + i }] : []));
  const { emits } = addLoop({
    carries: again.map(({ i }) => op.inputs[i] as Output),
    shapes: again.map(({ input }) => input.shape),
    lists: itemLists(op, loop),
    length: op.output(0),
    reverse: loop.reverse,
    parallelIterations: loop.parallelIterations,
    step: (iteration) => {
      const given = givenTo(op, loop, iteration);
      for (const [k, { input }] of again.entries()) given.set(input, iteration.carries[k] as Output);
      const next = again.map(({ output }) => output);
      return { carries: replay(op, loop.body, given, next), emits: iteration.carries };
    },
  });
  return { of, lists: emits };
}

/** The carries that outputs are made of, in the same iteration or an earlier one. */
function neededCarries(loop: Loop, outputs: readonly Output[]): Output[] {
  const inputs = loop.carries.map(({ input }) => input);
  let needed: Output[] = [];
  for (;;) {
    const nexts = loop.carries.flatMap(({ input, output }) => (needed.includes(input) ? [output] : []));
    const more = reached([...outputs, ...nexts], inputs);
    if (more.length === needed.length) return needed;
    needed = more;
  }
}

/** What the step depends on, by its place among the op's inputs. */
function sourcesIn(loop: Loop, given: ReadonlyMap<Output, Output>): Map<number, Output> {
  const sources = new Map<number, Output>();
  const add = (position: number, value: Output): void => {
    const x = given.get(value);
    if (x) sources.set(position, x);
  };
  for (const [i, { input }] of loop.carries.entries()) add(1 + i, input);
  for (const position of capturedValues(loop)) add(position, loop.captures[position - capturesFrom(loop)] as Output);
  for (const { capture, item } of loop.items) add(capturesFrom(loop) + capture, item);
  return sources;
}

function carryAt(loop: Loop, position: number): Loop['carries'][number] {
  return loop.carries[position - 1] as Loop['carries'][number];
}

/** Where captures begin among the op's inputs. */
function capturesFrom({ carries, emits }: Loop): number {
  return 1 + carries.length + emits.length;
}

/** Places of the captures that are not lists of items. */
function capturedValues(loop: Loop): number[] {
  const lists = new Set(loop.items.map(({ capture }) => capture));
  return loop.captures.flatMap((_, i) => (lists.has(i) ? [] : [capturesFrom(loop) + i]));
}

function itemLists(op: Operation, loop: Loop): TensorList[] {
  return loop.items.map(({ capture, item }) => ({
    list: op.inputs[capturesFrom(loop) + capture] as Output,
    element: item,
  }));
}

/** What stands for the body's values, but for the carries. */
function givenTo(op: Operation, loop: Loop, { items, number }: Omit<Iteration, 'carries'>): Map<Output, Output> {
  const scope = currentScope();
  return new Map<Output, Output>([
    [loop.iteration, number],
    ...loop.items.map(({ item }, i): [Output, Output] => [item, items[i] as Output]),
    ...loop.captures.map((capture, i): [Output, Output] => [
      capture,
      scope.own(op.inputs[capturesFrom(loop) + i] as Output, op.type),
    ]),
  ]);
}

function listCarried(op: Operation, list: Output): TensorFlowError {
  return new TensorFlowError(
    'ERR_GRADIENT',
    `No gradient through ${op}: its loop variable '${list.name}' is a ${list.dtype}; use scan or mapFn, which keep their lists themselves.`,
  );
}

import type { Operation, Output } from '../../core/output.js';
import { currentScope } from '../../core/scope.js';
import { TensorFlowError } from '../../errors/errors.js';
import { addLoop, type Iteration, type Loop, loopOf } from '../../ops/control-flow/loop.js';
import type { TensorList } from '../../ops/control-flow/tensor-list.js';
import * as ops from '../../ops/index.js';
import { type Gradient, registerGradient } from '../registry.js';
import { reached, replay } from './replay.js';
import { gradientsWithin, isNumeric, refuseUpdated, unknownBody } from './sources.js';

for (const type of ['While', 'StatelessWhile']) registerGradient(type, throughLoop);

/**
 * Two loops of as many iterations as ran: one runs forward again and keeps what each iteration was given, one takes
 * these from the last to the first. Both are loops of ours, so there is a gradient of the gradient.
 */
function throughLoop(op: Operation, dys: readonly Gradient[]): Gradient[] {
  const loop = loopOf(op);
  if (!loop) throw unknownBody(op);
  refuseUpdated(op);
  const place = placesIn(loop);
  const flowing = loop.carries.flatMap(({ input }, i) => (isNumeric(input) ? [i] : []));
  refuseLists(op, loop, dys);
  const emitted = loop.emits.flatMap((emit, i) => (dys[place.emits + i] && isNumeric(emit) ? [i] : []));
  const targets = [
    ...flowing.map((i) => (loop.carries[i] as Loop['carries'][number]).output),
    ...emitted.map((i) => loop.emits[i] as Output),
  ];
  const recording = record(op, loop, targets);
  const read = loop.items.map(({ capture, item }) => ({
    list: op.inputs[place.captures + capture] as Output,
    element: item,
  }));
  const emittedDys = emitted.map((i) => ({ list: dys[place.emits + i] as Output, element: loop.emits[i] as Output }));
  const itemsWithGradient: number[] = [];
  const capturesWithGradient: number[] = [];
  const back = addLoop({
    carries: flowing.map((i) => dys[place.carries + i] ?? ops.zerosLike(op.output(place.carries + i))),
    shapes: flowing.map((i) => loop.carries[i]?.input.shape ?? null),
    lists: [...recording.lists, ...read, ...emittedDys],
    length: op.output(0),
    reverse: !loop.reverse,
    parallelIterations: loop.parallelIterations,
    step: ({ carries, items, number }) => {
      const kept = items.slice(0, recording.of.length);
      const elements = items.slice(kept.length, kept.length + read.length);
      const arriving = [...carries, ...items.slice(kept.length + read.length)];
      const given = givenTo(op, loop, { items: elements, number: ops.sub(ops.sub(op.output(0), 1), number) });
      for (const [k, input] of recording.of.entries()) given.set(input, kept[k] as Output);
      const captures = loop.captures.map((capture) => given.get(capture) as Output);
      const keptOrNot = flowing.map((i) => given.get(loop.carries[i]?.input as Output));
      const sources = [...keptOrNot.filter((x) => x !== undefined), ...elements, ...captures];
      const found = gradientsWithin(replay(op, loop.body, given, targets), sources, arriving);
      const of = (x: Output | undefined): Gradient => (x ? (found[sources.indexOf(x)] ?? null) : null);
      const emits = elements.flatMap((element, k) => {
        const dx = of(element);
        if (dx) itemsWithGradient.push(k);
        return dx ? [dx] : [];
      });
      const sums = captures.flatMap((capture, k) => {
        const value = of(capture);
        if (value) capturesWithGradient.push(k);
        return value ? [{ value, like: op.inputs[place.captures + k] as Output }] : [];
      });
      const next = keptOrNot.map((x, k) => of(x) ?? ops.zerosLike(carries[k] as Output));
      return { carries: next, emits, sums };
    },
  });
  const dxs: Gradient[] = op.inputs.map(() => null);
  for (const [k, i] of flowing.entries()) dxs[place.carries + i] = back.carries[k] ?? null;
  for (const [k, i] of capturesWithGradient.entries()) dxs[place.captures + i] = back.sums[k] ?? null;
  for (const [k, i] of itemsWithGradient.entries()) {
    dxs[place.captures + (loop.items[i]?.capture ?? 0)] = back.emits[k]?.list ?? null;
  }
  return dxs;
}

/** Where the kinds of inputs, and outputs, of the op begin. */
function placesIn({ carries, emits }: Loop) {
  return { carries: 1, emits: 1 + carries.length, captures: 1 + carries.length + emits.length };
}

/** The iterations again, keeping what the outputs need of what each was given. */
function record(op: Operation, loop: Loop, outputs: readonly Output[]): { of: Output[]; lists: readonly TensorList[] } {
  const { carries, captures } = placesIn(loop);
  const inputs = loop.carries.map(({ input }) => input);
  const of = reached(outputs, inputs);
  if (of.length === 0) return { of, lists: [] };
  const list = of.find(({ dtype }) => dtype === 'variant' || dtype === 'resource');
  if (list) throw listCarried(op, list);
  const { emits } = addLoop({
    carries: op.inputs.slice(carries, carries + inputs.length),
    shapes: inputs.map(({ shape }) => shape),
    lists: loop.items.map(({ capture, item }) => ({ list: op.inputs[captures + capture] as Output, element: item })),
    length: op.output(0),
    reverse: loop.reverse,
    parallelIterations: loop.parallelIterations,
    step: (iteration) => {
      const given = givenTo(op, loop, iteration);
      for (const [i, input] of inputs.entries()) given.set(input, iteration.carries[i] as Output);
      const next = replay(
        op,
        loop.body,
        given,
        loop.carries.map(({ output }) => output),
      );
      return { carries: next, emits: of.map((input) => given.get(input) as Output) };
    },
  });
  return { of, lists: emits };
}

/** What stands for the body's values, but for the carries. */
function givenTo(op: Operation, loop: Loop, { items, number }: Omit<Iteration, 'carries'>): Map<Output, Output> {
  const scope = currentScope();
  const { captures } = placesIn(loop);
  return new Map<Output, Output>([
    [loop.iteration, number],
    ...loop.items.map(({ item }, i): [Output, Output] => [item, items[i] as Output]),
    ...loop.captures.map((capture, i): [Output, Output] => [
      capture,
      scope.own(op.inputs[captures + i] as Output, op.type),
    ]),
  ]);
}

function refuseLists(op: Operation, loop: Loop, dys: readonly Gradient[]): void {
  const list = loop.carries.find(({ input }, i) => input.dtype === 'variant' && dys[1 + i]);
  if (list) throw listCarried(op, list.input);
}

function listCarried(op: Operation, list: Output): TensorFlowError {
  return new TensorFlowError(
    'ERR_GRADIENT',
    `No gradient through ${op}: its loop variable '${list.name}' is a ${list.dtype}; use scan or mapFn, which keep their lists themselves.`,
  );
}

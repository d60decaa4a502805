import type { Output } from '../../core/output.js';
import { addLoop } from '../../ops/control-flow/loop.js';
import { listOf, stackList } from '../../ops/control-flow/tensor-list.js';
import * as ops from '../../ops/index.js';
import type { Recurrence } from './recurrent-cell.js';
import { lengthOf } from './recurrent-cell.js';

export interface Sequence {
  /** What each step is given: `[steps, batch, …]`. */
  readonly inputs: Output;
  readonly states: readonly Output[];
  /** What stands for an output before there is one: zeros `[batch, …]`. */
  readonly blank: Output;
  readonly step: Recurrence['step'];
  /** Bool `[steps, batch]`: where it is false, states and output stay as they were. */
  readonly mask: Output | undefined;
  /** Whether outputs of masked steps are zeros instead. */
  readonly zeroOutputForMask: boolean;
  /** Whether the outputs of all steps are wanted. */
  readonly sequences: boolean;
  /** Whether every step gets nodes of its own; the number of steps must be known. */
  readonly unroll: boolean;
}

/** What a sequence came to. */
export interface Unfolded {
  readonly last: Output;
  /** `[steps, batch, …]`, where it was wanted. */
  readonly all: Output | undefined;
  readonly states: readonly Output[];
}

/** Runs a cell over a sequence. */
export function unfold(sequence: Sequence): Unfolded {
  return sequence.unroll ? unrolled(sequence) : looped(sequence);
}

function unrolled(sequence: Sequence): Unfolded {
  const masks = sequence.mask && ops.unstack(sequence.mask);
  const outputs: Output[] = [];
  let states = sequence.states;
  for (const [i, x] of ops.unstack(sequence.inputs).entries()) {
    const before = outputs.at(-1) ?? sequence.blank;
    const [output, ...next] = step(sequence, x, [before, ...states], masks?.[i]) as [Output, ...Output[]];
    outputs.push(output);
    states = next;
  }
  return {
    last: outputs.at(-1) ?? sequence.blank,
    all: sequence.sequences ? ops.stack(outputs) : undefined,
    states,
  };
}

function looped(sequence: Sequence): Unfolded {
  const { inputs, mask, blank, states, sequences } = sequence;
  // Why: without a mask nobody needs the output before, and without sequences only the last is kept.
  const carried = mask || !sequences ? [blank] : [];
  const { carries, emits } = addLoop({
    carries: [...carried, ...states],
    lists: [inputs, ...(mask ? [mask] : [])].map(listOf),
    length: inputs.shape?.[0] ?? lengthOf(inputs, 0),
    parallelIterations: 32,
    step: ({ carries: given, items }) => {
      const [x, seen] = items as [Output, Output?];
      const next = step(sequence, x, carried.length ? given : [blank, ...given], seen);
      return { carries: carried.length ? next : next.slice(1), emits: sequences ? next.slice(0, 1) : [] };
    },
  });
  const all = emits.map((list) => stackList(list, inputs.shape?.[0]))[0];
  const last = carried.length ? (carries[0] as Output) : ops.gather(all as Output, ops.sub(lengthOf(inputs, 0), 1));
  return { last, all, states: carries.slice(carried.length) };
}

/** `[output, ...states]` after a step, from those before. */
function step(
  sequence: Sequence,
  x: Output,
  [output, ...states]: readonly Output[],
  seen: Output | undefined,
): readonly Output[] {
  const next = sequence.step(x, states);
  if (!seen) return next;
  const before = [sequence.zeroOutputForMask ? sequence.blank : (output as Output), ...states];
  return next.map((value, i) => ops.select(aligned(seen, value), value, before[i] as Output));
}

/** `[batch]` with as many axes as the value. */
function aligned(seen: Output, value: Output): Output {
  const rest = (value.shape?.length ?? 1) - 1;
  return ops.reshape(seen, [-1, ...Array<number>(rest).fill(1)]);
}

import { type Gaps, orGap } from './gaps.js';
import { type Command, Side, type Turn } from './side.js';
import { median, spread } from './statistics.js';
import type { Peer, Workload } from './workloads.js';

/** Runs of one side, in milliseconds per step. */
export interface Timing {
  readonly runs: readonly number[];
  readonly median: number;
  /** (slowest − fastest) / median. */
  readonly spread: number;
  /** Of requests' latencies, median of the runs; null where there are none. */
  readonly p99: number | null;
  /** Longest pause of the event loop in all runs; null where it was not watched. */
  readonly pause: number | null;
  /** Memory after the last run less that after the first, in MiB; null where the system does not tell. */
  readonly growth: number | null;
  /** Most memory that the process has had, in MiB; null where the system does not tell. */
  readonly peak: number | null;
}

/** Of several turns. */
export interface Range {
  readonly median: number;
  readonly least: number;
  readonly greatest: number;
}

/** A peer, measured in turn with us. */
export interface Rival {
  readonly peer: Peer;
  readonly timing: Timing;
  /** Theirs over ours, turn by turn. */
  readonly ratio: Range;
  /** Ours less theirs, turn by turn, in milliseconds per step. */
  readonly difference: Range;
}

/** The sides of a workload, measured in turn. */
export interface Comparison {
  readonly ours: Timing;
  readonly rivals: readonly Rival[];
  /** Whether a side's runs lie further apart than {@link DISTURBED}. */
  readonly disturbed: boolean;
  readonly versions: Readonly<Record<string, string>>;
  /** Why peers are missing that are. */
  readonly gaps: Gaps;
}

/** Spread above which something else was going on on the machine. */
const DISTURBED = 0.3;

/** The programs of all sides. */
export interface Commands {
  readonly ours: Command;
  readonly rivals: readonly { readonly peer: Peer; readonly command: Command }[];
}

/**
 * Measures all sides by turns: A B C A B C …; a disturbed measurement is made once more, and what is less disturbed
 * counts. A peer whose program fails, as it prepares or in a turn, is a gap.
 *
 * @throws an Error of one sentence where our own program fails
 */
export async function compare(
  workload: Workload,
  commands: Commands,
  { rounds, log }: { rounds: number; log: (line: string) => void },
): Promise<Comparison> {
  const missing: Gaps = {};
  const rivals: [Peer, Side][] = [];
  const watched = workload.stability !== undefined;
  const ours = await Side.start(commands.ours, watched);
  try {
    for (const { peer, command } of commands.rivals) {
      const side = await orGap(missing, peer, () => Side.start(command, watched));
      if (side) rivals.push([peer, side]);
    }
    const first = await measure(workload, ours, rivals, rounds);
    const gaps = { ...missing, ...first.gaps };
    if (!first.disturbed) return { ...first, gaps };
    log(`Disturbed: runs lie more than ${DISTURBED * 100} % apart. Once more …`);
    const left = rivals.filter(([peer]) => !(peer in gaps));
    const second = await measure(workload, ours, left, rounds);
    // Why: a peer that fails only now has been measured.
    const isWhole = Object.keys(second.gaps).length === 0;
    return { ...(isWhole && widest(second) < widest(first) ? second : first), gaps };
  } finally {
    for (const side of [ours, ...rivals.map(([, rival]) => rival)]) await side.end();
  }
}

/** Spread of the side whose runs lie furthest apart. */
function widest({ ours, rivals }: Pick<Comparison, 'ours' | 'rivals'>): number {
  return Math.max(ours.spread, ...rivals.map(({ timing }) => timing.spread));
}

/** A peer that fails has no timing but a gap; the others go on. */
async function measure(
  { stepsPerEpoch, epochs }: Workload,
  ours: Side,
  rivals: readonly (readonly [Peer, Side])[],
  rounds: number,
): Promise<Comparison> {
  const steps = stepsPerEpoch * epochs;
  const own: Turn[] = [];
  const sides = rivals.map(([peer, side]) => ({ peer, side, turns: [] as Turn[] }));
  const gaps: Gaps = {};
  for (let round = 0; round < rounds; round++) {
    own.push(await ours.run());
    for (const { peer, side, turns } of sides) {
      const turn = peer in gaps ? undefined : await orGap(gaps, peer, () => side.run());
      if (turn) turns.push(turn);
    }
  }
  const measured = sides.filter(({ peer }) => !(peer in gaps));
  const first = timing(own, steps);
  const results = {
    ours: first,
    rivals: measured.map(({ peer, turns }) => rivalOf(peer, first, timing(turns, steps))),
  };
  return {
    ...results,
    disturbed: widest(results) > DISTURBED,
    versions: Object.assign({}, ...measured.map(({ side }) => side.versions), ours.versions),
    gaps,
  };
}

function rivalOf(peer: Peer, { runs: ours }: Timing, timing: Timing): Rival {
  return {
    peer,
    timing,
    ratio: range(timing.runs.map((time, i) => time / (ours[i] ?? Number.NaN))),
    difference: range(timing.runs.map((time, i) => (ours[i] ?? Number.NaN) - time)),
  };
}

/** @param steps of a turn, where the side does not say other */
function timing(turns: readonly Turn[], steps: number): Timing {
  const runs = turns.map((turn) => turn.ms / (turn.steps ?? steps));
  const [first, last] = [turns[0]?.memory ?? Number.NaN, turns.at(-1)?.memory ?? Number.NaN];
  return {
    runs,
    median: median(runs),
    spread: spread(runs),
    p99: known(median(turns.map((turn) => turn.p99 ?? Number.NaN))),
    pause: known(Math.max(...turns.map((turn) => turn.pause ?? Number.NaN))),
    growth: known(last - first),
    peak: known(Math.max(...turns.map((turn) => turn.peak))),
  };
}

/** Why null: that is what a number that is none is in JSON. */
function known(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

function range(values: readonly number[]): Range {
  return { median: median(values), least: Math.min(...values), greatest: Math.max(...values) };
}

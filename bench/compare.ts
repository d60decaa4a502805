import { type Command, Side, type Turn } from './side.js';
import { median, spread } from './statistics.js';
import type { Peer, Workload } from './workloads.js';

/** Runs of one side, in milliseconds per step. */
export interface Timing {
  readonly runs: readonly number[];
  readonly median: number;
  /** (slowest − fastest) / median. */
  readonly spread: number;
  /** Of requests' latencies, median of the runs; NaN where there are none. */
  readonly p99: number;
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
}

/** Spread above which something else was going on on the machine. */
export const DISTURBED = 0.3;

/** The programs of all sides. */
export interface Commands {
  readonly ours: Command;
  readonly rivals: readonly { readonly peer: Peer; readonly command: Command }[];
}

/** Measures all sides by turns: A B C A B C …; a disturbed measurement is made once more. */
export async function compare(
  workload: Workload,
  commands: Commands,
  { rounds, log }: { rounds: number; log: (line: string) => void },
): Promise<Comparison> {
  const started: Side[] = [];
  const start = async (command: Command): Promise<Side> => {
    const side = await Side.start(command);
    started.push(side);
    return side;
  };
  try {
    const ours = await start(commands.ours);
    const rivals: [Peer, Side][] = [];
    for (const { peer, command } of commands.rivals) rivals.push([peer, await start(command)]);
    const first = await measure(workload, ours, rivals, rounds);
    if (!first.disturbed) return first;
    log(`Disturbed: runs lie more than ${DISTURBED * 100} % apart. Once more …`);
    return await measure(workload, ours, rivals, rounds);
  } finally {
    for (const side of started) await side.end();
  }
}

async function measure(
  { stepsPerEpoch, epochs }: Workload,
  ours: Side,
  rivals: readonly (readonly [Peer, Side])[],
  rounds: number,
): Promise<Comparison> {
  const steps = stepsPerEpoch * epochs;
  const own: Turn[] = [];
  const theirs = rivals.map(() => [] as Turn[]);
  for (let round = 0; round < rounds; round++) {
    own.push(await ours.run());
    for (const [i, [, side]] of rivals.entries()) theirs[i]?.push(await side.run());
  }
  const [first, ...others] = [own, ...theirs].map((turns) => timing(turns, steps)) as [Timing, ...Timing[]];
  return {
    ours: first,
    rivals: others.map((other, i) => rivalOf((rivals[i] as [Peer, Side])[0], first, other)),
    disturbed: [first, ...others].some((one) => one.spread > DISTURBED),
    versions: Object.assign({}, ...rivals.map(([, side]) => side.versions), ours.versions),
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

function timing(turns: readonly Turn[], steps: number): Timing {
  const runs = turns.map(({ ms }) => ms / steps);
  const p99 = median(turns.map((turn) => turn.p99 ?? Number.NaN));
  return { runs, median: median(runs), spread: spread(runs), p99 };
}

function range(values: readonly number[]): Range {
  return { median: median(values), least: Math.min(...values), greatest: Math.max(...values) };
}

import { type Command, Side } from './side.js';
import { median, spread } from './statistics.js';
import type { Workload } from './workloads.js';

/** Runs of one side, in milliseconds per step. */
export interface Timing {
  readonly runs: readonly number[];
  readonly median: number;
  /** (slowest − fastest) / median. */
  readonly spread: number;
}

/** Of several turns. */
export interface Range {
  readonly median: number;
  readonly least: number;
  readonly greatest: number;
}

/** The sides of a workload, measured in turn. */
export interface Comparison {
  readonly ours: Timing;
  readonly theirs: Timing | undefined;
  /** Another one, that nothing is promised of. */
  readonly beside: Timing | undefined;
  /** Theirs over ours, turn by turn. */
  readonly ratio: Range | undefined;
  /** Ours less theirs, turn by turn, in milliseconds per step. */
  readonly difference: Range | undefined;
  /** Whether a side's runs lie further apart than {@link DISTURBED}. */
  readonly disturbed: boolean;
  readonly versions: Readonly<Record<string, string>>;
}

/** Spread above which something else was going on on the machine. */
export const DISTURBED = 0.3;

/** Who takes part: of a type each, ours always. */
interface Sides<T> {
  readonly ours: T;
  readonly theirs: T | undefined;
  readonly beside: T | undefined;
}

/** Measures all sides by turns: A B A B …; a disturbed measurement is made once more. */
export async function compare(
  workload: Workload,
  commands: Sides<Command>,
  { rounds, log }: { rounds: number; log: (line: string) => void },
): Promise<Comparison> {
  const started: Side[] = [];
  const start = async (command: Command) => {
    const side = await Side.start(command);
    started.push(side);
    return side;
  };
  try {
    const sides = {
      ours: await start(commands.ours),
      theirs: commands.theirs && (await start(commands.theirs)),
      beside: commands.beside && (await start(commands.beside)),
    };
    const first = await measure(workload, sides, rounds);
    if (!first.disturbed) return first;
    log(`Disturbed: runs lie more than ${DISTURBED * 100} % apart. Once more …`);
    return await measure(workload, sides, rounds);
  } finally {
    for (const side of started) await side.end();
  }
}

async function measure(
  { stepsPerEpoch, epochs }: Workload,
  { ours, theirs, beside }: Sides<Side>,
  rounds: number,
): Promise<Comparison> {
  const steps = stepsPerEpoch * epochs;
  const runs: Sides<number>[] = [];
  for (let round = 0; round < rounds; round++) {
    runs.push({
      ours: (await ours.run()) / steps,
      theirs: theirs && (await theirs.run()) / steps,
      beside: beside && (await beside.run()) / steps,
    });
  }
  const own = timing(runs.map((run) => run.ours));
  const peer = theirs && timing(runs.flatMap((run) => run.theirs ?? []));
  const turns = runs.flatMap(({ ours, theirs }) => (theirs === undefined ? [] : { ours, theirs }));
  return {
    ours: own,
    theirs: peer,
    beside: beside && timing(runs.flatMap((run) => run.beside ?? [])),
    ratio: peer && range(turns.map((turn) => turn.theirs / turn.ours)),
    difference: peer && range(turns.map((turn) => turn.ours - turn.theirs)),
    disturbed: own.spread > DISTURBED || (peer?.spread ?? 0) > DISTURBED,
    versions: { ...beside?.versions, ...theirs?.versions, ...ours.versions },
  };
}

function timing(runs: readonly number[]): Timing {
  return { runs, median: median(runs), spread: spread(runs) };
}

function range(values: readonly number[]): Range {
  return { median: median(values), least: Math.min(...values), greatest: Math.max(...values) };
}

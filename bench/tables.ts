import type { Comparison, Range, Rival, Timing } from './compare.js';
import type { Peer, Workload } from './workloads.js';

export type Result = Comparison & { readonly workload: Workload };

/** A result beside one peer; or why there is none. */
export interface Row {
  readonly result: Result;
  readonly peer: Peer;
  readonly rival: Rival | undefined;
  /** Of the run that it comes from, `2026-11-24 16:26`. */
  readonly run: string;
}

type Cell = string | number;

/** By heading, what stands below it. */
interface Table {
  readonly holds: (workload: Workload) => boolean;
  readonly ours: Readonly<Record<string, (result: Result) => Cell>>;
  readonly theirs: Readonly<Record<string, (rival: Rival, workload: Workload) => Cell>>;
}

/** A result stands in the first that holds it. */
const TABLES: readonly Table[] = [
  {
    holds: ({ stability }) => stability !== undefined,
    ours: {
      batch: ({ workload }) => workload.batchSize,
      'ours: longest pause of the event loop': ({ ours }) => milliseconds(ours.pause),
      'growth of memory': ({ ours }) => mebibytes(ours.growth),
      'most memory': ({ ours }) => mebibytes(ours.peak),
    },
    theirs: {
      'its longest pause': ({ timing }) => milliseconds(timing.pause),
      'its growth': ({ timing }) => mebibytes(timing.growth),
      'its most memory': ({ timing }) => mebibytes(timing.peak),
      'its ms/step ÷ ours': ({ ratio }) => ratioCell(ratio),
      'promised of ours': (_, { stability }) =>
        stability?.pause == null ? 'no growth' : `pause < ${stability.pause} ms, no growth`,
    },
  },
  {
    holds: ({ served }) => served !== undefined,
    ours: { 'ours: requests/s': ({ ours }) => rateCell(ours), 'p99: ms': ({ ours }) => ours.p99 ?? '' },
    // Promised are requests and, whatever they are, a lower p99.
    theirs: {
      'its requests/s': ({ timing }) => rateCell(timing),
      'its p99: ms': ({ timing }) => timing.p99 ?? '',
      'ours ÷ its requests/s (least … greatest)': ({ ratio }) => ratioCell(ratio),
      promised: promiseCell('≥'),
    },
  },
  {
    holds: ({ against }) => 'TF_SessionRun' in against,
    ours: { 'ours: µs/call': ({ ours }) => callCell(ours) },
    theirs: {
      'its µs/call': ({ timing }) => callCell(timing),
      'ours − its: µs (least … greatest)': ({ difference }) =>
        rangeCell(difference, (value) => (value * 1000).toFixed(1)),
      promised: promiseCell('≤'),
    },
  },
  {
    holds: ({ megabytes }) => megabytes !== undefined,
    ours: { 'ours: ms': ({ ours }) => timeCell(ours), 'GB/s': ({ workload, ours }) => bandwidth(workload, ours) },
    theirs: {
      'its ms': ({ timing }) => timeCell(timing),
      'its GB/s': ({ timing }, workload) => bandwidth(workload, timing),
      'its ÷ ours (least … greatest)': ({ ratio }) => ratioCell(ratio),
      promised: promiseCell('≥'),
    },
  },
  {
    holds: () => true,
    ours: {
      batch: ({ workload }) => workload.batchSize,
      'ours: ms/step': ({ ours }) => timeCell(ours),
      'images/s': ({ workload, ours }) => whole((workload.batchSize / ours.median) * 1000),
    },
    theirs: {
      'its ms/step': ({ timing }) => timeCell(timing),
      'its ÷ ours (least … greatest)': ({ ratio }) => ratioCell(ratio),
      promised: promiseCell('≥'),
    },
  },
];

/** Rows of the results of one run: the peers that were measured, then those that are missing. */
export function rowsOf(results: readonly Result[], run: string): Row[] {
  return results.flatMap((result) => [
    ...result.rivals.map((rival) => ({ result, peer: rival.peer, rival, run })),
    ...Object.keys(result.gaps ?? {}).map((peer) => ({ result, peer: peer as Peer, rival: undefined, run })),
  ]);
}

/** Rows in tables of their kinds, throughput first. */
export function tables(rows: readonly Row[]): string {
  return TABLES.map((one) => table(one, rows))
    .filter(Boolean)
    .reverse()
    .join('\n');
}

function table(one: Table, all: readonly Row[]): string {
  const rows = all.filter(({ result }) => TABLES.find(({ holds }) => holds(result.workload)) === one);
  if (rows.length === 0) return '';
  const headings = ['workload', ...Object.keys(one.ours), 'peer', ...Object.keys(one.theirs), 'run (UTC)'];
  return [headings, headings.map(() => '---'), ...rows.map((row) => cellsOf(one, row))].map(line).join('');
}

function cellsOf({ ours, theirs }: Table, { result, peer, rival, run }: Row): Cell[] {
  const title = result.workload.title + (result.disturbed ? ' (disturbed)' : '');
  const own = Object.values(ours).map((cell) => cell(result));
  const its = Object.values(theirs).map((cell, i) => {
    if (rival) return cell(rival, result.workload);
    return i === 0 ? `none: ${(result.gaps?.[peer] ?? '').replaceAll('|', '/')}` : '';
  });
  return [title, ...own, peer, ...its, run];
}

export function line(cells: readonly Cell[]): string {
  return `| ${cells.join(' | ')} |\n`;
}

function promiseCell(sign: string) {
  return ({ peer }: Rival, { against }: Workload): string => (against[peer] == null ? '' : `${sign} ${against[peer]}`);
}

function ratioCell(ratio: Range): string {
  return rangeCell(ratio, (value) => (value < 10 ? value.toFixed(2) : value.toPrecision(3)));
}

function rangeCell(range: Range, format: (value: number) => string): string {
  return `**${format(range.median)}** (${format(range.least)} … ${format(range.greatest)})`;
}

function timeCell({ median, spread }: Timing): string {
  return `${median < 1000 ? median.toPrecision(3) : whole(median)} ± ${percent(spread)}`;
}

function bandwidth({ megabytes = 0 }: Workload, { median }: Timing): string {
  return ((megabytes * 2 ** 20) / 1e6 / median).toFixed(1);
}

function callCell({ median, spread }: Timing): string {
  return `${(median * 1000).toFixed(1)} ± ${percent(spread)}`;
}

function rateCell({ median, spread }: Timing): string {
  return `${whole(1000 / median)} ± ${percent(spread)}`;
}

function milliseconds(value: number | null): string {
  return value === null ? '' : `${value.toFixed(1)} ms`;
}

function mebibytes(value: number | null): string {
  return value === null ? '' : `${whole(value)} MiB`;
}

function whole(value: number): string {
  return Math.round(value).toLocaleString('en');
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

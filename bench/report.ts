import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Comparison, Range, Rival, Timing } from './compare.js';
import type { Machine } from './machine.js';
import type { Peer, Workload } from './workloads.js';

/** One run of the benchmark. */
export interface Report {
  readonly date: string;
  readonly rounds: number;
  readonly machine: Machine;
  /** Why peers are missing that are. */
  readonly gaps: Readonly<Partial<Record<Peer, string>>>;
  readonly results: readonly Result[];
}

type Result = Comparison & { readonly workload: Workload };

const TITLE = '# Results of the benchmarks\n';

/** Adds a report to `RESULTS.md` in a folder, newest first, and its numbers to `results/`; nothing is overwritten. */
export async function writeReport(folder: string, report: Report): Promise<void> {
  const numbers = join(folder, 'results', `${report.date.replaceAll(/[:.]/g, '-')}.json`);
  await mkdir(join(folder, 'results'), { recursive: true });
  await replace(numbers, `${JSON.stringify(report, null, 2)}\n`);
  const file = join(folder, 'RESULTS.md');
  const before = await readFile(file, 'utf8').catch(() => TITLE);
  await replace(file, `${TITLE}\n${markdown(report)}${before.slice(TITLE.length)}`);
}

/** The section of a report. */
export function markdown({ date, rounds, machine, gaps, results }: Report): string {
  const versions = Object.entries(Object.assign({}, ...results.map((result) => result.versions)));
  const tables = [THROUGHPUT, CALLS, SERVING].map((one) =>
    table(
      one,
      results.filter((result) => tableOf(result) === one),
    ),
  );
  return `## ${date.slice(0, 16).replace('T', ' ')} UTC

${machine.cpu}, ${machine.cores} cores, ${machine.memoryGiB} GiB, ${machine.system}, load ${machine.load} at the start;
commit ${machine.commit}; ${versions.map(([name, version]) => `${name} ${version}`).join(', ')}.
All sides by turns, ${rounds} turns each; medians, spread = (slowest − fastest) / median.
${Object.entries(gaps)
  .map(([peer, gap]) => `\n${peer} is missing: ${gap}\n`)
  .join('')}
${tables.filter(Boolean).join('\n')}`;
}

interface Table {
  readonly headings: readonly string[];
  readonly cells: (result: Result, rival: Rival) => readonly (string | number)[];
}

const THROUGHPUT: Table = {
  headings: [
    'workload',
    'batch',
    'ours: ms/step',
    'images/s',
    'peer',
    'its ms/step',
    'its ÷ ours (least … greatest)',
    'promised',
  ],
  cells: ({ workload, ours, disturbed }, { peer, timing, ratio }) => [
    titleOf(workload, disturbed),
    workload.batchSize,
    timeCell(ours),
    Math.round((workload.batchSize / ours.median) * 1000).toLocaleString('en'),
    peer,
    timeCell(timing),
    rangeCell(ratio, (value) => value.toFixed(2)),
    promiseCell('≥', workload.against[peer]),
  ],
};

const CALLS: Table = {
  headings: ['workload', 'ours: µs/call', 'peer', 'its µs/call', 'ours − its: µs (least … greatest)', 'promised'],
  cells: ({ workload, ours, disturbed }, { peer, timing, difference }) => [
    titleOf(workload, disturbed),
    callCell(ours),
    peer,
    callCell(timing),
    rangeCell(difference, (value) => (value * 1000).toFixed(1)),
    promiseCell('≤', workload.against[peer]),
  ],
};

/** Promised are requests and, whatever they are, a lower p99. */
const SERVING: Table = {
  headings: [
    'workload',
    'ours: requests/s',
    'p99: ms',
    'peer',
    'its requests/s',
    'its p99: ms',
    'ours ÷ its requests/s (least … greatest)',
    'promised',
  ],
  cells: ({ workload, ours, disturbed }, { peer, timing, ratio }) => [
    titleOf(workload, disturbed),
    rateCell(ours),
    ours.p99,
    peer,
    rateCell(timing),
    timing.p99,
    rangeCell(ratio, (value) => value.toFixed(2)),
    promiseCell('≥', workload.against[peer]),
  ],
};

function tableOf({ workload }: Result): Table {
  if (workload.served) return SERVING;
  return 'TF_SessionRun' in workload.against ? CALLS : THROUGHPUT;
}

/** A row for each workload and peer; nothing where there is no result. */
function table({ headings, cells }: Table, results: readonly Result[]): string {
  if (results.length === 0) return '';
  const rows = results.flatMap((result) => result.rivals.map((rival) => cells(result, rival)));
  return [headings, headings.map(() => '---'), ...rows].map(line).join('');
}

function line(cells: readonly (string | number)[]): string {
  return `| ${cells.join(' | ')} |\n`;
}

function titleOf({ title }: Workload, disturbed: boolean): string {
  return title + (disturbed ? ' (disturbed)' : '');
}

function promiseCell(sign: string, promise: number | null | undefined): string {
  return promise == null ? '' : `${sign} ${promise}`;
}

function rangeCell(range: Range, format: (value: number) => string): string {
  return `**${format(range.median)}** (${format(range.least)} … ${format(range.greatest)})`;
}

function timeCell({ median, spread }: Timing): string {
  return `${median.toPrecision(3)} ± ${percent(spread)}`;
}

function callCell({ median, spread }: Timing): string {
  return `${(median * 1000).toFixed(1)} ± ${percent(spread)}`;
}

function rateCell({ median, spread }: Timing): string {
  return `${Math.round(1000 / median).toLocaleString('en')} ± ${percent(spread)}`;
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

async function replace(file: string, text: string): Promise<void> {
  await writeFile(`${file}.unfinished`, text);
  await rename(`${file}.unfinished`, file);
}

import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Comparison, Range, Timing } from './compare.js';
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

/** The section of a report: a table for each peer. */
export function markdown({ date, rounds, machine, gaps, results }: Report): string {
  const versions = Object.entries(Object.assign({}, ...results.map((result) => result.versions)));
  const peers = [...new Set(results.map(({ workload }) => workload.peer))];
  return `## ${date.slice(0, 16).replace('T', ' ')} UTC

${machine.cpu}, ${machine.cores} cores, ${machine.memoryGiB} GiB, ${machine.system}, load ${machine.load} at the start;
commit ${machine.commit}; ${versions.map(([name, version]) => `${name} ${version}`).join(', ')}.
Both sides by turns, ${rounds} turns each; medians, spread = (slowest − fastest) / median.
${Object.entries(gaps)
  .map(([peer, gap]) => `\n${peer} is missing: ${gap}\n`)
  .join('')}
${peers
  .map((peer) =>
    table(
      TABLES[peer],
      results.filter(({ workload }) => workload.peer === peer),
    ),
  )
  .join('\n')}`;
}

interface Table {
  readonly headings: readonly string[];
  readonly cells: (result: Result) => readonly (string | number)[];
}

/** Images per second, beside a peer's. */
function throughputTable(peer: string): Table {
  return {
    headings: [
      'workload',
      'batch',
      'ours: ms/step',
      'images/s',
      `${peer}: ms/step`,
      'images/s',
      `ours × ${peer} (least … greatest)`,
      'promised',
    ],
    cells: ({ workload, ours, theirs, ratio, disturbed }) => [
      titleOf(workload, disturbed),
      workload.batchSize,
      ...throughputCells(ours, workload.batchSize),
      ...(theirs ? throughputCells(theirs, workload.batchSize) : ['missing', '']),
      rangeCell(ratio, (value) => value.toFixed(2)),
      `≥ ${workload.promise}`,
    ],
  };
}

/** Of one step, beside a peer and another program. */
const LATENCY_TABLE: Table = {
  headings: [
    'workload',
    'ours: ms',
    "Keras' predict: ms",
    'ONNX Runtime for Node: ms',
    'Keras ÷ ours (least … greatest)',
    'promised',
  ],
  cells: ({ workload, ours, theirs, beside, ratio, disturbed }) => [
    titleOf(workload, disturbed),
    ...[ours, theirs, beside].map((timing) => (timing ? latencyCell(timing) : 'missing')),
    rangeCell(ratio, (value) => value.toFixed(2)),
    `≥ ${workload.promise}`,
  ],
};

const TABLES: Readonly<Record<Peer, Table>> = {
  Keras: throughputTable('Keras'),
  uncached: throughputTable('uncached'),
  'Keras predict': LATENCY_TABLE,
  'ONNX Runtime': LATENCY_TABLE,
  TF_SessionRun: {
    headings: [
      'workload',
      'ours: µs/call',
      'TF_SessionRun from C++: µs/call',
      'ours − C++: µs (least … greatest)',
      'promised',
    ],
    cells: ({ workload, ours, theirs, difference, disturbed }) => [
      titleOf(workload, disturbed),
      callCell(ours),
      theirs ? callCell(theirs) : 'missing',
      rangeCell(difference, (value) => (value * 1000).toFixed(1)),
      `≤ ${workload.promise}`,
    ],
  },
};

function table({ headings, cells }: Table, results: readonly Result[]): string {
  return [headings, headings.map(() => '---'), ...results.map(cells)].map(line).join('');
}

function line(cells: readonly (string | number)[]): string {
  return `| ${cells.join(' | ')} |\n`;
}

function titleOf({ title }: Workload, disturbed: boolean): string {
  return title + (disturbed ? ' (disturbed)' : '');
}

function rangeCell(range: Range | undefined, format: (value: number) => string): string {
  if (!range) return 'missing';
  return `**${format(range.median)}** (${format(range.least)} … ${format(range.greatest)})`;
}

function throughputCells({ median, spread }: Timing, batchSize: number): string[] {
  const perSecond = Math.round((batchSize / median) * 1000);
  return [latencyCell({ median, spread }), perSecond.toLocaleString('en')];
}

function latencyCell({ median, spread }: Pick<Timing, 'median' | 'spread'>): string {
  return `${median.toPrecision(3)} ± ${percent(spread)}`;
}

function callCell({ median, spread }: Timing): string {
  return `${(median * 1000).toFixed(1)} ± ${percent(spread)}`;
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

async function replace(file: string, text: string): Promise<void> {
  await writeFile(`${file}.unfinished`, text);
  await rename(`${file}.unfinished`, file);
}

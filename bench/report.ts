import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Comparison, Timing } from './compare.js';
import type { Machine } from './machine.js';
import type { Workload } from './workloads.js';

/** One run of the benchmark. */
export interface Report {
  readonly date: string;
  readonly rounds: number;
  readonly machine: Machine;
  /** Why the peer is missing, where it is. */
  readonly gap: string | undefined;
  readonly results: readonly (Comparison & { readonly workload: Workload })[];
}

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
export function markdown({ date, rounds, machine, gap, results }: Report): string {
  const versions = Object.entries(Object.assign({}, ...results.map((result) => result.versions)));
  return `## ${date.slice(0, 16).replace('T', ' ')} UTC

${machine.cpu}, ${machine.cores} cores, ${machine.memoryGiB} GiB, ${machine.system}, load ${machine.load} at the start;
commit ${machine.commit}; ${versions.map(([name, version]) => `${name} ${version}`).join(', ')}.
Both sides by turns, ${rounds} turns each; medians, spread = (slowest − fastest) / median.${gap ? `\n\nKeras is missing: ${gap}` : ''}

| workload | batch | ours: ms/step | images/s | Keras: ms/step | images/s | ours × Keras (least … greatest) | promised |
|---|---|---|---|---|---|---|---|
${results.map(row).join('\n')}
`;
}

function row({ workload, ours, theirs, ratio, disturbed }: Report['results'][number]): string {
  const cells = [
    workload.title + (disturbed ? ' (disturbed)' : ''),
    workload.batchSize,
    ...timingCells(ours, workload.batchSize),
    ...(theirs ? timingCells(theirs, workload.batchSize) : ['missing', '']),
    ratio ? `**${ratio.median.toFixed(2)}** (${ratio.least.toFixed(2)} … ${ratio.greatest.toFixed(2)})` : 'missing',
    `≥ ${workload.promise}`,
  ];
  return `| ${cells.join(' | ')} |`;
}

function timingCells({ median, spread }: Timing, batchSize: number): string[] {
  const perSecond = Math.round((batchSize / median) * 1000);
  return [`${median.toPrecision(3)} ± ${Math.round(spread * 100)} %`, perSecond.toLocaleString('en')];
}

async function replace(file: string, text: string): Promise<void> {
  await writeFile(`${file}.unfinished`, text);
  await rename(`${file}.unfinished`, file);
}

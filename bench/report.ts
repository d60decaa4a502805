import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { curves } from './curves.js';
import type { Machine } from './machine.js';
import { line, type Result, type Row, rowsOf, tables } from './tables.js';
import { SUITES, type Workload } from './workloads.js';

/** One run of the benchmark. */
export interface Report {
  readonly date: string;
  readonly rounds: number;
  readonly machine: Machine;
  readonly results: readonly Result[];
}

const HOW = `Sides by turns in one run, each in a process of its own:
medians ± spread, which is (slowest − fastest) / median; ratios turn by turn.
A workload with a side whose spread is over 30 % after it was measured twice is called disturbed.`;

/** Keeps the numbers of a run in `results/` of a folder, beside all others, and writes `RESULTS.md` anew from all of them. */
export async function writeReport(folder: string, report: Report): Promise<void> {
  const results = join(folder, 'results');
  await mkdir(results, { recursive: true });
  const file = join(results, `${report.date.replaceAll(/[:.]/g, '-')}.json`);
  await replace(file, `${JSON.stringify(report, null, 2)}\n`);
  await replace(join(folder, 'RESULTS.md'), await summary(folder, await reportsIn(results)));
}

/** One run, for the terminal. */
export function markdown(report: Report): string {
  return `${HOW}\n\n${tables(rowsOf(report.results, runOf(report)))}\n${runs([report])}`;
}

/** The newest figure of every workload and peer. */
async function summary(folder: string, reports: readonly Report[]): Promise<string> {
  const rows = newest(reports);
  const used = new Set(rows.map(({ run }) => run));
  return `# Results of the benchmarks

The newest figure of every workload beside every peer. ${HOW}

${tables(rows.filter(({ result }) => !result.workload.tower))}
${await curves(folder, rows)}
## Runs

${runs(reports.filter((report) => used.has(runOf(report))))}
All numbers of these and of older runs: [results/](results).
`;
}

/** Newest first; without those of a form that is not written any more. */
async function reportsIn(folder: string): Promise<Report[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.json')).sort();
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')));
  const reports = texts.map((text) => JSON.parse(text) as Report);
  return reports.filter(({ results }) => results.every(({ rivals }) => Array.isArray(rivals))).reverse();
}

/** Rows of the workloads there are, in their order; a peer that was missing lately keeps its last figure. */
function newest(reports: readonly Report[]): Row[] {
  const all = reports.flatMap((report) => rowsOf(report.results, runOf(report)));
  const rows = [...all.filter(({ rival }) => rival), ...all.filter(({ rival }) => !rival)];
  const workloads = Object.values(SUITES).flat();
  return workloads.flatMap((workload) =>
    Object.keys(workload.against).flatMap(
      (peer) => rows.find((row) => row.peer === peer && keyOf(row.result.workload) === keyOf(workload)) ?? [],
    ),
  );
}

function keyOf({ name, batchSize, stability }: Workload): string {
  return [name, batchSize, stability !== undefined].join();
}

function runs(reports: readonly Report[]): string {
  const headings = ['run (UTC)', 'turns', 'machine', 'load at its start', 'commit', 'versions'];
  const rows = reports.map((report) => {
    const { cpu, cores, memoryGiB, system, load, commit } = report.machine;
    const versions = Object.entries(Object.assign({}, ...report.results.map((result) => result.versions)));
    const machine = `${cpu}, ${cores} cores, ${memoryGiB} GiB, ${system}`;
    const text = versions.map((version) => version.join(' ')).join(', ');
    return [runOf(report), report.rounds, machine, load, commit, text];
  });
  return [headings, headings.map(() => '---'), ...rows].map(line).join('');
}

function runOf({ date }: Report): string {
  return date.slice(0, 16).replace('T', ' ');
}

async function replace(file: string, text: string): Promise<void> {
  await writeFile(`${file}.unfinished`, text);
  await rename(`${file}.unfinished`, file);
}

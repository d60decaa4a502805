import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Timing } from '../../../bench/compare.js';
import { type Report, writeReport } from '../../../bench/report.js';
import type { Result } from '../../../bench/tables.js';
import { type Peer, SUITES, type Workload } from '../../../bench/workloads.js';

const MACHINE = { cpu: 'a CPU', cores: 2, memoryGiB: 4, system: 'Linux', load: 0, commit: 'abc' };
const MNIST = SUITES.mnist?.[0] as Workload;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'report-'));
});
afterEach(() => rm(folder, { recursive: true }));

function timing(median: number): Timing {
  return { runs: [median], median, spread: 0, p99: null, pause: null, growth: null, peak: null };
}

/** What one run measured, a peer's ratio each. */
function result(ratios: Partial<Record<Peer, number>>, more: Partial<Result> = {}): Result {
  const rivals = Object.entries(ratios).map(([peer, ratio]) => ({
    peer: peer as Peer,
    timing: timing(ratio),
    ratio: { median: ratio, least: ratio, greatest: ratio },
    difference: { median: 1 - ratio, least: 1 - ratio, greatest: 1 - ratio },
  }));
  return { workload: MNIST, ours: timing(1), rivals, disturbed: false, versions: {}, gaps: {}, ...more };
}

function report(date: string, ...results: Result[]): Report {
  return { date, rounds: 3, machine: MACHINE, results };
}

const DAYS = ['2026-01-01T10:00:00.000Z', '2026-01-02T10:00:00.000Z'] as const;
const results = () => readFile(join(folder, 'RESULTS.md'), 'utf8');
const rowsWith = async (text: string) => (await results()).split('\n').filter((row) => row.includes(text));

test('the newest figure of each peer stands in the table, older ones stay in their files', async () => {
  await writeReport(folder, report(DAYS[0], result({ Keras: 2, PyTorch: 1.5 })));
  await writeReport(folder, report(DAYS[1], result({ Keras: 3 })));
  const rows = await rowsWith(MNIST.title);
  expect(rows).toHaveLength(2);
  expect(rows.find((row) => row.includes('| Keras |'))).toMatch(/\*\*3\.00\*\*.*2026-01-02 10:00/);
  expect(rows.find((row) => row.includes('| PyTorch |'))).toMatch(/\*\*1\.50\*\*.*2026-01-01 10:00/);
  expect((await readdir(join(folder, 'results'))).sort()).toEqual(
    DAYS.map((day) => `${day.replaceAll(/[:.]/g, '-')}.json`),
  );
});

test('a peer that is missing is a row with the reason, unless it was measured before', async () => {
  await writeReport(folder, report(DAYS[0], result({ Keras: 2 })));
  const gaps = { Keras: 'Python cannot be set up.', PyTorch: 'there is no | wheel.' };
  await writeReport(folder, report(DAYS[1], result({}, { gaps })));
  expect(await rowsWith('| Keras |')).toEqual([expect.stringContaining('**2.00**')]);
  expect(await rowsWith('| PyTorch |')).toEqual([expect.stringContaining('none: there is no / wheel.')]);
});

test('a disturbed measurement is called so', async () => {
  await writeReport(folder, report(DAYS[0], result({ Keras: 2 }, { disturbed: true })));
  expect(await rowsWith(MNIST.title)).toEqual([expect.stringContaining(`${MNIST.title} (disturbed)`)]);
});

test('files of a form that is not written any more are kept and passed over', async () => {
  await mkdir(join(folder, 'results'));
  const old = join(folder, 'results', '2025-01-01.json');
  await writeFile(old, JSON.stringify({ date: '2025', results: [{ workload: MNIST, theirs: {} }] }));
  await writeReport(folder, report(DAYS[0], result({ Keras: 2 })));
  expect(await rowsWith('**2.00**')).toHaveLength(1);
  expect(await readFile(old, 'utf8')).toContain('2025');
});

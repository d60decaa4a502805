import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { BenchOptions } from '../src/cli/bench.js';
import { TensorFlowError } from '../src/errors/errors.js';
import { type Commands, type Comparison, compare } from './compare.js';
import { type Gaps, orGap } from './gaps.js';
import { machine } from './machine.js';
import { writeNetwork } from './networks.js';
import { hasPictures, pictureFolder } from './pictures.js';
import { markdown, type Report, writeReport } from './report.js';
import { writeServed } from './serving/served-files.js';
import { oursCommand, PEERS, type Task } from './sides.js';
import { checkPeers, peersOf, type Workload, workloadsOf } from './workloads.js';

const TRIAL_ROUNDS = 2;

/**
 * Our side and the peers' side of the published figures, measured by turns on one machine.
 *
 * @param names of suites; none: the chapter's, as far as no data set must be fetched
 * @throws TensorFlowError `ERR_UNKNOWN_NAME` for a suite or peer nobody knows, `ERR_ARGUMENT` where nothing is left to be
 *   measured or for rounds that are no number from 1
 */
export async function bench(names: readonly string[], options: BenchOptions): Promise<void> {
  checkPeers(options.against);
  const rounds = options.try ? TRIAL_ROUNDS : checkedRounds(options.rounds);
  const workloads = chosen(names, options).map((one) => (options.try ? tried(one) : one));
  const output = options.try || options.output === undefined ? undefined : resolve(options.output);
  let report: Report = { date: new Date().toISOString(), rounds, machine: machine(), results: [] };
  const scratch = await mkdtemp(join(tmpdir(), 'bench-'));
  try {
    for (const workload of workloads) {
      const comparison = await measured(workload, scratch, { ...options, rounds });
      report = { ...report, results: [...report.results, { workload, ...comparison }] };
      // Why after each: who stops a long run keeps what it has measured.
      if (output !== undefined) await writeReport(output, report);
    }
  } finally {
    await rm(scratch, { recursive: true });
  }
  console.log(`\n${markdown(report)}`);
}

function checkedRounds(rounds: number): number {
  if (Number.isInteger(rounds) && rounds > 0) return rounds;
  throw new TensorFlowError(
    'ERR_ARGUMENT',
    `bench: --rounds is expected to be a whole number from 1, got ${rounds}; leave it out for 5.`,
  );
}

function tried(workload: Workload): Workload {
  return { ...workload, stepsPerEpoch: Math.min(4, workload.stepsPerEpoch), epochs: 1 };
}

/** The workloads that are asked for and that one of the peers asked for takes part in. */
function chosen(names: readonly string[], { against, data }: BenchOptions): Workload[] {
  const workloads = workloadsOf(names)
    .filter((workload) => peersOf(workload, against).length > 0)
    .filter((workload) => names.length > 0 || !workload.pictures || hasPictures(data));
  if (workloads.length > 0) return workloads;
  throw new TensorFlowError(
    'ERR_ARGUMENT',
    `bench: ${against.join(', ')} takes part in nothing of ${names.join(', ')}; leave out the names, or the peers.`,
  );
}

/** A peer that cannot be had is a gap, not an error. */
async function measured(
  workload: Workload,
  scratch: string,
  { against, data, rounds }: BenchOptions,
): Promise<Comparison> {
  console.log(`${workload.title} …`);
  const task: Task = { workload, files: await filesOf(workload, data, scratch), graph: join(scratch, 'graph.pb') };
  const rivals: Commands['rivals'][number][] = [];
  const gaps: Gaps = {};
  for (const peer of peersOf(workload, against)) {
    const command = await orGap(gaps, peer, () => PEERS[peer](task));
    if (command) rivals.push({ peer, command });
  }
  const comparison = await compare(workload, { ours: oursCommand(task), rivals }, { rounds, log: console.log });
  return { ...comparison, gaps: { ...gaps, ...comparison.gaps } };
}

/** What a workload reads. */
async function filesOf({ pictures, network, served }: Workload, data: string, scratch: string): Promise<string> {
  if (served) return writeServed(scratch);
  if (network) return writeNetwork(network, scratch);
  return pictures ? pictureFolder(pictures, data, scratch) : data;
}

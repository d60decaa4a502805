/**
 * Our side and the peer's side of the published figures, measured by turns on one machine.
 *
 * npm run bench -- cifar            one suite; none named: all
 * npm run bench -- cifar --rounds 9
 * npm run bench -- mnist --try      a few steps, nothing is kept: does everything run?
 */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import * as tf from '../src/index.js';
import { compare } from './compare.js';
import { machine } from './machine.js';
import { kerasPython } from './peers/keras.js';
import { markdown, type Report, writeReport } from './report.js';
import type { Command } from './side.js';
import { type Workload, workloadsOf } from './workloads.js';

const FOLDER = import.meta.dirname;
const DATA = 'data/cifar_10_images';

try {
  await main();
} catch (error) {
  console.error(error instanceof tf.TensorFlowError ? error.message : error);
  process.exitCode = 1;
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      rounds: { type: 'string', default: '5' },
      try: { type: 'boolean', default: false },
      data: { type: 'string', default: DATA },
    },
  });
  const rounds = values.try ? 2 : Number(values.rounds);
  const workloads = workloadsOf(positionals).map((w) => (values.try ? { ...w, stepsPerEpoch: 4, epochs: 1 } : w));
  const pictures = resolve(values.data, 'data1/train');
  if (workloads.some(({ name }) => name === 'cnn-folders') && !existsSync(pictures)) {
    console.log(`Writing CIFAR-10 as pictures to ${values.data} …`);
    await tf.datasets.cifar10.saveImages(values.data);
  }
  const report = await measureAll(workloads, pictures, rounds);
  console.log(`\n${markdown(report)}`);
  if (!values.try) await writeReport(FOLDER, report);
}

async function measureAll(workloads: readonly Workload[], pictures: string, rounds: number): Promise<Report> {
  const { python, gap } = await peer();
  const start = { date: new Date().toISOString(), rounds, machine: machine(), gap };
  const results = [];
  for (const workload of workloads) {
    console.log(`${workload.title} …`);
    const args = [workload.name, workload.batchSize, workload.stepsPerEpoch, workload.epochs, pictures].map(String);
    const ours: Command = { file: process.execPath, args: ['--import', 'tsx', join(FOLDER, 'ours.ts'), ...args] };
    const theirs = python ? { file: python, args: [join(FOLDER, 'peers/keras_side.py'), ...args] } : undefined;
    results.push({ workload, ...(await compare(workload, { ours, theirs }, { rounds, log: console.log })) });
  }
  return { ...start, results };
}

/** The peer's Python, or why there is none: a gap in the table, not an error. */
async function peer(): Promise<{ python?: string; gap: string | undefined }> {
  try {
    return { python: await kerasPython(console.log), gap: undefined };
  } catch (error) {
    return { gap: error instanceof Error ? error.message : String(error) };
  }
}

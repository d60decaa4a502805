/**
 * `tsx bench/saving/main.ts [rounds]`: saves VGG16 (138,357,544 parameters) to `.h5` and `.keras` and loads it again, here
 * and in Python Keras, turn by turn, each turn in a process of its own. Prints medians, and the most memory a turn took.
 *
 * Python is `LIBTENSORFLOW_NODE_PYTHON`, one with Keras and TensorFlow.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { median } from '../statistics.js';

interface Turn {
  /** Milliseconds of saving or loading alone, without starting the process. */
  readonly ms: number;
  /** Most memory of the process while it did so, in bytes. */
  readonly peak: number;
  /** Sum of some weights, alike for what was saved and what was loaded. */
  readonly sum: number;
}

const WEIGHT_BYTES = 138_357_544 * 4;
const rounds = Number(process.argv[2] ?? 3);
const python = process.env.LIBTENSORFLOW_NODE_PYTHON ?? 'python3';
const SIDES: Readonly<Record<string, readonly string[]>> = {
  ours: [process.execPath, '--import', 'tsx', join(import.meta.dirname, 'ours.ts')],
  keras: [python, join(import.meta.dirname, 'keras_side.py')],
};

async function turn(side: string, ...words: string[]): Promise<Turn> {
  const [file = '', ...args] = SIDES[side] ?? [];
  const env = { ...process.env, TF_CPP_MIN_LOG_LEVEL: '3' };
  const { stdout } = await promisify(execFile)(file, [...args, ...words], { env });
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Turn;
}

const folder = await mkdtemp(join(tmpdir(), 'vgg16-'));
try {
  for (const ending of ['.h5', '.keras']) {
    for (const what of ['save', 'load']) {
      const turns: Record<string, Turn[]> = { ours: [], keras: [] };
      for (let round = 0; round < rounds; round++) {
        for (const side of Object.keys(SIDES)) {
          turns[side]?.push(await turn(side, what, join(folder, `${side}${ending}`)));
        }
      }
      report(what, ending, turns);
    }
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}

function report(what: string, ending: string, turns: Readonly<Record<string, readonly Turn[]>>): void {
  const ms = (side: string): number => median((turns[side] ?? []).map((one) => one.ms));
  const peak = (side: string): number => Math.max(...(turns[side] ?? []).map((one) => one.peak)) / WEIGHT_BYTES;
  const text = (side: string): string =>
    `${side} ${(ms(side) / 1000).toFixed(2)} s, peak ${peak(side).toFixed(2)} × the weights`;
  console.log(
    `${what} ${ending}: ${text('ours')}; ${text('keras')}; time ratio ${(ms('ours') / ms('keras')).toFixed(2)}`,
  );
  const sums = new Set(Object.values(turns).map((of) => of.map(({ sum }) => sum.toPrecision(6)).join()));
  if (what === 'load' && sums.size > 2) console.log('  loaded weights differ between turns');
}

import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { TensorFlowError } from '../errors/errors.js';

export interface BenchOptions {
  /** Turns of each side. */
  readonly rounds: number;
  /** A few steps only, of which nothing is kept. */
  readonly try: boolean;
  /** Beginnings of the names of the peers that are wanted; none: all. */
  readonly against: readonly string[];
  /** CIFAR-10 as pictures. */
  readonly data: string;
  /** Where the results are kept; none: nowhere. */
  readonly output?: string | undefined;
}

/** The benchmark's program, which is no part of the library. */
interface BenchProgram {
  bench(names: readonly string[], options: BenchOptions): Promise<void>;
}

/** Where it is: in the package, in a checkout. */
const PROGRAMS = ['../bench/bench.js', '../../bench/bench.ts'];

/**
 * `bench [NAME…]`: this library's speed beside its peers', measured by turns.
 *
 * @param output where results are kept when nothing else is said
 */
export function addBenchCommand(program: Command, output?: string): void {
  program
    .command('bench')
    .description("measure this library's speed beside its peers', by turns on this machine")
    .argument(
      '[names...]',
      'suites, or `all`; default: cifar, mnist, predict, start, as far as no data set must be fetched',
    )
    .option('--against <peer>', 'only peers whose names begin so, may be said again: tfjs, Keras, PyTorch …', more, [])
    .option('--rounds <n>', 'turns of each side', Number, 5)
    .option('--try', 'a few steps, of which nothing is kept: does everything run?', false)
    .option('--data <folder>', 'CIFAR-10 as pictures, fetched where it is not there', 'data/cifar_10_images')
    .option('--output <folder>', 'where RESULTS.md and the numbers are kept', output)
    .addHelpText('after', '\nPeers are installed into the per-user cache when they are first wanted.')
    .action(async (names: string[], options: BenchOptions) => {
      const { bench } = await benchProgram();
      await bench(names, options);
    });
}

function more(name: string, before: readonly string[]): string[] {
  return [...before, name];
}

async function benchProgram(): Promise<BenchProgram> {
  const found = PROGRAMS.map((path) => new URL(path, import.meta.url)).find((url) => existsSync(fileURLToPath(url)));
  if (found) return (await import(found.href)) as BenchProgram;
  throw new TensorFlowError(
    'ERR_NOT_READABLE',
    'bench: its programs are not in this build of the package; build it with npm run build, or install it again.',
  );
}

/**
 * What rewrites of the graph, threads and XLA make of a step, as a table of docs/options.md: npx tsx bench/options.ts
 */
import { execFileSync } from 'node:child_process';
import type { Settings } from '../src/index.js';
import { machine } from './machine.js';
import { program } from './programs.js';
import { median } from './statistics.js';
import { line } from './tables.js';

interface Option {
  readonly settings?: Settings;
  readonly jitCompile?: boolean;
  /** On the first core alone. */
  readonly oneCore?: boolean;
}

/** Of one workload: ms a step, or why it does not run. */
type Times = Readonly<Record<string, number | string>>;

const TURNS = 3;
const DEFAULT = 'default';
const rewrite = (name: string, on: boolean): Option => ({ settings: { graphOptimizer: { [name]: on } } });
const OPTIONS: Readonly<Record<string, Option>> = {
  [DEFAULT]: {},
  'remapping: false': rewrite('remapping', false),
  'layoutOptimizer: false': rewrite('layoutOptimizer', false),
  'constantFolding: false': rewrite('constantFolding', false),
  'functionOptimization: false': rewrite('functionOptimization', false),
  'arithmeticOptimization: false': rewrite('arithmeticOptimization', false),
  'autoMixedPrecisionOnednnBfloat16: true': rewrite('autoMixedPrecisionOnednnBfloat16', true),
  'disableMetaOptimizer: true': rewrite('disableMetaOptimizer', true),
  'intraOpThreads: 1': { settings: { intraOpThreads: 1 } },
  'intraOpThreads: 2': { settings: { intraOpThreads: 2 } },
  'interOpThreads: 1': { settings: { interOpThreads: 1 } },
  'interOpThreads: 2': { settings: { interOpThreads: 2 } },
  'one core': { oneCore: true },
  'one core, intraOpThreads: 1': { oneCore: true, settings: { intraOpThreads: 1 } },
  'jitCompile: true': { jitCompile: true },
  'default again': {},
};
const COLUMNS = {
  'cnn-memory': 'CNN, fit step of 50',
  'mnist-dense': 'MNIST dense, fit step of 128',
  lstm: 'LSTM, fit step of 32',
  'predict-1': 'CNN, predict 1',
  'predict-256': 'CNN, predict 256',
};

const turns: Record<string, Times[]> = {};
for (let turn = 0; turn < TURNS; turn++) {
  // Why from another one each turn: what disturbs a turn is not always to meet the same option.
  for (const [name, option] of rotated(Object.entries(OPTIONS), turn))
    turns[name] = [...(turns[name] ?? []), measured(option)];
}
const { cpu, cores, commit } = machine();
console.log(`${cpu}, ${cores} cores, commit ${commit}; ms, medians of ${TURNS} turns, and the ratio to the default.\n`);
console.log(
  [
    ['option', ...Object.values(COLUMNS)],
    ['---', ...Object.keys(COLUMNS).map(() => '---:')],
  ]
    .map(line)
    .join('') + rows(),
);

function rotated<T>(all: readonly T[], turn: number): T[] {
  const first = Math.floor((all.length * turn) / TURNS);
  return [...all.slice(first), ...all.slice(0, first)];
}

function measured({ settings = {}, jitCompile = false, oneCore = false }: Option): Times {
  const { file, args } = program('ours/options', JSON.stringify(settings), String(jitCompile));
  const [command, ...all] = [...(oneCore ? ['taskset', '-c', '0'] : []), file, ...args];
  const env = { ...process.env, TF_CPP_MIN_LOG_LEVEL: '3' };
  const said = execFileSync(command ?? file, all, { env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  return JSON.parse(said.trim().split('\n').at(-1) ?? '{}') as Times;
}

function rows(): string {
  return Object.entries(turns)
    .map(([name, times]) => line([name, ...Object.keys(COLUMNS).map((column) => cell(times, column))]))
    .join('');
}

function cell(times: readonly Times[], column: string): string {
  const failure = times.map((one) => one[column]).find((value) => typeof value === 'string');
  if (failure !== undefined) return `none: ${failure}`;
  const own = median(numbers(times, column));
  return `${own.toPrecision(3)} (${(own / median(numbers(turns[DEFAULT] ?? [], column))).toFixed(2)})`;
}

function numbers(times: readonly Times[], column: string): number[] {
  return times.map((one) => Number(one[column]));
}

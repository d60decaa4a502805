import { writeFile } from 'node:fs/promises';
import { TensorFlowError } from '../errors/errors.js';
import { checkOptions } from '../errors/suggest.js';
import { decode, encode } from '../proto/codec.js';
import { RunMetadataSchema, RunOptions_TraceLevel, RunOptionsSchema, type StepStats } from '../proto/config.js';
import { isOutput } from './function.js';
import { groupBy } from './group-by.js';
import type { Output } from './output.js';
import type { Program } from './program.js';
import { leavesOf, type Traced } from './reachable.js';
import { replaceFiles } from './replace-path.js';
import { alongside } from './structure.js';
import { tableLines } from './table.js';
import { type Tensor, type TensorLike, toTensor } from './tensor.js';

export interface ProfileOptions {
  /** Calls before the first one that is measured; at least 1, since the first call prepares the graph. Default 2. */
  warmup?: number;
  /** Calls that are measured. Default 10. */
  runs?: number;
  /** Where to write a Chrome trace, for chrome://tracing and ui.perfetto.dev. */
  traceFile?: string;
}

/** A function that takes `Feeds`. */
export type Profiled<Feeds> = Traced & ((feeds: Feeds) => Promise<unknown>);

/** One operation that ran once. */
export interface ProfileEvent {
  readonly name: string;
  readonly type: string;
  readonly device: string;
  readonly thread: number;
  /** µs since the library turned to the first operation. */
  readonly start: number;
  /** µs of the operation itself, without scheduling. */
  readonly duration: number;
  /** Bytes of its outputs. */
  readonly bytes: number;
}

/** What the operations of one name, type, scope … took. */
export interface ProfileRow {
  readonly name: string;
  /** Their type; `…` where there are several. */
  readonly type: string;
  /** How often they ran, all measured calls together. */
  readonly count: number;
  /** µs of all measured calls together. */
  readonly total: number;
  /** µs each time. */
  readonly mean: number;
  /** Part of the time of all operations, 0 … 1. Operations on several threads overlap. */
  readonly share: number;
  /** Bytes of the outputs each time. */
  readonly bytes: number;
}

/** Where the time of a function goes, operation by operation. Its text is the table of the costliest. */
export class Profile {
  readonly functionName: string;
  readonly runs: number;
  readonly events: readonly ProfileEvent[];

  /** @internal */
  constructor(functionName: string, runs: number, events: readonly ProfileEvent[]) {
    this.functionName = functionName;
    this.runs = runs;
    this.events = events;
  }

  /** One row for each operation, costliest first. */
  get rows(): ProfileRow[] {
    return this.by(({ name }) => name);
  }

  /** One row for each type of operation, costliest first. */
  get types(): ProfileRow[] {
    return this.by(({ type }) => type);
  }

  /** One row for each value of `keyOf`: a scope, a layer, a device; costliest first. */
  by(keyOf: (event: ProfileEvent) => string): ProfileRow[] {
    const whole = totalOf(this.events);
    return [...groupBy(this.events, keyOf)]
      .map(([name, events]) => rowOf(name, events, whole))
      .sort((a, b) => b.total - a.total);
  }

  /** By operation and by type, at most `limit` rows each. */
  toString(limit = 20): string {
    return [
      `Profile of '${this.functionName}', ${this.runs} runs, ${(totalOf(this.events) / this.runs).toFixed(1)} µs of operations per run`,
      '',
      ...tableOf(this.rows, limit, ['name', 'type']),
      '',
      ...tableOf(this.types, limit, ['type']),
    ].join('\n');
  }

  /** Chrome's trace format: a process per device, lanes of operations that follow one another, µs. */
  toChromeTrace(): string {
    return JSON.stringify({ displayTimeUnit: 'ms', traceEvents: chromeEvents(this.events) });
  }
}

/**
 * Calls a function with full tracing. The calls are real ones: updates in it are made.
 *
 * @throws ERR_ARGUMENT when `warmup` or `runs` is no whole number from 1 up; ERR_GRAPH for a function of another program;
 * ERR_NOT_WRITABLE; what a call throws
 */
export async function profileFunction<F>(
  program: Program,
  fn: Profiled<F>,
  feeds: F,
  options: ProfileOptions = {},
): Promise<Profile> {
  checkOptions('program.profile', options, ['warmup', 'runs', 'traceFile']);
  const { warmup = 2, runs = 10, traceFile } = options;
  checkOwn(program, fn);
  checkCount('warmup', warmup);
  checkCount('runs', runs);
  for (let i = 0; i < warmup; i++) await fn(feeds);
  const profile = new Profile(fn.functionName, runs, eventsOf(await tracedRuns(program, fn, feeds, runs)));
  if (traceFile !== undefined)
    await replaceFiles(traceFile, [''], (temporary) => writeFile(temporary, profile.toChromeTrace()));
  return profile;
}

function checkOwn(program: Program, fn: Traced): void {
  const foreign = [...leavesOf(fn.inputs), ...leavesOf(fn.outputs)].some(([, { graph }]) => graph !== program.graph);
  if (!foreign) return;
  throw new TensorFlowError(
    'ERR_GRAPH',
    `program.profile: function '${fn.functionName}' belongs to another program; profile it with that one.`,
  );
}

function checkCount(option: string, count: number): void {
  if (Number.isInteger(count) && count >= 1) return;
  throw new TensorFlowError(
    'ERR_ARGUMENT',
    `program.profile: ${option} must be a whole number from 1 up, got ${count}.`,
  );
}

async function tracedRuns(program: Program, fn: Traced, feeds: unknown, runs: number): Promise<StepStats[]> {
  const inputs = leavesOf(fn.inputs).map(([, output]) => output);
  const outputs = leavesOf(fn.outputs).map(([, output]) => output);
  const assets = program.assetsReadBy(fn);
  const callable = program.callable([...inputs, ...assets.map(([path]) => path)], outputs, fn.effects);
  // The calls to warm up have checked them.
  const values = alongside<Output>(fn.inputs, isOutput, feeds);
  const hosts = inputs.map(({ dtype }, i) => toTensor(values[i] as Tensor | TensorLike, dtype));
  const options = encode(RunOptionsSchema, { traceLevel: RunOptions_TraceLevel.FULL_TRACE });
  try {
    const stats: StepStats[] = [];
    for (let i = 0; i < runs; i++) {
      const { outputs: results, metadata } = await callable.runTraced(
        [...hosts, ...assets.map(([, path]) => path)].map(({ native }) => native),
        options,
      );
      for (const result of results) result.dispose();
      const { stepStats } = decode(RunMetadataSchema, metadata);
      if (stepStats) stats.push(stepStats);
    }
    return stats;
  } finally {
    for (const host of hosts) if (!values.includes(host)) host.dispose();
  }
}

function eventsOf(stats: readonly StepStats[]): ProfileEvent[] {
  const nodes = stats.flatMap(({ devStats }) =>
    devStats.flatMap(({ device, nodeStats }) => nodeStats.map((node) => ({ device, node }))),
  );
  const began = nodes.reduce(
    (least, { node }) => (node.allStartNanos < least ? node.allStartNanos : least),
    nodes[0]?.node.allStartNanos ?? 0n,
  );
  return nodes.map(({ device, node }) => ({
    name: node.nodeName,
    type: typeOf(node.timelineLabel),
    device,
    thread: node.threadId,
    start: Number(node.allStartNanos - began + node.opStartRelNanos) / 1000,
    duration: Number(node.opEndRelNanos - node.opStartRelNanos) / 1000,
    bytes: node.output.reduce(
      (sum, { tensorDescription }) => sum + Number(tensorDescription?.allocationDescription?.requestedBytes ?? 0n),
      0,
    ),
  }));
}

/** The library labels a node `name = Type(inputs)`. */
function typeOf(label: string): string {
  return /= *([^(\s]+)\(/.exec(label)?.[1] ?? label;
}

function totalOf(events: readonly ProfileEvent[]): number {
  return events.reduce((sum, { duration }) => sum + duration, 0);
}

function rowOf(name: string, events: readonly ProfileEvent[], whole: number): ProfileRow {
  const total = totalOf(events);
  const [type = '', ...others] = new Set(events.map((event) => event.type));
  return {
    name,
    type: others.length > 0 ? '…' : type,
    count: events.length,
    total,
    mean: total / events.length,
    share: whole > 0 ? total / whole : 0,
    bytes: events.reduce((sum, event) => sum + event.bytes, 0) / events.length,
  };
}

function tableOf(rows: readonly ProfileRow[], limit: number, titles: readonly ('name' | 'type')[]): string[] {
  const cells = rows
    .slice(0, limit)
    .map((row) => [
      ...titles.map((title) => row[title]),
      row.count,
      Math.round(row.total),
      Math.round(row.mean * 10) / 10,
      Math.round(row.share * 1000) / 10,
      Math.round(row.bytes),
    ]);
  const left = rows.length - cells.length;
  return [
    ...tableLines([...titles, 'count', 'total µs', 'mean µs', '%', 'bytes'], cells),
    ...(left > 0 ? [`… and ${left} more`] : []),
  ];
}

/** Why: the library does not tell threads apart everywhere, and a lane shows only what follows one another. */
function lanesOf(events: readonly ProfileEvent[]): ProfileEvent[][] {
  const lanes: ProfileEvent[][] = [];
  for (const event of [...events].sort((a, b) => a.start - b.start)) {
    const free = lanes.find((lane) => endOf(lane.at(-1)) <= event.start);
    if (free) free.push(event);
    else lanes.push([event]);
  }
  return lanes;
}

function endOf(event: ProfileEvent | undefined): number {
  return event ? event.start + event.duration : 0;
}

function chromeEvents(events: readonly ProfileEvent[]): object[] {
  return [...groupBy(events, ({ device }) => device)].flatMap(([device, onDevice], pid) => {
    const lanes = [...groupBy(onDevice, ({ thread }) => thread).values()].flatMap(lanesOf);
    return [
      { ph: 'M', name: 'process_name', pid, args: { name: device } },
      ...lanes.flatMap((lane, tid) => [
        { ph: 'M', name: 'thread_name', pid, tid, args: { name: `lane ${tid}` } },
        ...lane.map((event) => chromeEvent(event, pid, tid)),
      ]),
    ];
  });
}

function chromeEvent({ name, type, start, duration, bytes }: ProfileEvent, pid: number, tid: number): object {
  return { ph: 'X', name: type, cat: 'op', ts: start, dur: duration, pid, tid, args: { name, bytes } };
}

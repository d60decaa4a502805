import { devices } from '../core/devices.js';
import { TensorFlowError } from '../errors/errors.js';
import { checkOptions, unknownName } from '../errors/suggest.js';
import { type Loss, losses, type Metric, metrics, type Optimizer, optimizers } from '../nn/index.js';
import { checkCounts } from './check-counts.js';

type LossIdentifier = Parameters<typeof losses.get>[0];
export type MetricIdentifier = string | Metric;
/** One for all outputs, one for each in order, or by the name of the output. */
export type PerOutput<T> = T | readonly T[] | Readonly<Record<string, T>>;

export interface CompileOptions {
  /** Name, or an optimizer. Default `rmsprop`, as in Keras. */
  optimizer?: Parameters<typeof optimizers.get>[0];
  /** A name, a loss or a function; of several outputs one for all, a list, or by output; null leaves an output out. */
  loss?: PerOutput<LossIdentifier | null>;
  /** Factor of each output's loss, in order or by output. Default 1. */
  lossWeights?: readonly number[] | Readonly<Record<string, number>> | null;
  /** Names or metrics; of several outputs a list of lists, or by output. `accuracy` takes the kind that fits. */
  metrics?: MetricOption;
  /** As `metrics`, but samples count by their weight. */
  weightedMetrics?: MetricOption;
  /**
   * Steps between two calls of `onTrainBatchBegin` and `onTrainBatchEnd`, which are then told of the first and the last of
   * them. Default 1. Without such callbacks steps never wait for JavaScript.
   */
  stepsPerExecution?: number;
  /**
   * What layers compute in from now on; weights stay float32, and so does what the model gives. `auto`: `mixed_bfloat16`
   * or `mixed_float16` where the device multiplies those faster, else `float32`. Default: as the layers were made.
   */
  precision?: Precision;
  /**
   * Whether XLA compiles each step when it first runs, and again for batches of another length; `auto`: on GPUs. Default
   * false. On CPUs it is slower for convolutions.
   */
  jitCompile?: boolean | 'auto';
}

/** {@link CompileOptions.precision} */
export type Precision = 'float32' | 'mixed_bfloat16' | 'mixed_float16' | 'auto';

export type MetricOption = PerOutput<MetricIdentifier | readonly MetricIdentifier[] | null>;

/** What `compile` settled. */
export interface Compiled {
  readonly optimizer: Optimizer;
  readonly loss: PerOutput<Loss | null> | undefined;
  readonly lossWeights: readonly number[] | Readonly<Record<string, number>> | null;
  readonly metrics: MetricOption;
  readonly weightedMetrics: MetricOption;
  readonly stepsPerExecution: number;
  readonly jitCompile: boolean;
}

/** How one output is judged. */
export interface Head {
  readonly output: string;
  readonly loss: Loss | null;
  readonly lossWeight: number | null;
  readonly metrics: readonly MetricIdentifier[];
  readonly weightedMetrics: readonly MetricIdentifier[];
}

/** All options of `compile`. */
export const COMPILE_OPTIONS = [
  'optimizer',
  'loss',
  'lossWeights',
  'metrics',
  'weightedMetrics',
  'stepsPerExecution',
  'precision',
  'jitCompile',
];

/**
 * The options of `compile`, checked.
 *
 * @param outputNames null where they are not known yet
 * @param ownStep whether the model has a `trainStep` of its own and may do without a loss
 */
export function compiledFrom(
  options: CompileOptions,
  outputNames: readonly string[] | null,
  ownStep: boolean,
): Compiled {
  checkOptions('compile', options, COMPILE_OPTIONS);
  checkCounts('compile', options, ['stepsPerExecution']);
  const {
    optimizer = 'rmsprop',
    loss,
    lossWeights = null,
    metrics: judged = [],
    weightedMetrics = [],
    stepsPerExecution = 1,
  } = options;
  if (loss === undefined && !ownStep) {
    throw new TensorFlowError('ERR_ARGUMENT', "compile: give a loss, e.g. 'categoricalCrossentropy'.");
  }
  for (const metric of [judged, weightedMetrics].flatMap(metricsIn)) metrics.check(metric);
  const compiled: Compiled = {
    optimizer: optimizers.get(optimizer),
    loss: loss === undefined ? undefined : mapLeaves(loss, (one) => (one === null ? null : losses.get(one))),
    lossWeights,
    metrics: judged,
    weightedMetrics,
    stepsPerExecution,
    jitCompile: isJitCompiled(options.jitCompile),
  };
  if (outputNames) headsOf(compiled, outputNames);
  return compiled;
}

function isJitCompiled(jitCompile: unknown = false): boolean {
  if (jitCompile === 'auto') return devices().some(({ type }) => type === 'GPU');
  if (typeof jitCompile === 'boolean') return jitCompile;
  throw new TensorFlowError(
    'ERR_ARGUMENT',
    `compile: jitCompile must be true, false or 'auto', got ${JSON.stringify(jitCompile)}.`,
  );
}

/** What each output is judged by, in order. */
export function headsOf(compiled: Compiled, names: readonly string[]): Head[] {
  const { loss = null, lossWeights, metrics: judged, weightedMetrics } = compiled;
  const each = spread('loss', loss, names, null);
  const factors =
    lossWeights === null ? names.map(() => null) : spread<number | null>('lossWeights', lossWeights, names, null);
  const wrong = factors.find((factor) => factor !== null && !Number.isFinite(factor));
  if (wrong !== undefined) {
    const got = typeof wrong === 'number' ? wrong : JSON.stringify(wrong);
    throw new TensorFlowError('ERR_ARGUMENT', `compile: lossWeights must be numbers, one for each output, got ${got}.`);
  }
  const lists = metricLists('metrics', judged, names);
  const weighted = metricLists('weightedMetrics', weightedMetrics, names);
  return names.map((output, i) => ({
    output,
    loss: each[i] ?? null,
    lossWeight: factors[i] ?? null,
    metrics: lists[i] ?? [],
    weightedMetrics: weighted[i] ?? [],
  }));
}

/** All metrics of an option, wherever they stand. */
function metricsIn(option: unknown): MetricIdentifier[] {
  if (option === null || option === undefined) return [];
  if (Array.isArray(option)) return option.flatMap(metricsIn);
  return isByName(option) ? Object.values(option).flatMap(metricsIn) : [option as MetricIdentifier];
}

function metricLists(option: string, given: MetricOption, names: readonly string[]): MetricIdentifier[][] {
  // Why: a single output has them all, however they are nested, as in Keras.
  if (names.length === 1) {
    if (isByName(given)) spread<unknown>(option, given, names, null);
    return [metricsIn(given)];
  }
  if (Array.isArray(given) && given.length === 0) return names.map(() => []);
  return spread<unknown>(option, given, names, null).map(metricsIn);
}

/** One value for each output. */
function spread<T>(option: string, given: PerOutput<T>, names: readonly string[], missing: T): T[] {
  if (isByName(given)) {
    for (const name of Object.keys(given)) {
      if (!names.includes(name)) throw unknownName(`output in compile's ${option}`, name, names);
    }
    return names.map((name) => (Object.hasOwn(given, name) ? ((given as Record<string, T>)[name] as T) : missing));
  }
  if (!Array.isArray(given)) return names.map(() => given as T);
  if (given.length === names.length) return [...given];
  throw new TensorFlowError(
    'ERR_ARGUMENT',
    `compile: ${option} has ${given.length} entries, but the model has ${names.length} outputs (${names.join(', ')}); give one for each.`,
  );
}

function mapLeaves<T, U>(given: PerOutput<T>, change: (value: T) => U): PerOutput<U> {
  if (Array.isArray(given)) return given.map(change);
  if (!isByName(given)) return change(given as T);
  return Object.fromEntries(Object.entries(given).map(([name, value]) => [name, change(value as T)]));
}

/** Whether an option is a record of outputs, and not one serialized object. */
function isByName(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.getPrototypeOf(value) === Object.prototype && !('class_name' in value);
}

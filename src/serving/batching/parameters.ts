import { availableParallelism } from 'node:os';
import { TensorFlowError } from '../../errors/errors.js';
import { checkOptions } from '../../errors/suggest.js';

/**
 * How requests meet in one run, by the names of TensorFlow Serving's BatchingParameters.
 *
 * Source: tensorflow_serving/servables/tensorflow/session_bundle_config.proto.
 */
export interface BatchingParameters {
  /** Most rows of a request, and of a run where `maxExecutionBatchSize` is not given. Default: requests of any size. */
  maxBatchSize?: number;
  /** Microseconds that rows wait for others while a thread is free. Default 0: they meet while the threads are busy. */
  batchTimeoutMicros?: number;
  /** How many full batches may wait, for each signature; what comes beyond is refused. Default 10. */
  maxEnqueuedBatches?: number;
  /** Runs at once, of all models together. Default: the number of cores. */
  numBatchThreads?: number;
  /** Ascending; a run is padded to the next of them. The last one is the most rows of a run. Default: every size. */
  allowedBatchSizes?: readonly number[];
  /** Whether inputs whose other axes differ meet as well, padded with their first element. Default false. */
  padVariableLengthInputs?: boolean;
  /** Whether a request of more rows than a run takes is split; else it is refused. Default true. */
  enableLargeBatchSplitting?: boolean;
  /** Most rows of a run, where large requests are split. Default `maxBatchSize`, or 32. */
  maxExecutionBatchSize?: number;
}

/** What a batcher goes by. */
export interface BatchingPlan {
  /** Most rows of a request. */
  readonly requestRows: number;
  /** Most rows of a run. */
  readonly runRows: number;
  readonly waitMillis: number;
  /** Rows that may wait, for each signature. */
  readonly waitingRows: number;
  readonly threads: number;
  readonly allowedSizes: readonly number[];
  readonly padsInner: boolean;
  /** Whether requests meet at all. */
  readonly joins: boolean;
}

const RUN_ROWS = 32;
/** Why: runs of single rows leave cores idle in between. */
const UNBATCHED_RUNS_PER_CORE = 8;
const NAMES = [
  'maxBatchSize',
  'batchTimeoutMicros',
  'maxEnqueuedBatches',
  'numBatchThreads',
  'allowedBatchSizes',
  'padVariableLengthInputs',
  'enableLargeBatchSplitting',
  'maxExecutionBatchSize',
];

/**
 * The parameters, checked; `false`: every request is a run of its own.
 *
 * @throws ERR_UNKNOWN_NAME, ERR_ARGUMENT
 */
export function batchingPlan(parameters: BatchingParameters | false): BatchingPlan {
  const cores = availableParallelism();
  const given = parameters || { numBatchThreads: UNBATCHED_RUNS_PER_CORE * cores };
  checkOptions('batching', given, NAMES);
  const { batchTimeoutMicros = 0, maxEnqueuedBatches = 10, numBatchThreads = cores, allowedBatchSizes = [] } = given;
  const { enableLargeBatchSplitting: splits = true, padVariableLengthInputs: padsInner = false } = given;
  checkSizes(allowedBatchSizes);
  const { maxBatchSize = allowedBatchSizes.at(-1) } = given;
  const { maxExecutionBatchSize = maxBatchSize ?? RUN_ROWS } = splits ? given : {};
  const whole = { maxBatchSize, maxEnqueuedBatches, numBatchThreads, maxExecutionBatchSize };
  for (const [name, value] of Object.entries(whole)) checkWhole(name, value ?? 1, 1);
  checkWhole('batchTimeoutMicros', batchTimeoutMicros, 0);
  checkLast(allowedBatchSizes, maxExecutionBatchSize);
  const unlimited = splits && given.maxBatchSize === undefined;
  return {
    requestRows: unlimited ? Number.POSITIVE_INFINITY : (maxBatchSize ?? maxExecutionBatchSize),
    runRows: maxExecutionBatchSize,
    waitMillis: batchTimeoutMicros / 1000,
    waitingRows: maxEnqueuedBatches * maxExecutionBatchSize,
    threads: numBatchThreads,
    allowedSizes: allowedBatchSizes,
    padsInner,
    joins: parameters !== false,
  };
}

/** The size a run of so many rows is padded to. */
export function paddedRows({ allowedSizes }: BatchingPlan, rows: number): number {
  return allowedSizes.find((size) => size >= rows) ?? rows;
}

function checkWhole(name: string, value: number, least: number): void {
  if (Number.isSafeInteger(value) && value >= least) return;
  throw new TensorFlowError('ERR_ARGUMENT', `batching: ${name} is a whole number from ${least}, got ${value}.`);
}

function checkSizes(sizes: readonly number[]): void {
  if (!Array.isArray(sizes)) {
    const got = JSON.stringify(sizes);
    throw new TensorFlowError('ERR_ARGUMENT', `batching: allowedBatchSizes is a list of whole numbers, got ${got}.`);
  }
  for (const [i, size] of sizes.entries()) checkWhole('allowedBatchSizes', size, (sizes[i - 1] ?? 0) + 1);
}

function checkLast(sizes: readonly number[], most: number): void {
  if (sizes.length === 0 || sizes.at(-1) === most) return;
  throw new TensorFlowError(
    'ERR_ARGUMENT',
    `batching: the last of allowedBatchSizes is the most rows of a run, ${most}; got ${sizes.at(-1)}.`,
  );
}

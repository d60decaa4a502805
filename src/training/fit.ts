import type { DataSource } from '../data/source.js';
import { TensorFlowError } from '../errors/errors.js';
import { checkOptions } from '../errors/suggest.js';
import type { Callback, CallbackModel } from './callbacks/callback.js';
import type { History } from './callbacks/history.js';
import { checkCounts } from './check-counts.js';
import { checkRunOptions } from './check-run-options.js';
import { type ClassWeight, checkClassWeight } from './class-weights.js';
import { arraySource, arrays, type Input, isArrays, type Names, splitArrays, toSource } from './data-adapter.js';
import { FitRun } from './fit-run.js';
import type { Values } from './parts.js';
import type { Trainer } from './trainer.js';

/** Labelled data to validate with: a source, or `[x, y]`, or `[x, y, sampleWeight]`. */
export type ValidationData = Input | readonly [Values, Values] | readonly [Values, Values, Values];

export interface FitOptions {
  /** Samples of one step, for arrays. Default 32. */
  batchSize?: number;
  /** Default 1. */
  epochs?: number;
  /** 0 silent, 1 progress bar, 2 one line an epoch; default 1 on a terminal, else 0. */
  verbose?: 0 | 1 | 2 | 'auto';
  callbacks?: readonly Callback[];
  /** The last fraction of the arrays is kept for validation, unless there is `validationData`. */
  validationSplit?: number;
  validationData?: ValidationData;
  /** A new order each epoch, for arrays. Default true. */
  shuffle?: boolean;
  /** Weight of the samples of each class, by class number, 1 for those left out; for models with one output. */
  classWeight?: ClassWeight;
  /** Factor of each sample; of several outputs one for all, a list, or by output. */
  sampleWeight?: Values;
  /** The number of the first epoch. Default 0. */
  initialEpoch?: number;
  /** Default: one pass over the data. */
  stepsPerEpoch?: number;
  /** Default: all of the validation data. */
  validationSteps?: number;
  validationBatchSize?: number;
  /** Validate every so many epochs, or after those listed, counted from 1. Default 1. */
  validationFreq?: number | readonly number[];
  /** Stops after the running step. */
  signal?: AbortSignal;
}

/** All of them. */
export const FIT_OPTIONS = [
  'batchSize',
  'epochs',
  'verbose',
  'callbacks',
  'validationSplit',
  'validationData',
  'shuffle',
  'classWeight',
  'sampleWeight',
  'initialEpoch',
  'stepsPerEpoch',
  'validationSteps',
  'validationBatchSize',
  'validationFreq',
  'signal',
];

const COUNTS = ['batchSize', 'epochs', 'stepsPerEpoch', 'validationSteps', 'validationBatchSize'] as const;

/** Trains a model; see `Model.fit`. */
export async function fit(
  model: CallbackModel & Names,
  trainer: Trainer,
  x: Input,
  y: Values | undefined,
  options: FitOptions,
): Promise<History> {
  checkOptions('fit', options, FIT_OPTIONS);
  checkCounts('fit', options, COUNTS);
  checkRunOptions('fit', options);
  checkInitialEpoch(options);
  checkClassWeight('fit', options.classWeight);
  for (const freq of [options.validationFreq].flat()) checkCounts('fit', { validationFreq: freq }, ['validationFreq']);
  const { train, valid } = await sources(model, x, y, options);
  return new FitRun(model, trainer, train, valid, options).run();
}

async function sources(
  names: Names,
  x: Input,
  y: Values | undefined,
  options: FitOptions,
): Promise<{ train: DataSource; valid?: DataSource }> {
  const {
    batchSize = 32,
    shuffle = true,
    validationSplit = 0,
    validationData,
    validationBatchSize = batchSize,
  } = options;
  const { sampleWeight, classWeight } = options;
  if (validationSplit !== 0 && validationData === undefined) {
    if (!isArrays(x)) {
      throw new TensorFlowError(
        'ERR_ARGUMENT',
        'fit: validationSplit works on arrays; give validationData for a data source.',
      );
    }
    const parts = splitArrays(arrays('fit', names, x, y, { sampleWeight, classWeight }), validationSplit);
    return {
      train: arraySource(parts.train, { batchSize, shuffle }),
      valid: arraySource(parts.valid, { batchSize: validationBatchSize, shuffle: false }),
    };
  }
  const train = await toSource('fit', names, x, y, { batchSize, shuffle, sampleWeight, classWeight });
  return validationData === undefined
    ? { train }
    : { train, valid: await validationSource(names, validationData, validationBatchSize) };
}

function validationSource(names: Names, data: ValidationData, batchSize: number): Promise<DataSource> {
  const options = { batchSize, shuffle: false };
  if (!Array.isArray(data)) return toSource('validationData', names, data as Input, undefined, options);
  const [x, y, sampleWeight] = data as readonly Values[];
  return toSource('validationData', names, x ?? [], y, { ...options, sampleWeight });
}

function checkInitialEpoch({ initialEpoch = 0 }: FitOptions): void {
  if (Number.isInteger(initialEpoch) && initialEpoch >= 0) return;
  throw new TensorFlowError('ERR_ARGUMENT', `fit: initialEpoch must be 0 or a positive integer, got ${initialEpoch}.`);
}

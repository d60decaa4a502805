import type { DataSource } from '../data/source.js';
import { TensorFlowError } from '../errors/errors.js';
import { checkOptions } from '../errors/suggest.js';
import type { Logs } from './callbacks/callback.js';
import { formatLogs } from './callbacks/progbar-logger.js';
import { checkCounts, stepsOf } from './check-counts.js';
import { type Input, type Names, toSource } from './data-adapter.js';
import type { Values } from './parts.js';
import { runSteps } from './run-steps.js';
import type { Step, Trainer } from './trainer.js';

export interface EvaluateOptions {
  /** Samples of one step, for arrays. Default 32. */
  batchSize?: number;
  /** Default: one pass over the data. */
  steps?: number | undefined;
  /** Factor of each sample; of several outputs one for all, a list, or by output. */
  sampleWeight?: Values;
  /** 1 or 2 prints the result. Default 0. */
  verbose?: 0 | 1 | 2;
}

/** Loss and metrics over a data set; see `Model.evaluate`. */
export async function evaluate(
  names: Names,
  trainer: Trainer,
  x: Input,
  y: Values | undefined,
  options: EvaluateOptions,
): Promise<Logs> {
  checkOptions('evaluate', options, ['batchSize', 'steps', 'sampleWeight', 'verbose']);
  checkCounts('evaluate', options, ['batchSize', 'steps']);
  const { batchSize = 32, sampleWeight } = options;
  const source = await toSource('evaluate', names, x, y, { batchSize, shuffle: false, sampleWeight });
  const logs = await evaluateSource(trainer, source, { steps: options.steps, stopped: () => false });
  if (options.verbose) console.log(formatLogs(logs).join(' - '));
  return logs;
}

/** One pass, or so many steps, from the start of the source. */
export async function evaluateSource(
  trainer: Trainer,
  source: DataSource,
  { steps, stopped }: { steps?: number | undefined; stopped: () => boolean },
): Promise<Logs> {
  const step = await trainer.step('test', source);
  await trainer.resetScores('test');
  try {
    await runAll(step, source, steps, stopped);
  } finally {
    await step.source.finish();
  }
  return trainer.results('test');
}

async function runAll(
  step: Step,
  source: DataSource,
  steps: number | undefined,
  stopped: () => boolean,
): Promise<void> {
  let left = stepsOf('evaluate', 'steps', steps, source) ?? Number.POSITIVE_INFINITY;
  for (let pass = 0; left > 0 && !stopped(); pass++) {
    await step.source.start(pass);
    const limit = Math.min(left, source.batchesPerPass ?? Number.POSITIVE_INFINITY);
    const done = await runSteps(step.run, step.source, limit, { stopped });
    left -= done.steps;
    if (done.steps === 0 && !stopped()) {
      throw new TensorFlowError('ERR_DATA_EMPTY', 'evaluate: the data source ended without a single batch.');
    }
    if (done.ended && steps === undefined) return;
  }
}

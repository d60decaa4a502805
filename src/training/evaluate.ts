import type { DataSource } from '../data/source.js';
import { TensorFlowError } from '../errors/errors.js';
import { checkOptions } from '../errors/suggest.js';
import type { Callback, CallbackModel, Logs } from './callbacks/callback.js';
import { CallbackList } from './callbacks/callback-list.js';
import { formatLogs } from './callbacks/progbar-logger.js';
import { checkCounts, stepsOf } from './check-counts.js';
import { checkRunOptions } from './check-run-options.js';
import { type Input, type Names, toSource } from './data-adapter.js';
import type { Values } from './parts.js';
import { runSteps, type StepHooks } from './run-steps.js';
import type { Step, Trainer } from './trainer.js';

export interface EvaluateOptions {
  /** Samples of one step, for arrays. Default 32. */
  batchSize?: number;
  /** Default: one pass over the data. */
  steps?: number | undefined;
  /** Factor of each sample; of several outputs one for all, a list, or by output. */
  sampleWeight?: Values;
  /** Told by their hooks `onTestBegin` and the like. */
  callbacks?: readonly Callback[];
  /** 1 or 2 prints the result. Default 0. */
  verbose?: 0 | 1 | 2;
}

/** How a source is evaluated. */
interface Evaluation {
  /** Default: one pass. */
  readonly steps?: number | undefined;
  readonly callbacks: CallbackList;
  readonly stopped: () => boolean;
}

/** Loss and metrics over a data set; see `Model.evaluate`. */
export async function evaluate(
  model: CallbackModel & Names,
  trainer: Trainer,
  x: Input,
  y: Values | undefined,
  options: EvaluateOptions,
): Promise<Logs> {
  checkOptions('evaluate', options, ['batchSize', 'steps', 'sampleWeight', 'callbacks', 'verbose']);
  checkCounts('evaluate', options, ['batchSize', 'steps']);
  checkRunOptions('evaluate', options);
  const { batchSize = 32, steps, sampleWeight, verbose = 0 } = options;
  const source = await toSource('evaluate', model, x, y, { batchSize, shuffle: false, sampleWeight });
  const params = { epochs: 1, steps: stepsOf('evaluate', 'steps', steps, source), verbose };
  const callbacks = new CallbackList(options.callbacks ?? [], model, params);
  const logs = await evaluateSource(model, trainer, source, { steps, callbacks, stopped: () => false });
  if (verbose) console.log(formatLogs(logs).join(' - '));
  return logs;
}

/** One pass, or so many steps, from the start of the source. */
export async function evaluateSource(
  model: CallbackModel,
  trainer: Trainer,
  source: DataSource,
  { steps, callbacks, stopped }: Evaluation,
): Promise<Logs> {
  const step = await trainer.step('test', source);
  model.stopEvaluating = false;
  await callbacks.call('onTestBegin', {});
  await trainer.resetScores('test');
  try {
    await runAll(step, source, steps, (done) => ({
      ...hooksOf(callbacks, trainer, done),
      stopped: () => stopped() || model.stopEvaluating,
    }));
  } finally {
    await step.source.finish();
  }
  const logs = await trainer.results('test');
  await callbacks.call('onTestEnd', logs);
  return logs;
}

/** @param hooksAfter given how many steps are done */
async function runAll(
  step: Step,
  source: DataSource,
  steps: number | undefined,
  hooksAfter: (done: number) => StepHooks,
): Promise<void> {
  const limit = stepsOf('evaluate', 'steps', steps, source) ?? Number.POSITIVE_INFINITY;
  for (let pass = 0, total = 0; total < limit; pass++) {
    const hooks = hooksAfter(total);
    if (hooks.stopped()) return;
    await step.source.start(pass);
    const left = Math.min(limit - total, source.batchesPerPass ?? Number.POSITIVE_INFINITY);
    const done = await runSteps(step.run, step.source, left, hooks);
    total += done.steps;
    if (done.steps === 0 && !hooks.stopped()) {
      throw new TensorFlowError('ERR_DATA_EMPTY', 'evaluate: the data source ended without a single batch.');
    }
    if (done.ended && steps === undefined) return;
  }
}

/** Those of single steps, where a callback has them. */
function hooksOf(callbacks: CallbackList, trainer: Trainer, done: number): Omit<StepHooks, 'stopped'> {
  const before = (step: number): Promise<void> => callbacks.call('onTestBatchBegin', done + step, {});
  const after = async (step: number): Promise<void> =>
    callbacks.call('onTestBatchEnd', done + step, await trainer.results('test'));
  return {
    before: callbacks.has('onTestBatchBegin') ? before : undefined,
    after: callbacks.has('onTestBatchEnd') ? after : undefined,
    stepsPerCall: trainer.stepsPerExecution,
  };
}

import { dtypeBytes, isComplex, isFloating } from '../core/dtype.js';
import type { Output } from '../core/output.js';
import type { Program } from '../core/program.js';
import { nameScope } from '../core/scope.js';
import { TensorFlowError } from '../errors/errors.js';
import { type Metric, metrics } from '../nn/index.js';
import * as ops from '../ops/index.js';
import type { Trainable } from './trainable.js';

/** The parts of a batch. */
export interface Batch {
  x: Output;
  y?: Output | undefined;
  weight?: Output | undefined;
}

/** A batch from what a data source gives: x, y, sample weights. */
export function batchOf(parts: readonly Output[]): Batch {
  const [x, y, weight] = parts;
  if (!x) throw new RangeError('A data source gave no x.');
  return { x, y, weight };
}

/** Loss and metrics of a model: state in the program, updated by every step and read a few times a second. */
export class Scores {
  readonly loss: metrics.Mean;
  readonly metrics: Metric[];

  constructor(model: Trainable, prediction: Output, label: Output) {
    const { compiled, program } = model;
    this.loss = new metrics.Mean({ name: 'loss' });
    this.metrics = compiled.metricNames.map((m) => metrics.resolve(m, { prediction, label }));
    for (const metric of this.all()) metric.build(program);
  }

  all(): Metric[] {
    return [this.loss, ...this.metrics];
  }

  /** Inside a function: counts a batch in. */
  update(batch: Batch & { y: Output }, prediction: Output, loss: Output): void {
    // Why: batches count by their length, so a short last batch weighs less, as in Keras.
    const length = ops.cast(ops.reshape(ops.slice(ops.shape(batch.x), [0], [1]), []), 'float32');
    this.loss.update(ops.cast(loss, 'float32'), length);
    for (const metric of this.metrics) metric.update(batch.y, prediction);
  }

  /** Inside a function: the values so far. */
  results(): Record<string, Output> {
    return Object.fromEntries(this.all().map((metric) => [metric.name, metric.result()]));
  }

  reset(): void {
    for (const metric of this.all()) metric.reset();
  }
}

/** x in the dtype the model computes in. */
export function modelInput(x: Output): Output {
  return isFloating(x.dtype) ? x : ops.cast(checkNumbers('the data', x), 'float32');
}

/** @throws ERR_DTYPE for strings and whatever else a network cannot compute with */
export function checkNumbers(what: string, values: Output): Output {
  if (dtypeBytes(values.dtype) > 0 && !isComplex(values.dtype)) return values;
  throw new TensorFlowError(
    'ERR_DTYPE',
    `A model takes numbers, but ${what} is ${values.dtype}; encode it as numbers.`,
  );
}

/** Inside a function: forward, loss, backward, update. */
export function trainStep(model: Trainable, batch: Batch & { y: Output }, scoresFor: ScoresFactory): void {
  const { compiled } = model;
  const prediction = model.forward(modelInput(batch.x), true);
  const loss = nameScope('loss', () => totalLoss(model, batch, prediction));
  compiled.optimizer.minimize(loss, model.trainableWeights);
  const { constraints } = model;
  for (const weight of model.trainableWeights) {
    const constraint = constraints.get(weight);
    if (constraint) weight.assign(constraint(weight.read()));
  }
  nameScope('metrics', () => scoresFor(prediction, batch.y).update(batch, prediction, loss));
}

/** Inside a function: forward and loss. */
export function testStep(model: Trainable, batch: Batch & { y: Output }, scoresFor: ScoresFactory): void {
  const prediction = model.forward(modelInput(batch.x), false);
  const loss = totalLoss(model, batch, prediction);
  scoresFor(prediction, batch.y).update(batch, prediction, loss);
}

/** Gives the model's one set of scores, made when the first step knows predictions and labels. */
export type ScoresFactory = (prediction: Output, label: Output) => Scores;

function totalLoss(model: Trainable, { y, weight }: Batch & { y: Output }, prediction: Output): Output {
  const own = model.compiled.loss.call(y, prediction, weight);
  return model.penalties().reduce((sum, penalty) => ops.add(sum, penalty), own);
}

/** Scores as functions of the program: read all, and start over. */
export function scoreFunctions(program: Program, scores: Scores) {
  return {
    results: program.trace('results', {}, () => scores.results()),
    reset: program.trace('reset', {}, () => {
      scores.reset();
      return {};
    }),
  };
}

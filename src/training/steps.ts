import { dtypeBytes, isComplex, isFloating } from '../core/dtype.js';
import type { Output } from '../core/output.js';
import { nameScope } from '../core/scope.js';
import { isOutput, listOf, type Several } from '../core/several.js';
import { TensorFlowError } from '../errors/errors.js';
import { unknownName } from '../errors/suggest.js';
import type { Metric } from '../nn/index.js';
import * as ops from '../ops/index.js';
import { type Head, headsOf, type MetricIdentifier } from './compiled.js';
import { inOrder } from './named-values.js';
import type { Scores } from './scores.js';
import type { Batch, Trainable } from './trainable.js';

/** Losses of a batch by what they are called in logs: `loss`, and of several outputs `<output>_loss` each. */
export type Losses = { readonly loss: Output } & Readonly<Record<string, Output>>;

/** An output with all that it is judged by. */
interface Judged extends Head {
  readonly prediction: Output;
  readonly label: Output | undefined;
  readonly sampleWeight: Output | undefined;
  /** Of what is reported about it. */
  readonly prefix: string;
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

/** Inside a function: the loss that `compile` settled, of all outputs, with what regularizers add. */
export function computeLoss(model: Trainable, batch: Batch, yPred: Several<Output>): Losses {
  return nameScope('loss', () => {
    const judged = judge(model, batch, yPred).filter(({ loss }) => loss !== null);
    const own = judged.map((one) => [`${one.prefix}loss`, lossOf(model, one)] as const);
    const scaled = judged.map(({ lossWeight }, i) => factored(own[i]?.[1] ?? noLoss(model), lossWeight));
    const [first = noLoss(model), ...more] = [...scaled, ...model.penalties()];
    return {
      ...(own.length > 1 ? Object.fromEntries(own) : {}),
      loss: more.reduce((sum, loss) => ops.add(sum, loss), first),
    };
  });
}

/** Inside a function: updates the metrics that `compile` settled, and gives them by what they are called in logs. */
export function computeMetrics(
  model: Trainable,
  scores: Scores,
  batch: Batch,
  yPred: Several<Output>,
): Readonly<Record<string, Metric>> {
  return nameScope('metrics', () => {
    const results: Record<string, Metric> = {};
    for (const one of judge(model, batch, yPred)) {
      for (const [i, metric] of one.metrics.entries()) {
        const counted = count(model, scores, one, metric, `${one.prefix}metric ${i}`, undefined);
        results[`${one.prefix}${counted.name}`] = counted;
      }
      for (const [i, metric] of one.weightedMetrics.entries()) {
        const counted = count(model, scores, one, metric, `${one.prefix}weighted metric ${i}`, one.sampleWeight);
        const name = `${one.prefix}${counted.name}`;
        results[Object.hasOwn(results, name) ? `${one.prefix}weighted_${counted.name}` : name] = counted;
      }
    }
    return results;
  });
}

/** Inside a function: one update towards a smaller loss, then weights back into their bounds. */
export function minimize(model: Trainable, loss: Output): void {
  const { trainableWeights, constraints } = model;
  model.compiled.optimizer.minimize(loss, trainableWeights);
  for (const weight of trainableWeights) {
    const constraint = constraints.get(weight);
    if (constraint) weight.assign(constraint(weight.read()));
  }
}

function count(
  model: Trainable,
  scores: Scores,
  one: Judged,
  identifier: MetricIdentifier,
  key: string,
  sampleWeight: Output | undefined,
): Metric {
  const label = labelOf(model, one);
  const metric = scores.metric(key, identifier, label, one.prediction);
  metric.update(label, one.prediction, sampleWeight);
  return metric;
}

function lossOf(model: Trainable, one: Judged): Output {
  return one.loss?.call(labelOf(model, one), one.prediction, one.sampleWeight) ?? noLoss(model);
}

function factored(loss: Output, factor: number | null): Output {
  return factor === null ? loss : ops.mul(loss, factor);
}

/** Each output with its label and weights. */
function judge(model: Trainable, { y, sampleWeight }: Batch, yPred: Several<Output>): Judged[] {
  const predictions = listOf(yPred, isOutput);
  const names = model.outputNames ?? predictions.map((_, i) => `output_${i + 1}`);
  const where = (what: string) => `${what} of model '${model.name}'`;
  const labels = y === undefined ? [] : labelsFor(where('labels'), names, y);
  const weights = sampleWeight === undefined ? [] : weightsFor(where('sample weights'), names, sampleWeight);
  return headsOf(model.compiled, names).map((head, i) => ({
    ...head,
    prediction: predictions[i] as Output,
    label: labels[i],
    sampleWeight: weights[i],
    prefix: names.length > 1 ? `${head.output}_` : '',
  }));
}

/** By name, only some outputs need have labels: those that are judged. */
function labelsFor(where: string, names: readonly string[], y: Several<Output>): (Output | undefined)[] {
  if (isOutput(y) || Array.isArray(y)) return inOrder(where, names, y, isOutput);
  const byName = new Map(Object.entries(y));
  const stranger = [...byName.keys()].find((name) => !names.includes(name));
  if (stranger !== undefined) throw unknownName(`one of ${where}`, stranger, names);
  return names.map((name) => byName.get(name));
}

/** One list of weights is for all outputs. */
function weightsFor(where: string, names: readonly string[], weights: Several<Output>): (Output | undefined)[] {
  return isOutput(weights) ? names.map(() => weights) : inOrder(where, names, weights, isOutput);
}

function labelOf(model: Trainable, { label, output, prefix }: Judged): Output {
  if (label) return checkNumbers('the labels', label);
  const which = prefix === '' ? '' : ` for output '${output}'`;
  throw new TensorFlowError(
    'ERR_LABELS',
    `Model '${model.name}': training and evaluation need labels${which}, but the data has ${prefix === '' ? 'only x' : 'none'}.`,
  );
}

function noLoss(model: Trainable): never {
  throw new TensorFlowError(
    'ERR_NOT_COMPILED',
    `Model '${model.name}' has no loss; call model.compile({ optimizer, loss }), or give trainStep one of your own.`,
  );
}

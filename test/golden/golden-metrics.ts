import { expect } from 'vitest';
import { setMask } from '../../src/core/mask.js';
import { Program } from '../../src/core/program.js';
import { spec } from '../../src/core/spec.js';
import { metrics } from '../../src/nn/index.js';
import { expectClose, type PackedArray, type Tolerance, unpack } from './nn-fixtures.js';

interface Batch {
  /** Of metrics of values, not of labels and predictions. */
  values?: PackedArray;
  y_true?: PackedArray;
  y_pred?: PackedArray;
  sample_weight: PackedArray | null;
  /** What counts of the predictions. */
  mask?: PackedArray | null;
  result: PackedArray;
}

/** Batches of a metric in Keras: see the README of the shared fixtures. */
export interface MetricCase {
  class_name: string;
  arguments: Record<string, unknown>;
  config: Record<string, unknown>;
  weighted: boolean;
  updates: Batch[];
  final_state: { name: string; value: PackedArray }[];
  tolerance: Tolerance;
}

/** The metric with the options it was made with: some of Keras' configs leave them out. */
export const metricOf = (one: MetricCase) =>
  metrics.deserialize({ ...one, config: { ...one.config, ...one.arguments } });

/** Result after every batch, and the state after the last, as Keras has them. */
export async function checkMetricCase(one: MetricCase): Promise<void> {
  using program = new Program({ seed: 1 });
  const metric = metricOf(one);
  const [first] = one.updates;
  if (!first) throw new Error('A case without batches.');
  metric.build(program, { label: open(labelsOf(first)), prediction: open(first.y_pred) });
  const given = feedsOf(first);
  const inputs = Object.fromEntries(Object.entries(given).map(([key, one]) => [key, spec(one.dtype, open(one))]));
  const update = program.function('update', inputs, ({ yTrue, yPred, sampleWeight, mask }) => {
    if (!yTrue) throw new Error('A batch without labels.');
    if (yPred) setMask(yPred, mask ?? null);
    if (yPred) metric.update(yTrue, yPred, sampleWeight);
    else metric.update(yTrue, sampleWeight as never);
    return {};
  });
  const result = program.function('result', {}, () => ({ value: metric.result() }));
  const reset = program.function('reset', {}, () => {
    metric.reset();
    return {};
  });
  const run = (batch: Batch) =>
    update(Object.fromEntries(Object.entries(feedsOf(batch)).map(([key, one]) => [key, unpack(one)])));
  for (const batch of one.updates) {
    await run(batch);
    await expectClose((await result({})).value, batch.result, one.tolerance);
  }
  expect(metric.variables.map(({ name }) => name.split('/').at(-1))).toEqual(one.final_state.map(({ name }) => name));
  for (const [i, value] of (await program.values(metric.variables)).entries()) {
    await expectClose(value, (one.final_state[i] as { value: PackedArray }).value, one.tolerance);
  }
  await reset({});
  await run(first);
  await expectClose((await result({})).value, first.result, one.tolerance);
}

function labelsOf({ values, y_true }: Batch): PackedArray {
  const labels = values ?? y_true;
  if (!labels) throw new Error('A batch without labels.');
  return labels;
}

function feedsOf(batch: Batch): Record<string, PackedArray> {
  const { y_pred: yPred, sample_weight: sampleWeight, mask } = batch;
  return {
    yTrue: labelsOf(batch),
    ...(yPred && { yPred }),
    ...(sampleWeight && { sampleWeight }),
    ...(mask && { mask }),
  };
}

/** The shape with an open batch. */
function open(array: { shape: number[] } | undefined): (number | null)[] {
  return array ? [null, ...array.shape.slice(1)] : [];
}

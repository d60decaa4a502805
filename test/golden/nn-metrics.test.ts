import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { Program } from '../../src/core/program.js';
import { spec } from '../../src/core/spec.js';
import { metrics } from '../../src/nn/index.js';
import { expectClose, type PackedArray, readFixture, type Tolerance, unpack } from './nn-fixtures.js';

interface Batch {
  /** Of metrics of values, not of labels and predictions. */
  values?: PackedArray;
  y_true: PackedArray;
  y_pred?: PackedArray;
  sample_weight: PackedArray | null;
  result: PackedArray;
}

interface MetricCase {
  class_name: string;
  arguments: Record<string, unknown>;
  config: Record<string, unknown>;
  weighted: boolean;
  updates: Batch[];
  final_state: { name: string; value: PackedArray }[];
  tolerance: Tolerance;
}

const more = JSON.parse(readFileSync(new URL('metrics-more.json', import.meta.url), 'utf8')) as { cases: MetricCase[] };
const cases = [...readFixture<{ cases: MetricCase[] }>('metrics.json').cases, ...more.cases];
for (const batch of cases.flatMap(({ updates }) => updates)) batch.y_true = batch.values ?? batch.y_true;
const titled = cases.map((one, i) => [`${i} ${one.class_name} ${JSON.stringify(one.arguments)}`, one] as const);

describe('metrics agree with Keras, batch by batch', () => {
  test.each(titled)('%s', async (_, one) => {
    using program = new Program({ seed: 1 });
    const metric = metrics.deserialize({ ...one, config: { ...one.config, ...one.arguments } });
    const [first] = one.updates;
    if (!first) throw new Error('A case without batches.');
    metric.build(program, { label: open(first.y_true), prediction: open(first.y_pred) });
    const like = (array: PackedArray) => spec(array.dtype, open(array));
    const weight = first.sample_weight;
    const inputs = {
      yTrue: like(first.y_true),
      ...(first.y_pred ? { yPred: like(first.y_pred) } : {}),
      ...(weight ? { sampleWeight: like(weight) } : {}),
    };
    const update = program.function('update', inputs, ({ yTrue, yPred, sampleWeight }) => {
      if (yPred) metric.update(yTrue, yPred, sampleWeight);
      else metric.update(yTrue, sampleWeight as never);
      return {};
    });
    const result = program.function('result', {}, () => ({ value: metric.result() }));
    const reset = program.function('reset', {}, () => {
      metric.reset();
      return {};
    });
    const run = async (batch: Batch): Promise<void> => {
      const feeds = {
        yTrue: unpack(batch.y_true),
        ...(batch.y_pred ? { yPred: unpack(batch.y_pred) } : {}),
        ...(batch.sample_weight ? { sampleWeight: unpack(batch.sample_weight) } : {}),
      };
      await update(feeds as never);
    };
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
  });
});

describe('configs are Keras’ own', () => {
  test.each(titled)('%s', (_, one) => {
    const metric = metrics.deserialize({ ...one, config: { ...one.config, ...one.arguments } });
    expect(metric.getConfig()).toMatchObject(one.config);
    expect(metrics.deserialize(metrics.serialize(metric)).getConfig()).toEqual(metric.getConfig());
  });
});

/** The shape with an open batch. */
function open(array: PackedArray | undefined): (number | null)[] {
  return array ? [null, ...array.shape.slice(1)] : [];
}

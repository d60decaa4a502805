import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { gradients } from '../../src/autodiff/gradients.js';
import { Program } from '../../src/core/program.js';
import { spec } from '../../src/core/spec.js';
import { losses } from '../../src/nn/index.js';
import * as ops from '../../src/ops/index.js';
import { expectClose, type PackedArray, readFixture, type Tolerance, unpack } from './nn-fixtures.js';

interface LossCase {
  class_name: string;
  arguments: Record<string, unknown>;
  config: Record<string, unknown>;
  y_true: PackedArray;
  y_pred: PackedArray;
  sample_weight: PackedArray | null;
  value: PackedArray;
  gradient: PackedArray | null;
  tolerance: Tolerance;
}

const more = JSON.parse(readFileSync(new URL('losses-more.json', import.meta.url), 'utf8')) as { cases: LossCase[] };
const cases = [...readFixture<{ cases: LossCase[] }>('losses.json').cases, ...more.cases];
const lossOf = (one: LossCase) =>
  losses.deserialize({ class_name: one.class_name, config: { ...one.config, ...one.arguments } });

describe('losses agree with Keras', () => {
  test.each(cases.map((one, i) => [`${i} ${one.class_name} ${JSON.stringify(one.arguments)}`, one] as const))(
    '%s',
    (_, one) => check(one),
  );
});

describe('configs are Keras’ own', () => {
  test.each([...new Set(cases.map((one) => JSON.stringify([one.class_name, one.config])))])('%s', (text) => {
    const [class_name, config] = JSON.parse(text) as [string, Record<string, unknown>];
    const loss = losses.deserialize({ class_name, config });
    expect(loss.getConfig()).toMatchObject(config);
    expect(losses.deserialize(losses.serialize(loss)).getConfig()).toEqual(loss.getConfig());
  });
});

async function check(one: LossCase): Promise<void> {
  using program = new Program({ seed: 1 });
  const like = ({ dtype, shape }: PackedArray) => spec(dtype, [null, ...shape.slice(1)]);
  const weight = one.sample_weight;
  const inputs = {
    yTrue: like(one.y_true),
    yPred: like(one.y_pred),
    ...(weight ? { sampleWeight: like(weight) } : {}),
  };
  const run = program.function('loss', inputs, ({ yTrue, yPred, sampleWeight }) => {
    const value = lossOf(one).call(yTrue, yPred, sampleWeight);
    const [gradient] = gradients(ops.sum(value), [yPred]);
    if (!gradient) throw new Error(`${one.class_name} has no gradient.`);
    return { value, gradient };
  });
  const { value, gradient } = await run({
    yTrue: unpack(one.y_true),
    yPred: unpack(one.y_pred),
    ...(weight ? { sampleWeight: unpack(weight) } : {}),
  } as never);
  await expectClose(value, one.value, one.tolerance);
  if (one.gradient) await expectClose(gradient, one.gradient, one.tolerance);
}

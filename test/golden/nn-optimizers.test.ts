import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { optimizers } from '../../src/nn/index.js';
import { checkOptimizerCase, checkScheduleCase, type OptimizerCase, type ScheduleCase } from './golden-optimizers.js';
import { readFixture } from './nn-fixtures.js';

const fixture = readFixture<{ optimizers: OptimizerCase[]; schedules: ScheduleCase[] }>('optimizers.json');
const more = JSON.parse(readFileSync(new URL('optimizers-more.json', import.meta.url), 'utf8')) as {
  optimizers: OptimizerCase[];
};
const titled = [...fixture.optimizers, ...more.optimizers].map((one) => [one.case, one] as const);

describe('optimizers agree with Keras, step by step', () => {
  test.each(titled)('%s', (_, one) => checkOptimizerCase(one));
});

describe('configs are Keras’ own', () => {
  test.each(titled)('%s', (_, one) => {
    const optimizer = optimizers.deserialize(one);
    expect(optimizer.getConfig()).toEqual(one.config);
    expect(optimizers.deserialize(optimizers.serialize(optimizer)).getConfig()).toEqual(one.config);
  });
});

describe('schedules agree with Keras', () => {
  test.each(fixture.schedules.map((one) => [`${one.class_name} ${JSON.stringify(one.config)}`, one] as const))(
    '%s',
    (_, one) => checkScheduleCase(one),
  );
});

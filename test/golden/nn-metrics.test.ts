import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { metrics } from '../../src/nn/index.js';
import { checkMetricCase, type MetricCase, metricOf } from './golden-metrics.js';
import { readFixture } from './nn-fixtures.js';

const more = JSON.parse(readFileSync(new URL('metrics-more.json', import.meta.url), 'utf8')) as { cases: MetricCase[] };
const cases = [...readFixture<{ cases: MetricCase[] }>('metrics.json').cases, ...more.cases];
const titled = cases.map((one, i) => [`${i} ${one.class_name} ${JSON.stringify(one.arguments)}`, one] as const);

describe('metrics agree with Keras, batch by batch', () => {
  test.each(titled)('%s', (_, one) => checkMetricCase(one));
});

describe('configs are Keras’ own', () => {
  test.each(titled)('%s', (_, one) => {
    const metric = metricOf(one);
    expect(metric.getConfig()).toMatchObject(one.config);
    expect(metrics.deserialize(metrics.serialize(metric)).getConfig()).toEqual(metric.getConfig());
  });
});

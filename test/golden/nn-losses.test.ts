import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { losses } from '../../src/nn/index.js';
import { checkLossCase, type LossCase } from './golden-losses.js';
import { readFixture } from './nn-fixtures.js';

const more = JSON.parse(readFileSync(new URL('losses-more.json', import.meta.url), 'utf8')) as { cases: LossCase[] };
const cases = [...readFixture<{ cases: LossCase[] }>('losses.json').cases, ...more.cases];

describe('losses agree with Keras', () => {
  test.each(cases.map((one, i) => [`${i} ${one.class_name} ${JSON.stringify(one.arguments)}`, one] as const))(
    '%s',
    (_, one) => checkLossCase(one),
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

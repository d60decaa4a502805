import { expect, test } from 'vitest';
import { ELSEWHERE, REASONS } from '../../../tools/parity/reasons.js';
import { kerasNames, parityTable } from '../../../tools/parity/table.js';

const names = kerasNames();
const table = parityTable(names);

test('every row is here, or says why it is not, or is not yet', () => {
  for (const row of [...table.values()].flat()) expect(row.ours === null || row.reason === null, row.name).toBe(true);
});

test('losses, metrics, schedules, regularizers and constraints are all here, with all of their options', () => {
  for (const family of ['losses', 'metrics', 'schedules', 'regularizers', 'constraints']) {
    expect(table.get(family)?.filter(({ ours, lacking }) => ours === null || lacking.length > 0)).toEqual([]);
  }
});

test('what is said to be elsewhere or missing is in Keras', () => {
  for (const facts of [ELSEWHERE, REASONS]) {
    for (const [family, rows] of Object.entries(facts)) {
      const known = names.options[family] ?? Object.keys(names.classes[family] ?? {});
      expect(known).toEqual(expect.arrayContaining(Object.keys(rows)));
    }
  }
});

test('a class that is not registered is not here', () => {
  const classes = { losses: { Nonsense: { aliases: [], options: [] } } };
  expect(parityTable({ ...names, classes }).get('losses')).toEqual([
    { name: 'Nonsense', aliases: [], ours: null, reason: null, lacking: [] },
  ]);
});

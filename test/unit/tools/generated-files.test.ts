import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { differences, writeFolder } from '../../../tools/generated-files.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'generated-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const files = new Map([
  ['index.ts', 'one\n'],
  ['deep/inner.ts', 'two\n'],
]);

test('what was written does not differ', () => {
  writeFolder(folder, files);
  expect(differences(folder, files)).toEqual([]);
  expect(readFileSync(join(folder, 'deep/inner.ts'), 'utf8')).toBe('two\n');
});

test('writing removes what the generator no longer makes', () => {
  mkdirSync(join(folder, 'deep'));
  writeFileSync(join(folder, 'deep/old.ts'), '');
  writeFolder(folder, files);
  expect(readdirSync(join(folder, 'deep'))).toEqual(['inner.ts']);
});

test('a missing, a changed and a foreign file are named', () => {
  writeFolder(folder, files);
  rmSync(join(folder, 'index.ts'));
  writeFileSync(join(folder, 'deep/inner.ts'), 'edited by hand\n');
  writeFileSync(join(folder, 'more.ts'), '');
  expect(differences(folder, files)).toEqual([
    `${join(folder, 'more.ts')} is not made by the generator.`,
    `${join(folder, 'index.ts')} is missing.`,
    `${join(folder, 'deep/inner.ts')} is not what the generator makes.`,
  ]);
});

test('a folder may be shared with files of others', () => {
  writeFileSync(join(folder, 'more.ts'), '');
  writeFolder(folder, files, true);
  expect(readdirSync(folder).sort()).toEqual(['deep', 'index.ts', 'more.ts']);
  expect(differences(folder, files, true)).toEqual([]);
});

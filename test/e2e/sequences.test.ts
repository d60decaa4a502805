import { execFile } from 'node:child_process';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

test.each(['lstm-text.ts', 'transformer.ts'])('%s learns from a few reviews and judges others', async (example) => {
  const program = ['--import', 'tsx', join('examples', example), '--epochs', '1', '--reviews', '64'];
  const { stdout } = await promisify(execFile)(process.execPath, program, {
    cwd: resolve(import.meta.dirname, '../..'),
    env: { ...process.env, NO_COLOR: '1' },
  });
  expect(stdout).toMatch(/[\d.]+ % of 500 other reviews are understood/);
  expect(stdout.match(/^ *\d+ % {2}/gm)).toHaveLength(3);
});

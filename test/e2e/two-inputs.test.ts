import { execFile } from 'node:child_process';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

function example(...options: string[]): Promise<{ stdout: string }> {
  const program = ['--import', 'tsx', join('examples', 'two-inputs.ts'), ...options];
  return promisify(execFile)(process.execPath, program, {
    cwd: resolve(import.meta.dirname, '../..'),
    env: { ...process.env, NO_COLOR: '1' },
  });
}

test('two-inputs.ts learns from a few pairs of pictures and judges others', async () => {
  const { stdout } = await example('--epochs', '1', '--pairs', '200');
  expect(stdout).toMatch(/digit_reader \(Sequential\).*first\[0\]\[0\]/);
  expect(stdout).toMatch(/Of 1000 other pairs, [\d.]+ % are rightly called the same digit or not/);
  expect(stdout).toMatch(/the larger digit of [\d.]+ % is found/);
  expect(stdout.match(/^\d and \d: the same with [\d.]+ %, the larger is \d$/gm)).toHaveLength(5);
});

test('two-inputs.ts says what data there is', async () => {
  await expect(example('--data', 'cifar10')).rejects.toThrow("--data is 'drawn' or 'mnist', not 'cifar10'.");
});

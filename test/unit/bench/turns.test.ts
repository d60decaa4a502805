import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import type { Answer } from '../../../bench/side.js';

const TURNS = join(import.meta.dirname, '../../../bench/turns.mjs');
const BLOCKED_MS = 60;

/** What a side that blocks its event loop says of two turns. */
async function turns(environment: Record<string, string>): Promise<Answer[]> {
  const program = `
    import { takeTurns } from ${JSON.stringify(TURNS)};
    await takeTurns(async () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ${BLOCKED_MS}), { steps: 3 });`;
  const running = promisify(execFile)(process.execPath, ['--input-type=module', '-e', program], {
    env: { ...process.env, ...environment },
  });
  running.child.stdin?.end('run\nanything else\nrun\n');
  const { stdout } = await running;
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Answer);
}

test('one answer for each line `run`: how long it took, and what else is a fact of the side', async () => {
  const answers = await turns({});
  expect(answers.map(({ steps, pause }) => ({ steps, pause }))).toEqual(Array(2).fill({ steps: 3 }));
  for (const { ms } of answers) expect(ms).toBeGreaterThan(BLOCKED_MS - 5);
});

test('asked to watch the event loop, a side tells its longest pause, of work that blocks from its first moment to its last', async () => {
  for (const { pause } of await turns({ BENCH_PAUSES: '1' })) expect(pause).toBeGreaterThan(BLOCKED_MS - 5);
});

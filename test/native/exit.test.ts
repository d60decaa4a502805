import { describe, expect, test } from 'vitest';
import { runProgram } from './support.js';

const RUNS = ['busy', 'loop', 'blocking'] as const;

describe('the process ends cleanly', () => {
  test.each(RUNS)('by itself, after a run (%s)', async (run) => {
    expect(await runProgram('exit', [run, 'end'])).toMatchObject({ code: 0, stderr: '' });
  });

  test.each(RUNS.flatMap((run) => ['exit', 'exitAtOnce'].map((way) => [run, way])))(
    'by process.exit while a run is in flight (%s, %s)',
    async (run, way) => {
      expect(await runProgram('exit', [run, way])).toMatchObject({ code: 0, stderr: '' });
    },
  );

  test('by process.exit from where a run settles', async () => {
    expect(await runProgram('exit', ['busy', 'exitInPromise'])).toMatchObject({ code: 0, stderr: '' });
  });

  test('with a session left open', async () => {
    expect(await runProgram('exit', ['busy', 'leaveOpen'])).toMatchObject({ code: 0, stderr: '' });
  });

  test.each(RUNS)('with code 1 on an uncaught throw while a run is in flight (%s)', async (run) => {
    expect(await runProgram('exit', [run, 'throw'])).toMatchObject({
      code: 1,
      signal: null,
      stderr: expect.stringContaining('thrown in mid-run'),
    });
  });

  test.each(RUNS)('with code 1 on an unhandled rejection while a run is in flight (%s)', async (run) => {
    expect(await runProgram('exit', [run, 'reject'])).toMatchObject({
      code: 1,
      signal: null,
      stderr: expect.stringContaining('rejected in mid-run'),
    });
  });
});

import { describe, expect, test } from 'vitest';
import { runProgram } from './support.js';

describe('worker threads', () => {
  test.each(['finish', 'workersOnly'])('run at the same time (%s)', async (way) => {
    const ending = await runProgram('workers', [way]);
    expect(ending).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(ending.stdout)).toEqual({ exits: [0, 0, 0, 0], first: [20, 20, 20, 20] });
  });

  test.each(['terminateBusy', 'terminateLoop', 'terminateBlocked'])('are terminated in mid-run (%s)', async (way) => {
    const ending = await runProgram('workers', [way]);
    expect(ending).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(ending.stdout).exits).toEqual([1, 1, 1, 1]);
  });

  test('exit by themselves in mid-run', async () => {
    const ending = await runProgram('workers', ['workerExits']);
    expect(ending).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(ending.stdout).exits).toEqual([0, 0, 0, 0]);
  });

  test('throw in mid-run, which ends the process with code 1', async () => {
    expect(await runProgram('workers', ['workerThrows'])).toMatchObject({
      code: 1,
      signal: null,
      stderr: expect.stringContaining('thrown in a worker'),
    });
  });

  test('are blocked in a run when the main thread exits', async () => {
    expect(await runProgram('workers', ['mainExits'])).toMatchObject({ code: 0, stderr: '' });
  });
});

import { expect, test } from 'vitest';
import { runProgram } from './support.js';

test('the library prints nothing at load, at the first session and at a run', async () => {
  expect(await runProgram('quiet')).toMatchObject({ code: 0, stdout: '', stderr: '' });
});

test("the user's TF_CPP_MIN_LOG_LEVEL wins", async () => {
  const { code, stderr } = await runProgram('quiet', [], { TF_CPP_MIN_LOG_LEVEL: '0' });
  expect(code).toBe(0);
  expect(stderr).toContain('oneDNN');
});

import { describe, expect, test } from 'vitest';
import { addon, errorOf, floats, runProgram, square } from './support.js';

describe('native objects', () => {
  test('are counted while they live', async () => {
    const before = addon.counters();
    const { graph, session, callable } = square();
    const x = floats([1, 2]);
    const running = callable.run([x]);
    expect(addon.counters()).toEqual({
      tensors: before.tensors + 1,
      graphs: before.graphs + 1,
      sessions: before.sessions + 1,
      running: 1,
    });
    for (const y of await running) y.dispose();
    x.dispose();
    await session.close();
    graph.dispose();
    expect(addon.counters()).toMatchObject({ tensors: before.tensors, sessions: before.sessions, running: 0 });
  });

  test('are not leaked by failed runs', async () => {
    const { callable, session } = square();
    const wrong = addon.tensor(3, [1], new Int32Array(1));
    const before = addon.counters();
    for (let i = 0; i < 10; i++) await errorOf(() => callable.run([wrong]));
    expect(addon.counters()).toEqual(before);
    await session.close();
  });

  test('are freed by the garbage collector when nobody disposes them', async () => {
    const ending = await runProgram('leak');
    expect(ending).toMatchObject({ code: 0, stderr: '' });
    const left = JSON.parse(ending.stdout);
    expect(left.running).toBe(0);
    expect(left.sessions).toBeLessThan(5);
    expect(left.graphs).toBeLessThan(5);
    expect(left.tensors).toBeLessThan(15);
  });

  test('leave the process as large as it was after thousands of steps', async () => {
    const ending = await runProgram('memory');
    expect(ending).toMatchObject({ code: 0, stderr: '' });
    expect(Number(ending.stdout)).toBeLessThan(0.25);
  });

  test('that leak would be seen by this measure', async () => {
    const ending = await runProgram('memory', ['leak']);
    expect(ending).toMatchObject({ code: 0, stderr: '' });
    expect(Number(ending.stdout)).toBeGreaterThan(0.75);
  });
});

import { describe, expect, test } from 'vitest';
import { findLibrary } from '../../src/native/library.js';
import { decode } from '../../src/proto/codec.js';
import { KernelListSchema, OpListSchema } from '../../src/proto/graph.js';
import { addon, errorOf, failure, floats, numbers, runProgram } from './support.js';

const { files } = findLibrary();
const [framework = ''] = files;

async function load(...lists: unknown[]) {
  const ending = await runProgram(
    'load',
    lists.map((list) => JSON.stringify(list)),
  );
  expect(ending).toMatchObject({ code: 0, stderr: '' });
  return JSON.parse(ending.stdout);
}

describe('before load', () => {
  test('everything but load says that the library is not open', async () => {
    const { before, counters } = await load();
    expect(new Set(Object.values(before))).toEqual(new Set(['ERR_LIBRARY']));
    expect(counters).toEqual({ tensors: 0, graphs: 0, sessions: 0, running: 0 });
  });
});

describe('load', () => {
  test('may be called again', async () => {
    expect(await load(files, files)).toMatchObject({ loads: ['ok', 'ok'], after: expect.stringMatching(/^\d+\.\d+/) });
  });

  test('goes well after it failed', async () => {
    const { loads, after } = await load(['/nowhere.so'], files);
    expect(loads).toEqual([{ code: 'ERR_LIBRARY', message: expect.stringContaining('/nowhere.so') }, 'ok']);
    expect(after).toMatch(/^\d/);
  });

  test('names the function that a library lacks', async () => {
    const { loads } = await load([framework]);
    expect(loads).toEqual([{ code: 'ERR_LIBRARY', message: expect.stringMatching(/TF_\w+/) }]);
  });

  test('refuses another library beside the first, and the first goes on', async () => {
    const { loads, after } = await load(files, [framework]);
    expect(loads).toEqual(['ok', { code: 'ERR_LIBRARY', message: expect.stringContaining('already uses') }]);
    expect(after).toMatch(/^\d/);
  });

  test.each([[[]], [null], [[1]], ['x']])('BAD CALL: %j', async (list) => {
    const { loads } = await load(list);
    expect(loads[0].code).toMatch(/^ERR_(LIBRARY|ARGUMENT)$/);
  });
});

describe('the library', () => {
  test('lists its ops and kernels', () => {
    expect(decode(OpListSchema, addon.opList()).op.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['MatMul', 'Conv2D']),
    );
    expect(decode(KernelListSchema, addon.kernelList()).kernel.map(({ op }) => op)).toContain('MatMul');
  });

  test('BAD CALL: a library of custom ops that is not there', async () => {
    expect(await errorOf(() => addon.loadLibrary('/nowhere.so'))).toEqual(failure('TF_NOT_FOUND', /nowhere/));
  });
});

test('where external buffers are refused, buffers are copies', async () => {
  const ending = await runProgram('copies', [], { LIBTENSORFLOW_NODE_COPY_BUFFERS: '1' });
  expect(ending).toMatchObject({ code: 0, stderr: '' });
  expect(JSON.parse(ending.stdout)).toEqual({ external: false, same: true, read: [1, 2], kept: [1, 2] });
  expect(numbers(floats([1, 2]))).toEqual([1, 2]);
});

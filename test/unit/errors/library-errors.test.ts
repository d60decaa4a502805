import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import * as tf from '../../../src/index.js';

test('an error of the library in a run is a TensorFlowError with the status as its code', async () => {
  using program = new tf.Program({ seed: 1 });
  const divide = program.function('divide', { x: tf.spec('int32', []) }, ({ x }) => ({ y: tf.ops.floorDiv(1, x) }));
  const error: unknown = await divide({ x: 0 }).catch((cause: unknown) => cause);
  expect(error).toBeInstanceOf(tf.TensorFlowError);
  expect(error).toMatchObject({ code: 'TF_INVALID_ARGUMENT', message: expect.stringContaining('division by zero') });
  expect((await divide({ x: 1 })).y.array()).toBe(1);
});

test('an error of the addon where it is called is a TensorFlowError, and says where', () => {
  const program = new tf.Program({ seed: 1 });
  program.dispose();
  let error: unknown;
  try {
    program.toGraphDef();
  } catch (cause) {
    error = cause;
  }
  expect(error).toBeInstanceOf(tf.TensorFlowError);
  expect(error).toMatchObject({ code: 'ERR_DISPOSED', stack: expect.stringContaining('library-errors.test') });
});

test('each thread has its own', async () => {
  const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx/esm/api')).href;
  const load = new URL('../../../src/native/library.ts', import.meta.url).href;
  const errors = new URL('../../../src/errors/errors.ts', import.meta.url).href;
  const source = `
    import { parentPort } from 'node:worker_threads';
    import { register } from ${JSON.stringify(tsx)};
    register();
    const { loadAddon } = await import(${JSON.stringify(load)});
    const { TensorFlowError } = await import(${JSON.stringify(errors)});
    const graph = loadAddon().graph();
    graph.dispose();
    try { graph.toGraphDef(); } catch (error) { parentPort.postMessage([error instanceof TensorFlowError, error.code]); }
  `;
  const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(source)}`));
  const said = await new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
  await worker.terminate();
  expect(said).toEqual([true, 'ERR_DISPOSED']);
});

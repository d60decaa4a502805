import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import * as tf from '../../../src/index.js';
import { findAddon, findLibrary, loadAddon } from '../../../src/native/library.js';

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

const PROGRAM = `
  const { parentPort, workerData } = require('node:worker_threads');
  class Own extends Error { constructor(code, message) { super(message); this.code = code; } }
  const addon = require(workerData.addon);
  addon.load(workerData.files, Own);
  const graph = addon.graph();
  graph.dispose();
  try { graph.toGraphDef(); } catch (error) { parentPort.postMessage([error instanceof Own, error.code]); }
`;

test('each thread has a class of its own', async () => {
  loadAddon();
  const worker = new Worker(PROGRAM, { eval: true, workerData: { addon: findAddon(), files: findLibrary()?.files } });
  const said = await new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
  await worker.terminate();
  expect(said).toEqual([true, 'ERR_DISPOSED']);
  const graph = loadAddon().graph();
  graph.dispose();
  expect(() => graph.toGraphDef()).toThrow(tf.TensorFlowError);
});

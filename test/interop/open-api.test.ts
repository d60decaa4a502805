import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { pythonFor } from '../../bench/peers/python.js';
import * as tf from '../../src/index.js';

const MINUTE = 60_000;
let scratch: string;
let python: string;

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'open-api-'));
  python = await pythonFor(
    {
      title: 'openapi-python-client',
      name: 'openapi',
      variable: 'LIBTENSORFLOW_NODE_OPENAPI_PYTHON',
      needs: ['openapi-spec-validator', 'openapi-python-client'],
      requirements: ['openapi-spec-validator==0.9.0', 'openapi-python-client==0.29.1'],
    },
    console.log,
  );
  using program = new tf.Program({ seed: 1 });
  program.function('serving_default', { x: tf.spec('float32', [null, 2]) }, ({ x }) => ({ y: tf.ops.mul(x, 2) }));
  program.function('words', { word: tf.spec('string', [null]), n: tf.spec('int64', []) }, ({ word, n }) => ({
    word,
    n,
  }));
  await program.save(join(scratch, 'm'));
}, 10 * MINUTE);
afterAll(() => rm(scratch, { recursive: true, force: true }));

test('the OpenAPI document is valid, and a client made of it is answered', { timeout: 5 * MINUTE }, async () => {
  const server = await tf.serve(join(scratch, 'm'), { port: 0 });
  const judge = resolve('test/interop/judge_open_api.py');
  const { stdout } = await promisify(execFile)(python, [judge, server.url, scratch]);
  expect(JSON.parse(stdout)).toEqual({
    deploy: { predictions: [{ y: [2, 4] }, { y: [6, 8] }] },
    predict: { predictions: [[10, 12]] },
    status: {
      model_version_status: [{ version: '1', state: 'AVAILABLE', status: { error_code: 'OK', error_message: '' } }],
    },
    infer: expect.objectContaining({
      model_name: 'm',
      outputs: [{ name: 'y', shape: [1, 2], datatype: 'FP32', data: [14, 16] }],
    }),
    refused: { error: expect.stringContaining('[1, 1]') },
  });
  await server.close();
});

import { execFile, execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type DType, dtypeNumber } from '../../src/core/dtype.js';
import { spec } from '../../src/core/spec.js';
import * as ops from '../../src/ops/index.js';
import { serveHere } from '../../src/serving/serve-here.js';
import { smallProgram } from '../unit/serving/grpc/small-models.js';

const python = process.env.LIBTENSORFLOW_NODE_PYTHON;
const ECHOED: readonly DType[] = ['float32', 'float64', 'float16', 'bfloat16', 'int64', 'uint8', 'bool', 'complex64', 'string']; // biome-ignore format: a list

interface Seen {
  predict: Record<string, unknown>;
  examples: Record<string, unknown>;
  about: Record<string, unknown>;
  inference: Record<string, unknown>;
}

/** With `echo_<number of the dtype>` for many dtypes. */
async function saveModel(folder: string): Promise<void> {
  using program = smallProgram();
  for (const dtype of ECHOED) {
    program.function(`echo_${dtypeNumber(dtype)}`, { x: spec(dtype, null) }, ({ x }) => ({ x: ops.identity(x) }));
  }
  await program.save(folder);
}

describe.skipIf(!python).each(['plain', 'with certificates on both sides'])(
  'the official Python clients, %s',
  (how) => {
    let scratch = '';
    let seen: Seen;

    beforeAll(async () => {
      scratch = await mkdtemp(join(tmpdir(), 'grpc-clients-'));
      const file = (name: string) => join(scratch, name);
      await saveModel(file('small/3'));
      const isSecure = how !== 'plain';
      for (const name of isSecure ? ['server', 'client'] : []) {
        execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '1',
        '-keyout', file(`${name}.key`), '-out', file(`${name}.pem`), '-subj', `/CN=${name}`, '-addext', 'subjectAltName=IP:127.0.0.1'],
        { stdio: 'ignore' }); // biome-ignore format: one command
      }
      const tls = { cert: file('server.pem'), key: file('server.key'), clientCa: file('client.pem') };
      const server = await serveHere(file('small'), {
        port: 0,
        grpcPort: 0,
        logLevel: 'silent',
        ...(isSecure && { tls }),
      });
      const files = isSecure ? [tls.cert, file('client.key'), tls.clientCa] : [];
      try {
        const script = resolve('test/interop/judge_grpc.py');
        const { stdout } = await promisify(execFile)(python ?? '', [script, server.grpcAddress ?? '', ...files]);
        seen = JSON.parse(stdout.split('\n').find((line) => line.startsWith('{')) ?? '');
      } finally {
        await server.close();
      }
    });
    afterAll(() => rm(scratch, { recursive: true, force: true }));

    test('TensorFlow Serving’s predict: values in the fields clients read, every dtype, errors by its words', () => {
      const same = { same: true, filled: true };
      expect(seen.predict).toEqual({
        float_val: [2, 4, 6, 8],
        y: [
          [2, 4],
          [6, 8],
        ],
        echo: Object.fromEntries(
          ECHOED.map((dtype) => [dtype, { ...same, dtype: dtype === 'string' ? 'object' : dtype }]),
        ),
        signature: ['FAILED_PRECONDITION', 'Serving signature key "none" not found.'],
        input: ['INVALID_ARGUMENT', expect.stringMatching(/Sent extra: \{z\}\. Missing but required: \{x\}\./)],
      });
    });

    test('it classifies, regresses, and both at once', () => {
      expect(seen.examples).toEqual({
        classes: [
          [
            ['a', 0.5],
            ['7', -0.5],
          ],
          [
            ['b', 2],
            ['7', -2],
          ],
        ],
        values: [0.5, 2],
        several: ['classification_result', 'regression_result'],
      });
    });

    test('versions, signatures, health, and descriptions by reflection', () => {
      expect(seen.about).toEqual({
        versions: [[3, 'AVAILABLE']],
        x: ['DT_FLOAT', [-1, 2]],
        health: 'SERVING',
        reflection: ['Classify', 'GetModelMetadata'],
        request: 7,
      });
    });

    test('Triton’s client: raw numbers, bytes and half floats, errors', () => {
      expect(seen.inference).toEqual({
        live: [true, true, true, false],
        metadata: ['small', ['3'], 'FP32', [-1, 2]],
        doubled: [[[2, 4]], '7', '3'],
        text: ['ff00', ''],
        half: [1, 2],
        unknown: ['StatusCode.INVALID_ARGUMENT', expect.stringMatching(/unexpected inference input 'z'/)],
        model: ['StatusCode.NOT_FOUND', expect.stringMatching(/Latest\(none\)/)],
      });
    });
  },
);

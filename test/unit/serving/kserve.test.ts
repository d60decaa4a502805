import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Program } from '../../../src/core/program.js';
import { spec } from '../../../src/core/spec.js';
import * as ops from '../../../src/ops/index.js';
import { httpServer } from '../../../src/serving/http/server.js';
import { operationsOf } from '../../../src/serving/operations/operations.js';
import { Repository, ServedModelVersions } from '../../../src/serving/repository/repository.js';
import { Servable, type ServedSignature } from '../../../src/serving/repository/servable.js';

const repository = new Repository();
const operations = operationsOf();
const server = httpServer(repository, {}, operations);

beforeAll(() => {
  const program = new Program();
  const open = { dtype: 'float32', shape: [null, 2] } as const;
  program.function('double', { x: spec('float32', [null, 2]) }, ({ x }) => ({ y: ops.mul(x, 2), z: ops.neg(x) }));
  const signature: ServedSignature = {
    name: 'double',
    method: 'tensorflow/serving/predict',
    inputs: { x: { name: 'x:0', ...open } },
    outputs: { y: { name: 'y:0', ...open }, z: { name: 'z:0', ...open } },
    changes: false,
  };
  const served = Object.values(program.functions).map((fn) => [signature, fn] as const);
  repository.models.set('m', new ServedModelVersions('m', new Map([[3, new Servable(program, served)]]), { old: 3 }));
});
afterAll(async () => {
  await server.close();
  repository.dispose();
});

const input = (more: object = {}) => ({ name: 'x', shape: [1, 2], datatype: 'FP32', data: [1, 2], ...more });

async function infer(
  body: object | string | Buffer,
  headers: Record<string, string> = {},
  path = '/v2/models/m/infer',
) {
  const payload = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
  const answer = await server.inject({ method: 'POST', url: path, payload, headers });
  return { status: answer.statusCode, answer };
}

/** The bytes of floats behind the JSON that describes them. */
async function inferBytes(json: object, floats: number[], length?: string) {
  const head = Buffer.from(JSON.stringify(json));
  const body = Buffer.concat([head, Buffer.from(Float32Array.from(floats).buffer)]);
  return infer(body, { 'inference-header-content-length': length ?? String(head.length) });
}

describe('what there is', () => {
  test('is not ready before the server is', async () => {
    const states = async () =>
      Promise.all(['/v2/health/live', '/v2/health/ready', '/v2/models/m/ready'].map(async (url) => (await server.inject(url)).statusCode));
    expect(await states()).toEqual([200, 503, 503]);
    operations.readiness.start();
    expect(await states()).toEqual([200, 200, 200]);
  }); // biome-ignore format: a table

  test.each([
    ['/v2/models/m/versions/3/ready', 200, { name: 'm', ready: true }],
    ['/v2/models/m/versions/old/ready', 200, { name: 'm', ready: true }],
    ['/v2/models/m/versions/4/ready', 503, { name: 'm', ready: false }],
    ['/v2/models/n/ready', 404, { error: expect.stringContaining('n') }],
    ['/v2/models/m/versions/new', 400, { error: 'Unrecognized servable version label: new' }],
    ['/v2/models/m', 200, expect.objectContaining({ name: 'm', versions: ['3'] })],
    ['/v2/', 200, expect.objectContaining({ extensions: ['binary_tensor_data'] })],
    ['/v2/models', 404, { error: expect.any(String) }],
    ['/v2/models/m/infer', 404, { error: expect.any(String) }],
    ['/v2/models/%ff', 400, { error: expect.any(String) }],
  ])('GET %s', async (url, status, body) => {
    const answer = await server.inject(url);
    expect(answer.statusCode).toBe(status);
    expect(answer.json()).toEqual(body);
  });
});

describe('inference', () => {
  test.each([
    ['flat', [1, 2]],
    ['nested', [[1, 2]]],
  ])('of %s data', async (_, data) => {
    const { answer } = await infer({ id: '7', inputs: [input({ data })] });
    expect(answer.json()).toEqual({
      model_name: 'm',
      model_version: '3',
      id: '7',
      outputs: [
        { name: 'y', datatype: 'FP32', shape: [1, 2], data: [2, 4] },
        { name: 'z', datatype: 'FP32', shape: [1, 2], data: [-1, -2] },
      ],
    });
  });

  test('gives bytes behind the JSON, for the outputs that shall be bytes', async () => {
    const outputs = [{ name: 'z', parameters: { binary_data: true } }, { name: 'y' }];
    const { answer } = await infer({ inputs: [input()], outputs });
    const length = Number(answer.headers['inference-header-content-length']);
    expect(answer.headers['content-type']).toBe('application/octet-stream');
    expect(JSON.parse(answer.rawPayload.toString('utf8', 0, length)).outputs).toEqual([
      { name: 'z', datatype: 'FP32', shape: [1, 2], parameters: { binary_data_size: 8 } },
      { name: 'y', datatype: 'FP32', shape: [1, 2], data: [2, 4] },
    ]);
    const bytes = answer.rawPayload.subarray(length);
    expect([bytes.readFloatLE(0), bytes.readFloatLE(4), bytes.length]).toEqual([-1, -2, 8]);
  });

  test('takes bytes', async () => {
    const bytes = input({ data: undefined, parameters: { binary_data_size: 8 } });
    const { answer } = await inferBytes({ inputs: [bytes], outputs: [{ name: 'y' }] }, [3, 4]);
    expect(answer.json().outputs[0].data).toEqual([6, 8]);
  });

  test('takes the signature and the time that parameters say', async () => {
    const parameters = { signature_name: 'double', timeout: 5_000_000 };
    expect((await infer({ inputs: [input()], parameters })).status).toBe(200);
    const late = await infer({ inputs: [input()], parameters: { timeout: 1 } });
    expect([200, 504]).toContain(late.status);
  });
});

describe('is refused', () => {
  test.each([
    ['no JSON', 'x', /JSON Parse error/],
    ['no inputs', {}, /inference input 'x' is missing/],
    ['inputs that are no list', { inputs: {} }, /'inputs' is a list of objects/],
    ['an input twice', { inputs: [input(), input()] }, /unexpected inference input 'x'/],
    ['an input nobody knows', { inputs: [input({ name: 'q' })] }, /unexpected inference input 'q'/],
    ['an output nobody knows', { inputs: [input()], outputs: [{ name: 'q' }] }, /unexpected inference output 'q'/],
    ['a datatype nobody knows', { inputs: [input({ datatype: 'FP8' })] }, /datatype 'FP8'/],
    ['a datatype of another', { inputs: [input({ datatype: 'INT32' })] }, /float32/],
    ['no shape', { inputs: [input({ shape: undefined })] }, /'shape' is a list of numbers/],
    ['a shape that the data does not fill', { inputs: [input({ shape: [2, 2] })] }, /2 elements/],
    ['a shape below zero', { inputs: [input({ shape: [-1, 2] })] }, /dimension/],
    ['a shape beyond all memory', { inputs: [input({ shape: [0, 2 ** 40, 2 ** 40] })] }, /at most/],
    ['a shape that is not the signature’s', { inputs: [input({ shape: [2, 1] })] }, /\[null, 2\]|\[\?, 2\]|\[2, 1\]/],
    ['words for numbers', { inputs: [input({ data: ['a', 'b'] })] }, /is not of expected type: float32/],
    ['neither data nor bytes', { inputs: [input({ data: undefined })] }, /one of 'data' and/],
    ['a signature nobody knows', { inputs: [input()], parameters: { signature_name: 'q' } }, /"q" not found/],
    ['a time that is none', { inputs: [input()], parameters: { timeout: -1 } }, /timeout/],
    ['classes', { inputs: [input()], outputs: [{ name: 'y', parameters: { classification: 3 } }] }, /classification/],
  ])('%s', async (_, body, reason) => {
    const { status, answer } = await infer(body);
    expect(answer.json()).toEqual({ error: expect.stringMatching(reason) });
    expect([400, 429]).toContain(status);
  });

  test.each([
    ['a length beyond the body', 8, '999999'],
    ['a length that is none', 8, 'eight'],
    ['bytes that nobody takes', 4, undefined],
    ['more bytes than there are', 12, undefined],
  ])('%s', async (_, size, length) => {
    const bytes = input({ data: undefined, parameters: { binary_data_size: size } });
    const { status, answer } = await inferBytes({ inputs: [bytes] }, [3, 4], length);
    expect({ status, body: answer.json() }).toEqual({ status: 400, body: { error: expect.any(String) } });
  });
});

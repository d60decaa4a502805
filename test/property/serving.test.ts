import fc from 'fast-check';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { Program } from '../../src/core/program.js';
import { spec } from '../../src/core/spec.js';
import { tensor } from '../../src/core/tensor.js';
import * as ops from '../../src/ops/index.js';
import { isObject, type JsonObject, type JsonValue } from '../../src/serving/http/json/json-value.js';
import { parseRequest } from '../../src/serving/http/json/parse-json.js';
import { TensorBuilder } from '../../src/serving/http/json/tensor-builder.js';
import { tensorText } from '../../src/serving/http/json/tensor-to-json.js';
import { httpServer } from '../../src/serving/http/server.js';
import { Repository, ServedModelVersions } from '../../src/serving/repository/repository.js';
import { Servable, type ServedSignature } from '../../src/serving/repository/servable.js';

const repository = new Repository();
const server = httpServer(repository, { bodyLimit: 10_000 });

beforeAll(() => {
  const program = new Program({ seed: 1 });
  const inputs = { x: spec('float32', [null, 2]), n: spec('int64', [null]), s: spec('string', [null]) };
  program.function('serving_default', inputs, ({ x, n, s }) => ({
    x: ops.identity(x),
    n: ops.identity(n),
    s_bytes: ops.identity(s),
  }));
  const signature: ServedSignature = {
    name: 'serving_default',
    method: 'tensorflow/serving/predict',
    inputs: Object.fromEntries(Object.entries(inputs).map(([name, one]) => [name, { name, ...one }])),
    outputs: {},
    changes: false,
  };
  const served = Object.values(program.functions).map((fn) => [signature, fn] as const);
  repository.models.set('m', new ServedModelVersions('m', new Map([[1, new Servable(program, served)]]), {}));
});
afterAll(async () => {
  await server.close();
  repository.dispose();
});

/** Answers in its own form, and fails for reasons of the request only. */
async function expectAnswer(method: 'GET' | 'POST', url: string, payload: string): Promise<void> {
  const warn = vi.spyOn(process, 'emitWarning');
  const { statusCode, body, headers } = await server.inject({ method, url, payload });
  expect(warn).not.toHaveBeenCalled();
  expect(statusCode).toBeLessThan(500);
  if (statusCode === 200) return;
  if (String(headers['content-type']).startsWith('text/plain')) expect(body).toMatch(/^Invalid Request\. {2}/);
  else expect(JSON.parse(body)).toEqual({ error: expect.any(String) });
}

const urls = ['/v1/models/m:predict', '/v1/models/m:classify', '/v1/models/m:regress', '/serving_default/predict'];
const good: JsonObject = {
  instances: [
    { x: [1, 2], n: 3, s: { b64: 'Yg==' } },
    { x: [4, 5], n: 6, s: 'c' },
  ],
};
const odd = fc.oneof(
  fc.jsonValue(),
  fc.constantFrom(null, 1e39, 1.5, 2 ** 63, [], {}, [[]], { b64: '*' }, { b64: 1 }, '__proto__', 'constructor'),
);

test('any body is answered', () =>
  fc.assert(
    fc.asyncProperty(fc.constantFrom(...urls), fc.oneof(fc.string(), fc.json(), fc.string({ unit: 'binary' })), (url, body) =>
      expectAnswer('POST', url, body),
    ),
    { numRuns: 200 },
  )); // biome-ignore format: one property

test('a good body with one value changed is answered', () =>
  fc.assert(
    fc.asyncProperty(fc.constantFrom(...urls), fc.nat(30), odd, (url, at, value) => {
      let left = at;
      const change = (node: JsonValue): JsonValue => {
        if (left-- === 0) return value as JsonValue;
        if (Array.isArray(node)) return node.map(change);
        return isObject(node) ? Object.fromEntries(Object.entries(node).map(([key, one]) => [key, change(one)])) : node;
      };
      return expectAnswer('POST', url, JSON.stringify(change(good)) ?? '');
    }),
    { numRuns: 300 },
  ));

test('any address is answered', () => {
  const part = fc.constantFrom(
    '/', '..', '.', '%2e%2e', '%2f', '%00', '%', '%ff', 'v1', 'models', 'm', ':predict', 'versions', 'labels', '1',
    '99999999999999999999', 'metadata', 'predict', 'openapi.json', 'constructor', '__proto__', 'é', '?', '#', '\\', ';',
  ); // biome-ignore format: words
  const address = fc.array(part, { maxLength: 8 }).map((parts) => encodeURI(`/${parts.join('/')}`).replaceAll('%25', '%'));
  return fc.assert(
    fc.asyncProperty(fc.constantFrom('GET', 'POST'), address, (method, url) => expectAnswer(method, url, '{"inputs": 1}')),
    { numRuns: 300 },
  );
}); // biome-ignore format: one property

test('float32 comes back from JSON as it was', () => {
  fc.assert(
    fc.property(fc.array(fc.float({ noDefaultInfinity: false }), { minLength: 1 }), (values) => {
      using given = tensor(Float32Array.from(values));
      const builder = new TensorBuilder('float32');
      builder.add(parseRequest(`{"a": ${tensorText('a', given)}}`).a ?? null);
      using back = builder.one();
      expect(back.dataSync()).toEqual(given.dataSync());
    }),
    { examples: [[[-0, 0, Number.NaN, Number.NEGATIVE_INFINITY, 2 ** -149, 3.4028234663852886e38]]], numRuns: 500 },
  );
});

test('what both take, both read alike: the parser and JSON.parse', () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      const fast: unknown = JSON.parse(text);
      const exact = parseRequest(`{"a": ${text}, "b": NaN}`).a;
      expect(JSON.stringify(exact, plain)).toBe(JSON.stringify(fast, plain));
    }),
  );
});

function plain(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? Number(value) : value;
}

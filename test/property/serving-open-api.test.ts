import { mkdtemp, rm } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { Program } from '../../src/core/program.js';
import { spec } from '../../src/core/spec.js';
import * as ops from '../../src/ops/index.js';
import { httpServer } from '../../src/serving/http/server.js';
import { operationsOf } from '../../src/serving/operations/operations.js';
import { Repository } from '../../src/serving/repository/repository.js';

interface Schema {
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly type?: string | readonly string[];
  readonly format?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minimum?: number;
  readonly maximum?: number;
}

interface Operation {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly schema: Schema;
  readonly examples: readonly unknown[];
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, PathItem>>>>;
}

interface PathItem {
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly example?: unknown }[];
  readonly requestBody?: {
    readonly content: Readonly<
      Record<string, { readonly schema?: Schema; readonly examples?: Readonly<Record<string, { value?: unknown }>> }>
    >;
  };
}

const repository = new Repository();
const served = operationsOf();
const server = httpServer(repository, { bodyLimit: 100_000 }, served);
let scratch: string;
let operations: Operation[];

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'open-api-'));
  const program = new Program({ seed: 1 });
  const all = { x: spec('float32', [null, 2]), n: spec('int64', [null]), s: spec('string', [null]), b: spec('bool', [null]) };
  program.function('serving_default', all, ({ x, n, s, b }) => ({
    x: ops.identity(x), n: ops.identity(n), s_bytes: ops.identity(s), b: ops.logicalNot(b),
  }));
  program.function('lines', { x: spec('float64', [null, null]) }, ({ x }) => ({ sum: ops.sum(x, [1]) }));
  program.function('small', { x: spec('uint8', [null]) }, ({ x }) => ({ x: ops.identity(x) }));
  await program.save(join(scratch, 'm'));
  program.dispose();
  await repository.load(join(scratch, 'm'));
  served.readiness.start();
  const document: Document = JSON.parse((await server.inject('/openapi.json')).body);
  operations = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, { parameters = [], requestBody }]) => {
      const inPath = parameters.filter((one) => one.in === 'path');
      const url = inPath.reduce((filled, one) => filled.replace(`{${one.name}}`, `${one.example}`), path);
      const { schema = {}, examples = {} } = requestBody?.content['application/json'] ?? {};
      const name = method === 'post' ? 'POST' : 'GET';
      return { method: name, url, schema, examples: Object.values(examples).map(({ value }) => value) } as const;
    }),
  );
}); // biome-ignore format: a model
afterAll(async () => {
  await server.close();
  repository.dispose();
  await rm(scratch, { recursive: true, force: true });
});

/** What no client is to learn. */
const MACHINE = new RegExp(
  [process.cwd(), tmpdir(), hostname(), 'node_modules', String.raw`\bat .*:\d+:\d+`].join('|'),
);

/** Its status, for an answer in its interface's own form that says nothing of the machine. */
async function statusOf(method: 'GET' | 'POST', url: string, payload = '', headers: Record<string, string> = {}) {
  const warn = vi.spyOn(process, 'emitWarning');
  const { statusCode, body, headers: given } = await server.inject({ method, url, payload, headers });
  expect(warn).not.toHaveBeenCalled();
  expect(statusCode).toBeLessThan(500);
  if (statusCode === 200) return statusCode;
  expect(body).not.toMatch(MACHINE);
  if (String(given['content-type']).startsWith('text/plain')) expect(body).toMatch(/^Invalid Request\. {2}/);
  else expect(JSON.parse(body)).toEqual({ error: expect.any(String) });
  return statusCode;
}

const odd = fc.oneof(
  fc.jsonValue(),
  fc.constantFrom(
    null,
    1e39,
    -0,
    1.5,
    2 ** 63,
    [],
    {},
    [[]],
    { b64: '*' },
    { b64: 'AA==' },
    { b64: 1 },
    '',
    '__proto__',
  ),
);

/** Values of a schema; `share` of 100 are not. */
function values(schema: Schema, share: number): fc.Arbitrary<unknown> {
  const fitting = fittingValues(schema, share);
  return fc.oneof({ weight: 100 - share, arbitrary: fitting }, { weight: share, arbitrary: odd });
}

function fittingValues(schema: Schema, share: number): fc.Arbitrary<unknown> {
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) return fc.oneof(...choices.map((one) => values(one, share)));
  if ('const' in schema) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  const type = typeof schema.type === 'string' ? schema.type : schema.type?.[0];
  const { minimum: min = -(2 ** 31), maximum: max = 2 ** 31 - 1 } = schema;
  switch (type) {
    case 'object': {
      const { properties = {}, required = [] } = schema;
      const record = Object.fromEntries(Object.entries(properties).map(([key, one]) => [key, values(one, share)]));
      return fc.record(record, { requiredKeys: share === 0 ? [...required] : [] });
    }
    case 'array': {
      const { minItems: minLength = 0, maxItems: maxLength = Math.max(minLength, 3) } = schema;
      return fc.array(values(schema.items ?? {}, share), share === 0 ? { minLength, maxLength } : { maxLength: maxLength + 1 });
    }
    case 'integer':
      return fc.integer({ min: Math.ceil(min), max: Math.floor(max) });
    case 'number':
      return fc.float({ noNaN: true, noDefaultInfinity: true });
    case 'boolean':
      return fc.boolean();
    case 'string':
      return fc.string();
    default:
      return odd;
  }
} // biome-ignore format: a table

test('the document describes every interface', () => {
  expect(operations.map(({ url }) => url)).toEqual(
    expect.arrayContaining(['/serving_default/predict', '/v1/models/m:predict', '/v1/models/m', '/models']),
  );
  expect(operations.filter(({ examples }) => examples.length > 0).length).toBeGreaterThanOrEqual(4);
});

test('every example is answered, and every address', async () => {
  for (const { method, url, examples } of operations) {
    if (method === 'GET') expect(await statusOf('GET', url)).toBe(200);
    for (const example of examples) expect(await statusOf(method, url, JSON.stringify(example)), url).toBe(200);
  }
});

test.each([
  ['that fit the schema', 0],
  ['that fit it but for some values', 5],
  ['that hardly fit it', 30],
])('bodies %s are answered', async (_, share) => {
  for (const { method, url, schema } of operations) {
    if (method === 'GET') continue;
    await fc.assert(
      fc.asyncProperty(values(schema, share), async (body) => {
        await statusOf(method, url, JSON.stringify(body));
      }),
      { numRuns: 100 },
    );
  }
});

test('a body cut off anywhere, or with a byte changed, is answered', () =>
  fc.assert(
    fc.asyncProperty(fc.nat(), fc.nat(), fc.nat(), fc.integer({ min: 1, max: 0xd7ff }), async (which, at, end, unit) => {
      const posts = operations.filter(({ examples }) => examples.length > 0);
      const { method, url, examples } = posts[which % posts.length] ?? { method: 'POST', url: '/', examples: [] };
      const text = JSON.stringify(examples[which % Math.max(1, examples.length)]);
      const place = at % text.length;
      await statusOf(method, url, text.slice(0, end % (text.length + 1)));
      await statusOf(method, url, text.slice(0, place) + String.fromCharCode(unit) + text.slice(place + 1));
    }),
    { numRuns: 300 },
  )); // biome-ignore format: one property

test('a part of an address replaced, any query and any headers are answered', () => {
  const part = fc.constantFrom(
    '..', '.', '', '%2e%2e', '%2f', '%00', '%', '%ff', 'none', '1', '0', '-1', '99999999999999999999', 'm:predict', 'm:',
    ':predict', 'constructor', '__proto__', 'é', '\\', ';', 'labels', 'versions', '*',
  );
  const headers = fc.record({
    'content-type': fc.constantFrom('application/json', 'text/xml', 'multipart/form-data', 'a/b; charset=utf-16', ';', ''),
    'content-encoding': fc.constantFrom('gzip', 'br', 'identity', 'none'),
    'inference-header-content-length': fc.constantFrom('0', '-1', '1e9', '5', 'x'),
    'x-request-id': fc.string({ maxLength: 20 }).map(encodeURIComponent),
    accept: fc.constantFrom('text/html', '*/*', 'application/xml'),
    expect: fc.constantFrom('100-continue'),
  }, { requiredKeys: [] });
  return fc.assert(
    fc.asyncProperty(fc.nat(), fc.nat(), part, fc.webQueryParameters(), headers, async (which, at, word, query, given) => {
      const { method, url, examples } = operations[which % operations.length] ?? { method: 'GET', url: '/', examples: [] };
      const parts = url.split('/');
      parts[at % parts.length] = word;
      await statusOf(method, `${encodeURI(`/${parts.join('/')}`).replaceAll('%25', '%')}?${query}`, JSON.stringify(examples[0]), given);
    }),
    { numRuns: 500 },
  );
}); // biome-ignore format: tables

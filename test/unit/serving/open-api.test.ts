import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Program } from '../../../src/core/program.js';
import { spec } from '../../../src/core/spec.js';
import * as ops from '../../../src/ops/index.js';
import { httpServer } from '../../../src/serving/http/server.js';
import { operationsOf } from '../../../src/serving/operations/operations.js';
import { Repository } from '../../../src/serving/repository/repository.js';

interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly { name: string; in: string; example?: string }[];
  readonly requestBody?: { content: Record<string, { examples?: Record<string, { value: object }> }> };
}
interface Described {
  readonly openapi: string;
  readonly security?: object[];
  readonly paths: Record<string, Record<string, Operation>>;
}

const repository = new Repository();
const operated = operationsOf();
const server = httpServer(repository, {}, operated);
let scratch: string;
let picture: Buffer;

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'open-api-'));
  using program = new Program({ seed: 1 });
  const steps = program.variable('steps', { shape: [], initializer: () => ops.constant(0) });
  const images = spec('float32', [null, 2, 3, 3]);
  program.function('serving_default', { image: images }, ({ image }) => ({ light: ops.mean(image, [1, 2, 3]) }));
  program.function('bytes', { image_bytes: spec('string', [null]) }, ({ image_bytes }) => ({
    light: ops.div(
      ops.mean(ops.cast(ops.decodePng(ops.squeeze(image_bytes, [0])), 'float32'), [0, 1, 2], { keepDims: true }),
      255,
    ),
  }));
  program.function('large', { image: spec('uint8', [null, 100, 100, 3]) }, ({ image }) => ({
    first: ops.slice(image, [0, 0, 0, 0], [-1, 1, 1, 3]),
  }));
  program.function('scalar', { x: spec('float32', []), flag: spec('bool', [null]) }, ({ x, flag }) => ({
    x: ops.neg(x),
    flag: ops.logicalNot(flag),
  }));
  program.function('train_step', { x: spec('int64', [null]), text: spec('string', [null]) }, ({ x }) => {
    steps.assignAdd(1);
    return { x: ops.identity(x) };
  });
  await program.save(join(scratch, 'm', '3'));
  await repository.load(join(scratch, 'm'), { name: 'a model', train: true, labels: { stable: 3 } });
  operated.readiness.start();
  const create = { width: 8, height: 8, channels: 3 as const, background: { r: 255, g: 255, b: 255 } };
  picture = await sharp({ create }).png().toBuffer();
});
afterAll(async () => {
  await server.close();
  repository.dispose();
  await rm(scratch, { recursive: true, force: true });
});

async function described(app = server, headers = {}): Promise<Described> {
  return JSON.parse((await app.inject({ url: '/openapi.json', headers })).body);
}

/** Every operation, its path with the parameters' examples. */
function operations({ paths }: Described) {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => {
      const filled = (operation.parameters ?? []).reduce(
        (path, { name, example = '' }) => path.replace(`{${name}}`, example),
        path,
      );
      return { url: filled, method: method.toUpperCase() as 'GET' | 'POST', operation };
    }),
  );
}

describe('the OpenAPI document', () => {
  test('names every operation once', async () => {
    const document = await described();
    expect(document.openapi).toBe('3.1.0');
    const names = operations(document).map(({ operation }) => operation.operationId);
    expect(new Set(names).size).toBe(names.length);
    expect(names.every((name) => /^\w+$/.test(name))).toBe(true);
  });

  test('tells only of what is there', async () => {
    for (const { url, method } of operations(await described())) {
      if (method !== 'GET') continue;
      expect([url, (await server.inject({ url, method })).statusCode]).toEqual([url, 200]);
    }
  });

  test('has examples that are answered as they are', async () => {
    const examples = operations(await described()).flatMap(({ url, method, operation }) => {
      const { examples = {} } = operation.requestBody?.content['application/json'] ?? {};
      return Object.values(examples).map(({ value }) => ({ url, method, payload: value }));
    });
    expect(examples.length).toBeGreaterThan(20);
    for (const example of examples) {
      const { statusCode, body } = await server.inject(example);
      expect([example.url, statusCode, body]).toEqual([example.url, 200, body]);
    }
  });

  test('offers a file where a signature takes pictures, first where JSON would be long', async () => {
    const { paths } = await described();
    const types = (path: string): string[] => Object.keys(paths[path]?.post?.requestBody?.content ?? {});
    expect(types('/serving_default/predict')).toEqual(['application/json', 'image/*']);
    expect(types('/bytes/predict')).toEqual(['application/json', 'image/*']);
    expect(types('/large/predict')).toEqual(['image/*', 'application/json']);
    expect(types('/train_step/predict')).toEqual(['application/json']);
    expect(paths['/scalar/predict']).toBeUndefined();
  });

  test('has training only where it is allowed', async () => {
    const closed = new Repository();
    await closed.load(join(scratch, 'm'), { name: 'm' });
    const app = httpServer(closed);
    const paths = Object.keys((await described(app)).paths).join();
    expect(paths).not.toMatch(/:save|train_step/);
    expect(Object.keys((await described()).paths)).toContain('/v1/models/a%20model:save');
    await app.close();
    closed.dispose();
  });

  test('says that a token is needed where it is', async () => {
    const app = httpServer(repository, {}, operationsOf({ tokens: ['secret'] }));
    expect((await described()).security).toBeUndefined();
    expect((await described(app, { authorization: 'Bearer secret' })).security).toEqual([{ bearer: [] }, { key: [] }]);
    await app.close();
  });
});

describe('a picture as the body', () => {
  const send = async (url: string, payload: Buffer = picture) => {
    const { statusCode: status, body } = await server.inject({
      method: 'POST',
      url,
      payload,
      headers: { 'content-type': 'image/png' },
    });
    return { status, body };
  };
  const V1 = '/v1/models/a%20model:predict';

  test.each([
    ['/serving_default/predict', '{"light":1.0}'],
    ['/serving_default/predict?rescale=1', '{"light":255.0}'],
    ['/bytes/predict', '{"light":[[1.0]]}'],
    ['/large/predict', '{"first":[[[255,255,255]]]}'],
    [V1, '1.0'],
    [`${V1}?signature_name=large`, '[[[255,255,255]]]'],
  ])('%s', async (url, prediction) => {
    const { status, body } = await send(url);
    expect({ status, body: body.replaceAll(/\s/g, '') }).toEqual({
      status: 200,
      body: `{"predictions":[${prediction}]}`,
    });
  });

  test('what is none, a signature that takes none, a factor that is no number', async () => {
    const broken = await send(V1, Buffer.from('no picture'));
    expect(broken).toMatchObject({ status: 400 });
    expect(broken.body).toContain('cannot be read as a picture');
    const words = await send(`${V1}?signature_name=train_step`);
    expect(words).toMatchObject({ status: 400 });
    expect(words.body).toContain("Signature 'train_step' takes no picture but");
    expect(await send(`${V1}?rescale=much`)).toMatchObject({ status: 400 });
    expect(await send('/serving_default/predict?rescale=')).toMatchObject({ status: 404 });
    expect(await send('/none/predict')).toMatchObject({ status: 404 });
  });
});

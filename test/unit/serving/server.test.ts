import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Output } from '../../../src/core/output.js';
import { Program } from '../../../src/core/program.js';
import { spec } from '../../../src/core/spec.js';
import { tensor } from '../../../src/core/tensor.js';
import * as ops from '../../../src/ops/index.js';
import * as random from '../../../src/ops/random.js';
import { httpServer } from '../../../src/serving/http/server.js';
import { Repository, ServedModelVersions } from '../../../src/serving/repository/repository.js';
import { Servable, type ServedTensors } from '../../../src/serving/repository/servable.js';

const repository = new Repository();
const server = httpServer(repository, { bodyLimit: 100_000 });
let scratch: string;

/** Signatures of every kind; `step` changes a variable, `keep` writes a file. */
function smallProgram(): Program {
  const program = new Program({ seed: 1 });
  const steps = program.variable('steps', { shape: [], initializer: () => ops.constant(0) });
  program.function('serving_default', { x: spec('float32', [null, 2]) }, ({ x }) => ({ y: ops.mul(x, 2) }));
  program.function('pair', { a: spec('float32', [null]), b: spec('int64', [null]) }, ({ a, b }) => ({
    a: ops.neg(a),
    b: ops.identity(b),
  }));
  program.function('echo', { text: spec('string', [null]) }, ({ text }) => ({
    text: ops.identity(text),
    text_bytes: ops.identity(text),
  }));
  program.function('total', { x: spec('float32', [null]) }, ({ x }) => ({ total: ops.sum(x) }));
  program.function('cut', { x: spec('float32', [null]) }, ({ x }) => ({ cut: ops.slice(x, [0], [3]) }));
  program.function('draw', { x: spec('float32', []) }, ({ x }) => ({ drawn: ops.add(x, random.uniform([])) }));
  program.function('read', { path: spec('string', []) }, ({ path }) => ({ text: ops.readFile(path) }));
  program.function('step', { x: spec('float32', []) }, ({ x }) => {
    steps.assignAdd(x);
    return { x: ops.identity(x) };
  });
  program.function('keep', { path: spec('string', []) }, ({ path }) => {
    program.saveCheckpoint(path);
    return { path: ops.identity(path) };
  });
  return program;
}

/** Signatures as Python's estimators export them: serialized examples in. */
function examplesModel(): ServedModelVersions {
  const program = new Program({ seed: 1 });
  const parsed = (serialized: Output) =>
    ops.parseExampleV2(
      serialized,
      tensor([], [0], 'string'),
      tensor([], [0], 'string'),
      tensor(['count', 'name', 'size'], [3], 'string'),
      tensor([], [0], 'string'),
      [tensor([], [0], 'int64'), tensor([], [0], 'string'), tensor([], [0], 'float32')],
      { numSparse: 0, sparseTypes: [], raggedValueTypes: [], raggedSplitTypes: [], denseShapes: [[], [], []] },
    ).denseValues as readonly [Output, Output, Output];
  const takes = { inputs: spec('string', [null]) };
  program.function('classify', takes, ({ inputs }) => {
    const [count, name, size] = parsed(inputs);
    return { classes: ops.stack([name, ops.asString(count)], 1), scores: ops.stack([size, ops.neg(size)], 1) };
  });
  program.function('regress', takes, ({ inputs }) => ({ outputs: parsed(inputs)[2] }));
  const inputs: ServedTensors = { inputs: { name: 'inputs:0', dtype: 'string', shape: [null] } };
  const served = Object.entries(program.functions).map(([name, fn]) => {
    const signature = { name, method: `tensorflow/serving/${name}`, inputs, outputs: {}, changes: false };
    return [signature, fn] as const;
  });
  return new ServedModelVersions('examples', new Map([[1, new Servable(program, served)]]), {});
}

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'serving-'));
  const base = join(scratch, 'small');
  await mkdir(base);
  await smallProgram().save(join(base, '2'));
  await cp(join(base, '2'), join(base, '10'), { recursive: true });
  await mkdir(join(base, 'notes'));
  await repository.load(base, { versions: 'all', labels: { stable: 2, gone: 3 } });
  repository.models.set('examples', examplesModel());
});
afterAll(async () => {
  await server.close();
  repository.dispose();
  await rm(scratch, { recursive: true, force: true });
});

async function ask(method: 'GET' | 'POST' | 'PUT', url: string, payload?: string | object, type = 'application/json') {
  const { statusCode, body, headers } = await server.inject({
    method,
    url,
    headers: { 'content-type': type },
    ...(payload === undefined ? {} : { payload: typeof payload === 'string' ? payload : JSON.stringify(payload) }),
  });
  return { status: statusCode, body, type: headers['content-type'] };
}

const predict = (body: string | object, where = '') => ask('POST', `/v1/models/small${where}:predict`, body);

describe('predict', () => {
  test.each<[string, object, object]>([
    ['rows of one input, bare', { instances: [[1, 2], [3, 4]] }, { predictions: [[2, 4], [6, 8]] }],
    ['rows of one input, named', { instances: [{ x: [1, 2] }] }, { predictions: [[2, 4]] }],
    ['columns of one input, bare', { inputs: [[1, 2]] }, { outputs: [[2, 4]] }],
    ['columns of one input, named', { inputs: { x: [[1, 2]], more: 1 } }, { outputs: [[2, 4]] }],
    ['rows of several', { signature_name: 'pair', instances: [{ a: 1, b: 2 }, { b: 4, a: 3 }] }, { predictions: [{ a: -1, b: 2 }, { a: -3, b: 4 }] }],
    ['columns of several', { signature_name: 'pair', inputs: { a: [1, 3], b: [2, 4] } }, { outputs: { a: [-1, -3], b: [2, 4] } }],
    ['a scalar', { signature_name: 'total', inputs: [1, 2] }, { outputs: 3 }],
    ['strings and bytes', { signature_name: 'echo', instances: ['é', { b64: 'Yg==' }] }, { predictions: [{ text: 'é', text_bytes: { b64: 'w6k=' } }, { text: 'b', text_bytes: { b64: 'Yg==' } }] }],
    ['bytes as the one value', { signature_name: 'echo', inputs: [{ b64: 'Yg==' }] }, { outputs: { text: ['b'], text_bytes: [{ b64: 'Yg==' }] } }],
  ])('%s', async (_, request, answer) => {
    const { status, body, type } = await predict(request);
    expect(JSON.parse(body)).toEqual(answer);
    expect({ status, type }).toEqual({ status: 200, type: 'application/json' });
  }); // biome-ignore format: a table

  test('NaN and infinities go both ways as bare tokens', async () => {
    const { body } = await predict('{"inputs": [[NaN, -Infinity]]}');
    expect(body.replaceAll(/\s/g, '')).toBe('{"outputs":[[NaN,-Infinity]]}');
  });

  test('an error of the run names no file of the machine', async () => {
    const { status, body } = await predict({ signature_name: 'read', inputs: '/etc/secret/file' });
    expect(status).toBe(404);
    expect(body).toContain('<path>');
    expect(body).not.toContain('secret');
  });

  test('64 bits stay exact', async () => {
    const request = '{"signature_name": "pair", "instances": [{"a": 1.5, "b": 9007199254740993}]}';
    expect((await predict(request)).body).toContain('{"a": -1.5, "b": 9007199254740993}');
  });

  test.each(['', '/versions/10', '/versions/2', '/labels/stable', '/LABELS/stable'])('of %s', async (where) => {
    expect((await predict({ inputs: [[1, 2]] }, where)).status).toBe(200);
  });

  test('any content type will do, as for curl without a header', async () => {
    const form = 'application/x-www-form-urlencoded';
    expect(await ask('POST', '/V1/MODELS/small:PREDICT', { inputs: [[1, 2]] }, form)).toMatchObject({ status: 200 });
  });

  test.each<[string, string | object, string, number, string]>([
    ['nothing', '', '', 400, 'JSON Parse error: The document is empty'],
    ['malformed JSON', '{"instances": [', '', 400, 'JSON Parse error'],
    ['a list', '[1]', '', 400, 'Is not object'],
    ['both forms', { instances: [[1, 2]], inputs: [[1, 2]] }, '', 400, "expecting only one of 'inputs' or 'instances' keys to exist"],
    ['neither form', {}, '', 400, "Missing 'inputs' or 'instances' key"],
    ['instances that are no list', { instances: 1 }, '', 400, "Expecting 'instances' to be an list/array"],
    ['no instances', { instances: [] }, '', 400, "No values in 'instances' array"],
    ['a signature nobody knows', { signature_name: 'other', inputs: 1 }, '', 400, 'Serving signature name: "other" not found in signature def'],
    ['a signature that is no name', { signature_name: 1, inputs: 1 }, '', 400, "'signature_name' key must be a string value."],
    ['a signature of every object', { signature_name: 'constructor', inputs: 1 }, '', 400, 'not found in signature def'],
    ['a signature that trains', { signature_name: 'step', inputs: 1 }, '', 400, 'not found in signature def'],
    ['a signature that writes', { signature_name: 'keep', inputs: 'a' }, '', 400, 'not found in signature def'],
    ['a wrong shape', { instances: [[1, 2, 3]] }, '', 400, "input 'x' takes float32 [null, 2], got float32 [1, 3]"],
    ['a wrong rank', { instances: [1] }, '', 400, "input 'x' takes float32 [null, 2], got float32 [1]"],
    ['a wrong type in rows', { instances: [['a', 2]] }, '', 400, "element: 0 key: x of 'instances' list. Error: INVALID_ARGUMENT: JSON Value: \"a\" Type: String is not of expected type: float32"],
    ['a wrong type in columns', { inputs: [['a', 2]] }, '', 400, "Input 'x': JSON Value: \"a\" Type: String is not of expected type: float32"],
    ['ragged rows', { instances: [[1, 2], [3]] }, '', 400, 'Expecting tensor size: 2 but got: 1'],
    ['ragged columns', { inputs: [[1, 2], [3]] }, '', 400, 'Encountered list at unexpected size: 1 at level: 1 expected size: 2'],
    ['an input that is missing', { signature_name: 'pair', instances: [{ a: 1 }] }, '', 400, 'keys must be equal to: a,b'],
    ['an input too many', { instances: [{ x: [1, 2], z: 1 }] }, '', 400, 'does not have named input: z'],
    ['a column that is missing', { signature_name: 'pair', inputs: { a: [1] } }, '', 400, "Missing named input: b in 'inputs' object."],
    ['bare rows for several inputs', { signature_name: 'pair', instances: [1] }, '', 400, 'instances is a plain list, but expecting list of objects'],
    ['bare columns for several inputs', { signature_name: 'pair', inputs: [1] }, '', 400, 'inputs is a plain value/list'],
    ['rows of two kinds', { instances: [{ x: [1, 2] }, [1, 2]] }, '', 400, 'Expecting object but got list at item 1'],
    ['rows of two kinds, the other way', { instances: [[1, 2], { x: [1, 2] }] }, '', 400, 'Expecting value/list but got object at item 1'],
    ['rows of a scalar', { signature_name: 'total', instances: [1] }, '', 400, 'Tensor name: total has no shape information'],
    ['bytes that are none', { signature_name: 'echo', instances: [{ b64: '%' }] }, '', 400, 'Unable to base64 decode'],
    ['what the run refuses', { signature_name: 'cut', inputs: [1] }, '', 400, 'Expected size[0] in [0, 1], but got 3'],
    ['a version that is not there', { inputs: [[1, 2]] }, '/versions/3', 404, 'Servable not found for request: Specific(small, 3)'],
    ['a version beyond 64 bits', { inputs: [[1, 2]] }, `/versions/${2n ** 63n}`, 400, 'to numeric.'],
    ['a label nobody knows', { inputs: [[1, 2]] }, '/labels/other', 400, 'Unrecognized servable version label: other'],
    ['a label of nothing', { inputs: [[1, 2]] }, '/labels/gone', 404, 'Servable not found'],
  ])('%s is refused', async (_, request, where, status, message) => {
    const answer = await predict(request, where);
    expect(answer).toMatchObject({ status, type: 'application/json' });
    expect(JSON.parse(answer.body)).toEqual({ error: expect.stringContaining(message) });
  }); // biome-ignore format: a table

  test('deep nesting and large bodies are refused, and the server goes on', async () => {
    for (const [body, status] of [
      [`{"inputs": ${'['.repeat(400)}${']'.repeat(400)}}`, 400],
      [`{"inputs": ${'['.repeat(90_000)}`, 400],
      [`{"inputs": "${'a'.repeat(100_000)}"}`, 413],
    ] as const) {
      const answer = await predict(body);
      expect(answer.status).toBe(status);
      expect(JSON.parse(answer.body)).toEqual({ error: expect.any(String) });
    }
    expect((await predict({ inputs: [[1, 2]] })).status).toBe(200);
  });
});

describe('classify and regress', () => {
  const examples = [
    { name: 'a', count: 3, size: 0.5 },
    { name: { b64: 'Yg==' }, count: [true], size: [2.0] },
  ];

  test('answer for each example, with the context for what it lacks', async () => {
    // Why by hand: 2.0 is a float in a request, and a whole number where JavaScript writes it.
    const body = '{"context": {"count": 7}, "signature_name": "classify", "examples": [{"name": "a", "size": 0.5}, {"name": {"b64": "Yg=="}, "count": [true], "size": [2.0]}]}';
    const answer = await ask('POST', '/v1/models/examples:classify', body);
    expect(JSON.parse(answer.body)).toEqual({
      results: [[['a', 0.5], ['7', -0.5]], [['b', 2], ['1', -2]]],
    });
    const regressed = await ask('POST', '/v1/models/examples:regress', body.replace('classify', 'regress'));
    expect(JSON.parse(regressed.body)).toEqual({ results: [0.5, 2] });
  }); // biome-ignore format: as the answer

  test.each<[string, string, object, string]>([
    ['a signature of another method', 'small:classify', { examples }, 'Expected classification signature method_name to be tensorflow/serving/classify. Was: tensorflow/serving/predict'],
    ['no examples', 'examples:classify', { signature_name: 'classify' }, "key 'examples' is expected and was not found"],
    ['an empty list', 'examples:classify', { signature_name: 'classify', examples: [] }, "'examples' value is an empty array"],
    ['what is no list', 'examples:classify', { signature_name: 'classify', examples: 1 }, "Expecting 'examples' value to be an list/array"],
    ['what is no example', 'examples:classify', { signature_name: 'classify', examples: [1] }, 'Example must be JSON object but got JSON Number'],
    ['a feature of two kinds', 'examples:classify', { signature_name: 'classify', examples: [{ size: [0.5, 'a'] }] }, 'Unexpected element type in feature: size expecting type: float'],
    ['a feature that is null', 'examples:classify', { signature_name: 'classify', examples: [{ size: null }] }, 'has element with unexpected JSON type: Null'],
    ['a feature that is missing', 'examples:classify', { signature_name: 'classify', examples: [{ size: 0.5 }] }, 'Feature: count'],
  ])('refuse %s', async (_, where, body, message) => {
    const answer = await ask('POST', `/v1/models/${where}`, body);
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.body)).toEqual({ error: expect.stringContaining(message) });
  }); // biome-ignore format: a table
});

describe('about models', () => {
  const state = (version: string) => ({ version, state: 'AVAILABLE', status: { error_code: 'OK', error_message: '' } });

  test.each([
    ['/v1/models/small', ['10', '2']],
    ['/v1/models/small/versions/2', ['2']],
    ['/v1/models/small/labels/stable', ['2']],
  ])('%s is their state', async (url, versions) => {
    expect(JSON.parse((await ask('GET', url)).body)).toEqual({ model_version_status: versions.map(state) });
  });

  test('metadata has the signatures that are served', async () => {
    const { model_spec, metadata } = JSON.parse((await ask('GET', '/v1/models/small/versions/2/metadata')).body);
    expect(model_spec).toEqual({ name: 'small', signature_name: '', version: '2' });
    const signatures = metadata.signature_def.signature_def;
    expect(Object.keys(signatures).sort()).toEqual(['cut', 'draw', 'echo', 'pair', 'read', 'serving_default', 'total']);
    expect(signatures.pair.inputs.b).toMatchObject({
      dtype: 'DT_INT64',
      tensor_shape: { dim: [{ size: '-1', name: '' }] },
    });
  });

  test('/models lists them', async () => {
    expect(JSON.parse((await ask('GET', '/models')).body).models).toMatchObject([
      { name: 'small', versions: ['10', '2'], labels: { stable: 2, gone: 3 } },
      { name: 'examples', versions: ['1'], signatures: ['classify', 'regress'] },
    ]);
  });

  test.each([
    ['GET', '/v1/models', 400, 'Missing model name in request.'],
    ['GET', '/v1/models/other', 404, 'other'],
    ['GET', '/v1/models/other/metadata', 404, 'other'],
    ['POST', '/v1/models/other:predict', 404, 'Servable not found for request: Latest(other)'],
    ['POST', '/v1/models/..%2F..%2Fetc%2Fpasswd:predict', 404, 'Servable not found'],
    ['POST', '/v1/models/%ff:predict', 400, ''],
    ['POST', '/v1/models/small:other', 400, 'Malformed request: POST /v1/models/small:other'],
    ['GET', '/v1/models/small:predict', 400, 'Malformed request: GET /v1/models/small:predict'],
    ['GET', '/v1/models/small/versions/x', 400, 'Malformed request'],
    ['PUT', '/', 404, 'Not Found'],
    ['GET', '/other', 404, 'Not Found'],
    ['GET', '/..%2f..%2fpackage.json', 404, 'Not Found'],
    ['GET', '/%', 400, ''],
  ] as const)('%s %s is refused', async (method, url, status, message) => {
    const answer = await ask(method, url, method === 'POST' ? { inputs: [[1, 2]] } : undefined);
    expect(answer).toMatchObject({ status, type: 'application/json' });
    expect(JSON.parse(answer.body)).toEqual({ error: expect.stringContaining(message) });
  });
});

describe('tfdeploy’s interface', () => {
  test.each(['/serving_default/predict', '/serving_default/predict/'])('answers at %s, by name', async (url) => {
    const answer = await ask('POST', url, { instances: [{ x: [1, 2] }, [3, 4]] });
    expect(JSON.parse(answer.body)).toEqual({ predictions: [{ y: [2, 4] }, { y: [6, 8] }] });
  });

  test('runs one instance at a time, and the body’s signature wins', async () => {
    const answer = await ask('POST', '/other/predict', { signature_name: 'pair', instances: [{ a: 1, b: 2 }] });
    expect(JSON.parse(answer.body)).toEqual({ predictions: [{ a: -1, b: 2 }] });
  });

  test.each<[string, string, string | object]>([
    ['a signature nobody knows', '/other/predict', { instances: [[1, 2]] }],
    ['malformed JSON', '/serving_default/predict', '{'],
    ['the column form', '/serving_default/predict', { inputs: [[1, 2]] }],
    ['a wrong shape', '/serving_default/predict', { instances: [[1]] }],
    ['a signature that trains', '/step/predict', { instances: [1] }],
  ])('refuses %s as plain text', async (_, url, body) => {
    const answer = await ask('POST', url, body);
    expect(answer).toMatchObject({ status: 404, type: 'text/plain; charset=UTF-8' });
    expect(answer.body).toMatch(/^Invalid Request. {2}\S/);
  });
});

describe('the page', () => {
  test('the page needs nothing from elsewhere', async () => {
    const page = await ask('GET', '/');
    expect(page).toMatchObject({ status: 200, type: 'text/html; charset=UTF-8' });
    const links = [...page.body.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, link]) => link);
    expect(links).toHaveLength(4);
    for (const link of links) expect((await ask('GET', `/${link}`)).status).toBe(200);
  });
});

describe('a repository', () => {
  test.each([
    ['latest', [10]],
    ['all', [10, 2]],
    [[2], [2]],
  ] as const)('serves %j', async (versions, expected) => {
    const own = new Repository();
    const model = await own.load(join(scratch, 'small'), { name: 'm', versions });
    expect(model.versions).toEqual(expected);
    model.unload(expected[0]);
    expect(() => model.get({ version: expected[0] })).toThrow(expect.objectContaining({ code: 'TF_NOT_FOUND' }));
    own.dispose();
    expect(() => own.model('m')).toThrow('Latest(m)');
  });

  test('takes up a new version and a model written anew, and lets go of the old one when its request ends', async () => {
    const own = new Repository();
    const base = join(scratch, 'growing');
    await mkdir(base);
    await cp(join(scratch, 'small', '2'), join(base, '1'), { recursive: true });
    const model = await own.load(base);
    const first = model.get();
    await own.refresh();
    expect(model.get()).toBe(first);

    await cp(join(scratch, 'small', '2'), join(base, '2'), { recursive: true });
    await first.use(async () => {
      await own.refresh();
      expect(model.versions).toEqual([2]);
      using x = tensor([[1, 2]]);
      const { y } = await first.run('serving_default', { x });
      expect(y?.array()).toEqual([[2, 4]]);
    });
    using x = tensor([[1, 2]]);
    await expect(first.run('serving_default', { x })).rejects.toThrow();

    const second = model.get();
    await smallProgram().save(join(base, '2'));
    await own.refresh();
    expect(model.versions).toEqual([2]);
    expect(model.get()).not.toBe(second);
    own.dispose();
  });

  test('keeps what it has while the new version cannot be read', async () => {
    const own = new Repository();
    const base = join(scratch, 'broken');
    await mkdir(base);
    await cp(join(scratch, 'small', '2'), join(base, '1'), { recursive: true });
    const model = await own.load(base);
    await mkdir(join(base, '2'));
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    await own.refresh();
    await own.refresh();
    expect(warn).toHaveBeenCalledOnce();
    warn.mockRestore();
    expect(model.versions).toEqual([1]);
    await cp(join(scratch, 'small', '2'), join(base, '2'), { recursive: true });
    await own.refresh();
    expect(model.versions).toEqual([2]);
    own.dispose();
  });

  test('refuses what is no model, a version that is not there, and a name that cannot stand in an address', async () => {
    const own = new Repository();
    const base = join(scratch, 'small');
    await expect(own.load(join(scratch, 'none'))).rejects.toMatchObject({ code: 'ERR_NOT_READABLE' });
    await expect(own.load(base, { versions: [3] })).rejects.toThrow('has no version 3; it has 10, 2');
    await expect(own.load(base, { name: 'a/b' })).rejects.toMatchObject({ code: 'ERR_ARGUMENT' });
    expect(own.models.size).toBe(0);
  });
});

import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ModelServer, serve } from '../../src/serving/index.js';

const MODELS = '../shared/fixtures/models';

interface Fixture {
  readonly tolerance: { readonly rtol: number; readonly atol: number };
  readonly signatures: Record<string, { inputs: Record<string, { tensor: string }> }>;
  readonly requests: readonly { what: string; request: object; response: Record<string, number[][]> }[];
}

const fixture: Fixture = JSON.parse(readFileSync(`${MODELS}/serving.json`, 'utf8'));
let server: ModelServer;

beforeAll(async () => {
  server = await serve(`${MODELS}/mnist_dense`, { port: 0 });
});
afterAll(() => server.close());

test.each(fixture.requests)('$what', async ({ request, response }) => {
  const answer = await fetch(`${server.url}/v1/models/mnist_dense/versions/1:predict`, {
    method: 'POST',
    body: JSON.stringify(request),
  });
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toBe('application/json');
  const given = (await answer.json()) as Record<string, number[][]>;
  expect(Object.keys(given)).toEqual(Object.keys(response));
  const [rows, expected] = [Object.values(given)[0] ?? [], Object.values(response)[0] ?? []];
  expect(rows.map((row) => row.length)).toEqual(expected.map((row) => row.length));
  const { rtol, atol } = fixture.tolerance;
  const far = rows.flatMap((row, i) =>
    row.filter((value, j) => Math.abs(value - (expected[i]?.[j] ?? 0)) > atol + rtol * Math.abs(expected[i]?.[j] ?? 0)),
  );
  expect(far).toEqual([]);
});

test('metadata has the signatures Python wrote', async () => {
  const { metadata } = await fetch(`${server.url}/v1/models/mnist_dense/metadata`).then((answer) => answer.json());
  const { signature_def } = metadata.signature_def;
  expect(Object.keys(signature_def).sort()).toEqual(Object.keys(fixture.signatures).sort());
  expect(signature_def.serving_default).toEqual({
    inputs: {
      image_input: {
        dtype: 'DT_FLOAT',
        tensor_shape: { dim: [{ size: '-1', name: '' }, { size: '784', name: '' }], unknown_rank: false },
        name: fixture.signatures.serving_default?.inputs.image_input?.tensor,
      },
    },
    outputs: { output_0: expect.objectContaining({ dtype: 'DT_FLOAT' }) },
    method_name: 'tensorflow/serving/predict',
    defaults: {},
  }); // biome-ignore format: as the answer
});

test('what changes variables or writes files is not served', async () => {
  const trained = await serve(`${MODELS}/graph_train`, { port: 0 });
  const { models } = await fetch(`${trained.url}/models`).then((answer) => answer.json());
  expect(models[0].signatures).toEqual(['predict']);
  await trained.close();
});

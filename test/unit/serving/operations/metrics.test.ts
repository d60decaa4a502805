import { expect, test } from 'vitest';
import { GOOD, PREDICT, predict, serving, smallModel } from './small-server.js';

const model = smallModel();
const DOUBLE = 'model_name="double",version="1",signature="serving_default"';

async function metricsOf(url: string, path = '/metrics'): Promise<Map<string, number>> {
  const answer = await fetch(url + path);
  expect([answer.status, answer.headers.get('content-type')]).toEqual([
    200,
    'text/plain; version=0.0.4; charset=utf-8',
  ]);
  const lines = (await answer.text()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]),
  );
}

test('requests, waiting, runs and batches are counted by model, version and signature', async () => {
  await serving(model(), {}, async (url) => {
    const warm = await metricsOf(url);
    await predict(url);
    await fetch(url + PREDICT, { method: 'POST', body: JSON.stringify({ instances: [[1, 2], [3, 4], [5, 6]] }) });
    await fetch(`${url}/serving_default/predict`, { method: 'POST', body: GOOD });
    const metrics = await metricsOf(url, '/monitoring/prometheus/metrics');
    const of = (name: string, more = ''): number => {
      const key = `:tensorflow:serving:${name}{${DOUBLE}${more}}`;
      return (metrics.get(key) ?? 0) - (warm.get(key) ?? 0);
    };
    const rest = ',API="Predict",entrypoint="REST"';
    expect(of('request_count', `${rest},status="OK"`)).toBe(3);
    expect(of('request_latency_count', rest)).toBe(3);
    expect(of('batching_session:queuing_latency_count')).toBe(3);
    expect(of('runtime_latency_count')).toBe(3);
    expect(of('batching:processed_batch_size_sum')).toBe(5);
    expect(of('batching:padding_size_sum')).toBe(0);
    const [request, run] = [of('request_latency_sum', rest), of('runtime_latency_sum')];
    expect(run).toBeGreaterThan(0);
    expect(request).toBeGreaterThan(run);
  });
}); // biome-ignore format: short rows

test('a model nobody knows makes no series of its own', async () => {
  await serving(model(), {}, async (url) => {
    for (const name of ['a', 'b', 'c']) await fetch(`${url}/v1/models/${name}:predict`, { method: 'POST', body: GOOD });
    const series = [...(await metricsOf(url))].filter(([name]) => name.startsWith(':tensorflow:serving:request_count'));
    expect(series).toEqual([
      [':tensorflow:serving:request_count{model_name="",version="",signature="",API="Predict",entrypoint="REST",status="NOT_FOUND"}', 3],
    ]); // biome-ignore format: one series
  });
});

test('a request that is refused counts for the model it was for', async () => {
  await serving(model(), {}, async (url) => {
    await fetch(url + PREDICT, { method: 'POST', body: '{"instances": [[1, 2, 3]]}' });
    await fetch(url + PREDICT, { method: 'POST', body: 'no JSON' });
    const counts = [...(await metricsOf(url))].filter(([name]) => name.startsWith(':tensorflow:serving:request_count'));
    expect(counts.map(([name]) => name)).toEqual([expect.stringContaining('model_name="double",version="1"')]);
    expect(counts.map(([, count]) => count)).toEqual([2]);
    expect(counts[0]?.[0]).toContain('status="INVALID_ARGUMENT"');
  });
});

test('memory of the process and of the library is told; servers count apart', async () => {
  await serving(model(), {}, async (first) => {
    await serving(model(), {}, async (second) => {
      await predict(first);
      const metrics = await metricsOf(second);
      expect([...metrics.keys()].filter((name) => name.startsWith(':tensorflow:serving:request_count'))).toEqual([]);
      const told = (name: string) => metrics.get(name) ?? 0;
      expect(told('process_resident_memory_bytes')).toBeGreaterThan(told('process_native_memory_bytes'));
      expect(told('process_native_memory_bytes')).toBeGreaterThan(10e6);
      expect(told('libtensorflow_sessions')).toBeGreaterThanOrEqual(2);
      expect(metrics.has('libtensorflow_tensors')).toBe(true);
    });
  });
});

test('metrics can be left out', async () => {
  await serving(model(), { metrics: false }, async (url) => {
    expect((await fetch(`${url}/metrics`)).status).toBe(404);
    expect((await predict(url)).status).toBe(200);
  });
});

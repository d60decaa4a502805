import { propagation, SpanKind } from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { predict, serving, smallModel } from './small-server.js';

const model = smallModel();
const exporter = new InMemorySpanExporter();
const tracing = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
const TRACE = '0af7651916cd43dd8448eb211c80319c';
const PARENT = 'b7ad6b7169203331';

beforeAll(() => {
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
});
beforeEach(() => exporter.reset());
afterAll(() => {
  propagation.disable();
});

test('a request is a span of the caller’s trace, its waiting and its run are spans within', async () => {
  await serving(model(), { tracing }, (url) => predict(url, { traceparent: `00-${TRACE}-${PARENT}-01`, 'x-request-id': 'r-1' }));
  const spans = new Map(exporter.getFinishedSpans().map((span) => [span.name, span]));
  const request = spans.get('REST Predict');
  expect(request?.kind).toBe(SpanKind.SERVER);
  expect(request?.spanContext().traceId).toBe(TRACE);
  expect(request?.parentSpanContext?.spanId).toBe(PARENT);
  const asked = { 'model.name': 'double', 'model.version': 1, 'model.signature': 'serving_default' };
  expect(request?.attributes).toMatchObject({ ...asked, 'request.id': 'r-1', 'rpc.status': 'OK' });
  for (const name of ['queue', 'run']) {
    expect(spans.get(name)?.spanContext().traceId).toBe(TRACE);
    expect(spans.get(name)?.parentSpanContext?.spanId).toBe(request?.spanContext().spanId);
    expect(spans.get(name)?.attributes).toMatchObject(asked);
  }
  expect(spans.get('run')?.attributes).toMatchObject({ 'batch.rows': 1, 'batch.padding': 0 });
}); // biome-ignore format: one request

test('a request without a trace begins one; one that fails says how', async () => {
  await serving(model(), { tracing }, (url) => fetch(`${url}/v1/models/none:predict`, { method: 'POST', body: '{}' }));
  const [request, ...others] = exporter.getFinishedSpans();
  expect(others).toEqual([]);
  expect(request?.parentSpanContext).toBeUndefined();
  expect(request?.status).toEqual({ code: 2, message: 'NOT_FOUND' });
});

test('nothing is traced unless it is asked for', async () => {
  await serving(model(), {}, (url) => predict(url));
  expect(exporter.getFinishedSpans()).toEqual([]);
});

import { pino } from 'pino';
import { afterEach, expect, test, vi } from 'vitest';
import { currentRequest } from '../../../../src/serving/observer.js';
import { serverLogger } from '../../../../src/serving/operations/logging.js';
import { ServerObserver } from '../../../../src/serving/operations/server-observer.js';
import { statusOf } from '../../../../src/serving/status.js';
import { predict, serving, smallModel } from './small-server.js';

const model = smallModel();
afterEach(() => vi.restoreAllMocks());

function observed(level: string) {
  const lines: Record<string, unknown>[] = [];
  const logger = pino({ level }, { write: (line: string) => lines.push(JSON.parse(line)) });
  return { observer: new ServerObserver({ logger }), lines };
}

const info = (headers: Record<string, string> = {}) =>
  ({ api: 'gRPC', method: 'Predict', header: (name: string) => headers[name] }) as const;

test('a request is one line: its id, what it asked, how it ended, how long that took', async () => {
  const { observer, lines } = observed('info');
  const request = observer.request(info({ 'x-request-id': 'mine', authorization: 'Bearer secret' }));
  const target = { model: 'm', version: 3, signature: 's' };
  request.within(() => {
    observer.run(target, { rows: 1, padding: 0 }, [observer.queue(target)])();
    expect(currentRequest()).toBe(request);
  });
  request.end('OK');
  request.end('CANCELLED');
  expect(lines).toEqual([
    expect.objectContaining({ level: 30, requestId: 'mine', api: 'gRPC', method: 'Predict', ...target, code: 'OK', ms: expect.any(Number) }),
  ]); // biome-ignore format: one line
  expect(JSON.stringify(lines)).not.toContain('secret');
});

test.each(['', 'a b', 'x'.repeat(129), 'a\nb', '"}'])('%j is no id: another is made', (id) => {
  const request = observed('info').observer.request(info({ 'x-request-id': id }));
  expect(request.id).toMatch(/^[0-9a-f-]{36}$/);
});

test('a failure of ours is logged with the request’s id; the client learns nothing', () => {
  const { observer, lines } = observed('error');
  const warned = vi.spyOn(process, 'emitWarning').mockReturnValue();
  const request = observer.request(info({ 'x-request-id': 'mine' }));
  const status = request.within(() => statusOf(new Error('/secret/path broke')));
  expect(status).toEqual({ code: 'INTERNAL', http: 500, message: 'Internal error.' });
  expect(lines).toEqual([expect.objectContaining({ requestId: 'mine', level: 50 })]);
  expect(JSON.stringify(lines)).toContain('/secret/path broke');
  expect(warned).not.toHaveBeenCalled();
});

test('without a log it is a warning of the process', () => {
  const warned = vi.spyOn(process, 'emitWarning').mockReturnValue();
  const request = observed('silent').observer.request(info());
  request.within(() => statusOf(new Error('broke')));
  statusOf(new Error('outside of a request'));
  expect(warned.mock.calls).toEqual([['A request failed: broke'], ['A request failed: outside of a request']]);
});

test('the answer has the request’s id', async () => {
  await serving(model(), {}, async (url) => {
    expect((await predict(url, { 'x-request-id': 'mine' })).headers.get('x-request-id')).toBe('mine');
    expect((await predict(url)).headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });
});

test('an unknown level is refused with the nearest one', () => {
  const logLevel = 'warning' as 'warn';
  expect(() => serverLogger({ logLevel })).toThrow("Unknown log level 'warning'. Did you mean 'warn'?");
});

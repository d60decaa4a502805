import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { GOOD, PREDICT, predict, serving, smallModel } from './small-server.js';

const model = smallModel();

/** A connection of somebody who does not mind what happens to it. */
function connected(url: string): Socket {
  return connect(Number(new URL(url).port), '127.0.0.1').on('error', () => {});
}

/** What the server says until it hangs up. */
async function heard(socket: Socket): Promise<string> {
  let all = '';
  socket.on('data', (data) => {
    all += data;
  });
  await once(socket, 'close');
  return all;
}

/** What the server says to these bytes. */
function said(url: string, ...parts: readonly string[]): Promise<string> {
  const socket = connected(url);
  for (const part of parts) socket.write(part);
  return heard(socket);
}

/** What the server says to one who begins so, then sends a little now and then. */
async function saidSlowly(url: string, begin: string, piece: string): Promise<string> {
  const socket = connected(url);
  socket.write(begin);
  const dripping = setInterval(() => socket.write(piece), 100);
  const answer = await heard(socket);
  clearInterval(dripping);
  return answer;
}

const head = (...headers: string[]): string =>
  `${[`POST ${PREDICT} HTTP/1.1`, 'host: a', ...headers].join('\r\n')}\r\n\r\n`;
const CHUNKED = `${GOOD.length.toString(16)}\r\n${GOOD}\r\n0\r\n\r\n`;
const HIDDEN = 'GET /models HTTP/1.1\r\nhost: a\r\n\r\n';

describe('two requests for some and one for others: refused, and the connection is closed', () => {
  test.each<[string, string]>([
    ['length and chunks', head(`content-length: ${GOOD.length}`, 'transfer-encoding: chunked') + CHUNKED + HIDDEN],
    ['chunks and length', head('transfer-encoding: chunked', 'content-length: 4') + CHUNKED + HIDDEN],
    ['two lengths', head(`content-length: ${GOOD.length}`, 'content-length: 5') + GOOD + HIDDEN],
    ['a length with a sign', head(`content-length: +${GOOD.length}`) + GOOD + HIDDEN],
    ['chunks that are not the last coding', head('transfer-encoding: chunked, identity') + CHUNKED + HIDDEN],
    ['a coding in disguise', head('transfer-encoding: xchunked', 'content-length: 0') + CHUNKED + HIDDEN],
    ['a space before the colon', head('content-length : 0') + HIDDEN],
    ['a folded header', head('content-length: 0', 'x-a: b\r\n transfer-encoding: chunked') + CHUNKED],
    ['a bare line feed', head('x-a: b\ntransfer-encoding: chunked') + CHUNKED],
    ['a chunk length beyond 64 bits', `${head('transfer-encoding: chunked')}fffffffffffffffff\r\n${GOOD}`],
    ['a chunk with a bad end', `${head('transfer-encoding: chunked')}${GOOD.length.toString(16)}\r\n${GOOD}xx0\r\n\r\n${HIDDEN}`],
    ['a null in a header', head('x-a: b\0c') + HIDDEN],
    ['no HTTP', '\x16\x03\x01\x02\0\x01\0'],
  ])('%s', (_, bytes) =>
    serving(model(), {}, async (url) => {
      const answer = await said(url, bytes);
      expect(answer).toMatch(/^HTTP\/1\.1 400 /);
      expect(answer).toContain('{ "error": "Bad Request" }');
      expect(answer).not.toContain('"models"');
    })); // biome-ignore format: a table

  test('headers without end', () =>
    serving(model(), {}, async (url) => {
      expect(await said(url, head(`x-a: ${'b'.repeat(100_000)}`))).toMatch(/^HTTP\/1\.1 431 /);
    }));
});

describe('slow clients', () => {
  test.each<[string, string, string]>([
    ['headers', 'POST / HTTP/1.1\r\n', 'x: y\r\n'],
    ['a body', head('content-length: 100000'), 'x'],
  ])('%s that do not come to an end are refused in time', (_, begin, piece) =>
    serving(model(), { requestTimeout: 300 }, async (url) => {
      expect(await saidSlowly(url, begin, piece)).toMatch(/^HTTP\/1\.1 408 [\s\S]*\{ "error": "Request Timeout" \}$/);
    }),
  );

  test('many of them do not keep others waiting', () =>
    serving(model(), {}, async (url) => {
      const slow = Array.from({ length: 200 }, () => connected(url));
      for (const socket of slow) socket.write(`${head('content-length: 100')}x`);
      expect((await predict(url)).status).toBe(200);
      for (const socket of slow) socket.destroy();
    }));
});

describe('large bodies', () => {
  test('a gigabyte that is announced is refused before it comes', () =>
    serving(model(), {}, async (url) => {
      const answer = await said(url, head(`content-length: ${2 ** 30}`), 'x');
      expect(answer).toMatch(/^HTTP\/1\.1 413 [\s\S]*\{ "error": "[^"]+" \}/);
    }));

  test('one that is not announced is refused at the limit', () =>
    serving(model(), { bodyLimit: 10_000 }, async (url) => {
      const chunk = `1000\r\n${' '.repeat(0x1000)}\r\n`;
      expect(await said(url, head('transfer-encoding: chunked'), ...Array(4).fill(chunk))).toMatch(/^HTTP\/1\.1 413 /);
    }));
});

test('a client that goes in the middle of its request is counted as one that gave up', () =>
  serving(model(), {}, async (url) => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    socket.write(head('content-length: 100'));
    socket.write('x', () => socket.destroy());
    let text = '';
    while (!text.includes('request_count{')) text = await (await fetch(`${url}/metrics`)).text();
    expect(text).toMatch(/request_count\{[^}]*API="Predict",entrypoint="REST",status="CANCELLED"\} 1/);
  }));

const nested = (depth: number, inner = ''): string => `${'['.repeat(depth)}${inner}${']'.repeat(depth)}`;
const deepObject = (depth: number): string => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;

test.each<[string, string]>([
  ['deep lists', `{"instances": ${nested(1_000_000)}}`],
  ['deep lists with a value', `{"inputs": ${nested(500_000, '1')}}`],
  ['deep lists that do not end', `{"instances": ${'['.repeat(1_000_000)}`],
  ['deep objects', `{"instances": [${deepObject(300_000)}]}`],
  ['deep objects elsewhere', `{"more": ${deepObject(300_000)}, "instances": [[1, 2]]}`],
  ['deep lists with bare tokens', `{"instances": ${nested(500_000, 'NaN')}}`],
  ['a number of a million digits', `{"instances": [[${'9'.repeat(1_000_000)}, 1]]}`],
  ['a million keys', `{"instances": [{${Array.from({ length: 200_000 }, (_, i) => `"k${i}": 1`).join()}}]}`],
  ['a million rows of nothing', `{"instances": [${'[],'.repeat(999_999)}[]]}`],
  ['a string of a million surrogates', `{"instances": ["${'\\ud800'.repeat(100_000)}"]}`],
])('%s are answered, and the server goes on', (_, body) =>
  serving(model(), {}, async (url) => {
    for (const path of [PREDICT, '/v1/models/double:classify', '/serving_default/predict']) {
      const answer = await fetch(url + path, { method: 'POST', body });
      expect([200, 400, 404]).toContain(answer.status);
      expect((await answer.text()).length).toBeLessThan(3000);
    }
    expect((await predict(url)).status).toBe(200);
  }),
);

test.each([
  '/v1/models/../../../../etc/passwd',
  '/v1/models/..%2f..%2f..%2fetc%2fpasswd:predict',
  '/v1/models/%2e%2e/metadata',
  '/v1/models/double%00:predict',
  '/../../../../../etc/passwd',
  '/..%2f..%2f..%2fetc/passwd',
  '/%2e%2e/%2e%2e/package.json',
  '/....//....//package.json',
  '/..\\..\\package.json',
  '/swagger-ui.css/../../../package.json',
  '//etc/passwd',
  '/%c0%ae%c0%ae/package.json',
])('%s leads nowhere', (path) =>
  serving(model(), {}, async (url) => {
    for (const method of ['GET', 'POST']) {
      // Why by hand: fetch would tidy the path up.
      const answer = await said(
        url,
        `${method} ${path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`,
      );
      expect(answer).toMatch(/^HTTP\/1\.1 (400|404) /);
      expect(answer).not.toMatch(/root:|"dependencies"|node_modules|\/operations-/);
    }
  }),
);

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { get } from 'node:https';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { serveHere } from '../../../../src/serving/serve-here.js';
import { GOOD, PREDICT, predict, serving, smallModel } from './small-server.js';

const model = smallModel();

describe('probes', () => {
  test('a server that drains lives, is not ready, answers, and then is gone', async () => {
    const server = await serveHere(model(), { port: 0, drainSeconds: 0.5 });
    const status = async (path: string) => (await fetch(server.url + path)).status;
    expect([await status('/healthz'), await status('/readyz')]).toEqual([200, 200]);
    const closed = server.close();
    expect([await status('/healthz'), await status('/readyz')]).toEqual([200, 503]);
    const answer = await predict(server.url);
    expect([answer.status, answer.headers.get('connection')]).toEqual([200, 'close']);
    expect(server.close()).toBe(closed);
    await closed;
    await expect(fetch(`${server.url}/healthz`)).rejects.toThrow();
  });
});

describe('CORS', () => {
  const preflight = { origin: 'https://page.example', 'access-control-request-method': 'POST' };
  const asked = (url: string, method: string, headers: Record<string, string>) =>
    fetch(url + PREDICT, { method, headers, ...(method === 'POST' && { body: GOOD }) });

  test('off, no page of others may ask', () =>
    serving(model(), {}, async (url) => {
      expect((await asked(url, 'POST', preflight)).headers.get('access-control-allow-origin')).toBeNull();
      expect((await asked(url, 'OPTIONS', preflight)).status).toBe(400);
    }));

  test('on, every page may; the question before needs no token', () =>
    serving(model(), { cors: true, tokens: ['t'] }, async (url) => {
      const { status, headers } = await asked(url, 'OPTIONS', preflight);
      expect(status).toBe(200);
      expect(headers.get('access-control-allow-origin')).toBe('*');
      expect(headers.get('access-control-allow-methods')).toBe('POST, GET');
      expect(headers.get('access-control-allow-headers')).toContain('Content-Type');
      const refused = await asked(url, 'POST', preflight);
      expect([refused.status, refused.headers.get('access-control-allow-origin')]).toEqual([401, '*']);
    }));

  test('OPTIONS needs an origin', () =>
    serving(model(), { cors: true }, async (url) => {
      const answer = await asked(url, 'OPTIONS', {});
      expect([answer.status, await answer.json()]).toEqual([400, { error: 'OPTIONS needs an Origin.' }]);
    }));

  test('for some origins, others get no permission', () =>
    serving(model(), { cors: ['https://page.example'] }, async (url) => {
      const permission = async (origin: string) =>
        (await asked(url, 'POST', { origin })).headers.get('access-control-allow-origin');
      expect(await permission('https://page.example')).toBe('https://page.example');
      expect(await permission('https://page.example.evil')).toBeNull();
    }));
});

describe('rate', () => {
  test('more requests a second than the limit are refused in the form of the interface; probes are not', () =>
    serving(model(), { rateLimit: 2 }, async (url) => {
      const answers = await Promise.all(Array.from({ length: 8 }, () => predict(url)));
      const refused = answers.filter(({ status }) => status === 429);
      expect(refused.length).toBeGreaterThanOrEqual(4);
      expect(await refused[0]?.json()).toEqual({ error: 'More than 2 requests a second.' });
      expect(refused[0]?.headers.get('retry-after')).toBe('1');
      const probes = await Promise.all(Array.from({ length: 5 }, () => fetch(`${url}/readyz`)));
      expect(probes.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    }));
});

describe('behind a proxy', () => {
  const from = (url: string, address: string) => predict(url, { 'x-forwarded-for': address });
  const statuses = async (url: string) => {
    const answers = await Promise.all(['192.0.2.1', '192.0.2.2', '192.0.2.3'].map((address) => from(url, address)));
    return answers.map(({ status }) => status).sort();
  };

  test('the rate is that of the address the proxy names, where it is trusted', async () => {
    await serving(model(), { rateLimit: 1, trustProxy: true }, async (url) => {
      expect(await statuses(url)).toEqual([200, 200, 200]);
    });
    await serving(model(), { rateLimit: 1 }, async (url) => expect(await statuses(url)).toContain(429));
  });
});

describe('TLS', () => {
  const file = (name: string) => join(model(), '..', name);
  const openssl = (...args: string[]) => execFileSync('openssl', args, { stdio: 'ignore', cwd: file('.') });
  const certificate = (name: string, ...more: string[]) =>
    openssl('req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '1',
      '-keyout', `${name}.key`, '-out', `${name}.pem`, '-subj', `/CN=${name}`, ...more); // biome-ignore format: one command
  const asked = (url: string, options: object) =>
    new Promise<number | undefined>((done, failed) =>
      get(`${url}/readyz`, { ca: readFileSync(file('localhost.pem')), agent: false, ...options }, (answer) => {
        answer.resume();
        done(answer.statusCode);
      }).on('error', failed),
    );

  test('one certificate for the server; with authorities, only clients with a certificate of theirs', async () => {
    certificate('localhost', '-addext', 'subjectAltName=IP:127.0.0.1');
    certificate('client');
    certificate('stranger');
    const tls = { cert: file('localhost.pem'), key: file('localhost.key') };
    const identity = (name: string) => ({
      cert: readFileSync(file(`${name}.pem`)),
      key: readFileSync(file(`${name}.key`)),
    });
    await serving(model(), { tls }, async (url) => {
      expect(url).toMatch(/^https:/);
      expect(await asked(url, {})).toBe(200);
    });
    await serving(model(), { tls: { ...tls, clientCa: file('client.pem') } }, async (url) => {
      expect(await asked(url, identity('client'))).toBe(200);
      await expect(asked(url, {})).rejects.toThrow();
      await expect(asked(url, identity('stranger'))).rejects.toThrow();
    });
    const crossed = { cert: file('localhost.pem'), key: file('client.key') };
    await expect(serveHere(model(), { tls: crossed })).rejects.toMatchObject({ code: 'ERR_FILE_FORMAT' });
    const gone = { cert: file('none.pem'), key: file('client.key') };
    await expect(serveHere(model(), { tls: gone })).rejects.toMatchObject({ code: 'ERR_NOT_READABLE' });
  });
});

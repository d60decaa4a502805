import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { authentication } from '../../../../src/serving/operations/authentication.js';
import { PREDICT, predict, serving, smallModel } from './small-server.js';

const model = smallModel();
const header = (headers: Record<string, string>) => (name: string) => headers[name];

describe('who may ask', () => {
  const authorized = authentication({ tokens: ['first', 'second'], apiKeys: ['key'] });
  test.each<[string, Record<string, string>, boolean]>([
    ['a token', { authorization: 'Bearer first' }, true],
    ['another token', { authorization: 'bearer second' }, true],
    ['a key', { 'x-api-key': 'key' }, true],
    ['nobody', {}, false],
    ['a token that is none', { authorization: 'Bearer third' }, false],
    ['the beginning of a token', { authorization: 'Bearer firs' }, false],
    ['a token with more behind it', { authorization: 'Bearer first second' }, false],
    ['a token in the other header', { 'x-api-key': 'first' }, false],
    ['a key in the other header', { authorization: 'Bearer key' }, false],
    ['another scheme', { authorization: 'Basic first' }, false],
    ['an empty token', { authorization: 'Bearer ', 'x-api-key': '' }, false],
  ])('%s: %o is %s', (_, headers, expected) => expect(authorized(header(headers))).toBe(expected));

  test('everybody, where there is no token', () => expect(authentication({})(header({}))).toBe(true));
});

test('a file of tokens counts in both headers', async () => {
  const tokenFile = join(model(), '..', 'tokens');
  await writeFile(tokenFile, 'one\r\ntwo\n');
  const authorized = authentication({ tokenFile });
  expect(authorized(header({ authorization: 'Bearer one' }))).toBe(true);
  expect(authorized(header({ 'x-api-key': 'two' }))).toBe(true);
  expect(authorized(header({}))).toBe(false);
});

test('an empty file, one that is not there and words that are no tokens are refused', async () => {
  const tokenFile = join(model(), '..', 'no-tokens');
  await writeFile(tokenFile, '\n');
  expect(() => authentication({ tokenFile })).toThrow('holds no token');
  expect(() => authentication({ tokenFile: `${tokenFile}.gone` })).toThrow('cannot be read');
  expect(() => authentication({ tokens: [''] })).toThrow('one word each');
  expect(() => authentication({ apiKeys: ['a b'] })).toThrow('one word each');
});

test('over HTTP: refused in the form of the interface, probes stay open, metrics by option', async () => {
  await serving(model(), { tokens: ['t'] }, async (url) => {
    const refused = await predict(url);
    expect(refused.status).toBe(401);
    expect(refused.headers.get('www-authenticate')).toBe('Bearer');
    expect(await refused.json()).toEqual({ error: expect.stringContaining('Authorization: Bearer') });
    const deploy = await fetch(`${url}/serving_default/predict`, { method: 'POST', body: '{}' });
    expect([deploy.status, await deploy.text()]).toEqual([401, expect.stringMatching(/^Invalid Request\. {2}A token/)]);
    expect((await predict(url, { authorization: 'Bearer t' })).status).toBe(200);
    const statuses = ['/healthz', '/readyz', '/metrics', '/', '/openapi.json', '/models', '/healthz/', '//healthz'];
    const got = await Promise.all(statuses.map(async (path) => (await fetch(url + path)).status));
    expect(got).toEqual([200, 200, 401, 200, 401, 401, 401, 401]);
  });
  await serving(model(), { tokens: ['t'], openMetrics: true }, async (url) => {
    expect((await fetch(`${url}/metrics`)).status).toBe(200);
  });
});

test('a stranger’s body is not waited for', async () => {
  await serving(model(), { tokens: ['t'] }, async (url) => {
    const asking = request(url + PREDICT, { method: 'POST', headers: { 'content-length': 100 } });
    asking.write('x');
    const [answer] = await once(asking, 'response');
    expect(answer.statusCode).toBe(401);
    asking.on('error', () => {}).destroy();
  });
});

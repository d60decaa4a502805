import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { download, isWhole } from '../../../src/applications/download.js';
import { type Answer, cut, fileServer } from './file-server.js';

const contents = randomBytes(300_000);
const md5 = createHash('md5').update(contents).digest('hex');
const sha256 = createHash('sha256').update(contents).digest('hex');
const PATH = '/models/net.h5';

function place(): string {
  return join(mkdtempSync(join(tmpdir(), 'download-')), 'models', 'net.h5');
}

const partOf = (target: string): string => join(dirname(target), '.unfinished-net.h5');

/** `bytes=100-` → 100 */
const startOf = (range: string | undefined): number => Number(range?.slice(6, -1) ?? 0);

async function fetched(target: string, hash: string | undefined, answer?: Answer) {
  await using server = await fileServer(new Map([[PATH, contents]]), answer);
  const url = `${server.address}${PATH}`;
  const failure = await download(url, target, { hash, otherWays: 'do otherwise' }).then(
    () => undefined,
    (error: unknown) => error,
  );
  return { failure, url, asked: server.asked };
}

const failed = (message: RegExp, code = 'ERR_DOWNLOAD') =>
  expect.objectContaining({ code, message: expect.stringMatching(message) });

describe('a file comes whole', () => {
  test.each([
    ['with an MD5', md5],
    ['with a SHA-256', sha256],
    ['without a checksum', undefined],
  ])('%s', async (_, hash) => {
    const target = place();
    const { failure, asked } = await fetched(target, hash);
    expect(failure).toBeUndefined();
    expect(asked).toEqual([{ path: PATH, range: undefined }]);
    expect(readFileSync(target).equals(contents)).toBe(true);
    expect(readdirSync(dirname(target))).toEqual(['net.h5']);
    expect(await isWhole(target, hash)).toBe(true);
  });

  test('over connections that are cut, each going on where the last one ended', async () => {
    const target = place();
    const { failure, asked } = await fetched(target, md5, (one, response, count) => {
      if (count === 1) return cut(contents, 100_000, response);
      return count === 2 ? cut(contents, 200_000, response, startOf(one.range)) : false;
    });
    expect(failure).toBeUndefined();
    const [first, second = 0, third = 0] = asked.map(({ range }) => startOf(range));
    expect(first).toBe(0);
    expect(second).toBeGreaterThan(0);
    expect(third).toBeGreaterThan(second);
    expect(asked).toHaveLength(3);
    expect(readFileSync(target).equals(contents)).toBe(true);
  });

  test('from what an earlier run left', async () => {
    const target = place();
    await fetched(target, md5, (one, response) => cut(contents, 120_000, response, startOf(one.range)));
    expect(existsSync(target)).toBe(false);
    const { size } = statSync(partOf(target));
    expect(size).toBeGreaterThan(0);
    const { failure, asked } = await fetched(target, md5);
    expect(failure).toBeUndefined();
    expect(asked[0]?.range).toBe(`bytes=${size}-`);
    expect(readFileSync(target).equals(contents)).toBe(true);
  });

  test('from the start, where there is no checksum to tell whether the beginnings fit', async () => {
    const target = place();
    await fetched(target, undefined, (one, response) => cut(contents, 120_000, response, startOf(one.range)));
    expect(readdirSync(dirname(target))).toEqual([]);
    const { failure, asked } = await fetched(target, undefined);
    expect(failure).toBeUndefined();
    expect(asked.map(({ range }) => range)).toEqual([undefined]);
  });

  test('from a server that knows no ranges', async () => {
    const target = place();
    const { failure } = await fetched(target, md5, (_, response, count) => {
      if (count === 1) return cut(contents, 100_000, response);
      response.writeHead(200, { 'content-length': contents.length }).end(contents);
      return true;
    });
    expect(failure).toBeUndefined();
    expect(readFileSync(target).equals(contents)).toBe(true);
  });

  test('where all of it had come before', async () => {
    const target = place();
    await fetched(target, md5);
    writeFileSync(partOf(target), contents);
    const { failure, asked } = await fetched(target, md5);
    expect(failure).toBeUndefined();
    expect(asked[0]?.range).toBe(`bytes=${contents.length}-`);
    expect(readdirSync(dirname(target))).toEqual(['net.h5']);
  });

  test('to several at once', async () => {
    const target = place();
    const all = await Promise.all([1, 2, 3].map(() => fetched(target, md5)));
    expect(all.map(({ failure }) => failure)).toEqual([undefined, undefined, undefined]);
    expect(readFileSync(target).equals(contents)).toBe(true);
    expect(readdirSync(dirname(target))).toEqual(['net.h5']);
  });
});

describe('what does not come', () => {
  test('a file that is not there is asked for once', async () => {
    const target = place();
    const { failure, url, asked } = await fetched(target, md5, (_, response) => {
      response.writeHead(404, 'Not Found').end();
      return true;
    });
    expect(failure).toEqual(failed(new RegExp(`^${url}: the server answered 404 Not Found; do otherwise\\.$`)));
    expect(asked).toHaveLength(1);
  });

  test('a server in trouble is asked a few times', async () => {
    const { failure, asked } = await fetched(place(), md5, (_, response) => {
      response.writeHead(503).end();
      return true;
    });
    expect(failure).toEqual(failed(/the server answered 503/));
    expect(asked).toHaveLength(3);
  });

  test('another file is not taken, and nothing of it stays', async () => {
    const target = place();
    const wrong = md5.replaceAll(/./g, '0');
    const { failure } = await fetched(target, wrong);
    expect(failure).toEqual(failed(new RegExp(`the checksum ${wrong} is expected, one with ${md5} came; try again`)));
    expect(readdirSync(dirname(target))).toEqual([]);
  });

  test('no server at all', async () => {
    const failure = await download('http://127.0.0.1:9/net.h5', place(), {
      hash: md5,
      otherWays: 'do otherwise',
    }).catch((error: unknown) => error);
    expect(failure).toEqual(failed(/^http:\/\/127\.0\.0\.1:9\/net\.h5: .*; do otherwise\.$/));
  });

  test('a place that is no folder', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'download-'));
    writeFileSync(join(folder, 'models'), '');
    const { failure, asked } = await fetched(join(folder, 'models', 'net.h5'), md5);
    expect(failure).toEqual(failed(/^The folder .*models cannot be written.*KERAS_HOME/, 'ERR_NOT_WRITABLE'));
    expect(asked).toEqual([]);
  });
});

describe('whether a file is whole', () => {
  test.each([
    ['is there, as it should be', contents, md5, true],
    ['is there, without a checksum', contents, undefined, true],
    ['is another one', contents.subarray(1), md5, false],
    ['is not there', undefined, md5, false],
  ])('%s', async (_, bytes, hash, whole) => {
    const file = join(mkdtempSync(join(tmpdir(), 'whole-')), 'net.h5');
    if (bytes) writeFileSync(file, bytes);
    expect(await isWhole(file, hash)).toBe(whole);
  });
});

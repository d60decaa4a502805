import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { codeOf, messageOf, TensorFlowError } from '../errors/errors.js';

export interface DownloadOptions {
  /** MD5 or SHA-256 of the whole, in hexadecimal. Without one, a download that was cut starts anew. */
  hash?: string | undefined;
  /** What else the user can do, the end of the sentence of every error. */
  otherWays: string;
}

/** Connections in a row that bring nothing before a download is given up. */
const PATIENCE = 3;
/** Before another connection, after one that brought nothing. */
const PAUSE_MS = 300;

/**
 * Brings a file from the network to `target`, whole and as its checksum says, or not at all. What came of a download that
 * was cut stays beside the target, and the next one goes on from there; so may several processes at once, since all write
 * the same bytes to the same places. On a terminal, a bar shows how far it is.
 *
 * @throws ERR_DOWNLOAD naming the address; ERR_NOT_WRITABLE naming the folder
 */
export async function download(url: string, target: string, options: DownloadOptions): Promise<void> {
  // Why: nobody can tell whether another run's beginning fits where there is no checksum.
  const own = options.hash === undefined ? `${randomUUID()}-` : '';
  const part = join(dirname(target), `.unfinished-${own}${basename(target)}`);
  try {
    await fill(part, url, options.otherWays);
    await accept(part, target, url, options);
  } catch (failure) {
    if (own) await rm(part, { force: true });
    throw failure;
  }
}

/** Whether the file is there, and is what the checksum says. */
export async function isWhole(file: string, hash: string | undefined): Promise<boolean> {
  const there = await stat(file).catch(() => undefined);
  if (!there?.isFile()) return false;
  return hash === undefined || (await hashOf(file, hash)) === hash;
}

/** Connects again, from where it was, as long as that brings something. */
async function fill(part: string, url: string, otherWays: string): Promise<void> {
  const file = await openPart(part);
  const bar = await progressBar(basename(part).replace('.unfinished-', ''));
  let { size } = await file.stat();
  try {
    for (let idle = 0; ; ) {
      try {
        return await receive(file, url, size, bar);
      } catch (cause) {
        const { size: now } = await file.stat();
        idle = now > size ? 0 : idle + 1;
        size = now;
        if (cause instanceof Refusal || idle >= PATIENCE) {
          throw new TensorFlowError('ERR_DOWNLOAD', `${url}: ${reasonOf(cause)}; ${otherWays}.`, { cause });
        }
        await sleep(idle * PAUSE_MS);
      }
    }
  } finally {
    bar.stop();
    await file.close();
  }
}

async function openPart(part: string): Promise<FileHandle> {
  try {
    await mkdir(dirname(part), { recursive: true });
    return await open(part, 'r+').catch(() => open(part, 'w+'));
  } catch (cause) {
    throw new TensorFlowError(
      'ERR_NOT_WRITABLE',
      `The folder ${dirname(part)} cannot be written (${codeOf(cause) ?? messageOf(cause)}); make it writable, or set KERAS_HOME to another folder.`,
      { cause },
    );
  }
}

/** What another try would not change. */
class Refusal extends Error {}

async function receive(file: FileHandle, url: string, offset: number, bar: Bar): Promise<void> {
  const range = offset > 0 ? { range: `bytes=${offset}-` } : {};
  const response = await fetch(url, { headers: { 'accept-encoding': 'identity', ...range } });
  if (response.status === 416) {
    // Why: either all is there, or it is no beginning of this file; the checksum tells.
    await response.body?.cancel();
    return;
  }
  if (!response.ok || !response.body) {
    await response.body?.cancel();
    const failure = `the server answered ${response.status} ${response.statusText}`.trimEnd();
    throw response.status < 500 ? new Refusal(failure) : new Error(failure);
  }
  const resumed = response.status === 206;
  let position = resumed ? offset : 0;
  const length = response.headers.get('content-length');
  const total = length === null ? undefined : position + Number(length);
  for await (const chunk of response.body) {
    await file.write(chunk, 0, chunk.length, position);
    position += chunk.length;
    bar.update(position, total);
  }
  if (total !== undefined && position < total)
    throw new Error(`the connection ended after ${position} of ${total} bytes`);
  await file.truncate(position);
}

async function accept(part: string, target: string, url: string, { hash, otherWays }: DownloadOptions): Promise<void> {
  try {
    const got = hash === undefined ? undefined : await hashOf(part, hash);
    if (got !== hash) {
      await rm(part, { force: true });
      throw new TensorFlowError(
        'ERR_DOWNLOAD',
        `${url}: a file with the checksum ${hash} is expected, one with ${got} came; try again, or ${otherWays}.`,
      );
    }
    await rename(part, target);
  } catch (failure) {
    // Why: another process may have been the first, and taken the part away.
    if (!(await isWhole(target, hash))) throw failure;
  }
}

async function hashOf(file: string, like: string): Promise<string> {
  const hash = createHash(like.length === 64 ? 'sha256' : 'md5');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

/** Of failed connections, what lies below says more than `fetch failed`. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause === undefined ? messageOf(error) : (codeOf(cause) ?? messageOf(cause));
}

interface Bar {
  update(done: number, total: number | undefined): void;
  stop(): void;
}

const MEGABYTE = 1e6;

/** Nothing where there is no terminal. */
async function progressBar(name: string): Promise<Bar> {
  if (!process.stderr.isTTY) return { update: () => {}, stop: () => {} };
  const { default: cliProgress } = await import('cli-progress');
  const bar = new cliProgress.SingleBar({
    format: `${name} {bar} {value}/{total} MB {eta}s`,
    barsize: 30,
    hideCursor: true,
    stream: process.stderr,
  });
  let started = false;
  return {
    update: (done, total) => {
      if (!started) bar.start(Math.ceil((total ?? done) / MEGABYTE), 0);
      started = true;
      bar.update(Math.floor(done / MEGABYTE));
    },
    stop: () => bar.stop(),
  };
}

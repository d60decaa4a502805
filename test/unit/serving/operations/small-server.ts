import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { Program } from '../../../../src/core/program.js';
import { spec } from '../../../../src/core/spec.js';
import * as ops from '../../../../src/ops/index.js';
import { type ServerOptions, serveHere } from '../../../../src/serving/serve-here.js';

/** Where the SavedModel `double` of the tests in a file lies: it gives twice its input, and the bytes of a file. */
export function smallModel(): () => string {
  let scratch = '';
  beforeAll(async () => {
    scratch = await mkdtemp(join(tmpdir(), 'operations-'));
    const program = new Program({ seed: 1 });
    program.function('serving_default', { x: spec('float32', [null, 2]) }, ({ x }) => ({ y: ops.mul(x, 2) }));
    program.function('text', { s: spec('string', [null]) }, ({ s }) => ({ s: ops.identity(s) }));
    await program.save(join(scratch, 'double'));
    program.dispose();
  });
  afterAll(() => rm(scratch, { recursive: true, force: true }));
  return () => join(scratch, 'double');
}

/** Serves while the work is done. */
export async function serving<T>(path: string, options: ServerOptions, work: (url: string) => Promise<T>): Promise<T> {
  const server = await serveHere(path, { port: 0, pollSeconds: 0, ...options });
  try {
    return await work(server.url);
  } finally {
    await server.close();
  }
}

export const PREDICT = '/v1/models/double:predict';
export const GOOD = JSON.stringify({ instances: [[1, 2]] });

export function predict(url: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${url}${PREDICT}`, { method: 'POST', body: GOOD, headers });
}

import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cacheRoot, makeAtomically } from '../../src/data/cache.js';
import { messageOf } from '../../src/errors/errors.js';
import { findLibrary } from '../../src/native/library.js';
import { FOLDER } from '../programs.js';
import type { Command } from '../side.js';

const SOURCE = join(FOLDER, 'peers/session_run_side.cc');
/** As our side names input and output of its function. */
const FEED = 'trivial/x';
const FETCH = 'trivial/AddV2';

/**
 * The program that calls the bare `TF_SessionRun` on a graph our side has written; compiled at the first call.
 *
 * @throws an Error of one sentence where it cannot be compiled.
 */
export async function sessionRunCommand(graph: string, calls: number): Promise<Command> {
  const { files, include } = findLibrary();
  return { file: await compiled(include), args: [graph, FEED, FETCH, String(calls), ...files] };
}

async function compiled(include: string): Promise<string> {
  const hash = createHash('sha256')
    .update(await readFile(SOURCE))
    .update(include)
    .digest('hex')
    .slice(0, 12);
  const program = join(cacheRoot(), `session-run-${hash}`);
  const args = ['-std=c++17', '-O2', '-isystem', include, SOURCE, '-ldl', '-o'];
  if (existsSync(program)) return program;
  const compiler = process.env.CXX ?? 'c++';
  try {
    await makeAtomically(program, (temporary) => promisify(execFile)(compiler, [...args, temporary]));
  } catch (error) {
    throw new Error(`${compiler} cannot compile it (${messageOf(error)}); install a C++17 compiler or set CXX to one.`);
  }
  return program;
}

import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cacheRoot, makeAtomically } from '../../src/data/cache.js';
import { messageOf } from '../../src/errors/errors.js';
import type { Command } from '../side.js';
import type { Network } from '../workloads.js';
import { kerasPython } from './keras.js';

const run = promisify(execFile);
const TO_ONNX = join(import.meta.dirname, 'network_to_onnx.py');
const RUNTIME = 'onnxruntime-node@1.30.0';
/** What Keras' Python does not have; without what these ask for, which it has. */
const CONVERTER = ['onnx==1.23.2', 'tf2onnx==1.17.0', 'ml_dtypes'];

/** What runs, and how often in a turn. */
export interface NetworkRuns {
  readonly network: Network;
  readonly weights: string;
  readonly batchSize: number;
  readonly times: number;
}

/**
 * The program that runs a network by ONNX Runtime for Node. Runtime and converter are installed into the per-user cache
 * at the first call.
 *
 * @throws an Error of one sentence where they cannot be had
 */
export async function onnxRuntimeCommand(runs: NetworkRuns, log: (line: string) => void): Promise<Command> {
  const { network, batchSize, times } = runs;
  const python = await kerasPython(log);
  const tools = await installed('onnx-converter', CONVERTER, (folder) =>
    run(python, ['-m', 'pip', 'install', '--quiet', '--no-deps', '--target', folder, ...CONVERTER]),
  );
  // Why without scripts: the package's own fetches what only a GPU needs.
  const runtime = await installed('onnx-runtime', [RUNTIME], (folder) =>
    run('npm', ['install', '--silent', '--ignore-scripts', '--prefix', folder, RUNTIME]),
  );
  const onnx = await writeOnnx(python, tools, runs).catch((error) => {
    throw new Error(`${network} cannot be written as ONNX (${lastLine(error)}).`);
  });
  const side = join(import.meta.dirname, 'onnx-runtime-side.ts');
  return { file: process.execPath, args: ['--import', 'tsx', side, runtime, onnx, String(batchSize), String(times)] };
}

/** @param tools where the converter is */
async function writeOnnx(python: string, tools: string, { network, weights, batchSize }: NetworkRuns): Promise<string> {
  const onnx = weights.replace('.weights.h5', `-${batchSize}.onnx`);
  const args = [TO_ONNX, network, weights, onnx, String(batchSize)];
  await run(python, args, { env: { ...process.env, PYTHONPATH: tools } });
  return onnx;
}

/** A folder in the cache that holds these packages. */
async function installed(
  name: string,
  packages: readonly string[],
  install: (folder: string) => Promise<unknown>,
): Promise<string> {
  const hash = createHash('sha256').update(packages.join()).digest('hex').slice(0, 12);
  const folder = join(cacheRoot(), `${name}-${hash}`);
  if (existsSync(folder)) return folder;
  try {
    await makeAtomically(folder, install);
  } catch (error) {
    throw new Error(`${packages.join(', ')} cannot be installed (${lastLine(error)}).`);
  }
  return folder;
}

function lastLine(error: unknown): string {
  return messageOf(error).trimEnd().split('\n').at(-1) ?? '';
}

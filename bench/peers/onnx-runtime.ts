import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cacheRoot, makeAtomically } from '../../src/data/cache.js';
import { messageOf } from '../../src/errors/errors.js';
import { FOLDER, program } from '../programs.js';
import type { Command } from '../side.js';
import type { Network } from '../workloads.js';
import { kerasPython } from './keras.js';
import { nodePackages } from './node-packages.js';

const run = promisify(execFile);
const TO_ONNX = join(FOLDER, 'peers/network_to_onnx.py');
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

/** Where a network is converted, and where it runs. */
interface OnnxTools {
  readonly python: string;
  /** Folder of Python's packages that Keras' Python does not have. */
  readonly converter: string;
  /** Folder of Node's packages. */
  readonly runtime: string;
}

/**
 * ONNX Runtime for Node and a converter to its files, in the per-user cache.
 *
 * @throws an Error of one sentence where they cannot be had
 */
export async function onnxTools(log: (line: string) => void): Promise<OnnxTools> {
  const python = await kerasPython(log);
  const converter = await converterFolder(python);
  // Why its own scripts are not missed: they fetch what only a GPU needs.
  const runtime = await nodePackages({ title: 'ONNX Runtime', name: 'onnx-runtime', packages: [RUNTIME] }, log);
  return { python, converter, runtime };
}

/**
 * The program that runs a network by ONNX Runtime for Node.
 *
 * @throws an Error of one sentence where it cannot be had
 */
export async function onnxRuntimeCommand(runs: NetworkRuns, log: (line: string) => void): Promise<Command> {
  const tools = await onnxTools(log);
  const onnx = await writeOnnx(tools, runs).catch((error) => {
    throw new Error(`${runs.network} cannot be written as ONNX (${lastLine(error)}).`);
  });
  return program('peers/onnx-runtime-side', tools.runtime, onnx, String(runs.batchSize), String(runs.times));
}

async function writeOnnx(
  { python, converter }: OnnxTools,
  { network, weights, batchSize }: NetworkRuns,
): Promise<string> {
  const onnx = weights.replace('.weights.h5', `-${batchSize}.onnx`);
  const args = [TO_ONNX, network, weights, onnx, String(batchSize)];
  await run(python, args, { env: { ...process.env, PYTHONPATH: converter } });
  return onnx;
}

async function converterFolder(python: string): Promise<string> {
  const hash = createHash('sha256').update(CONVERTER.join()).digest('hex').slice(0, 12);
  const folder = join(cacheRoot(), `onnx-converter-${hash}`);
  if (existsSync(folder)) return folder;
  const install = ['-m', 'pip', 'install', '--quiet', '--no-deps', '--target'];
  try {
    await makeAtomically(folder, (temporary) => run(python, [...install, temporary, ...CONVERTER]));
  } catch (error) {
    throw new Error(`${CONVERTER.join(', ')} cannot be installed (${lastLine(error)}).`);
  }
  return folder;
}

function lastLine(error: unknown): string {
  return messageOf(error).trimEnd().split('\n').at(-1) ?? '';
}

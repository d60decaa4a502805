import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Network } from '../workloads.js';
import { kerasPython } from './keras.js';

const run = promisify(execFile);
const PROGRAM = join(import.meta.dirname, 'network_files.py');

/** Random weights of a network, in Keras' format; made by Keras. */
export async function writeWeights(network: Network, folder: string, log: (line: string) => void): Promise<string> {
  const weights = join(folder, `${network}.weights.h5`);
  if (!existsSync(weights)) await run(await kerasPython(log), [PROGRAM, network, weights]);
  return weights;
}

/**
 * The network with these weights as ONNX, for one picture.
 *
 * @param tools where the converter is
 */
export async function writeOnnx(python: string, tools: string, network: Network, weights: string): Promise<string> {
  const onnx = weights.replace('.weights.h5', '.onnx');
  await run(python, [PROGRAM, network, weights, onnx], { env: { ...process.env, PYTHONPATH: tools } });
  return onnx;
}

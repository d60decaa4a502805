import { nodePackages } from './node-packages.js';

export const TFJS_VERSION = '4.22.0';

/**
 * A folder with tfjs and its backends in WebAssembly and in JavaScript, which need no compiler; in the per-user cache.
 *
 * @throws an Error of one sentence where it cannot be made
 */
export async function tfjsFolder(log: (line: string) => void): Promise<string> {
  const packages = ['tfjs', 'tfjs-backend-wasm'].map((name) => `@tensorflow/${name}@${TFJS_VERSION}`);
  return nodePackages({ title: 'tfjs', name: 'tfjs', packages }, log);
}

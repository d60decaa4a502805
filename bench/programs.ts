import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from './side.js';

/** This folder: `bench` of the checkout, `dist/bench` of the package. */
export const FOLDER = import.meta.dirname;

/**
 * A program of ours, by its path in this folder without its ending: compiled in the package, by tsx in the checkout.
 *
 * @throws an Error of one sentence where it is in the checkout only
 */
export function program(path: string, ...args: readonly string[]): Command {
  const [compiled, source] = [join(FOLDER, `${path}.js`), join(FOLDER, `${path}.ts`)];
  if (existsSync(compiled)) return { file: process.execPath, args: [compiled, ...args] };
  if (existsSync(source)) return { file: process.execPath, args: ['--import', 'tsx', source, ...args] };
  throw new Error(`${path} is not in the package; measure it in a checkout of the project.`);
}

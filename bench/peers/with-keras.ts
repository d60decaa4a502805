/** Runs a command with `LIBTENSORFLOW_NODE_PYTHON` set to a Python that has Keras: `with-keras.ts vitest run test/interop`. */
import { spawnSync } from 'node:child_process';
import { kerasPython } from './keras.js';

const [file = '', ...args] = process.argv.slice(2);
try {
  const LIBTENSORFLOW_NODE_PYTHON = await kerasPython(console.log);
  const { status } = spawnSync(file, args, { stdio: 'inherit', env: { ...process.env, LIBTENSORFLOW_NODE_PYTHON } });
  process.exitCode = status ?? 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cacheRoot, makeAtomically } from '../../src/data/cache.js';

const run = promisify(execFile);
const REQUIREMENTS = join(import.meta.dirname, 'keras-requirements.txt');
/**
 * Why not among the requirements: they ask for the `tensorflow` package, whatever the platform has, and for a protobuf
 * older than TensorFlow's.
 */
const WITHOUT_DEPENDENCIES = ['tf-keras==2.21.0', 'tensorflow-serving-api==2.21.0', 'tritonclient==2.73.0'];

/**
 * A Python with Keras: the one that `LIBTENSORFLOW_NODE_PYTHON` names, else one of our own in the per-user cache, made
 * at the first call.
 *
 * @throws an Error of one sentence where it cannot be made.
 */
export async function kerasPython(log: (line: string) => void): Promise<string> {
  const named = process.env.LIBTENSORFLOW_NODE_PYTHON;
  if (named) return checked(named);
  const requirements = await readFile(REQUIREMENTS);
  const hash = createHash('sha256').update(requirements).update(WITHOUT_DEPENDENCIES.join()).digest('hex').slice(0, 12);
  const folder = join(cacheRoot(), `python-keras-${hash}`);
  const python = join(folder, 'bin', 'python');
  if (existsSync(python)) return python;
  log('Setting up Python Keras in the per-user cache, once …');
  try {
    await makeAtomically(folder, makeEnvironment);
  } catch (error) {
    // Why: another process may have made it meanwhile.
    if (!existsSync(python)) throw new Error(`Python Keras cannot be set up (${reason(error)}); ${WAY_OUT}`);
  }
  return python;
}

const WAY_OUT =
  'install Python 3.10 to 3.13 with venv and pip, or set LIBTENSORFLOW_NODE_PYTHON to a Python that has Keras.';

async function checked(python: string): Promise<string> {
  try {
    await run(python, ['-c', 'from importlib.metadata import version; [version(name) for name in ("keras", "h5py")]']);
    return python;
  } catch (error) {
    throw new Error(`LIBTENSORFLOW_NODE_PYTHON is ${python}, which has no Keras (${reason(error)}); ${WAY_OUT}`);
  }
}

async function makeEnvironment(folder: string): Promise<void> {
  await run('python3', ['-m', 'venv', folder]);
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check'];
  await run(join(folder, 'bin', 'python'), [...pip, '--requirement', REQUIREMENTS]);
  await run(join(folder, 'bin', 'python'), [...pip, '--no-deps', ...WITHOUT_DEPENDENCIES]);
}

function reason(error: unknown): string {
  const { stderr, message } = error as { stderr?: string; message: string };
  return (stderr || message).trim().split('\n').at(-1) ?? message;
}

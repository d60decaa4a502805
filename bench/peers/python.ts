import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cacheRoot, makeAtomically } from '../../src/data/cache.js';

const run = promisify(execFile);

/** A Python with packages that a peer needs. */
export interface PythonRecipe {
  /** As sentences call it. */
  readonly title: string;
  /** Of the folder in the per-user cache. */
  readonly name: string;
  /** Environment variable that names a Python to be used instead. */
  readonly variable: string;
  /** Packages that such a Python must have. */
  readonly needs: readonly string[];
  /** What pip installs. */
  readonly requirements: readonly string[];
  /** What it then installs without what these ask for. */
  readonly withoutDependencies?: readonly string[];
}

/**
 * A Python by its recipe: the one that the variable names, else one of our own in the per-user cache, made at the first
 * call.
 *
 * @throws an Error of one sentence where it cannot be made
 */
export async function pythonFor(recipe: PythonRecipe, log: (line: string) => void): Promise<string> {
  const named = process.env[recipe.variable];
  if (named) return checked(named, recipe);
  const { requirements, withoutDependencies = [] } = recipe;
  const hash = createHash('sha256')
    .update([...requirements, '', ...withoutDependencies].join('\n'))
    .digest('hex');
  const folder = join(cacheRoot(), `python-${recipe.name}-${hash.slice(0, 12)}`);
  const python = join(folder, 'bin', 'python');
  if (existsSync(python)) return python;
  log(`Setting up ${recipe.title} in the per-user cache, once …`);
  try {
    await makeAtomically(folder, (temporary) => makeEnvironment(temporary, recipe));
  } catch (error) {
    // Why: another process may have made it meanwhile.
    if (!existsSync(python)) throw new Error(`${recipe.title} cannot be set up (${reason(error)}); ${wayOut(recipe)}`);
  }
  return python;
}

function wayOut({ title, variable }: PythonRecipe): string {
  return `install Python 3.10 to 3.13 with venv and pip, or set ${variable} to a Python that has ${title}.`;
}

async function checked(python: string, recipe: PythonRecipe): Promise<string> {
  const names = JSON.stringify(recipe.needs);
  try {
    await run(python, ['-c', `from importlib.metadata import version; [version(name) for name in ${names}]`]);
    return python;
  } catch (error) {
    const { variable, title } = recipe;
    throw new Error(`${variable} is ${python}, which has no ${title} (${reason(error)}); ${wayOut(recipe)}`);
  }
}

async function makeEnvironment(
  folder: string,
  { requirements, withoutDependencies = [] }: PythonRecipe,
): Promise<void> {
  await run('python3', ['-m', 'venv', folder]);
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check'];
  const python = join(folder, 'bin', 'python');
  await run(python, [...pip, ...requirements]);
  if (withoutDependencies.length > 0) await run(python, [...pip, '--no-deps', ...withoutDependencies]);
}

function reason(error: unknown): string {
  const { stderr, message } = error as { stderr?: string; message: string };
  return (stderr || message).trim().split('\n').at(-1) ?? message;
}

import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { extract } from 'tar';
import { cacheRoot, makeAtomically } from '../../src/data/cache.js';
import { npmFailure } from './npm-failure.js';

const run = promisify(execFile);

const PACKAGE = 'nsfwjs@4.4.0';
const INTEGRITY = 'sha512-krC1fgeTLXtZwgdpKJ0jm7hqv0gTSRQQRL+FhOaxaJ9Wj92t42BO3csO2odwgTAgZgf2RvkwPtp0R8Aa7dc+MA==';

/** Of the package: a network of Keras' layers, a graph, and a larger network of layers; all with weights in uint8. */
export const NSFWJS_MODELS = ['mobilenet_v2', 'mobilenet_v2_mid', 'inception_v3'] as const;

interface ModelJson {
  readonly weightsManifest: readonly { readonly paths: readonly string[] }[];
}

/**
 * A folder with nsfwjs' models, each a folder with `model.json` and its weights as files; in the per-user cache, fetched
 * by npm at the first call.
 *
 * @throws an Error of one sentence where they cannot be fetched, or are others than they were
 */
export async function nsfwjsModels(log: (line: string) => void): Promise<string> {
  const folder = join(cacheRoot(), PACKAGE.replace('@', '-'));
  if (existsSync(folder)) return folder;
  log(`Fetching ${PACKAGE} into the per-user cache, once …`);
  try {
    await makeAtomically(folder, async (temporary) => {
      const unpacked = await fetchPackage(dirname(temporary));
      for (const name of NSFWJS_MODELS) await unbundle(join(unpacked, 'dist/models', name), join(temporary, name));
    });
  } catch (error) {
    // Why: another process may have made it meanwhile.
    if (!existsSync(folder)) throw new Error(`The models of ${PACKAGE} cannot be fetched: ${npmFailure(error)}`);
  }
  return folder;
}

/** @returns the folder of the package, below `folder` */
async function fetchPackage(folder: string): Promise<string> {
  const { stdout } = await run('npm', ['pack', PACKAGE, '--loglevel=error', '--pack-destination', folder]);
  const file = join(folder, stdout.trim());
  const found = `sha512-${createHash('sha512')
    .update(await readFile(file))
    .digest('base64')}`;
  if (found !== INTEGRITY) throw new Error(`its integrity is ${found}, not ${INTEGRITY}.`);
  await extract({ file, cwd: folder, filter: (path) => path.startsWith('package/dist/models/') });
  return join(folder, 'package');
}

/** The package has JSON and bytes as modules, which bundlers take. */
async function unbundle(from: string, to: string): Promise<void> {
  const module = createRequire(join(from, 'index.js'));
  const json: ModelJson = module('./model.min.js');
  await mkdir(to, { recursive: true });
  await writeFile(join(to, 'model.json'), JSON.stringify(json));
  for (const name of json.weightsManifest.flatMap(({ paths }) => paths)) {
    await writeFile(join(to, name), Buffer.from(module(`./${name}.min.js`), 'base64'));
  }
}

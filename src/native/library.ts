import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fetchLibrary as fetch } from '../../deps/fetch.mjs';
import {
  ADDON_BUILT,
  ADDON_SHIPPED,
  type FoundLibrary,
  findLibrary as find,
  LibraryError,
  PACKAGE,
  platformKey,
} from '../../deps/find.mjs';
import { messageOf, TensorFlowError } from '../errors/errors.js';
import type { Addon } from './binding.js';

export type { FoundLibrary } from '../../deps/find.mjs';

/**
 * The libtensorflow that is used: `LIBTENSORFLOW_DIR`, else the per-user cache, else an importable `tensorflow` Python
 * package of the pinned version.
 *
 * @throws TensorFlowError `ERR_LIBRARY_MISSING` when there is none; the message names the ways out.
 */
export function findLibrary(): FoundLibrary {
  const found = ownErrors(() => find());
  if (found) return found;
  throw new TensorFlowError(
    'ERR_LIBRARY_MISSING',
    'libtensorflow is not on this machine: run `npx libtensorflow-node fetch`, or set LIBTENSORFLOW_DIR to a folder that holds it.',
  );
}

/**
 * Fetches the pinned libtensorflow (variant: `LIBTENSORFLOW_VARIANT`, default cpu) into the per-user cache, unless it is
 * there already.
 *
 * @param log Hears one line per step.
 * @throws TensorFlowError `ERR_DOWNLOAD`, `ERR_PLATFORM` or `ERR_NOT_WRITABLE`; the message names the ways out.
 */
export async function fetchLibrary(log: (line: string) => void = () => {}): Promise<FoundLibrary> {
  try {
    return await fetch({ log });
  } catch (error) {
    throw ownError(error);
  }
}

/** The compiled addon's file, or undefined when it is not built. */
export function findAddon(): string | undefined {
  return [ADDON_BUILT, ADDON_SHIPPED].find((file) => existsSync(file));
}

let loaded: Addon | undefined;

/**
 * The native addon with libtensorflow opened; both are found and loaded at the first call of each thread.
 *
 * @throws TensorFlowError `ERR_ADDON_MISSING`, `ERR_LIBRARY_MISSING` or `ERR_LIBRARY`.
 */
export function loadAddon(): Addon {
  loaded ??= openLibrary(openAddon());
  return loaded;
}

/**
 * The native addon alone, before libtensorflow is opened.
 *
 * @throws TensorFlowError `ERR_ADDON_MISSING` when it is not built or does not load.
 */
export function openAddon(): Addon {
  const file = findAddon();
  if (!file) {
    throw new TensorFlowError(
      'ERR_ADDON_MISSING',
      `the native addon of libtensorflow-node is not built for ${platformKey()}: run \`npm run install\` in ${PACKAGE} (it needs a C++17 compiler and CMake or make).`,
    );
  }
  try {
    return createRequire(import.meta.url)(file) as Addon;
  } catch (cause) {
    throw new TensorFlowError(
      'ERR_ADDON_MISSING',
      `the native addon ${file} does not load (${messageOf(cause)}): remove it and run \`npm run install\` in ${PACKAGE}.`,
      { cause },
    );
  }
}

function openLibrary(addon: Addon): Addon {
  const library = findLibrary();
  try {
    addon.load(library.files, TensorFlowError);
  } catch (cause) {
    throw new TensorFlowError(
      'ERR_LIBRARY',
      `libtensorflow in ${library.directory} cannot be opened (${messageOf(cause)}): \`npx libtensorflow-node doctor\` says what is missing.`,
      { cause },
    );
  }
  return addon;
}

function ownErrors<T>(body: () => T): T {
  try {
    return body();
  } catch (error) {
    throw ownError(error);
  }
}

function ownError(error: unknown): unknown {
  return error instanceof LibraryError ? new TensorFlowError(error.code, error.message, { cause: error }) : error;
}

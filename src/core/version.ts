import { createRequire } from 'node:module';
import { loadAddon } from '../native/library.js';

const { version: ownVersion } = createRequire(import.meta.url)('../../package.json') as { version: string };

/** Of this package. */
export const packageVersion: string = ownVersion;

/** Versions of this package and of the library it runs on. */
export const version = {
  /** Of this package. */
  package: packageVersion,
  /** Of libtensorflow; opens the library. */
  get tensorflow(): string {
    return loadAddon().version();
  },
};

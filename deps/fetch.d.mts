import type { FoundLibrary } from './find.mjs';

export interface FetchOptions {
  /** Default `process.env`: LIBTENSORFLOW_VARIANT, XDG_CACHE_HOME, PATH and pip's own variables are read. */
  env?: Readonly<Record<string, string | undefined>>;
  /** Hears one line per step. */
  log?: (line: string) => void;
}

export function fetchLibrary(options?: FetchOptions): Promise<FoundLibrary>;

/** A libtensorflow on this machine. */
export interface FoundLibrary {
  /** The folder that holds `files`. */
  readonly directory: string;
  /** Absolute paths in the order in which they must be opened; the last one has the C API. */
  readonly files: readonly string[];
  /** The folder of the C headers, which a run does not need and may be absent. */
  readonly include: string;
  readonly source: 'environment' | 'cache' | 'python';
  /** null where only the library itself can tell. */
  readonly variant: Variant | null;
  /** null where only the library itself can tell. */
  readonly version: string | null;
}

export type Variant = 'cpu' | 'cuda';
type Environment = Readonly<Record<string, string | undefined>>;

export const pin: { readonly version: string };
export class LibraryError extends Error {
  readonly code: string;
}
export function platformKey(): string;
export function wantedVariant(env?: Environment): Variant;
export function cacheFolder(env?: Environment): string;
export function findLibrary(env?: Environment): FoundLibrary | undefined;
export function findCached(env?: Environment): FoundLibrary | undefined;
export const PACKAGE: string;
export const ADDON_BUILT: string;
export const ADDON_SHIPPED: string;

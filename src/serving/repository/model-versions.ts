import { messageOf, TensorFlowError } from '../../errors/errors.js';
import { invalid } from '../invalid.js';
import type { Servable } from './servable.js';

/** Which version is asked for; the newest where nothing is said. */
export interface VersionSpec {
  readonly version?: number | undefined;
  readonly label?: string | undefined;
}

/** As TensorFlow Serving's ModelVersionStatus. */
export interface VersionStatus {
  readonly version: number;
  readonly state: 'LOADING' | 'AVAILABLE' | 'UNLOADING' | 'END';
  /** Why the last load failed. */
  readonly error?: string;
}

/** The versions of one model. */
export class ServedModelVersions {
  readonly name: string;
  labels: Readonly<Record<string, number>>;
  readonly #versions: Map<number, Servable>;
  readonly #statuses = new Map<number, VersionStatus>();

  constructor(name: string, versions: Map<number, Servable>, labels: Readonly<Record<string, number>>) {
    this.name = name;
    this.labels = labels;
    this.#versions = versions;
    for (const version of versions.keys()) this.#tell(version, 'AVAILABLE');
  }

  /** Those that are loaded, newest first. */
  get versions(): number[] {
    return [...this.#versions.keys()].sort((a, b) => b - a);
  }

  /** Of all versions there are and have been, newest first. */
  get statuses(): VersionStatus[] {
    return [...this.#statuses.values()].sort((a, b) => b.version - a.version);
  }

  /**
   * The version that is meant.
   *
   * @throws TF_INVALID_ARGUMENT for a label nobody knows; TF_NOT_FOUND for a version that is not loaded
   */
  versionOf({ version, label }: VersionSpec = {}): number {
    const labelled = label !== undefined && Object.hasOwn(this.labels, label) ? this.labels[label] : undefined;
    if (label !== undefined && labelled === undefined) throw invalid(`Unrecognized servable version label: ${label}`);
    const found = labelled ?? version ?? this.versions[0];
    if (found !== undefined && this.#versions.has(found)) return found;
    const asked = version === undefined ? `Latest(${this.name})` : `Specific(${this.name}, ${version})`;
    throw notFound(`Servable not found for request: ${asked}`);
  }

  /** @throws TF_NOT_FOUND, TF_INVALID_ARGUMENT */
  get(spec: VersionSpec = {}): Servable {
    const version = this.versionOf(spec);
    const servable = this.#versions.get(version);
    if (servable) return servable;
    throw notFound(`Servable not found for request: Specific(${this.name}, ${version})`);
  }

  /** A version is being loaded. */
  begin(version: number): void {
    if (!this.#versions.has(version)) this.#tell(version, 'LOADING');
  }

  /** Requests from now on get this one. */
  put(version: number, servable: Servable): void {
    this.unload(version);
    this.#versions.set(version, servable);
    this.#tell(version, 'AVAILABLE');
  }

  /** A version could not be loaded; an older copy stays. */
  fail(version: number, error: unknown): void {
    this.#tell(version, this.#versions.has(version) ? 'AVAILABLE' : 'END', messageOf(error));
  }

  /** Gives a version another number. */
  renumber(version: number, next: number): void {
    const servable = this.get({ version });
    servable.version = next;
    this.#versions.set(next, servable);
    this.#versions.delete(version);
    this.#tell(version, 'END');
    this.#tell(next, 'AVAILABLE');
  }

  /** Frees one version; requests that have it end first. */
  unload(version: number): void {
    const servable = this.#versions.get(version);
    if (!servable) return;
    this.#versions.delete(version);
    this.#tell(version, 'UNLOADING');
    servable.dispose(() => {
      if (this.#statuses.get(version)?.state === 'UNLOADING') this.#tell(version, 'END');
    });
  }

  #tell(version: number, state: VersionStatus['state'], error?: string): void {
    this.#statuses.set(version, { version, state, ...(error !== undefined && { error }) });
  }
}

export function notFound(message: string): TensorFlowError {
  return new TensorFlowError('TF_NOT_FOUND', message);
}

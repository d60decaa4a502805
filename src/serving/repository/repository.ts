import { readdir, stat } from 'node:fs/promises';
import { basename, extname, join, resolve } from 'node:path';
import { messageOf, TensorFlowError } from '../../errors/errors.js';
import { isSavedModel } from '../../saving/saved-model-load.js';
import { Batcher } from '../batching/batcher.js';
import { invalid } from '../http/json/json-value.js';
import { loadServable, type Servable, type ServableOptions } from './servable.js';
import { Turns } from './turns.js';

/** Which versions of a base folder are served: the newest, all, or these. */
export type VersionPolicy = 'latest' | 'all' | readonly number[];

export interface RepositoryOptions extends ServableOptions {
  /** What the model is called in addresses. Default: the name of its folder, or of its file without the ending. */
  name?: string;
  /** Of a base folder with numeric versions. Default `'latest'`. */
  versions?: VersionPolicy;
  /** Names of versions, e.g. `{ stable: 3 }`. */
  labels?: Readonly<Record<string, number>>;
}

/** Which version is asked for; the newest where nothing is said. */
export interface VersionSpec {
  readonly version?: number | undefined;
  readonly label?: string | undefined;
}

/** The versions of one model that are loaded. */
export class ServedModelVersions {
  readonly name: string;
  readonly labels: Readonly<Record<string, number>>;
  readonly #versions: Map<number, Servable>;

  constructor(name: string, versions: Map<number, Servable>, labels: Readonly<Record<string, number>>) {
    this.name = name;
    this.labels = labels;
    this.#versions = versions;
  }

  /** Newest first. */
  get versions(): number[] {
    return [...this.#versions.keys()].sort((a, b) => b - a);
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

  /** Requests from now on get this one. */
  put(version: number, servable: Servable): void {
    this.unload(version);
    this.#versions.set(version, servable);
  }

  /** Gives a version another number. */
  renumber(version: number, next: number): void {
    const servable = this.get({ version });
    servable.version = next;
    this.#versions.set(next, servable);
    this.#versions.delete(version);
  }

  /** Frees one version; requests that have it end first. */
  unload(version: number): void {
    this.#versions.get(version)?.dispose();
    this.#versions.delete(version);
  }
}

/** The models a server has. */
export class Repository {
  readonly models = new Map<string, ServedModelVersions>();
  readonly #batcher: Batcher;
  readonly #sources = new Map<string, Source>();
  /** What was said last about models that cannot be reloaded. */
  readonly #troubles = new Map<string, string>();
  /** Reloading and saving, one after the other. */
  readonly #turns = new Turns();

  constructor(batcher = new Batcher()) {
    this.#batcher = batcher;
  }

  /** The model of addresses that name none. */
  get first(): ServedModelVersions {
    for (const model of this.models.values()) return model;
    throw notFound('No model is loaded.');
  }

  /** @throws TF_NOT_FOUND */
  model(name: string): ServedModelVersions {
    const found = this.models.get(name);
    if (found) return found;
    throw notFound(`Servable not found for request: Latest(${name})`);
  }

  /**
   * Loads a model: a SavedModel's folder, a model file, or a base folder with versions `1`, `2` … of them.
   *
   * @throws ERR_NOT_READABLE, ERR_FILE_FORMAT; ERR_ARGUMENT for a name that cannot stand in an address, or is taken
   */
  async load(path: string, options: RepositoryOptions = {}): Promise<ServedModelVersions> {
    const { name = nameOf(path), versions = 'latest', labels = {}, train = false } = options;
    if (!/^[^/:]+$/.test(name) || this.models.has(name)) {
      throw new TensorFlowError(
        'ERR_ARGUMENT',
        `'${name}' cannot be a model's name: it is taken, empty, or has / or :.`,
      );
    }
    const model = new ServedModelVersions(name, new Map(), labels);
    const source = { path, versions, train, batcher: this.#batcher, stamps: new Map<number, string>() };
    try {
      for (const place of await placesOf(path, versions)) await bring(model, source, place);
    } catch (error) {
      for (const version of model.versions) model.unload(version);
      throw error;
    }
    this.models.set(name, model);
    this.#sources.set(name, source);
    return model;
  }

  /**
   * Loads what is new on the disk or has changed, then unloads what is no more meant. What cannot be loaded, a folder that
   * is still being copied for example, is tried again next time; the older one stays until then.
   */
  async refresh(): Promise<void> {
    for (const [name, source] of this.#sources) {
      await this.#turns.take(() => this.#refreshModel(this.model(name), source));
    }
  }

  /**
   * Writes a version as its training left it beside the others of the base folder, one above the highest. Where the newest
   * is served, it is the new version from now on, and training goes on there.
   *
   * @returns the new version
   * @throws TF_UNIMPLEMENTED where the model does not train; TF_FAILED_PRECONDITION for one without a base folder;
   * TF_NOT_FOUND, TF_INVALID_ARGUMENT; ERR_NOT_WRITABLE
   */
  save(name: string, spec: VersionSpec = {}): Promise<number> {
    return this.#turns.take(async () => {
      const model = this.model(name);
      const source = this.#sources.get(name);
      if (!source?.train) throw new TensorFlowError('TF_UNIMPLEMENTED', `Training is not allowed here: ${name}`);
      const version = model.versionOf(spec);
      const [newest] = await placesOf(source.path, 'all');
      if (!newest || newest.path === source.path) {
        throw new TensorFlowError(
          'TF_FAILED_PRECONDITION',
          `Servable has no base folder for a new version: ${name}; serve the folder that holds its numbered versions.`,
        );
      }
      const next = newest.version + 1;
      const path = join(source.path, String(next));
      const servable = model.get({ version });
      await servable.use(() => servable.save(path));
      if (source.versions === 'latest') {
        model.renumber(version, next);
        source.stamps.set(next, await stampOf(path));
      } else {
        await this.#refreshModel(model, source);
      }
      return next;
    });
  }

  async #refreshModel(model: ServedModelVersions, source: Source): Promise<void> {
    try {
      const places = await placesOf(source.path, source.versions);
      for (const place of places) await bring(model, source, place);
      const meant = places.map(({ version }) => version);
      for (const version of model.versions) if (!meant.includes(version)) model.unload(version);
      this.#troubles.delete(model.name);
    } catch (error) {
      const trouble = messageOf(error);
      if (this.#troubles.get(model.name) !== trouble)
        process.emitWarning(`'${model.name}' is not reloaded: ${trouble}`);
      this.#troubles.set(model.name, trouble);
    }
  }

  unload(name: string): void {
    const model = this.model(name);
    this.models.delete(name);
    this.#sources.delete(name);
    for (const version of model.versions) model.unload(version);
  }

  dispose(): void {
    for (const name of [...this.models.keys()]) this.unload(name);
  }
}

function nameOf(path: string): string {
  const name = basename(resolve(path));
  return basename(name, /\.(h5|hdf5|keras)$/.test(name) ? extname(name) : '');
}

/** Where a model comes from, and what of it was loaded. */
interface Source {
  readonly path: string;
  readonly versions: VersionPolicy;
  readonly train: boolean;
  readonly batcher: Batcher;
  readonly stamps: Map<number, string>;
}

interface Place {
  readonly version: number;
  readonly path: string;
}

/** Loads a version that is not there as it is on the disk. */
async function bring(model: ServedModelVersions, source: Source, { version, path }: Place): Promise<void> {
  const { stamps, train, batcher } = source;
  const stamp = await stampOf(path);
  if (stamps.get(version) === stamp && model.versions.includes(version)) return;
  model.put(version, await loadServable(path, { train }, { model: model.name, version, batcher }));
  stamps.set(version, stamp);
}

/** Changes when the model is written anew. */
async function stampOf(path: string): Promise<string> {
  const files = [path, join(path, 'saved_model.pb'), join(path, 'variables', 'variables.index')];
  const stamps = await Promise.all(files.map((file) => stat(file, { bigint: true }).catch(() => undefined)));
  return stamps.map((found) => (found ? `${found.ino}/${found.mtimeNs}` : '')).join();
}

/** Versions, newest first. A path that is a model itself is version 1. */
async function placesOf(path: string, policy: VersionPolicy): Promise<Place[]> {
  if (await isSavedModel(path)) return [{ version: 1, path }];
  const entries = await readdir(path).catch(() => []);
  const numbers = entries.filter((entry) => /^\d+$/.test(entry) && Number.isSafeInteger(Number(entry)));
  if (numbers.length === 0) return [{ version: 1, path }];
  const found = numbers
    .map((entry): Place => ({ version: Number(entry), path: join(path, entry) }))
    .sort((a, b) => b.version - a.version);
  if (policy === 'all') return found;
  if (policy === 'latest') return found.slice(0, 1);
  return policy.map((version) => {
    const one = found.find((place) => place.version === version);
    if (one) return one;
    const known = found.map((place) => place.version).join(', ');
    throw new TensorFlowError('ERR_NOT_READABLE', `'${path}' has no version ${version}; it has ${known}.`);
  });
}

function notFound(message: string): TensorFlowError {
  return new TensorFlowError('TF_NOT_FOUND', message);
}

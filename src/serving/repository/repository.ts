import { basename, extname, join, resolve } from 'node:path';
import { messageOf, TensorFlowError } from '../../errors/errors.js';
import { Batcher } from '../batching/batcher.js';
import { ModelSource, type SourceOptions } from './model-source.js';
import { notFound, ServedModelVersions, type VersionSpec } from './model-versions.js';
import { placesOf } from './places.js';
import { Turns } from './turns.js';

export { ServedModelVersions, type VersionSpec } from './model-versions.js';
export type { VersionPolicy } from './places.js';

export interface RepositoryOptions extends SourceOptions {
  /** What the model is called in addresses. Default: the name of its folder, or of its file without the ending. */
  name?: string;
  /** Names of versions, e.g. `{ stable: 3 }`. */
  labels?: Readonly<Record<string, number>>;
}

/** A model of a configuration. */
export interface ModelSettings extends RepositoryOptions {
  readonly path: string;
}

/** The models a server has. */
export class Repository {
  readonly models = new Map<string, ServedModelVersions>();
  readonly #batcher: Batcher;
  readonly #sources = new Map<string, ModelSource>();
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
    const { name = nameOf(path), labels = {} } = options;
    if (this.models.has(name)) throw new TensorFlowError('ERR_ARGUMENT', `There is a model called '${name}' already.`);
    checkName(name);
    const model = new ServedModelVersions(name, new Map(), labels);
    const source = new ModelSource(model, path, options, this.#batcher);
    try {
      for (const error of await source.refresh()) throw error;
    } catch (error) {
      for (const version of model.versions) model.unload(version);
      throw error;
    }
    this.models.set(name, model);
    this.#sources.set(name, source);
    return model;
  }

  /**
   * Serves these models from now on, and no others: loads those that are new or described otherwise, then frees those that
   * are not among them. What cannot be loaded is there without versions, and tried again by {@link refresh}.
   *
   * @throws ERR_ARGUMENT for names that cannot stand in an address, or come twice: nothing is changed; what the first load
   * that fails throws, once all have been tried
   */
  reconfigure(models: readonly ModelSettings[]): Promise<void> {
    return this.#turns.take(async () => {
      const named = new Map(models.map((one) => [one.name ?? nameOf(one.path), one]));
      for (const name of named.keys()) checkName(name);
      if (named.size < models.length) throw new TensorFlowError('ERR_ARGUMENT', 'Two models have the same name.');
      const errors: unknown[] = [];
      for (const [name, settings] of named) errors.push(...(await this.#describe(name, settings)));
      for (const name of [...this.models.keys()]) if (!named.has(name)) this.unload(name);
      for (const error of errors) throw error;
    });
  }

  async #describe(name: string, { path, labels = {}, ...options }: ModelSettings): Promise<unknown[]> {
    const known = this.#sources.get(name);
    const model = known?.model ?? new ServedModelVersions(name, new Map(), labels);
    const source = known ?? new ModelSource(model, path, options, this.#batcher);
    source.describe(path, options);
    this.models.set(name, model);
    this.#sources.set(name, source);
    const errors = await source.refresh().catch((error: unknown) => [error]);
    model.labels = labels;
    return errors;
  }

  /**
   * Loads what is new on the disk or has changed, then unloads what is no more meant. What cannot be loaded, a folder that
   * is still being copied for example, is tried again next time; the older one stays until then.
   */
  async refresh(): Promise<void> {
    for (const source of [...this.#sources.values()]) {
      await this.#turns.take(async () => {
        if (this.#sources.get(source.model.name) === source) await this.#refreshModel(source);
      });
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
      if (!source?.trains) throw new TensorFlowError('TF_UNIMPLEMENTED', `Training is not allowed here: ${name}`);
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
        await source.adopt({ version: next, path });
      } else {
        await this.#refreshModel(source);
      }
      return next;
    });
  }

  async #refreshModel(source: ModelSource): Promise<void> {
    const { name } = source.model;
    const [error] = await source.refresh().catch((error: unknown) => [error]);
    const trouble = error === undefined ? undefined : messageOf(error);
    if (trouble === undefined) {
      this.#troubles.delete(name);
      return;
    }
    if (this.#troubles.get(name) !== trouble) process.emitWarning(`'${name}' is not reloaded: ${trouble}`);
    this.#troubles.set(name, trouble);
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

function checkName(name: string): void {
  if (/^[^/:]+$/.test(name)) return;
  throw new TensorFlowError('ERR_ARGUMENT', `'${name}' cannot be a model's name: it is empty, or has / or :.`);
}

function nameOf(path: string): string {
  const name = basename(resolve(path));
  return basename(name, /\.(h5|hdf5|keras)$/.test(name) ? extname(name) : '');
}

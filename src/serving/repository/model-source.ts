import type { Batcher } from '../batching/batcher.js';
import type { ServedModelVersions } from './model-versions.js';
import { type Place, placesOf, stampOf, type VersionPolicy } from './places.js';
import { loadServable, type ServableOptions } from './servable.js';
import { warmUp } from './warm-up.js';

/** How the versions of a model come from the disk. */
export interface SourceOptions extends ServableOptions {
  /** Of a base folder with numeric versions. Default `'latest'`. */
  versions?: VersionPolicy;
  /**
   * Whether versions that are no more meant are freed before new ones are loaded: half the memory, and no answers in
   * between. Default false.
   */
  unloadBeforeLoad?: boolean;
  /** How often the load of a version that fails is tried again, as long as its files stay as they are. Default 5. */
  maxNumLoadRetries?: number;
}

interface Failure {
  readonly stamp: string;
  readonly tries: number;
  readonly error: unknown;
}

/** Where the versions of a model come from, and what of it was loaded. */
export class ModelSource {
  readonly model: ServedModelVersions;
  readonly #batcher: Batcher;
  #path: string;
  #options: SourceOptions;
  readonly #stamps = new Map<number, string>();
  readonly #failures = new Map<number, Failure>();

  constructor(model: ServedModelVersions, path: string, options: SourceOptions, batcher: Batcher) {
    this.model = model;
    this.#path = path;
    this.#options = options;
    this.#batcher = batcher;
  }

  get path(): string {
    return this.#path;
  }

  get versions(): VersionPolicy {
    return this.#options.versions ?? 'latest';
  }

  get trains(): boolean {
    return this.#options.train ?? false;
  }

  /** Another description, which the next refresh goes by. */
  describe(path: string, options: SourceOptions): void {
    if (path !== this.#path || options.train !== this.#options.train) this.#stamps.clear();
    this.#failures.clear();
    this.#path = path;
    this.#options = options;
  }

  /** A version that is as it is on the disk. */
  async adopt({ version, path }: Place): Promise<void> {
    this.#stamps.set(version, await stampOf(path));
  }

  /**
   * Loads what is new or has changed, then frees what is no more meant: not before all that is meant is there.
   *
   * @returns why versions could not be loaded; they are tried again next time
   * @throws ERR_NOT_READABLE for a version that is asked for and not there
   */
  async refresh(): Promise<unknown[]> {
    const places = await placesOf(this.#path, this.versions);
    const meant = places.map(({ version }) => version);
    const old = this.model.versions.filter((version) => !meant.includes(version));
    const changed = await this.#changed(places);
    if (this.#options.unloadBeforeLoad && changed.length > 0) {
      for (const version of [...old, ...changed.map((place) => place.version)]) this.model.unload(version);
    }
    for (const { stamp, ...place } of changed) await this.#bring(place, stamp);
    const errors = meant.flatMap((version) => this.#failures.get(version)?.error ?? []);
    if (errors.length === 0) for (const version of old) this.model.unload(version);
    return errors;
  }

  async #changed(places: readonly Place[]): Promise<(Place & { stamp: string })[]> {
    const stamped = await Promise.all(places.map(async (place) => ({ ...place, stamp: await stampOf(place.path) })));
    const { maxNumLoadRetries = 5 } = this.#options;
    return stamped.filter(({ version, stamp }) => {
      if (this.#stamps.get(version) === stamp && this.model.versions.includes(version)) return false;
      const failure = this.#failures.get(version);
      return failure?.stamp !== stamp || failure.tries <= maxNumLoadRetries;
    });
  }

  async #bring({ version, path }: Place, stamp: string): Promise<void> {
    const { model } = this;
    model.begin(version);
    try {
      const place = { model: model.name, version, batcher: this.#batcher };
      const servable = await loadServable(path, this.#options, place);
      try {
        await warmUp(servable, path, this.#batcher.plan);
      } catch (error) {
        servable.dispose();
        throw error;
      }
      model.put(version, servable);
      this.#stamps.set(version, stamp);
      this.#failures.delete(version);
    } catch (error) {
      const before = this.#failures.get(version);
      this.#failures.set(version, { stamp, error, tries: before?.stamp === stamp ? before.tries + 1 : 1 });
      model.fail(version, error);
    }
  }
}

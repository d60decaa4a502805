import { afterAll, type Savers } from './checkpoint.js';
import type { Outputs, SpecRecord } from './function.js';
import { type Belongings, neededBy } from './needed.js';
import type { Operation } from './output.js';
import type { Program } from './program.js';
import type { Traced } from './reachable.js';
import { type NewFile, writeSavedModel } from './saved-model-writer.js';
import { withScope } from './scope.js';
import { type Signature, signatureOf } from './signature.js';
import type { Variable } from './variable.js';

export interface SaveOptions {
  /**
   * Which functions, by their names or by the names of their signatures, with the random generator and the variables,
   * tables and files that they need. Default: all of the program's, with all that it has.
   */
  functions?: readonly string[] | Readonly<Record<string, Traced>>;
  /** What TensorFlow Serving knows signatures by, where it is not `tensorflow/serving/predict`. */
  methods?: Readonly<Record<string, string>>;
  /** Variables to go along although no function of `functions` uses them. */
  variables?: readonly Variable[];
  /** Files to go along in `assets.extra/`, where servers look for requests to warm up with. */
  assets?: readonly (string | NewFile)[];
}

/** Writes SavedModels of a program; what they need in its graph is added once. */
export class Exporter {
  readonly #program: Program;
  readonly #savers: Savers;
  readonly #signatures = new Map<Traced, Signature>();
  readonly #mains = new Map<string, Operation>();

  constructor(program: Program, savers: Savers) {
    this.#program = program;
    this.#savers = savers;
  }

  /** @param all what the program has besides functions */
  async write(folder: string, all: Belongings, options: SaveOptions): Promise<void> {
    const { functions, methods = {}, variables = [], assets: extra = [] } = options;
    const chosen = functions ? this.#chosen(functions) : this.#program.functions;
    const needed = functions ? neededBy(Object.values(chosen), all) : all;
    const saver = this.#savers.of([...new Set([this.#program.generator, ...needed.variables, ...variables])]);
    const signatures = Object.entries<Traced>(chosen).map(([name, made]) => ({
      ...this.#signatureOf(made),
      name,
      method: methods[name],
    }));
    const main = this.#mainOf(needed.initializers);
    await writeSavedModel(folder, { signatures, saver, main, assets: needed.assets, extra });
  }

  #chosen(functions: readonly string[] | Readonly<Record<string, Traced>>): Readonly<Record<string, Traced>> {
    if (!isNames(functions)) return functions;
    return Object.fromEntries(functions.map((name) => [name, this.#program.get<Outputs, SpecRecord>(name)]));
  }

  #signatureOf(made: Traced): Signature {
    const known = this.#signatures.get(made) ?? withScope(this.#program.scope, () => signatureOf(made));
    this.#signatures.set(made, known);
    return known;
  }

  /** One operation that waits for these. */
  #mainOf(initializers: readonly Operation[]): Operation {
    const key = initializers.map(({ id }) => id).join();
    const known = this.#mains.get(key) ?? withScope(this.#program.scope, () => afterAll(initializers, 'main'));
    this.#mains.set(key, known);
    return known;
  }
}

function isNames(functions: readonly string[] | object): functions is readonly string[] {
  return Array.isArray(functions);
}

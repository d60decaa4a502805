import { plainName } from '../core/naming.js';
import { TensorFlowError } from '../errors/errors.js';
import { checkOptions, unknownName } from '../errors/suggest.js';
import { checkValues } from './check-values.js';
import { type Config, isSerialized, optionsOf, type SerializedObject, toConfig } from './serialization.js';

/** A function that remembers the class and options Keras files know it by. */
export interface Configured {
  readonly className: string;
  /** Keras' config. */
  getConfig(): Record<string, unknown>;
}

/** Makes a function from options. */
export type Factory<F, O> = (options?: O) => F & Configured;

/**
 * One family of functions made from options: initializers, regularizers, constraints. In Keras they are classes with
 * one method; here they are functions with a config. A plain function of a user's own may stand in their place.
 */
export class FunctionFamily<F extends (...args: never) => unknown> {
  readonly #kind: string;
  readonly #module: string;
  readonly #factories = new Map<string, (options: Config) => F & Configured>();
  readonly #names: string[] = [];

  /**
   * @param kind what one of them is called in error messages
   * @param module Keras' module, as files have it
   */
  constructor(kind: string, module: string) {
    this.#kind = kind;
    this.#module = module;
  }

  /**
   * Makes a function known, by its Keras class name and others.
   *
   * @param defaults every option there is, with its default
   * @param build the function for all options
   */
  define<O extends object>(
    className: string,
    defaults: Required<O>,
    build: (options: Required<O>) => F,
    aliases: readonly string[] = [],
  ): Factory<F, O> {
    const factory: Factory<F, O> = (options = {} as O) => {
      checkOptions(className, options, Object.keys(defaults));
      checkValues(className, options, defaults as Config);
      const given = Object.entries(options).filter(([, value]) => value !== undefined);
      const all = { ...defaults, ...Object.fromEntries(given) };
      return Object.assign(build(all), { className, getConfig: () => toConfig(all) });
    };
    for (const name of [className, ...aliases]) {
      this.#factories.set(plainName(name), (options) => factory(options as O));
      this.#names.push(name);
    }
    return factory;
  }

  /** All names, aliases included. */
  names(): string[] {
    return [...this.#names];
  }

  /**
   * From a name in any spelling, a Keras config, or the function itself.
   *
   * @throws ERR_UNKNOWN_NAME with the nearest name that exists
   */
  get(identifier: string | SerializedObject | F): F {
    if (typeof identifier === 'function') return identifier;
    return typeof identifier === 'string' ? this.#find(identifier)({}) : this.deserialize(identifier);
  }

  /** The function a Keras config describes. */
  deserialize(serialized: SerializedObject): F & Configured {
    if (isSerialized(serialized)) return this.#find(serialized.class_name)(optionsOf(serialized.config));
    throw new TensorFlowError(
      'ERR_ARGUMENT',
      `A ${this.#kind} must be a name, a function or a Keras config, got ${JSON.stringify(serialized)}.`,
    );
  }

  /**
   * As Keras files have it.
   *
   * @throws ERR_ARGUMENT for a function this family did not make
   */
  serialize(build: F): SerializedObject {
    if (!('getConfig' in build)) {
      throw new TensorFlowError(
        'ERR_ARGUMENT',
        `The ${this.#kind} '${build.name}' is a plain function, which a file cannot hold; use one of ${this.#names.join(', ')}.`,
      );
    }
    const { className, getConfig } = build as F & Configured;
    return { module: this.#module, class_name: className, config: getConfig(), registered_name: null };
  }

  #find(name: string): (options: Config) => F & Configured {
    const factory = this.#factories.get(plainName(name));
    if (!factory) throw unknownName(this.#kind, name, this.#names);
    return factory;
  }
}

import { camelCase, plainName, snakeCase } from '../core/naming.js';
import { TensorFlowError } from '../errors/errors.js';
import { checkOptions, quoted, unknownName } from '../errors/suggest.js';
import { checkValues } from './check-values.js';

/** A Keras config: keys in snake_case, values of JSON. */
export type Config = Readonly<Record<string, unknown>>;

/** An object as Keras writes it into files. */
export interface SerializedObject {
  readonly class_name: string;
  readonly config: Config;
  readonly module?: string | null;
  readonly registered_name?: string | null;
}

/** A class whose objects can be written as a config and made from one. */
export interface ConfigurableClass<T> {
  new (options: never): T;
  readonly className: string;
  readonly module: string;
  readonly defaults: Config;
  readonly ignoredConfig: readonly string[];
}

/**
 * Base of the losses, metrics, optimizers and schedules. A subclass lists its options with their defaults in
 * `defaults`; reading, checking and writing them follows from that.
 *
 * @typeParam O the options a user may give
 */
export abstract class Configurable<O extends object = object> {
  /** Keras' name of the class, in files and error messages. */
  static readonly className: string = '';
  /** Keras' module of the class, in files. */
  static readonly module: string = '';
  /** Every option with its default; `undefined` means that it must be given. */
  static readonly defaults: Config = {};
  /** Keys of older configs that no longer mean anything. */
  static readonly ignoredConfig: readonly string[] = [];

  /** All options, defaults filled in. */
  readonly options: Readonly<Required<O>>;

  /** @throws ERR_UNKNOWN_NAME for an option the class does not have, ERR_ARGUMENT for one that is missing or out of its range */
  constructor(options: O = {} as O) {
    const { className, defaults } = new.target;
    checkOptions(className, options, Object.keys(defaults));
    checkValues(className, options, defaults);
    const given = Object.entries(options).filter(([, value]) => value !== undefined);
    const all: Config = { ...defaults, ...Object.fromEntries(given) };
    const missing = Object.keys(all).find((key) => all[key] === undefined);
    if (missing) throw new TensorFlowError('ERR_ARGUMENT', `${className}: option '${missing}' must be given.`);
    this.options = all as Required<O>;
  }

  get className(): string {
    return classOf(this).className;
  }

  /** Keras' config of this object. */
  getConfig(): Record<string, unknown> {
    return toConfig(this.options);
  }
}

/** An object of a class from its Keras config. */
export function fromConfig<T>(cls: ConfigurableClass<T>, config: Config): T {
  const known = Object.entries(config).filter(([key]) => !cls.ignoredConfig.includes(key));
  return new cls(optionsOf(Object.fromEntries(known)) as never);
}

/** The object as Keras writes it into files. */
export function serialize(object: Configurable): SerializedObject {
  const { className, module } = classOf(object);
  return { module, class_name: className, config: object.getConfig(), registered_name: null };
}

/** Whether a value read from a config describes an object. */
export function isSerialized(value: unknown): value is SerializedObject {
  return typeof value === 'object' && value !== null && 'class_name' in value && 'config' in value;
}

const libraryClasses = new WeakSet<object>();

/** Whether an object is of a class of the library, whose config says all that it does. */
export function isOfLibrary(object: Configurable): boolean {
  return libraryClasses.has(object.constructor);
}

/**
 * One family of classes by name: losses, metrics, optimizers. Names match without regard to case and underscores, so
 * `meanSquaredError`, `mean_squared_error` and `MeanSquaredError` are one.
 */
export class Registry<T extends Configurable> {
  readonly #kind: string;
  readonly #classes = new Map<string, ConfigurableClass<T>>();
  readonly #names: string[] = [];

  /**
   * @param kind what one of them is called in error messages
   * @param classes by our name; aliases are further entries
   */
  constructor(kind: string, classes: Readonly<Record<string, ConfigurableClass<T>>>) {
    this.#kind = kind;
    for (const [name, cls] of Object.entries(classes)) {
      libraryClasses.add(cls);
      this.register(cls, name);
    }
  }

  /** Makes a class known, by its own name and another one. */
  register(cls: ConfigurableClass<T>, name: string = cls.className): void {
    this.#classes.set(plainName(name), cls);
    this.#classes.set(plainName(cls.className), cls);
    this.#names.push(name);
  }

  /** Our names of all of them, aliases included. */
  names(): string[] {
    return [...this.#names];
  }

  /** @throws ERR_UNKNOWN_NAME with the nearest name that exists */
  find(name: string): ConfigurableClass<T> {
    const cls = this.#classes.get(plainName(name));
    if (!cls) throw unknownName(this.#kind, name, this.#names);
    return cls;
  }

  /** The object a Keras config describes. */
  deserialize({ class_name, config }: SerializedObject): T {
    return fromConfig(this.find(class_name), config);
  }

  /** From a name in any spelling, a Keras config, or the object itself. */
  get(identifier: string | SerializedObject | T): T {
    if (typeof identifier === 'string') return fromConfig(this.find(identifier), {});
    if (identifier instanceof Configurable) return identifier;
    if (isSerialized(identifier)) return this.deserialize(identifier);
    throw new TensorFlowError(
      'ERR_ARGUMENT',
      `The ${this.#kind} must be a name, an object or a Keras config, got ${JSON.stringify(identifier)}.`,
    );
  }
}

/** The value in Keras' spelling, if it is one of those allowed. */
export function oneOf<V extends string>(where: string, value: unknown, allowed: readonly V[]): V {
  if (typeof value !== 'string') {
    throw new TensorFlowError('ERR_ARGUMENT', `${where} must be one of ${allowed.join(', ')}, got ${quoted(value)}.`);
  }
  const found = allowed.find((candidate) => plainName(candidate) === plainName(value));
  if (!found) throw unknownName(`value of ${where}`, value, allowed);
  return found;
}

/** Options as a Keras config: `learningRate` → `learning_rate`, `beta1` → `beta_1`; `l1` stays. */
export function toConfig(options: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(options).map(([key, value]) => [configKey(key), configValue(value)]));
}

/** A Keras config as options. */
export function optionsOf(config: Config): Record<string, unknown> {
  return Object.fromEntries(Object.entries(config).map(([key, value]) => [camelCase(key), value]));
}

function configKey(key: string): string {
  return snakeCase(key)
    .replaceAll(/([a-z]{2})([0-9])/g, '$1_$2')
    .replaceAll(/(_[0-9])([a-z])/g, '$1_$2');
}

function configValue(value: unknown): unknown {
  if (value instanceof Configurable) return serialize(value);
  return Array.isArray(value) ? value.map(configValue) : value;
}

function classOf(object: Configurable): ConfigurableClass<unknown> {
  return object.constructor as unknown as ConfigurableClass<unknown>;
}

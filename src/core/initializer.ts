import { unknownName } from '../errors/suggest.js';
import type { DType } from './dtype.js';
import type { Output } from './output.js';

/** Builds the first value of a variable in the graph. */
export type Initializer = (shape: readonly number[], dtype: DType) => Output;

/** Keras' config of an initializer. */
interface InitializerConfig {
  readonly class_name: string;
  readonly config: Readonly<Record<string, unknown>>;
}

/** What may be given where an initializer is wanted: a name in any spelling, a Keras config, or the function itself. */
export type InitializerIdentifier = string | InitializerConfig | Initializer;

type Finder = (identifier: InitializerIdentifier) => Initializer;

let find: Finder = (identifier) => {
  if (typeof identifier === 'function') return identifier;
  throw unknownName('initializer', typeof identifier === 'string' ? identifier : JSON.stringify(identifier), []);
};

/** @internal Says how initializers are found by name. Why here: variables take names, which a room above gives. */
export function findInitializersBy(finder: Finder): void {
  find = finder;
}

/** @throws ERR_UNKNOWN_NAME with the nearest name that exists; ERR_ARGUMENT for what is no initializer */
export function toInitializer(identifier: InitializerIdentifier): Initializer {
  return find(identifier);
}

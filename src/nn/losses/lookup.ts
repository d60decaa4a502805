import { type ConfigurableClass, type SerializedObject, serialize as serializeObject } from '../serialization.js';
import { CustomLoss, type LossFunction } from './custom-loss.js';
import type { Loss } from './loss.js';
import { registry } from './registry.js';

/** What may be given where a loss is wanted. */
export type LossIdentifier = string | SerializedObject | Loss | LossFunction;

/**
 * The loss of a name in any spelling, a Keras config, or a function `(yTrue, yPred) => Output`.
 *
 * @throws ERR_UNKNOWN_NAME with the nearest name that exists
 * @example
 * losses.get('mse'); losses.get('categorical_crossentropy');
 */
export function get(identifier: LossIdentifier): Loss {
  if (typeof identifier === 'function') return new CustomLoss(identifier);
  if (isSerializedFunction(identifier)) return registry.get(identifier.config);
  return registry.get(identifier);
}

/** The loss a Keras config describes. */
export function deserialize(serialized: SerializedObject): Loss {
  return get(serialized);
}

/** As Keras files have it. */
export function serialize(loss: Loss): SerializedObject {
  return serializeObject(loss);
}

/** Makes a loss of your own known by its class name, so that files with it can be read. */
export function register(cls: ConfigurableClass<Loss>): void {
  registry.register(cls);
}

/** All names, aliases included. */
export function names(): string[] {
  return registry.names();
}

/** Keras writes a loss that was given by name as a function: its config is the name. */
function isSerializedFunction(value: unknown): value is { config: string } {
  return typeof value === 'object' && value !== null && 'config' in value && typeof value.config === 'string';
}

import {
  type ConfigurableClass,
  isSerialized,
  Registry,
  type SerializedObject,
  serialize as serializeObject,
} from '../serialization.js';
import { Adadelta } from './adadelta.js';
import { Adafactor } from './adafactor.js';
import { Adagrad } from './adagrad.js';
import { Adam, AdamW } from './adam.js';
import { Adamax } from './adamax.js';
import { Ftrl } from './ftrl.js';
import { Lamb } from './lamb.js';
import { Lion } from './lion.js';
import { LossScaleOptimizer } from './loss-scale-optimizer.js';
import { Muon } from './muon.js';
import { Nadam } from './nadam.js';
import type { Optimizer } from './optimizer.js';
import { RMSprop } from './rmsprop.js';
import { ScheduleFreeAdamW } from './schedule-free-adamw.js';
import { SGD } from './sgd.js';

const registry = new Registry<Optimizer>('optimizer', {
  sgd: SGD,
  rmsprop: RMSprop,
  adam: Adam,
  adamW: AdamW,
  adagrad: Adagrad,
  adadelta: Adadelta,
  adamax: Adamax,
  nadam: Nadam,
  ftrl: Ftrl,
  lion: Lion,
  lamb: Lamb,
  adafactor: Adafactor,
  muon: Muon,
  scheduleFreeAdamW: ScheduleFreeAdamW,
  lossScaleOptimizer: LossScaleOptimizer,
});

/** What may be given where an optimizer is wanted. */
export type OptimizerIdentifier = string | SerializedObject | Optimizer;

/**
 * The optimizer of a name in any spelling, with default options, or of a Keras config.
 *
 * @throws ERR_UNKNOWN_NAME with the nearest name that exists
 */
export function get(identifier: OptimizerIdentifier): Optimizer {
  return isSerialized(identifier) ? deserialize(identifier) : registry.get(identifier);
}

/** The optimizer a Keras config describes; its state is not part of it. */
export function deserialize(serialized: SerializedObject): Optimizer {
  const { inner_optimizer: inner } = serialized.config;
  if (!isSerialized(inner)) return registry.deserialize(serialized);
  return registry.deserialize({
    ...serialized,
    config: { ...serialized.config, inner_optimizer: deserialize(inner) },
  });
}

/** As Keras files have it. */
export function serialize(optimizer: Optimizer): SerializedObject {
  return serializeObject(optimizer);
}

/** Makes an optimizer of your own known by its class name. */
export function register(cls: ConfigurableClass<Optimizer>): void {
  registry.register(cls);
}

/** All names. */
export function names(): string[] {
  return registry.names();
}

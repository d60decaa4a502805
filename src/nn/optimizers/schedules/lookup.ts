import {
  type ConfigurableClass,
  Registry,
  type SerializedObject,
  serialize as serializeObject,
} from '../../serialization.js';
import { CosineDecay, CosineDecayRestarts } from './cosine-decay.js';
import { ExponentialDecay, InverseTimeDecay } from './exponential-decay.js';
import { PiecewiseConstantDecay } from './piecewise-constant-decay.js';
import { PolynomialDecay } from './polynomial-decay.js';
import type { LearningRateSchedule } from './schedule.js';

const registry = new Registry<LearningRateSchedule>('learning rate schedule', {
  exponentialDecay: ExponentialDecay,
  inverseTimeDecay: InverseTimeDecay,
  piecewiseConstantDecay: PiecewiseConstantDecay,
  polynomialDecay: PolynomialDecay,
  cosineDecay: CosineDecay,
  cosineDecayRestarts: CosineDecayRestarts,
});

/** The schedule a Keras config describes. */
export function deserialize(serialized: SerializedObject): LearningRateSchedule {
  return registry.deserialize(serialized);
}

/** As Keras files have it. */
export function serialize(schedule: LearningRateSchedule): SerializedObject {
  return serializeObject(schedule);
}

/** Makes a schedule of your own known by its class name. */
export function register(cls: ConfigurableClass<LearningRateSchedule>): void {
  registry.register(cls);
}

/** All names. */
export function names(): string[] {
  return registry.names();
}

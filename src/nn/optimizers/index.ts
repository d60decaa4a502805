export * from './adadelta.js';
export * from './adafactor.js';
export * from './adagrad.js';
export * from './adam.js';
export * from './adamax.js';
export * from './factories.js';
export * from './ftrl.js';
export * from './lamb.js';
export * from './lion.js';
export * from './lookup.js';
export * from './loss-scale-optimizer.js';
export * from './muon.js';
export * from './nadam.js';
export {
  type NamedVariable,
  Optimizer,
  type OptimizerOptions,
  optimizerDefaults,
  type Step,
  type Target,
  type Update,
} from './optimizer.js';
export * from './rmsprop.js';
export * from './schedule-free-adamw.js';
export * as schedules from './schedules/index.js';
export * from './sgd.js';
export type { SlotSpec } from './slots.js';

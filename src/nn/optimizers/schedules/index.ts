export * from './cosine-decay.js';
export * from './exponential-decay.js';
export * from './factories.js';
export * from './lookup.js';
export * from './piecewise-constant-decay.js';
export * from './polynomial-decay.js';
export { LearningRateSchedule } from './schedule.js';

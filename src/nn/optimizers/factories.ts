import { Adadelta } from './adadelta.js';
import { Adafactor } from './adafactor.js';
import { Adagrad } from './adagrad.js';
import { Adam, AdamW } from './adam.js';
import { Adamax } from './adamax.js';
import { Ftrl } from './ftrl.js';
import { Lamb } from './lamb.js';
import { Lion } from './lion.js';
import { LossScaleOptimizer, type LossScaleOptimizerOptions } from './loss-scale-optimizer.js';
import { Muon } from './muon.js';
import { Nadam } from './nadam.js';
import type { OptimizerOptions } from './optimizer.js';
import { RMSprop } from './rmsprop.js';
import { ScheduleFreeAdamW } from './schedule-free-adamw.js';
import { SGD } from './sgd.js';

// Each takes a learning rate, or options: `adam(1e-3)`, `adam({ learningRate: 1e-3, beta1: 0.8 })`.
export const sgd = factory(SGD);
export const rmsprop = factory(RMSprop);
export const adam = factory(Adam);
export const adamW = factory(AdamW);
export const adagrad = factory(Adagrad);
export const adadelta = factory(Adadelta);
export const adamax = factory(Adamax);
export const nadam = factory(Nadam);
export const ftrl = factory(Ftrl);
export const lion = factory(Lion);
export const lamb = factory(Lamb);
export const adafactor = factory(Adafactor);
export const muon = factory(Muon);
export const scheduleFreeAdamW = factory(ScheduleFreeAdamW);

/** An optimizer around another one, for float16: `lossScaleOptimizer({ innerOptimizer: adam(1e-3) })`. */
export function lossScaleOptimizer(options: LossScaleOptimizerOptions): LossScaleOptimizer {
  return new LossScaleOptimizer(options);
}

function factory<O extends OptimizerOptions, T>(cls: new (options?: O) => T): (options?: number | O) => T {
  return (options = {} as O) => new cls(typeof options === 'number' ? ({ learningRate: options } as O) : options);
}

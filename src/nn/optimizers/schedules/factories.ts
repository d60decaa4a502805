import { CosineDecay, CosineDecayRestarts } from './cosine-decay.js';
import { ExponentialDecay, InverseTimeDecay } from './exponential-decay.js';
import { PiecewiseConstantDecay } from './piecewise-constant-decay.js';
import { PolynomialDecay } from './polynomial-decay.js';

// Each takes the options of its class: `polynomialDecay({ initialLearningRate: 0.1, decaySteps: 1000 })`.
export const exponentialDecay = factory(ExponentialDecay);
export const inverseTimeDecay = factory(InverseTimeDecay);
export const polynomialDecay = factory(PolynomialDecay);
export const piecewiseConstantDecay = factory(PiecewiseConstantDecay);
export const cosineDecay = factory(CosineDecay);
export const cosineDecayRestarts = factory(CosineDecayRestarts);

function factory<O, T>(cls: new (options: O) => T): (options: O) => T {
  return (options) => new cls(options);
}

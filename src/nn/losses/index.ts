export {
  BinaryCrossentropy,
  type BinaryCrossentropyArguments,
  type BinaryCrossentropyOptions,
  binaryCrossentropy,
} from './binary-crossentropy.js';
export {
  CategoricalCrossentropy,
  type CategoricalCrossentropyArguments,
  type CategoricalCrossentropyOptions,
  categoricalCrossentropy,
} from './categorical-crossentropy.js';
export * from './circle.js';
export * from './cosine-similarity.js';
export * from './ctc.js';
export * from './custom-loss.js';
export * from './divergences.js';
export * from './focal-crossentropy.js';
export * from './generalized-crossentropy.js';
export * from './hinge.js';
export * from './lookup.js';
export { Loss, type LossOptions, lossDefaults, type MaskedValues } from './loss.js';
export {
  MeanAbsoluteError,
  MeanAbsolutePercentageError,
  MeanSquaredError,
  MeanSquaredLogarithmicError,
  meanAbsoluteError,
  meanAbsolutePercentageError,
  meanSquaredError,
  meanSquaredLogarithmicError,
} from './mean-errors.js';
export * from './overlap.js';
export * from './robust-errors.js';
export {
  SparseCategoricalCrossentropy,
  type SparseCategoricalCrossentropyArguments,
  type SparseCategoricalCrossentropyOptions,
  sparseCategoricalCrossentropy,
} from './sparse-categorical-crossentropy.js';
export type { Reduction } from './weighting.js';

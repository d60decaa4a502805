import { Registry } from '../serialization.js';
import { BinaryCrossentropy } from './binary-crossentropy.js';
import { CategoricalCrossentropy } from './categorical-crossentropy.js';
import { Circle } from './circle.js';
import { CosineSimilarity } from './cosine-similarity.js';
import { CTC } from './ctc.js';
import { KLDivergence, Poisson } from './divergences.js';
import { BinaryFocalCrossentropy, CategoricalFocalCrossentropy } from './focal-crossentropy.js';
import { CategoricalGeneralizedCrossEntropy } from './generalized-crossentropy.js';
import { CategoricalHinge, Hinge, SquaredHinge } from './hinge.js';
import type { Loss } from './loss.js';
import {
  MeanAbsoluteError,
  MeanAbsolutePercentageError,
  MeanSquaredError,
  MeanSquaredLogarithmicError,
} from './mean-errors.js';
import { Dice, Tversky } from './overlap.js';
import { Huber, LogCosh } from './robust-errors.js';
import { SparseCategoricalCrossentropy } from './sparse-categorical-crossentropy.js';

/** All losses by name; the second part are Keras' aliases. */
export const registry = new Registry<Loss>('loss', {
  meanSquaredError: MeanSquaredError,
  meanAbsoluteError: MeanAbsoluteError,
  meanAbsolutePercentageError: MeanAbsolutePercentageError,
  meanSquaredLogarithmicError: MeanSquaredLogarithmicError,
  huber: Huber,
  logCosh: LogCosh,
  cosineSimilarity: CosineSimilarity,
  binaryCrossentropy: BinaryCrossentropy,
  categoricalCrossentropy: CategoricalCrossentropy,
  sparseCategoricalCrossentropy: SparseCategoricalCrossentropy,
  binaryFocalCrossentropy: BinaryFocalCrossentropy,
  categoricalFocalCrossentropy: CategoricalFocalCrossentropy,
  categoricalGeneralizedCrossEntropy: CategoricalGeneralizedCrossEntropy,
  klDivergence: KLDivergence,
  poisson: Poisson,
  hinge: Hinge,
  squaredHinge: SquaredHinge,
  categoricalHinge: CategoricalHinge,
  dice: Dice,
  tversky: Tversky,
  circle: Circle,
  ctc: CTC,

  mse: MeanSquaredError,
  mae: MeanAbsoluteError,
  mape: MeanAbsolutePercentageError,
  msle: MeanSquaredLogarithmicError,
  bce: BinaryCrossentropy,
  kld: KLDivergence,
  kullbackLeiblerDivergence: KLDivergence,
});

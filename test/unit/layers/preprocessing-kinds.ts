import * as layers from '../../../src/layers/index.js';
import type { Kind } from './kinds.js';

export const PREPROCESSING_KINDS: Record<string, Kind> = {
  Rescaling: {
    make: (o) => layers.rescaling({ scale: [0.5, 2, 3], offset: -1, name: 'it', ...o }),
    shapes: [
      [[null, 4, 5, 3], [null, 4, 5, 3]], // biome-ignore format: pairs
      [[null, 3], [null, 3]], // biome-ignore format: pairs
    ],
    weights: {},
    typo: ['ofset', 'offset'],
  },
  Normalization: {
    make: (o) => layers.normalization({ mean: [1, 2, 3], variance: [4, 5, 6], name: 'it', ...o }),
    shapes: [
      [[null, 4, 5, 3], [null, 4, 5, 3]], // biome-ignore format: pairs
      [[null, 3], [null, 3]], // biome-ignore format: pairs
    ],
    weights: {},
    typo: ['means', 'mean'],
  },
};

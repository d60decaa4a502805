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
  Resizing: {
    make: (o) => layers.resizing({ height: 4, width: 8, name: 'it', ...o }),
    shapes: [
      [[null, 6, 6, 3], [null, 4, 8, 3]], // biome-ignore format: pairs
    ],
    weights: {},
    typo: ['widht', 'width'],
    misfit: [[null, 8], /\[batch, rows, columns, channels\].*got \(None, 8\)/],
  },
  CenterCrop: {
    make: (o) => layers.centerCrop({ height: 4, width: 2, name: 'it', ...o }),
    shapes: [
      [[null, 6, 6, 3], [null, 4, 2, 3]], // biome-ignore format: pairs
    ],
    weights: {},
    typo: ['widht', 'width'],
    misfit: [[null, 8], /\[batch, rows, columns, channels\].*got \(None, 8\)/],
  },
  RandomCrop: {
    make: (o) => layers.randomCrop({ height: 4, width: 2, name: 'it', ...o }),
    shapes: [
      [[null, 6, 6, 3], [null, 4, 2, 3]], // biome-ignore format: pairs
    ],
    weights: {},
    typo: ['widht', 'width'],
    misfit: [[null, 8], /\[batch, rows, columns, channels\].*got \(None, 8\)/],
  },
  RandomFlip: {
    make: (o) => layers.randomFlip({ name: 'it', ...o }),
    shapes: [
      [[null, 6, 6, 3], [null, 6, 6, 3]], // biome-ignore format: pairs
    ],
    weights: {},
    typo: ['mod', 'mode'],
    misfit: [[null, 8], /\[batch, rows, columns, channels\].*got \(None, 8\)/],
  },
  RandomRotation: {
    make: (o) => layers.randomRotation({ factor: 0.2, name: 'it', ...o }),
    shapes: [
      [[null, 6, 6, 3], [null, 6, 6, 3]], // biome-ignore format: pairs
    ],
    weights: {},
    typo: ['factr', 'factor'],
    misfit: [[null, 8], /\[batch, rows, columns, channels\].*got \(None, 8\)/],
  },
  RandomTranslation: {
    make: (o) => layers.randomTranslation({ heightFactor: 0.2, widthFactor: 0.1, name: 'it', ...o }),
    shapes: [
      [[null, 6, 6, 3], [null, 6, 6, 3]], // biome-ignore format: pairs
    ],
    weights: {},
    typo: ['heightFactr', 'heightFactor'],
    misfit: [[null, 8], /\[batch, rows, columns, channels\].*got \(None, 8\)/],
  },
  RandomZoom: {
    make: (o) => layers.randomZoom({ heightFactor: 0.2, name: 'it', ...o }),
    shapes: [
      [[null, 6, 6, 3], [null, 6, 6, 3]], // biome-ignore format: pairs
    ],
    weights: {},
    typo: ['heightFactr', 'heightFactor'],
    misfit: [[null, 8], /\[batch, rows, columns, channels\].*got \(None, 8\)/],
  },
  RandomShear: {
    make: (o) => layers.randomShear({ xFactor: 0.2, name: 'it', ...o }),
    shapes: [
      [[null, 6, 6, 3], [null, 6, 6, 3]], // biome-ignore format: pairs
    ],
    weights: {},
    typo: ['xFactr', 'xFactor'],
    misfit: [[null, 8], /\[batch, rows, columns, channels\].*got \(None, 8\)/],
  },
  RandomBrightness: {
    make: (o) => layers.randomBrightness({ factor: 0.2, name: 'it', ...o }),
    shapes: [
      [[null, 6, 6, 3], [null, 6, 6, 3]], // biome-ignore format: pairs
    ],
    weights: {},
    typo: ['factr', 'factor'],
    misfit: [[null, 8], /\[batch, rows, columns, channels\].*got \(None, 8\)/],
  },
  RandomContrast: {
    make: (o) => layers.randomContrast({ factor: 0.2, name: 'it', ...o }),
    shapes: [
      [[null, 6, 6, 3], [null, 6, 6, 3]], // biome-ignore format: pairs
    ],
    weights: {},
    typo: ['factr', 'factor'],
    misfit: [[null, 8], /\[batch, rows, columns, channels\].*got \(None, 8\)/],
  },
  RandomInvert: {
    make: (o) => layers.randomInvert({ factor: 0.2, name: 'it', ...o }),
    shapes: [
      [[null, 6, 6, 3], [null, 6, 6, 3]], // biome-ignore format: pairs
    ],
    weights: {},
    typo: ['factr', 'factor'],
    misfit: [[null, 8], /\[batch, rows, columns, channels\].*got \(None, 8\)/],
  },
  RandomHue: {
    make: (o) => layers.randomHue({ factor: 0.2, name: 'it', ...o }),
    shapes: [
      [[null, 6, 6, 3], [null, 6, 6, 3]], // biome-ignore format: pairs
    ],
    weights: {},
    typo: ['factr', 'factor'],
    misfit: [[null, 8], /\[batch, rows, columns, channels\].*got \(None, 8\)/],
  },
  RandomSaturation: {
    make: (o) => layers.randomSaturation({ factor: 0.2, name: 'it', ...o }),
    shapes: [
      [[null, 6, 6, 3], [null, 6, 6, 3]], // biome-ignore format: pairs
    ],
    weights: {},
    typo: ['factr', 'factor'],
    misfit: [[null, 8], /\[batch, rows, columns, channels\].*got \(None, 8\)/],
  },
  RandomSharpness: {
    make: (o) => layers.randomSharpness({ factor: 0.2, name: 'it', ...o }),
    shapes: [
      [[null, 6, 6, 3], [null, 6, 6, 3]], // biome-ignore format: pairs
    ],
    weights: {},
    typo: ['factr', 'factor'],
    misfit: [[null, 8], /\[batch, rows, columns, channels\].*got \(None, 8\)/],
  },
  RandomColorDegeneration: {
    make: (o) => layers.randomColorDegeneration({ factor: 0.2, name: 'it', ...o }),
    shapes: [
      [[null, 6, 6, 3], [null, 6, 6, 3]], // biome-ignore format: pairs
    ],
    weights: {},
    typo: ['factr', 'factor'],
    misfit: [[null, 8], /\[batch, rows, columns, channels\].*got \(None, 8\)/],
  },
  RandomPosterization: {
    make: (o) => layers.randomPosterization({ factor: 3, name: 'it', ...o }),
    shapes: [
      [[null, 6, 6, 3], [null, 6, 6, 3]], // biome-ignore format: pairs
    ],
    weights: {},
    typo: ['factr', 'factor'],
    misfit: [[null, 8], /\[batch, rows, columns, channels\].*got \(None, 8\)/],
  },
  RandomColorJitter: {
    make: (o) => layers.randomColorJitter({ brightnessFactor: 0.2, hueFactor: 0.1, name: 'it', ...o }),
    shapes: [
      [[null, 6, 6, 3], [null, 6, 6, 3]], // biome-ignore format: pairs
    ],
    weights: {},
    typo: ['hueFactr', 'hueFactor'],
    misfit: [[null, 8], /\[batch, rows, columns, channels\].*got \(None, 8\)/],
  },
  RandomGrayscale: {
    make: (o) => layers.randomGrayscale({ name: 'it', ...o }),
    shapes: [
      [[null, 6, 6, 3], [null, 6, 6, 3]], // biome-ignore format: pairs
    ],
    weights: {},
    typo: ['factr', 'factor'],
    misfit: [[null, 8], /\[batch, rows, columns, channels\].*got \(None, 8\)/],
  },
  RandomGaussianBlur: {
    make: (o) => layers.randomGaussianBlur({ name: 'it', ...o }),
    shapes: [
      [[null, 6, 6, 3], [null, 6, 6, 3]], // biome-ignore format: pairs
    ],
    weights: {},
    typo: ['sigmaa', 'sigma'],
    misfit: [[null, 8], /\[batch, rows, columns, channels\].*got \(None, 8\)/],
  },
  RandomErasing: {
    make: (o) => layers.randomErasing({ name: 'it', ...o }),
    shapes: [
      [[null, 6, 6, 3], [null, 6, 6, 3]], // biome-ignore format: pairs
    ],
    weights: {},
    typo: ['scal', 'scale'],
    misfit: [[null, 8], /\[batch, rows, columns, channels\].*got \(None, 8\)/],
  },
  AutoContrast: {
    make: (o) => layers.autoContrast({ valueRange: [0, 1], name: 'it', ...o }),
    shapes: [
      [[null, 6, 6, 3], [null, 6, 6, 3]], // biome-ignore format: pairs
    ],
    weights: {},
    typo: ['valueRang', 'valueRange'],
    misfit: [[null, 8], /\[batch, rows, columns, channels\].*got \(None, 8\)/],
  },
  Solarization: {
    make: (o) => layers.solarization({ name: 'it', ...o }),
    shapes: [
      [[null, 6, 6, 3], [null, 6, 6, 3]], // biome-ignore format: pairs
    ],
    weights: {},
    typo: ['valueRang', 'valueRange'],
    misfit: [[null, 8], /\[batch, rows, columns, channels\].*got \(None, 8\)/],
  },
  MixUp: {
    make: (o) => layers.mixUp({ name: 'it', ...o }),
    shapes: [
      [[null, 6, 6, 3], [null, 6, 6, 3]], // biome-ignore format: pairs
    ],
    weights: {},
    typo: ['alfa', 'alpha'],
    misfit: [[null, 8], /\[batch, rows, columns, channels\].*got \(None, 8\)/],
  },
  CutMix: {
    make: (o) => layers.cutMix({ name: 'it', ...o }),
    shapes: [
      [[null, 6, 6, 3], [null, 6, 6, 3]], // biome-ignore format: pairs
    ],
    weights: {},
    typo: ['factr', 'factor'],
    misfit: [[null, 8], /\[batch, rows, columns, channels\].*got \(None, 8\)/],
  },
  RandAugment: {
    make: (o) => layers.randAugment({ name: 'it', ...o }),
    shapes: [
      [[null, 6, 6, 3], [null, 6, 6, 3]], // biome-ignore format: pairs
    ],
    weights: {},
    typo: ['numOp', 'numOps'],
    misfit: [[null, 8], /\[batch, rows, columns, channels\].*got \(None, 8\)/],
  },
  AugMix: {
    make: (o) => layers.augMix({ name: 'it', ...o }),
    shapes: [
      [[null, 6, 6, 3], [null, 6, 6, 3]], // biome-ignore format: pairs
    ],
    weights: {},
    typo: ['chainDept', 'chainDepth'],
    misfit: [[null, 8], /\[batch, rows, columns, channels\].*got \(None, 8\)/],
  },
  RandomElasticTransform: {
    make: (o) => layers.randomElasticTransform({ name: 'it', ...o }),
    shapes: [
      [[null, 6, 6, 3], [null, 6, 6, 3]], // biome-ignore format: pairs
    ],
    weights: {},
    typo: ['scal', 'scale'],
    misfit: [[null, 8], /\[batch, rows, columns, channels\].*got \(None, 8\)/],
  },
  CategoryEncoding: {
    discrete: true,
    make: (o) => layers.categoryEncoding({ numTokens: 5, name: 'it', ...o }),
    shapes: [
      [[null, 4], [null, 5]], // biome-ignore format: pairs
      [[null, 2, 4], [null, 4, 5]], // biome-ignore format: pairs
    ],
    weights: {},
    typo: ['numToken', 'numTokens'],
    below: 5,
  },
  Discretization: {
    discrete: true,
    make: ({ trainable: _, ...o }: { trainable?: boolean } = {}) =>
      layers.discretization({ binBoundaries: [-0.5, 0, 0.5], name: 'it', ...o }),
    shapes: [
      [[null, 4], [null, 4]], // biome-ignore format: pairs
    ],
    weights: {},
    typo: ['numBin', 'numBins'],
  },
  Hashing: {
    discrete: true,
    make: (o) => layers.hashing({ numBins: 5, name: 'it', ...o }),
    shapes: [
      [[null, 4], [null, 4]], // biome-ignore format: pairs
    ],
    weights: {},
    typo: ['numBin', 'numBins'],
    below: 9,
  },
  IntegerLookup: {
    discrete: true,
    make: (o) => layers.integerLookup({ vocabulary: [3, 5], name: 'it', ...o }),
    shapes: [
      [[null, 4], [null, 4]], // biome-ignore format: pairs
    ],
    weights: {},
    typo: ['vocabulry', 'vocabulary'],
    below: 9,
  },
  StringLookup: {
    text: true,
    discrete: true,
    make: (o) => layers.stringLookup({ vocabulary: ['a', 'b'], name: 'it', ...o }),
    shapes: [
      [[null, 4], [null, 4]], // biome-ignore format: pairs
    ],
    weights: {},
    typo: ['vocabulry', 'vocabulary'],
  },
  TextVectorization: {
    text: true,
    discrete: true,
    make: (o) => layers.textVectorization({ vocabulary: ['a', 'b'], outputSequenceLength: 4, name: 'it', ...o }),
    shapes: [
      [[null, 1], [null, 4]], // biome-ignore format: pairs
      [[null], [null, 4]], // biome-ignore format: pairs
    ],
    weights: {},
    typo: ['vocabulry', 'vocabulary'],
    misfit: [[null, 3], /strings of shape \[batch\] or \[batch, 1\]/],
  },
  Pipeline: {
    float32Only: true,
    make: ({ trainable: _, ...o }: { trainable?: boolean } = {}) =>
      layers.pipeline({
        layers: [layers.randomFlip({ name: 'flip' }), layers.resizing({ height: 2, width: 3, name: 'size' })],
        name: 'it',
        ...o,
      }),
    shapes: [
      [[null, 6, 6, 3], [null, 2, 3, 3]], // biome-ignore format: pairs
    ],
    weights: {},
    typo: ['layer', 'layers'],
  },
  HashedCrossing: {
    discrete: true,
    make: ({ trainable: _, ...o }: { trainable?: boolean } = {}) =>
      layers.hashedCrossing({ numBins: 5, name: 'it', ...o }),
    shapes: [
      [[null, 1], [null, 1]], // biome-ignore format: pairs
      [[null], [null]], // biome-ignore format: pairs
    ],
    weights: {},
    typo: ['numBin', 'numBins'],
    inputs: 2,
    below: 9,
    misfit: [[null, 3], /\[batch\] or \[batch, 1\], got \(None, 3\)/],
  },
  RandomPerspective: {
    make: (o) => layers.randomPerspective({ scale: 0.3, name: 'it', ...o }),
    shapes: [
      [[null, 6, 6, 3], [null, 6, 6, 3]], // biome-ignore format: pairs
    ],
    weights: {},
    typo: ['scales', 'scale'],
    misfit: [[null, 8], /\[batch, rows, columns, channels\].*got \(None, 8\)/],
  },
  ContrastLimitedAdaptiveHistogramEqualization: {
    discrete: true,
    make: (o) => layers.contrastLimitedAdaptiveHistogramEqualization({ tileGridSize: 2, name: 'it', ...o }),
    shapes: [
      [[null, 6, 6, 3], [null, 6, 6, 3]], // biome-ignore format: pairs
    ],
    weights: {},
    typo: ['clipLimits', 'clipLimit'],
    misfit: [[null, 8], /\[batch, rows, columns, channels\].*got \(None, 8\)/],
  },
  STFTSpectrogram: {
    make: (o) => layers.stftSpectrogram({ mode: 'stft', frameLength: 4, frameStep: 2, name: 'it', ...o }),
    shapes: [
      [[null, 8, 2], [null, null, 12]], // biome-ignore format: pairs
    ],
    weights: { 'it/real_kernel': [4, 1, 3], 'it/imag_kernel': [4, 1, 3] },
    typo: ['frameSteps', 'frameStep'],
    misfit: [[null, 8], /\[batch, steps, channels\].*got \(None, 8\)/],
  },
  MelSpectrogram: {
    make: (o) =>
      layers.melSpectrogram({
        fftLength: 16,
        sequenceStride: 4,
        samplingRate: 8000,
        numMelBins: 3,
        powerToDb: false,
        name: 'it',
        ...o,
      }),
    shapes: [
      [[null, 20], [null, 3, null]], // biome-ignore format: pairs
    ],
    weights: {},
    typo: ['numMelBin', 'numMelBins'],
    misfit: [[null, 8, 3], /\[samples\] or \[batch, samples\], got \(None, 8, 3\)/],
  },
  Equalization: {
    make: (o) => layers.equalization({ name: 'it', ...o }),
    shapes: [
      [[null, 6, 6, 3], [null, 6, 6, 3]], // biome-ignore format: pairs
    ],
    weights: {},
    typo: ['bin', 'bins'],
    misfit: [[null, 8], /\[batch, rows, columns, channels\].*got \(None, 8\)/],
  },
};

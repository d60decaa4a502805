import { TensorFlowError } from '../errors/errors.js';
import { checkOptions, unknownName } from '../errors/suggest.js';
import type { PreprocessingFunction } from './preprocessing-function.js';
import type { Pair, RandomTransformOptions, ShiftRange } from './random-transform.js';
import { FILL_MODES, type FillMode } from './sampling.js';

/** Keras' options, all off by default. */
export interface ImageDataGeneratorOptions {
  /** Subtracts each channel's mean over the data set; needs `fit`. */
  featurewiseCenter?: boolean;
  /** Subtracts each picture's own mean. */
  samplewiseCenter?: boolean;
  /** Divides by each channel's deviation over the data set; needs `fit`, includes `featurewiseCenter`. */
  featurewiseStdNormalization?: boolean;
  /** Divides by each picture's own deviation; includes `samplewiseCenter`. */
  samplewiseStdNormalization?: boolean;
  /** Makes the values of a picture independent over the data set (ZCA); needs `fit`, overrides the two feature-wise options. */
  zcaWhitening?: boolean;
  /** Keeps directions of little variance from being blown up. @default 1e-6 */
  zcaEpsilon?: number;
  /** Degrees, either way. */
  rotationRange?: number;
  /** Below 1 a share of the width, else pixels; a whole number or a list is drawn from, another number ends a range. */
  widthShiftRange?: ShiftRange;
  /** As `widthShiftRange`, of the height. */
  heightShiftRange?: ShiftRange;
  /** 0 … 1 darkens, above 1 brightens: factors are drawn between the two. */
  brightnessRange?: Pair;
  /** Degrees, either way. */
  shearRange?: number;
  /** Two factors to draw between, or z for [1 − z, 1 + z]; above 1 shrinks. */
  zoomRange?: number | Pair;
  /** Added to all values, either way. */
  channelShiftRange?: number;
  /** What is seen beyond the edge. @default 'nearest' */
  fillMode?: FillMode;
  /** The value beyond the edge for `constant`. @default 0 */
  cval?: number;
  /** Mirrors half of the pictures left to right. */
  horizontalFlip?: boolean;
  /** Mirrors half of the pictures top to bottom. */
  verticalFlip?: boolean;
  /** Factor of every value, after augmentation: 1/255 brings bytes to 0 … 1. */
  rescale?: number | null;
  /** What is done to each picture before `rescale`, in the graph or in JavaScript. @default nothing */
  preprocessingFunction?: PreprocessingFunction | null;
  /** Share of the pictures set apart, between 0 and 1; see `subset`. */
  validationSplit?: number;
  /** 1: bilinear, 0: the nearest pixel. @default 1 */
  interpolationOrder?: 0 | 1;
  /** Seed of flows that have none of their own. */
  seed?: number;
}

const NAMES: readonly (keyof ImageDataGeneratorOptions)[] = [
  'featurewiseCenter',
  'samplewiseCenter',
  'featurewiseStdNormalization',
  'samplewiseStdNormalization',
  'zcaWhitening',
  'zcaEpsilon',
  'rotationRange',
  'widthShiftRange',
  'heightShiftRange',
  'brightnessRange',
  'shearRange',
  'zoomRange',
  'channelShiftRange',
  'fillMode',
  'cval',
  'horizontalFlip',
  'verticalFlip',
  'rescale',
  'preprocessingFunction',
  'validationSplit',
  'interpolationOrder',
  'seed',
];

/** Refuses unknown options and wrong values. */
export function checkGeneratorOptions(options: ImageDataGeneratorOptions): void {
  checkOptions('imageDataGenerator', options, NAMES);
  checkSampling(options);
  numberOption('zcaEpsilon', options.zcaEpsilon ?? 0);
  const { preprocessingFunction } = options;
  if (preprocessingFunction && typeof preprocessingFunction !== 'function')
    throw wrongOption('preprocessingFunction', 'a function', preprocessingFunction);
}

/** What is drawn for each picture, with Keras' defaults. */
export function randomOptions(options: ImageDataGeneratorOptions): RandomTransformOptions {
  const { zoomRange = 0, brightnessRange } = options;
  return {
    rotationRange: numberOption('rotationRange', options.rotationRange ?? 0),
    widthShiftRange: shiftOption('widthShiftRange', options.widthShiftRange ?? 0),
    heightShiftRange: shiftOption('heightShiftRange', options.heightShiftRange ?? 0),
    shearRange: numberOption('shearRange', options.shearRange ?? 0),
    zoomRange: typeof zoomRange === 'number' ? [1 - zoomRange, 1 + zoomRange] : pairOption('zoomRange', zoomRange),
    channelShiftRange: numberOption('channelShiftRange', options.channelShiftRange ?? 0),
    brightnessRange: brightnessRange && pairOption('brightnessRange', brightnessRange),
    horizontalFlip: options.horizontalFlip ?? false,
    verticalFlip: options.verticalFlip ?? false,
  };
}

function checkSampling({
  fillMode = 'nearest',
  interpolationOrder = 1,
  cval = 0,
  rescale,
  validationSplit = 0,
}: ImageDataGeneratorOptions): void {
  if (!FILL_MODES.includes(fillMode)) throw unknownName('fillMode', fillMode, FILL_MODES);
  if (interpolationOrder !== 0 && interpolationOrder !== 1)
    throw wrongOption('interpolationOrder', '0 or 1', interpolationOrder);
  if (!(validationSplit >= 0 && validationSplit < 1))
    throw wrongOption('validationSplit', 'between 0 and 1', validationSplit);
  numberOption('cval', cval);
  numberOption('rescale', rescale ?? 1);
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

function numberOption(name: string, value: number): number {
  if (isNumber(value)) return value;
  throw wrongOption(name, 'a number', value);
}

function shiftOption(name: string, range: ShiftRange): ShiftRange {
  if ([range].flat().every(isNumber)) return range;
  throw wrongOption(name, 'a number or a list of numbers', range);
}

function pairOption(name: string, range: Pair): Pair {
  if (Array.isArray(range) && range.length === 2 && range.every(isNumber)) return range;
  throw wrongOption(name, 'a pair of numbers', range);
}

function wrongOption(name: string, expected: string, value: unknown): TensorFlowError {
  return new TensorFlowError(
    'ERR_ARGUMENT',
    `imageDataGenerator: ${name} must be ${expected}, got ${JSON.stringify(value)}.`,
  );
}

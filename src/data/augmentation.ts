import type { Operand } from '../core/operand.js';
import type { Output } from '../core/output.js';
import * as ops from '../ops/index.js';
import { type AffineParameters, affineMap } from './affine.js';
import { shiftBrightness, shiftChannels } from './color-shift.js';
import { type Precision, type SamplingOptions, sample } from './sampling.js';

/** What is done to each picture of a batch: a value per picture ([n]) or one for all; what is left out is not done. */
export interface TransformParameters extends AffineParameters {
  /** Added to every value, within the picture's own range. */
  channelShiftIntensity?: Operand | undefined;
  /** 1 leaves the picture as it is, 0 is black. */
  brightness?: Operand | undefined;
}

const AFFINE: readonly (keyof AffineParameters)[] = [
  'theta',
  'tx',
  'ty',
  'shear',
  'zx',
  'zy',
  'flipHorizontal',
  'flipVertical',
];

export const TRANSFORM_PARAMETERS: readonly (keyof TransformParameters)[] = [
  ...AFFINE,
  'channelShiftIntensity',
  'brightness',
];

/**
 * Keras' apply_transform for a batch: affine map and flips at once, then channel shift, then brightness.
 *
 * Input shape: `[n, height, width, channels]`, all but n known.
 * Output shape: float32, the same.
 *
 * @param precision of the affine map; default: brightness, which cuts to whole numbers, makes a step of a rounding error
 */
export function applyTransform(
  images: Output,
  parameters: TransformParameters,
  options: SamplingOptions = {},
  precision: Precision = parameters.brightness === undefined ? 'fast' : 'exact',
): Output {
  const { channelShiftIntensity, brightness } = parameters;
  const [, height, width] = images.shape as readonly [number | null, number, number, number];
  let result = ops.cast(images, 'float32');
  if (AFFINE.some((name) => parameters[name] !== undefined)) {
    result = sample(result, affineMap(parameters, height, width), options, precision);
  }
  if (channelShiftIntensity !== undefined) result = shiftChannels(result, channelShiftIntensity);
  if (brightness !== undefined) result = shiftBrightness(result, brightness);
  return result;
}

import type { Operand } from '../core/operand.js';
import type { Output } from '../core/output.js';
import { type AffineParameters, affineMap } from './affine.js';
import { shiftBrightness, shiftChannels } from './color-shift.js';
import { type SamplingOptions, sample } from './sampling.js';

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
 * Keras' apply_transform for a batch: affine map and flips in one op, then channel shift, then brightness.
 *
 * Input shape: float32 `[n, height, width, channels]`, all but n known.
 * Output shape: the same.
 */
export function applyTransform(images: Output, parameters: TransformParameters, options: SamplingOptions = {}): Output {
  const { channelShiftIntensity, brightness } = parameters;
  const [, height, width] = images.shape as readonly [number | null, number, number, number];
  let result = images;
  if (AFFINE.some((name) => parameters[name] !== undefined)) {
    // Why: brightness cuts to whole numbers, where a rounding error becomes a step.
    const precision = brightness === undefined ? 'fast' : 'exact';
    result = sample(result, affineMap(parameters, height, width), options, precision);
  }
  if (channelShiftIntensity !== undefined) result = shiftChannels(result, channelShiftIntensity);
  if (brightness !== undefined) result = shiftBrightness(result, brightness);
  return result;
}

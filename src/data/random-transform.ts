import type { Output } from '../core/output.js';
import type { RandomStream } from '../core/random.js';
import * as ops from '../ops/index.js';
import type { TransformParameters } from './augmentation.js';
import { uniform } from './pass-random.js';

/**
 * How far pictures are shifted: a whole number or a list is drawn from, with either sign; another number is the end of a
 * range. Below 1 it is a share of the picture, else pixels.
 */
export type ShiftRange = number | readonly number[];
export type Pair = readonly [low: number, high: number];

export interface RandomTransformOptions {
  rotationRange: number;
  widthShiftRange: ShiftRange;
  heightShiftRange: ShiftRange;
  shearRange: number;
  zoomRange: Pair;
  channelShiftRange: number;
  brightnessRange: Pair | undefined;
  horizontalFlip: boolean;
  verticalFlip: boolean;
}

/** One random number per picture for each: a fixed place, so that an option does not change what the others draw. */
const DRAWS = [
  'theta',
  'tx',
  'txSign',
  'ty',
  'tySign',
  'shear',
  'zx',
  'zy',
  'flipHorizontal',
  'flipVertical',
  'channelShiftIntensity',
  'brightness',
] as const;

type Draws = Record<(typeof DRAWS)[number], Output>;

/**
 * Keras' get_random_transform for every picture of a batch.
 *
 * @param count pictures in the batch, int32 scalar
 */
export function randomTransform(
  options: RandomTransformOptions,
  stream: RandomStream,
  count: Output,
  height: number,
  width: number,
): TransformParameters {
  const draws = drawAll(stream, count);
  const { rotationRange, shearRange, zoomRange, channelShiftRange, brightnessRange } = options;
  const zooms = zoomRange[0] !== 1 || zoomRange[1] !== 1;
  const when = <T>(asked: unknown, value: () => T): T | undefined => (asked ? value() : undefined);
  return {
    theta: when(rotationRange, () => between(draws.theta, -rotationRange, rotationRange)),
    tx: shift(options.heightShiftRange, height, draws.tx, draws.txSign),
    ty: shift(options.widthShiftRange, width, draws.ty, draws.tySign),
    shear: when(shearRange, () => between(draws.shear, -shearRange, shearRange)),
    zx: when(zooms, () => between(draws.zx, ...zoomRange)),
    zy: when(zooms, () => between(draws.zy, ...zoomRange)),
    flipHorizontal: when(options.horizontalFlip, () => coin(draws.flipHorizontal)),
    flipVertical: when(options.verticalFlip, () => coin(draws.flipVertical)),
    channelShiftIntensity: when(channelShiftRange, () =>
      between(draws.channelShiftIntensity, -channelShiftRange, channelShiftRange),
    ),
    brightness: brightnessRange && between(draws.brightness, ...brightnessRange),
  };
}

/** Whether these options change a picture at all. */
export function isRandom(options: RandomTransformOptions): boolean {
  const { zoomRange, brightnessRange, horizontalFlip, verticalFlip } = options;
  const ranges = [options.rotationRange, options.shearRange, options.channelShiftRange];
  const shifts = [options.widthShiftRange, options.heightShiftRange].flat();
  const zooms = zoomRange[0] !== 1 || zoomRange[1] !== 1;
  return (
    [...ranges, ...shifts].some((range) => range !== 0) || zooms || !!brightnessRange || horizontalFlip || verticalFlip
  );
}

function drawAll(stream: RandomStream, count: Output): Draws {
  const drawn = uniform(stream, ops.stack([DRAWS.length, count])); // [draws, n]
  const rows = ops.unpack(drawn, { num: DRAWS.length });
  return Object.fromEntries(DRAWS.map((name, i) => [name, rows[i]])) as Draws;
}

function between(draw: Output, low: number, high: number): Output {
  return ops.add(ops.mul(draw, high - low), low);
}

/** 1 or 0. */
function coin(draw: Output): Output {
  return ops.cast(ops.less(draw, 0.5), 'float64');
}

function shift(range: ShiftRange, size: number, draw: Output, sign: Output): Output | undefined {
  const values = [range].flat();
  const largest = Math.max(...values);
  if (values.every((value) => value === 0)) return undefined;
  const unit = largest < 1 ? size : 1;
  if (typeof range === 'number' && !Number.isInteger(range)) return between(draw, -range * unit, range * unit);
  const choices = typeof range === 'number' ? Array.from({ length: range }, (_, i) => i) : range;
  const chosen = ops.gather(
    Float64Array.from(choices, (value) => value * unit),
    ops.cast(ops.mul(draw, choices.length), 'int32'),
  );
  return ops.mul(chosen, ops.sub(ops.mul(coin(sign), 2), 1));
}

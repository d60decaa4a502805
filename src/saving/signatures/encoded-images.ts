import type { Output } from '../../core/output.js';
import { formatShape } from '../../core/shape.js';
import { decodePicture } from '../../data/decode.js';
import { checkResizeMethod, resize } from '../../data/resize.js';
import { TensorFlowError } from '../../errors/errors.js';
import type { ImagesOptions } from '../../models/export-options.js';
import type { ModelInput } from '../../models/model-input.js';
import * as ops from '../../ops/index.js';

const COLOR_MODES = { 1: 'grayscale', 3: 'rgb', 4: 'rgba' } as const;

/** Whether an input takes pictures: rows, columns and a number of channels that pictures have. */
export function takesImages({ shape }: ModelInput): boolean {
  return shape?.length === 4 && (shape[3] ?? 0) in COLOR_MODES;
}

/**
 * Encoded pictures as an input takes them.
 *
 * @param contents bytes of the files, `[n]`
 * @throws ERR_ARGUMENT for an input that takes no pictures, or whose size is open
 */
export function pixelsOf(
  contents: Output,
  input: ModelInput,
  { size = sizeOf(input), interpolation = 'bilinear', scale = 1, offset = 0 }: ImagesOptions,
): Output {
  const method = checkResizeMethod(interpolation);
  const channels = channelsOf(input);
  const one = (bytes: Output): Output =>
    ops.cast(resize(decodePicture(bytes, COLOR_MODES[channels]), size, { method }), 'float32');
  const pixels = ops.mapFn(one, contents).setShape([null, ...size, channels]);
  const scaled = scale === 1 ? pixels : ops.mul(pixels, scale);
  return ops.cast(offset === 0 ? scaled : ops.add(scaled, offset), input.dtype);
}

function channelsOf(input: ModelInput): keyof typeof COLOR_MODES {
  if (takesImages(input)) return input.shape?.[3] as keyof typeof COLOR_MODES;
  throw new TensorFlowError(
    'ERR_ARGUMENT',
    `Input '${input.name}' takes ${formatShape(input.shape ?? null)}, not pictures of [rows, columns, 1, 3 or 4 channels].`,
  );
}

function sizeOf({ name, shape }: ModelInput): readonly [number, number] {
  const [, height, width] = shape ?? [];
  if (height && width) return [height, width];
  throw new TensorFlowError('ERR_ARGUMENT', `Input '${name}' takes pictures of any size; say which with size: [height, width].`); // biome-ignore format: one line
}

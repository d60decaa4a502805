import { messageOf, TensorFlowError } from '../errors/errors.js';

/** What a picture needs of a tensor: `[height, width]`, `[height, width, channels]`, or many of these. */
export interface PictureTensor {
  readonly shape: readonly number[];
  readonly dtype: string;
  data(): Promise<ArrayLike<unknown>>;
}

/** A path, the bytes of a picture file, or a tensor. */
export type GridPicture = string | Uint8Array | PictureTensor;

/** A decoded picture: rows of pixels of 8-bit channels. */
export interface RawPicture {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly channels: Channels;
}

type Channels = 1 | 2 | 3 | 4;
const CHANNELS: readonly number[] = [1, 3, 4];

/** Decodes a file or a tensor, which may hold several pictures; `where` starts the sentence of an error. */
export async function decodePictures(picture: GridPicture, where: string): Promise<RawPicture[]> {
  if (typeof picture === 'string' || picture instanceof Uint8Array) return [await decodeFile(picture, where)];
  return await decodeTensor(picture, where);
}

async function decodeFile(file: string | Uint8Array, where: string): Promise<RawPicture> {
  const { default: sharp } = await import('sharp');
  try {
    const pixels = sharp(file).autoOrient().toColourspace('srgb').raw();
    const { data, info } = await pixels.toBuffer({ resolveWithObject: true });
    return { data, width: info.width, height: info.height, channels: info.channels as Channels };
  } catch (cause) {
    const name = typeof file === 'string' ? file : `of ${file.length} bytes`;
    throw new TensorFlowError(
      'ERR_DATA_PICTURE',
      `${where}: the picture ${name} cannot be read (${messageOf(cause)}); check that it exists and is whole.`,
      { cause },
    );
  }
}

async function decodeTensor(tensor: PictureTensor, where: string): Promise<RawPicture[]> {
  const { shape, dtype } = tensor;
  const [height, width, channels = 1] = shape.length === 4 ? shape.slice(1) : shape;
  const isPicture = shape.length >= 2 && shape.length <= 4 && !shape.includes(0) && CHANNELS.includes(channels);
  if (!isPicture || height === undefined || width === undefined) {
    throw new TensorFlowError(
      'ERR_SHAPE',
      `${where}: a picture is expected to be [height, width] or [height, width, channels] with ${CHANNELS.join(', ')} channels, or a batch of the latter, got [${shape.join(', ')}]; reshape it.`,
    );
  }
  const data = toBytes(await tensor.data(), dtype);
  const size = height * width * channels;
  return Array.from({ length: data.length / size }, (_, index) => ({
    ...{ width, height, channels: channels as Channels },
    data: data.subarray(index * size, (index + 1) * size),
  }));
}

/** Floats that never pass 1 are fractions, as networks use them; everything else is 0 to 255. */
function toBytes(values: ArrayLike<unknown>, dtype: string): Uint8Array {
  if (values instanceof Uint8Array) return values;
  const numbers = Float32Array.from(values, Number);
  const factor = dtype.includes('float') && numbers.every((value) => value <= 1) ? 255 : 1;
  return new Uint8Array(Uint8ClampedArray.from(numbers, (value) => value * factor).buffer);
}

/** As PNG in another size; enlarged pixels stay squares. */
export async function pngOf({ data, ...raw }: RawPicture, width: number, height: number): Promise<Buffer> {
  const { default: sharp } = await import('sharp');
  const kernel = width > raw.width ? 'nearest' : 'lanczos3';
  return await sharp(data, { raw }).resize({ width, height, kernel, fit: 'fill' }).png().toBuffer();
}

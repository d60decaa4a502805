import { writeFile } from 'node:fs/promises';
import type { Outputs, ProgramFunction, SpecRecord, Values } from '../core/function.js';
import { Output } from '../core/output.js';
import { Program } from '../core/program.js';
import { replaceFiles } from '../core/replace-path.js';
import { formatShape } from '../core/shape.js';
import { spec } from '../core/spec.js';
import { type Tensor, tensor } from '../core/tensor.js';
import { messageOf, TensorFlowError } from '../errors/errors.js';
import { checkOptions, unknownName } from '../errors/suggest.js';
import * as ops from '../ops/index.js';
import { checkWhole } from './batch-options.js';
import {
  type ColorMode,
  checkColorMode,
  checkInterpolation,
  decodeJpeg,
  decodePicture,
  type Interpolation,
  resizePicture,
} from './decode.js';
import { type Orientation, orientationOf, upright } from './orientation.js';
import { MAX_PIXELS, nameOf, type PictureSource, pictureBytes } from './picture-bytes.js';
import { withinLimit } from './picture-header.js';
import { type ImageSize, type ResizeOptions, resize as resizeInGraph } from './resize.js';

export type { PictureSource } from './picture-bytes.js';
export { type ImageSize, type ResizeMethod, type ResizeOptions, resizeWithCrop, resizeWithPad } from './resize.js';

export interface LoadImageOptions {
  /** Height and width to bring the picture to. @default its own */
  targetSize?: readonly [height: number, width: number];
  /** @default 'rgb' */
  colorMode?: ColorMode;
  /** How a picture of another size is resized. @default 'nearest' */
  interpolation?: Interpolation;
  /** Factor of every value: 1/255 brings bytes to 0 … 1. @default 1 */
  rescale?: number;
  /** Whether to turn a photograph as its EXIF data says. @default true */
  autoOrient?: boolean;
  /** Height × width of the largest picture to decode. @default 178956970, as Pillow */
  maxPixels?: number;
}

const LOAD_OPTIONS = ['targetSize', 'colorMode', 'interpolation', 'rescale', 'autoOrient', 'maxPixels'];

const INPUTS = {
  contents: spec('string', []),
  size: spec('int32', [2]),
  rescale: spec('float32', []),
  maxPixels: spec('int64', []),
};

type Inputs = Record<keyof typeof INPUTS, Output>;

interface Kind {
  colorMode: ColorMode;
  /** Undefined: the picture keeps its size. */
  interpolation: Interpolation | undefined;
  jpeg: boolean;
  orientation: Orientation;
}

const JPEG_START = [0xff, 0xd8];

let program: Program | undefined;
const functions = new Map<string, unknown>();

/** A function of the program that works on pictures, traced once for each kind of work. */
function traced<S extends SpecRecord, O extends Outputs>(
  kind: string,
  inputs: S,
  body: (inputs: Values<S>) => O,
): ProgramFunction<S, O> {
  let known = functions.get(kind) as ProgramFunction<S, O> | undefined;
  if (!known) {
    program ??= new Program();
    known = program.trace<S, O>(kind, inputs, body);
    functions.set(kind, known);
  }
  return known;
}

/**
 * One picture from a file, its bytes, a data URI or a sharp object, decoded off the JavaScript thread: PNG, JPEG, BMP and
 * GIF (its first frame) by the library; WebP, AVIF, TIFF, SVG and what else sharp knows through it.
 *
 * Output shape: float32 `[height, width, channels]`, values 0 … 255 times `rescale`.
 *
 * @throws ERR_DATA_PICTURE, naming the file, when it cannot be read, is no picture, or is larger than `maxPixels`
 * @example
 * const x = await load('1.png', { targetSize: [32, 32], rescale: 1 / 255 });   // float32 [32, 32, 3]
 */
export async function load(source: PictureSource, options: LoadImageOptions = {}): Promise<Tensor<'float32'>> {
  checkOptions('image.load', options, LOAD_OPTIONS);
  const { targetSize, colorMode = 'rgb', interpolation = 'nearest', rescale = 1 } = options;
  const { autoOrient = true, maxPixels = MAX_PIXELS } = options;
  checkWhole('image.load: maxPixels', maxPixels, 1);
  checkColorMode(colorMode);
  const resizing = targetSize ? checkInterpolation(interpolation) : undefined;
  try {
    const bytes = await pictureBytes(source, maxPixels);
    const jpeg = bytes[0] === JPEG_START[0] && bytes[1] === JPEG_START[1];
    const orientation = jpeg && autoOrient ? orientationOf(bytes) : 1;
    const kind: Kind = { colorMode, interpolation: resizing, jpeg, orientation };
    const run = traced(['load', ...Object.values(kind)].join('_'), INPUTS, (inputs) => ({
      picture: loaded(kind, inputs),
    }));
    using contents = tensor([bytes], [], 'string');
    const size = Int32Array.from(targetSize ?? [0, 0]);
    const { picture } = await run({ contents, size, rescale, maxPixels: BigInt(maxPixels) });
    return picture as Tensor<'float32'>;
  } catch (cause) {
    const [reason] = messageOf(cause).split('\n');
    throw new TensorFlowError(
      'ERR_DATA_PICTURE',
      `image.load: ${nameOf(source)} cannot be read as a picture (${reason}); give a file of a picture, or its bytes.`,
      { cause },
    );
  }
}

function loaded({ colorMode, interpolation, jpeg, orientation }: Kind, inputs: Inputs): Output {
  const { contents, size, rescale, maxPixels } = inputs;
  const decoded = upright(
    (jpeg ? decodeJpeg : decodePicture)(withinLimit(contents, maxPixels), colorMode),
    orientation,
  );
  const picture = interpolation ? resizePicture(decoded, size, interpolation) : decoded;
  return ops.mul(ops.cast(picture, 'float32'), rescale);
}

/** What sharp writes, by the ending of the name. */
const WRITERS = { webp: 'webp', avif: 'avif', tif: 'tiff', tiff: 'tiff', gif: 'gif' } as const;
const ENDINGS = ['png', 'jpg', 'jpeg', ...Object.keys(WRITERS)];

export interface SaveImageOptions {
  /** Factor of every value: 255 for pictures of 0 … 1. @default 1 */
  rescale?: number;
  /** Of JPEG, WebP and AVIF, 1 … 100. @default 95 */
  quality?: number;
}

/**
 * Writes a picture, whole or not at all, in the format that the name's ending says: png, jpg, webp, avif, tiff, gif.
 *
 * @param picture `[height, width, channels]` with 1, 3 or (but for JPEG) 4 channels; values are rounded and cut to 0 … 255
 * @throws ERR_UNKNOWN_NAME for another ending; ERR_SHAPE; ERR_NOT_WRITABLE
 * @example
 * await save('twice.png', await resize(photo, [448, 448]));
 */
export async function save(file: string, picture: Tensor, options: SaveImageOptions = {}): Promise<void> {
  checkOptions('image.save', options, ['rescale', 'quality']);
  const { rescale = 1, quality = 95 } = options;
  const ending = file.slice(file.lastIndexOf('.') + 1).toLowerCase();
  if (!ENDINGS.includes(ending)) throw unknownName('ending of a picture', ending, ENDINGS);
  checkPicture(picture, ending);
  const bytes = await encoded(picture, { ending, rescale, quality });
  await replaceFiles(file, [''], async (temporary) => {
    await writeFile(temporary, bytes);
  });
}

interface Encoding {
  ending: string;
  rescale: number;
  quality: number;
}

async function encoded(picture: Tensor, { ending, rescale, quality }: Encoding): Promise<Uint8Array> {
  const jpeg = ending.startsWith('jp');
  const inputs = { picture: spec(picture.dtype, [null, null, null]), rescale: spec('float32', []) };
  const run = traced(`save_${jpeg}_${quality}_${picture.dtype}`, inputs, ({ picture, rescale }) => {
    const whole = bytesOf(ops.mul(ops.cast(picture, 'float32'), rescale));
    return { file: jpeg ? ops.encodeJpeg(whole, { quality }) : ops.encodePng(whole) };
  });
  using file = (await run({ picture, rescale })).file as Tensor<'string'>;
  const bytes = Buffer.from(file.native.strings()[0] ?? []);
  if (!Object.hasOwn(WRITERS, ending)) return bytes;
  const { default: sharp } = await import('sharp');
  const format = WRITERS[ending as keyof typeof WRITERS];
  return sharp(bytes).toFormat(format, { quality }).toBuffer();
}

function bytesOf(picture: Output): Output {
  return ops.cast(ops.clipByValue(ops.round(picture), 0, 255), 'uint8');
}

function checkPicture({ shape }: Tensor, ending: string): void {
  const channels = ending.startsWith('jp') ? [1, 3] : [1, 3, 4];
  if (shape.length === 3 && channels.includes(shape[2] ?? 0)) return;
  throw new TensorFlowError(
    'ERR_SHAPE',
    `image.save: expected [height, width, channels] with ${channels.join(', ')} channels, got ${formatShape(shape)}; squeeze a batch of one.`,
  );
}

/**
 * Pictures of another size (`tf.image.resize`): in a graph an output, else a tensor.
 *
 * @param images `[height, width, channels]`, or `[n, height, width, channels]`
 * @returns float32; `nearest` keeps the dtype
 * @throws ERR_SHAPE for other ranks; ERR_UNKNOWN_NAME for a method nobody knows
 */
export function resize(images: Output, size: ImageSize | Output, options?: ResizeOptions): Output;
export function resize(images: Tensor, size: ImageSize, options?: ResizeOptions): Promise<Tensor>;
export function resize(images: Output | Tensor, size: ImageSize | Output, options: ResizeOptions = {}) {
  checkOptions('image.resize', options, ['method', 'antialias']);
  if (images instanceof Output || size instanceof Output) return resizeInGraph(images, size, options);
  return resized(images, size, options);
}

async function resized(images: Tensor, size: ImageSize, options: ResizeOptions): Promise<Tensor> {
  const { dtype, rank } = images;
  const inputs = { images: spec(dtype, Array<null>(rank).fill(null)), size: spec('int32', [2]) };
  const key = ['resize', dtype, rank, ...Object.values({ method: '', antialias: '', ...options })].join('_');
  const run = traced(key, inputs, (given) => ({ images: resizeInGraph(given.images, given.size, options) }));
  return (await run({ images, size: Int32Array.from(size) })).images as Tensor;
}

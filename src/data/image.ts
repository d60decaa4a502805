import { readFile } from 'node:fs/promises';
import type { Output } from '../core/output.js';
import { Program, type ProgramFunction, spec } from '../core/program.js';
import { type Tensor, tensor } from '../core/tensor.js';
import { messageOf, TensorFlowError } from '../errors/errors.js';
import { checkOptions } from '../errors/suggest.js';
import * as ops from '../ops/index.js';
import {
  type ColorMode,
  checkColorMode,
  checkInterpolation,
  decodeJpeg,
  decodePicture,
  type Interpolation,
  resizePicture,
} from './decode.js';

export interface LoadImageOptions {
  /** Height and width to bring the picture to. @default its own */
  targetSize?: readonly [height: number, width: number];
  /** @default 'rgb' */
  colorMode?: ColorMode;
  /** How a picture of another size is resized. @default 'nearest' */
  interpolation?: Interpolation;
  /** Factor of every value: 1/255 brings bytes to 0 … 1. @default 1 */
  rescale?: number;
}

const INPUTS = { contents: spec('string', []), size: spec('int32', [2]), rescale: spec('float32', []) };

type Inputs = Record<keyof typeof INPUTS, Output>;
type Loader = ProgramFunction<typeof INPUTS, { picture: Output }>;

interface Kind {
  colorMode: ColorMode;
  /** Undefined: the picture keeps its size. */
  interpolation: Interpolation | undefined;
  jpeg: boolean;
}

const JPEG_START = [0xff, 0xd8];

let program: Program | undefined;
const loaders = new Map<string, Loader>();

/**
 * One picture from a file or from its bytes (PNG, JPEG, BMP, GIF), decoded off the JavaScript thread.
 *
 * Output shape: float32 `[height, width, channels]`, values 0 … 255 times `rescale`.
 *
 * @throws ERR_DATA_PICTURE, naming the file, when it cannot be read or is no picture
 * @example
 * const x = await load('1.png', { targetSize: [32, 32], rescale: 1 / 255 });   // float32 [32, 32, 3]
 */
export async function load(source: string | Uint8Array, options: LoadImageOptions = {}): Promise<Tensor<'float32'>> {
  checkOptions('image.load', options, ['targetSize', 'colorMode', 'interpolation', 'rescale']);
  const { targetSize, colorMode = 'rgb', interpolation = 'nearest', rescale = 1 } = options;
  const bytes = await bytesOf(source);
  const run = loaderOf({
    colorMode: checkColorMode(colorMode),
    interpolation: targetSize ? checkInterpolation(interpolation) : undefined,
    jpeg: bytes[0] === JPEG_START[0] && bytes[1] === JPEG_START[1],
  });
  using contents = tensor([bytes], [], 'string');
  try {
    const { picture } = await run({ contents, size: Int32Array.from(targetSize ?? [0, 0]), rescale });
    return picture as Tensor<'float32'>;
  } catch (cause) {
    throw unreadable(source, cause);
  }
}

async function bytesOf(source: string | Uint8Array): Promise<Uint8Array> {
  if (typeof source !== 'string') return source;
  return readFile(source).catch((cause: unknown) => {
    throw unreadable(source, cause);
  });
}

function unreadable(source: string | Uint8Array, cause: unknown): TensorFlowError {
  const name = typeof source === 'string' ? source : 'these bytes';
  const [reason] = messageOf(cause).split('\n');
  return new TensorFlowError(
    'ERR_DATA_PICTURE',
    `image.load: ${name} cannot be read as a picture (${reason}); give a PNG, JPEG, BMP or GIF file.`,
    { cause },
  );
}

/** Traced once for each kind of picture. */
function loaderOf(kind: Kind): Loader {
  const key = Object.values(kind).join('_');
  let loader = loaders.get(key);
  if (!loader) {
    program ??= new Program();
    loader = program.trace(`load_${key}`, INPUTS, (inputs) => ({ picture: loaded(kind, inputs) }));
    loaders.set(key, loader);
  }
  return loader;
}

function loaded({ colorMode, interpolation, jpeg }: Kind, { contents, size, rescale }: Inputs): Output {
  const decoded = (jpeg ? decodeJpeg : decodePicture)(contents, colorMode);
  const picture = interpolation ? resizePicture(decoded, size, interpolation) : decoded;
  return ops.mul(ops.cast(picture, 'float32'), rescale);
}

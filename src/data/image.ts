import { readFile } from 'node:fs/promises';
import { codeOf, messageOf, TensorFlowError } from '../core/errors.js';
import type { Output } from '../core/output.js';
import { Program, type ProgramFunction, spec } from '../core/program.js';
import { checkOptions } from '../core/suggest.js';
import { type Tensor, tensor } from '../core/tensor.js';
import * as ops from '../ops/index.js';
import {
  type ColorMode,
  channelsOf,
  checkInterpolation,
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

type Loader = ProgramFunction<typeof INPUTS, { picture: Output }>;

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
  const run = loaderOf(colorMode, targetSize ? checkInterpolation(interpolation) : null);
  const name = typeof source === 'string' ? source : 'the given bytes';
  try {
    const contents = tensor([typeof source === 'string' ? await readFile(source) : source], [], 'string');
    const size = Int32Array.from(targetSize ?? [0, 0]);
    const { picture } = await run({ contents, size, rescale });
    contents.dispose();
    return picture as Tensor<'float32'>;
  } catch (cause) {
    const [reason] = messageOf(cause).split('\n');
    throw new TensorFlowError(
      'ERR_DATA_PICTURE',
      `image.load: ${name} cannot be read as a picture (${codeOf(cause)}: ${reason}).`,
      {
        cause,
      },
    );
  }
}

/** Traced once per kind of picture; a null interpolation leaves the picture's own size. */
function loaderOf(colorMode: ColorMode, interpolation: Interpolation | null): Loader {
  const key = `${colorMode}_${interpolation ?? 'as_it_is'}`;
  let loader = loaders.get(key);
  if (!loader) {
    program ??= new Program({ seed: 0 });
    loader = program.trace(key, INPUTS, ({ contents, size, rescale }) => {
      const picture = decodePicture(contents, colorMode);
      const sized = interpolation === null ? picture : resizePicture(picture, size, interpolation);
      return { picture: ops.mul(ops.cast(sized, 'float32'), rescale) };
    });
    loaders.set(key, loader);
  }
  return loader;
}

import { randomInt } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FormatEnum } from 'sharp';
import type { Tensor } from '../core/tensor.js';
import { codeOf, messageOf, TensorFlowError } from '../errors/errors.js';
import { unknownName } from '../errors/suggest.js';

const FORMATS = { png: 'png', jpg: 'jpeg', jpeg: 'jpeg', webp: 'webp', gif: 'gif', tiff: 'tiff' } as const;
export type SaveFormat = keyof typeof FORMATS;

export interface SaveOptions {
  /** A folder for every picture that a flow gives, to look at: it is made when it is not there. @default none */
  saveToDir?: string | undefined;
  /** How the names of these files begin. @default '' */
  savePrefix?: string | undefined;
  /** @default 'png' */
  saveFormat?: SaveFormat | undefined;
}

export const SAVE_OPTIONS: readonly (keyof SaveOptions)[] = ['saveToDir', 'savePrefix', 'saveFormat'];

/** Names that differ from pass to pass, as Keras'. */
const NAMES = 10_000_000;

/** Writes pictures as `prefix_index_number.format`, each stretched to 0 … 255. */
export class PictureWriter {
  readonly #folder: string;
  readonly #prefix: string;
  readonly #format: SaveFormat;

  constructor(folder: string, { savePrefix = '', saveFormat = 'png' }: SaveOptions) {
    if (!Object.hasOwn(FORMATS, saveFormat)) throw unknownName('saveFormat', saveFormat, Object.keys(FORMATS));
    this.#folder = folder;
    this.#prefix = savePrefix;
    this.#format = saveFormat;
  }

  /** @param indices which of all pictures these are */
  async write(images: Tensor, indices: readonly number[]): Promise<void> {
    const { default: sharp } = await import('sharp');
    const [, height = 0, width = 0, channels = 0] = images.shape;
    const values = (images as Tensor<'float32'>).dataSync();
    const size = height * width * channels;
    const raw = { width, height, channels: channels as 1 | 2 | 3 | 4 };
    const format: keyof FormatEnum = FORMATS[this.#format];
    try {
      await mkdir(this.#folder, { recursive: true });
      for (const [row, index] of indices.entries()) {
        const pixels = stretched(values.subarray(row * size, (row + 1) * size));
        const name = `${this.#prefix}_${index}_${randomInt(NAMES)}.${this.#format}`;
        await writeFile(join(this.#folder, name), await sharp(pixels, { raw }).toFormat(format).toBuffer());
      }
    } catch (cause) {
      throw new TensorFlowError(
        'ERR_NOT_WRITABLE',
        `saveToDir: a picture in ${this.#folder} cannot be written (${codeOf(cause) ?? messageOf(cause)}); make the folder writable, free some space, or choose another one.`,
        { cause },
      );
    }
  }
}

/** As Keras' array_to_img does: the smallest value is 0, the largest 255. */
function stretched(values: Float32Array): Uint8Array {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  const spread = high - low || 1;
  return Uint8Array.from(values, (value) => ((value - low) / spread) * 255);
}

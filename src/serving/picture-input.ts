import { readFile } from 'node:fs/promises';
import { isBigInt, isFloating } from '../core/dtype.js';
import { formatSpec } from '../core/spec.js';
import { type Tensor, tensor } from '../core/tensor.js';
import type { ColorMode } from '../data/decode.js';
import * as image from '../data/image.js';
import { TensorFlowError } from '../errors/errors.js';
import { isBytes } from './http/json/tensor-to-json.js';
import type { ServedSignature, ServedTensor } from './repository/servable.js';

/** The input of a signature that takes pictures. */
export interface PictureInput {
  readonly name: string;
  readonly spec: ServedTensor;
  /** Of one row; undefined where the input takes whole files. */
  readonly picture: PictureShape | undefined;
}

interface PictureShape {
  readonly colorMode: ColorMode;
  /** Height and width; undefined: any. */
  readonly size: readonly [number, number] | undefined;
  /** Of a row that has no channels of its own. */
  readonly row?: readonly number[];
}

const COLOR_MODES: Readonly<Record<number, ColorMode>> = { 1: 'grayscale', 3: 'rgb', 4: 'rgba' };
/** Height and width of MNIST's digits, which networks of dense layers take as 784 numbers. */
const DIGIT = 28;
const GREY_DIGIT: PictureShape = { colorMode: 'grayscale', size: [DIGIT, DIGIT] };

/**
 * The one input of a signature, where it takes a batch of pictures: pixels `[n, height, width, channels]`, MNIST's
 * `[n, 784]` and `[n, 28, 28]`, or strings of a name that ends in
 * `_bytes`, whole files.
 */
export function pictureInputOf({ inputs }: ServedSignature): PictureInput | undefined {
  const [only, second] = Object.entries(inputs);
  if (!only || second) return undefined;
  const [name, spec] = only;
  if (spec.dtype === 'string') {
    return isBytes(name) && spec.shape?.length === 1 ? { name, spec, picture: undefined } : undefined;
  }
  const takesNumbers = spec.dtype !== 'bool' && !isBigInt(spec.dtype);
  const picture = takesNumbers ? pictureOf(spec.shape?.slice(1) ?? []) : undefined;
  return picture && { name, spec, picture };
}

/** @throws TF_INVALID_ARGUMENT where a signature takes no pictures */
export function checkedPictureInput(signature: ServedSignature): PictureInput {
  const found = pictureInputOf(signature);
  if (found) return found;
  const takes = Object.entries(signature.inputs).map(([name, spec]) => `${name} ${formatSpec(spec)}`);
  throw new TensorFlowError(
    'TF_INVALID_ARGUMENT',
    `Signature '${signature.name}' takes no picture but ${takes.join(', ')}; send JSON.`,
  );
}

function pictureOf(row: readonly (number | null)[]): PictureShape | undefined {
  const [height = null, width = null, channels = 1] = row;
  if (row.length === 1 && height === DIGIT ** 2) return { ...GREY_DIGIT, row: [DIGIT ** 2] };
  if (row.length === 2) return height === DIGIT && width === DIGIT ? { ...GREY_DIGIT, row: [DIGIT, DIGIT] } : undefined;
  const colorMode = COLOR_MODES[channels ?? 3];
  if (colorMode === undefined || row.length !== 3) return undefined;
  return { colorMode, size: height && width ? [height, width] : undefined };
}

/** What pictures are multiplied by where nothing is said: floating point takes 0 … 1, whole numbers 0 … 255. */
export function defaultRescale({ spec }: PictureInput): number {
  return isFloating(spec.dtype) ? 1 / 255 : 1;
}

export interface PictureBatchOptions {
  /** Factor of the bytes 0 … 255. Default {@link defaultRescale}. */
  readonly rescale?: number;
  /** Height × width of the largest picture. Default as `image.load`. */
  readonly maxPixels?: number;
}

/**
 * Pictures as one batch, resized to what the input takes.
 *
 * @throws ERR_DATA_PICTURE for what is no picture; ERR_NOT_READABLE for a path of nothing
 */
export async function pictureBatch(
  sources: readonly (string | Uint8Array)[],
  input: PictureInput,
  options: PictureBatchOptions = {},
): Promise<Tensor> {
  const { picture, spec } = input;
  if (!picture) {
    const files = await Promise.all(sources.map((source) => (typeof source === 'string' ? readFile(source) : source)));
    return tensor(files, [files.length], 'string');
  }
  const { colorMode, size, row } = picture;
  const load = { colorMode, rescale: defaultRescale(input), ...options, ...(size && { targetSize: size }) };
  const rows = await Promise.all(sources.map((source) => image.load(source, load)));
  try {
    return batchOf(rows, row, spec);
  } finally {
    for (const row of rows) row.dispose();
  }
}

function batchOf(
  rows: readonly Tensor<'float32'>[],
  shape: readonly number[] | undefined,
  { dtype }: ServedTensor,
): Tensor {
  const [first] = rows;
  const row = shape ?? first?.shape ?? [];
  const odd = rows.find((one) => `${one.shape}` !== `${first?.shape}`);
  if (odd) {
    throw new TensorFlowError(
      'TF_INVALID_ARGUMENT',
      `Pictures of one batch must have one size, got [${first?.shape}] and [${odd.shape}]; take a batch size of 1.`,
    );
  }
  const values = new Float32Array(rows.reduce((sum, one) => sum + one.size, 0));
  for (const [i, one] of rows.entries()) values.set(one.dataSync(), i * one.size);
  const all = [rows.length, ...row];
  return dtype === 'float32' ? tensor(values, all, dtype) : tensor(Array.from(values), all, dtype);
}

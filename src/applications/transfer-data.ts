import { type ImageDataGeneratorOptions, imageDataGenerator } from '../data/index.js';
import type { DataSource } from '../data/source.js';
import { TensorFlowError } from '../errors/errors.js';
import type { Model } from '../models/model.js';
import { type Input, toSource } from '../training/data-adapter.js';
import type { Values } from '../training/parts.js';

/** Pictures with their classes: a folder with one sub-folder per class, arrays, or a source of batches. */
export type TransferData = string | readonly [x: Values, y: Values] | Input;

/** How data becomes batches. */
export interface Reading {
  readonly batchSize: number;
  readonly seed: number | undefined;
  readonly shuffle: boolean;
  /** Of the pictures of a folder. */
  readonly generator: ImageDataGeneratorOptions;
}

/** Batches for a network: of a folder, pictures in the size that it wants. */
export async function sourceOf(base: Model, data: TransferData, reading: Reading): Promise<DataSource> {
  const { batchSize, shuffle, seed, generator } = reading;
  if (typeof data === 'string') {
    return imageDataGenerator(generator).flowFromDirectory(data, {
      targetSize: pictureSize(base),
      batchSize,
      shuffle,
      ...(seed === undefined ? {} : { seed }),
    });
  }
  if (!Array.isArray(data)) return toSource('transfer', base, data as Input, undefined, { batchSize, shuffle });
  const [x, y] = data as readonly Values[];
  if (x !== undefined && y !== undefined) return toSource('transfer', base, x, y, { batchSize, shuffle });
  throw new TensorFlowError('ERR_ARGUMENT', 'transfer: arrays are given as [x, y].');
}

function pictureSize(base: Model): [number, number] {
  const [, height, width] = base.inputShape ?? [];
  if (height && width) return [height, width];
  throw new TensorFlowError(
    'ERR_ARGUMENT',
    `transfer: model '${base.name}' does not say its picture size; make it with an inputShape, or give a flow in place of the folder.`,
  );
}

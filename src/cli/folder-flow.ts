import { imageDataGenerator } from '../data/index.js';
import type { DataSource } from '../data/source.js';
import { TensorFlowError } from '../errors/errors.js';
import type { Model } from '../models/model.js';

/** Pictures of a folder in order, as the model takes them, scaled to 0 … 1. */
export function folderFlow(model: Model, folder: string, batchSize: number): Promise<DataSource> {
  return imageDataGenerator({ rescale: 1 / 255 }).flowFromDirectory(folder, {
    targetSize: pictureSize(model),
    batchSize,
    shuffle: false,
  });
}

/** `[height, width]` of the pictures a model takes. */
export function pictureSize(model: Model): [number, number] {
  const [, height, width] = model.inputShape ?? [];
  if (height && width) return [height, width];
  throw new TensorFlowError('ERR_SHAPE', `Model '${model.name}' does not take pictures of one size.`);
}

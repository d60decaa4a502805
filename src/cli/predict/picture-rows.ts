import { createHash } from 'node:crypto';
import { relative } from 'node:path';
import { filesBelow } from '../../data/class-folders.js';
import { TensorFlowError } from '../../errors/errors.js';
import { checkedPictureInput, pictureBatch } from '../../serving/picture-input.js';
import type { ServedSignature } from '../../serving/repository/servable.js';
import type { RowSource } from './rows.js';

const EXTENSIONS = ['png', 'jpg', 'jpeg', 'bmp', 'gif', 'webp', 'avif', 'tif', 'tiff'];

/**
 * A row for each picture of a folder, at any depth, sorted.
 *
 * @throws ERR_DATA_EMPTY; TF_INVALID_ARGUMENT where the signature takes no pictures
 */
export async function pictureRows(folder: string, signature: ServedSignature): Promise<RowSource> {
  const input = checkedPictureInput(signature);
  const files = await filesBelow(folder, { extensions: EXTENSIONS });
  if (files.length === 0) {
    throw new TensorFlowError('ERR_DATA_EMPTY', `predict: '${folder}' has no pictures (${EXTENSIONS.join(', ')}).`);
  }
  return {
    stamp: createHash('sha256').update(files.join('\0')).digest('hex'),
    total: files.length,
    async *batches(skip, batchSize) {
      for (let at = skip; at < files.length; at += batchSize) {
        const some = files.slice(at, at + batchSize);
        const inputs = { [input.name]: await pictureBatch(some, input) };
        yield { rows: some.length, inputs, files: some.map((file) => relative(folder, file)) };
      }
    },
  };
}

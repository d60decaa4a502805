import { basename } from 'node:path';
import { download, isWhole } from './download.js';
import { modelFile } from './keras-home.js';

/** A file of Keras' model store. */
export interface StoredFile {
  /** Its place in the store. */
  readonly path: string;
  /** What Keras calls it in its cache. */
  readonly name: string;
  /** MD5 or SHA-256 as Keras publishes it; undefined where it does not. */
  readonly hash: string | undefined;
}

/** Keras' weights of a network: with its classifier, and without. */
export interface WeightFiles {
  readonly whole: StoredFile;
  readonly headless: StoredFile;
}

/** Checksums of the file with the classifier, and of that without. */
export type Hashes = readonly [whole: string, headless: string];

const STORE = 'https://storage.googleapis.com';

/** @param name where the cache has another one than the store */
export function storedFile(path: string, hash?: string, name = basename(path)): StoredFile {
  return { path, name, hash };
}

/** Both files of a network whose weights came from TensorFlow early on, and are called accordingly. */
export function kernelFiles(folder: string, name: string, [whole, headless]: Hashes): WeightFiles {
  const file = (end: string, hash: string): StoredFile =>
    storedFile(`tensorflow/keras-applications/${folder}/${name}_weights_tf_dim_ordering_tf_kernels${end}.h5`, hash);
  return { whole: file('', whole), headless: file('_notop', headless) };
}

/** Both files of a network that go by its name. */
export function plainFiles(folder: string, name: string, [whole, headless]: Hashes): WeightFiles {
  return {
    whole: storedFile(`${folder}/${name}.h5`, whole),
    headless: storedFile(`${folder}/${name}_notop.h5`, headless),
  };
}

/** Where files come from: Keras' store, or a mirror of it. */
export function storeAddress({ path }: StoredFile, env: Readonly<Record<string, string | undefined>> = process.env) {
  return `${(env.KERAS_MODEL_STORE || STORE).replace(/\/+$/, '')}/${path}`;
}

/**
 * The path of a file of the store in Keras' cache folder; fetched where it is not there, or is not what its checksum says.
 *
 * @throws ERR_DOWNLOAD, ERR_NOT_WRITABLE
 */
export async function fetchStored(file: StoredFile): Promise<string> {
  const target = modelFile(file.name);
  if (await isWhole(target, file.hash)) return target;
  const address = storeAddress(file);
  await download(address, target, {
    hash: file.hash,
    otherWays: `connect to the network, set KERAS_MODEL_STORE to a mirror of the store, or put the file to ${target}`,
  });
  return target;
}

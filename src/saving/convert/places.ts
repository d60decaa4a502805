import { readdir, rename } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { makeFolder } from '../../core/make-folder.js';
import { replaceFolder } from '../../core/replace-path.js';
import { checkWritable, replaceFile } from '../hdf5/replace-file.js';
import { moveTfjs } from '../tfjs/save.js';

/** How a model that was written beside it takes the place of the one that is there, which is whole until then. */
export interface Place {
  /** Makes the folders above it, where the format does that. */
  prepare(path: string): Promise<void>;
  put(made: string, path: string): Promise<void>;
}

export const oneFile: Place = {
  prepare: checkWritable,
  put: (made, path) => replaceFile(path, (temporary) => rename(made, temporary)),
};

export const savedModelFolder: Place = {
  prepare: makeFolderAbove,
  put: (made, path) =>
    replaceFolder(
      path,
      (entries) => entries.includes('saved_model.pb'),
      async (temporary) => {
        for (const name of await readdir(made)) await rename(join(made, name), join(temporary, name));
      },
    ),
};

export const tfjsFiles: Place = { prepare: makeFolderAbove, put: moveTfjs };

async function makeFolderAbove(path: string): Promise<void> {
  await makeFolder(dirname(resolve(path)));
}

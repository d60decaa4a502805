import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

/** What the programs of the chapter take; each reads what concerns it. */
const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    out: { type: 'string', default: join('out', 'chapter') },
    epochs: { type: 'string' },
    model: { type: 'string' },
    photo: { type: 'string' },
    vgg16: { type: 'string', default: 'imagenet' },
    stay: { type: 'boolean', default: false },
  },
});

/** Pictures that are there already. */
export const givenData = values.data;
/** Where the pictures are, or are put: data1 and data2, each with train and valid. */
export const data = values.data ?? join('data', 'cifar_10_images');
/** Where figures, models and exports go. */
export const out = values.out;
mkdirSync(out, { recursive: true });
/** The model that training leaves and later sections load. */
export const modelFile = values.model ?? join(out, 'cifar_model.h5');
/** A photograph to be told. */
export const photo = values.photo;
/** Where VGG16's weights come from: `imagenet`, a file, or `none`. */
export const vgg16Weights = values.vgg16;
/** Whether the server of the last section stays up. */
export const stay = values.stay;
/** Epochs as asked for, else the section's own number. */
export const epochsOr = (usual: number): number => Number(values.epochs ?? usual);
/** A progress bar on a terminal, a line an epoch elsewhere. */
export const verbose = process.stdout.isTTY ? 1 : 2;

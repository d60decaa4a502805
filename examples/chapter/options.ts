import { join } from 'node:path';
import { parseArgs } from 'node:util';

/** What all programs of the chapter take. */
const { values } = parseArgs({
  options: {
    data: { type: 'string', default: join('data', 'cifar_10_images') },
    out: { type: 'string', default: join('out', 'chapter') },
    epochs: { type: 'string' },
    model: { type: 'string' },
  },
});

/** Where the pictures are, or are put: data1 and data2, each with train and valid. */
export const data = values.data;
/** Where figures, models and exports go. */
export const out = values.out;
/** The model that training leaves and later sections load. */
export const modelFile = values.model ?? join(out, 'cifar_model.h5');
/** Epochs as asked for, else the section's own number. */
export const epochsOr = (usual: number): number => Number(values.epochs ?? usual);
/** A progress bar on a terminal, a line an epoch elsewhere. */
export const verbose = process.stdout.isTTY ? 1 : 2;

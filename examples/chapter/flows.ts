import { join } from 'node:path';
import * as tf from 'libtensorflow-node';
import { data } from './options.js';

const flow = { targetSize: [32, 32], batchSize: 50, classMode: 'categorical' } as const;

/** Training pictures, a little turned, moved and mirrored. */
export function trainingFlow(set: 'data1' | 'data2') {
  const generator = tf.data.imageDataGenerator({
    rotationRange: 15,
    widthShiftRange: 0.2,
    heightShiftRange: 0.2,
    horizontalFlip: true,
    rescale: 1 / 255,
  });
  return generator.flowFromDirectory(join(data, set, 'train'), flow);
}

/** Validation pictures, as they are and in order. */
export function validationFlow(set: 'data1' | 'data2') {
  const generator = tf.data.imageDataGenerator({ rescale: 1 / 255 });
  return generator.flowFromDirectory(join(data, set, 'valid'), { ...flow, shuffle: false });
}

/** Batches of a whole pass: 800 for the 40,000 pictures of data1/train. */
export const stepsOf = ({ samples }: { readonly samples: number }): number => Math.ceil(samples / flow.batchSize);

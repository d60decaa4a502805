import * as tf from '../../src/index.js';
import type { Family, Task, Work } from './work.js';

/** Pictures decoded and augmented, without a model. */
export const PICTURES: Family = {
  'augment-32': (task) => drawBatches(32, task),
  'augment-224': (task) => drawBatches(224, task),
  'augment-32-cached': (task) => drawBatches(32, task, true),
  'augment-224-cached': (task) => drawBatches(224, task, true),
};

/** Pictures of a folder, rotated, shifted and flipped. */
export function augmentedFlow(side: number, { files, batchSize }: Task, cache = false) {
  const generator = tf.data.imageDataGenerator({
    rotationRange: 15,
    widthShiftRange: 0.2,
    heightShiftRange: 0.2,
    horizontalFlip: true,
    rescale: 1 / 255,
  });
  const options = { targetSize: [side, side], batchSize, classMode: 'categorical', cache, verbose: 0 } as const;
  return generator.flowFromDirectory(files, options);
}

/** Batches brought to JavaScript. */
async function drawBatches(side: number, task: Task, cache = false): Promise<Work> {
  const flow = await augmentedFlow(side, task, cache);
  return async ({ stepsPerEpoch: batches }) => {
    for (let i = 0; i < batches; i++) for (const part of await flow.next()) part.dispose();
  };
}

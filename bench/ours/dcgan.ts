import { Dcgan } from '../../examples/dcgan/dcgan.js';
import * as tf from '../../src/index.js';
import { randomValues } from './arrays.js';
import type { Family, Task, Work } from './work.js';

const PICTURE = [28, 28, 1];

/** The example's generator and discriminator, each of which learns once in a step. */
export const DCGAN: Family = { dcgan: learnInTurn };

async function learnInTurn({ batchSize, stepsPerEpoch }: Task): Promise<Work> {
  const shape = [batchSize * stepsPerEpoch, ...PICTURE];
  const pictures = tf.tensor(
    Uint8Array.from(randomValues(shape), (value) => 255 * value),
    shape,
  );
  const gan = new Dcgan(pictures, { seed: 1, batchSize, samples: 1 });
  return async ({ stepsPerEpoch: steps }) => {
    await gan.startEpoch(0);
    for (let i = 0; i < steps; i++) await gan.step();
  };
}

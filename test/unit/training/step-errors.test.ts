import { expect, test } from 'vitest';
import * as tf from '../../../src/index.js';

test.each(['meanSquaredError', 'meanAbsoluteError', 'huber', 'kullbackLeiblerDivergence', 'cosineSimilarity', 'hinge'])(
  'labels of another width than the predictions are refused by %s, with both shapes',
  async (loss) => {
    using model = tf.sequential([tf.layers.dense({ units: 2, inputShape: [3], name: 'narrow' })]);
    model.compile({ loss, optimizer: 'sgd' });
    const [x, y] = [[[1, 2, 3]], [[1, 2, 3]]];
    const refused = { code: 'ERR_LABELS', message: expect.stringMatching(/labels of a batch are .*3\], .* .*2\]/) };
    await expect(model.fit(x, y, { verbose: 0 })).rejects.toMatchObject(refused);
    await expect(model.evaluate(x, y, { verbose: 0 })).rejects.toMatchObject(refused);
    await expect(model.trainOnBatch(x, y)).rejects.toMatchObject(refused);
    expect(await model.trainOnBatch(x, [[1, 2]])).toHaveProperty('loss');
  },
);

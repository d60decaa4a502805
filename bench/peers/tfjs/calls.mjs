import { tf } from './library.mjs';

const VALUES = 2 ** 24;

/** What is given and taken. */
export const CALLS = {
  transport: () => {
    const values = new Float32Array(VALUES).fill(1);
    return async ({ stepsPerEpoch: times }) => {
      for (let i = 0; i < times; i++) {
        const x = tf.tensor1d(values);
        // Why: it gives nothing to its library before an op asks for it, and this one computes nothing.
        const y = x.reshape([VALUES, 1]);
        y.dataSync();
        tf.dispose([x, y]);
      }
    };
  },
};

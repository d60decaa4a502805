import * as tf from '../../src/index.js';
import { fitOnTensors } from './arrays.js';
import type { Family, Task, Work } from './work.js';

const TOKENS = 200;
const VOCABULARY = 20_000;

/** Texts, as numbers of words. */
export const SEQUENCES: Family = { lstm: fitOnTexts };

function fitOnTexts(task: Task): Work {
  const { embedding, lstm, dense } = tf.layers;
  const model = tf.sequential({
    layers: [
      embedding({ inputDim: VOCABULARY, outputDim: 64, inputShape: [TOKENS] }),
      lstm({ units: 64 }),
      dense({ units: 1, activation: 'sigmoid' }),
    ],
  });
  const { jitCompile = false } = task;
  model.compile({ loss: 'binaryCrossentropy', optimizer: 'adam', metrics: ['accuracy'], jitCompile });
  const count = task.batchSize * task.stepsPerEpoch;
  const words = Int32Array.from({ length: count * TOKENS }, () => Math.floor(Math.random() * VOCABULARY));
  const labels = Float32Array.from({ length: count }, () => Math.round(Math.random()));
  return fitOnTensors(model, tf.tensor(words, [count, TOKENS]), tf.tensor(labels, [count, 1]), task);
}

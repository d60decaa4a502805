import { smallCnn } from '../../small-cnn.mjs';
import { fitOnArrays, predictArrays } from './arrays.mjs';
import { tf } from './library.mjs';
import { augmentedFlow } from './pictures.mjs';

const SIDE = 32;
const PICTURE = [SIDE, SIDE, 3];

/** The chapter's networks. */
export const CHAPTER = {
  'cnn-memory': (task) => fitOnArrays(compiledCnn(), PICTURE, 8, task),
  'cnn-folders': (task) => {
    const model = compiledCnn();
    const flow = augmentedFlow(task);
    return ({ stepsPerEpoch, epochs }) =>
      model.fitDataset(flow, { batchesPerEpoch: stepsPerEpoch, epochs, verbose: 0 });
  },
  'mnist-dense': (task) => fitOnArrays(compiledDense(), [784], 10, task),
  'predict-1': (task) => predictArrays(compiledCnn(), PICTURE, task),
  'predict-256': (task) => predictArrays(compiledCnn(), PICTURE, task),
  start: (task) => predictArrays(compiledCnn(), PICTURE, task),
};

function compiledCnn() {
  const model = smallCnn(tf);
  model.compile({ loss: 'categoricalCrossentropy', optimizer: 'adam', metrics: ['accuracy'] });
  return model;
}

function compiledDense() {
  const { layers } = tf;
  const model = tf.sequential({
    layers: [
      layers.dense({ units: 256, activation: 'relu', inputShape: [784] }),
      layers.dense({ units: 128, activation: 'relu' }),
      layers.dense({ units: 10, activation: 'softmax' }),
    ],
  });
  model.compile({ loss: 'categoricalCrossentropy', optimizer: 'rmsprop', metrics: ['accuracy'] });
  return model;
}

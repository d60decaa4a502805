import * as tf from '../../src/index.js';
import { smallCnn } from '../../src/models/small-cnn.js';
import { fitOnArrays, predictArrays } from './arrays.js';
import { augmentedFlow } from './pictures.js';
import type { Family, Task, Work } from './work.js';

const PICTURE = [32, 32, 3];
const CLASSES = 8;

/** The chapter's networks. */
export const CHAPTER: Family = {
  'cnn-memory': (task) => fitOnArrays(compiledCnn('float32', task), PICTURE, CLASSES, task),
  'cnn-memory-bfloat16': (task) => fitOnArrays(compiledCnn('mixed_bfloat16'), PICTURE, CLASSES, task),
  'cnn-folders': (task) => fitOnFolders(compiledCnn(), task),
  'cnn-folders-bfloat16': (task) => fitOnFolders(compiledCnn('mixed_bfloat16'), task),
  'predict-1': (task) => predictArrays(compiledCnn(), PICTURE, task),
  'predict-256': (task) => predictArrays(compiledCnn(), PICTURE, task),
  'mnist-dense': (task) => fitOnArrays(compiledDense(task), [784], 10, task),
};

function compiledCnn(precision: tf.Precision = 'float32', { jitCompile = false }: Partial<Task> = {}): tf.Sequential {
  const model = smallCnn();
  model.compile({ loss: 'categoricalCrossentropy', optimizer: 'adam', metrics: ['accuracy'], precision, jitCompile });
  return model;
}

function compiledDense({ jitCompile = false }: Task): tf.Sequential {
  const model = tf.sequential();
  model.add(tf.layers.dense({ units: 256, activation: 'relu', inputShape: [784] }));
  model.add(tf.layers.dense({ units: 128, activation: 'relu' }));
  model.add(tf.layers.dense({ units: 10, activation: 'softmax' }));
  model.compile({ loss: 'categoricalCrossentropy', optimizer: 'rmsprop', metrics: ['accuracy'], jitCompile });
  return model;
}

async function fitOnFolders(model: tf.Sequential, task: Task): Promise<Work> {
  const flow = await augmentedFlow(32, task);
  return (how) => model.fit(flow, { ...how, verbose: 0 });
}

import * as tf from '../../src/index.js';
import { fitOnArrays, predictArrays } from './arrays.js';
import type { Family, Task, Work } from './work.js';

const CLASSES = 8;

/** A new head on a network that stays as it is: what the network makes of pictures, and what the head learns from it. */
export const TRANSFER: Family = {
  'transfer-features': features,
  'transfer-head': (task) => fitOnArrays(newHead(), [1280], CLASSES, task),
};

async function features(task: Task): Promise<Work> {
  const network = await tf.applications.mobilenetV2({ weights: task.files });
  const outputs = network.layers.at(-1)?.input as tf.SymbolicTensor;
  return predictArrays(tf.model({ inputs: network.input, outputs }), [224, 224, 3], task);
}

function newHead(): tf.Sequential {
  const model = tf.sequential();
  model.add(tf.layers.dropout({ rate: 0.2, inputShape: [1280] }));
  model.add(tf.layers.dense({ units: CLASSES, activation: 'softmax' }));
  model.compile({ loss: 'categoricalCrossentropy', optimizer: 'adam', metrics: ['accuracy'] });
  return model;
}

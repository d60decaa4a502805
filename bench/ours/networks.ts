import * as tf from '../../src/index.js';
import { NETWORKS } from '../networks.js';
import type { Network } from '../workloads.js';
import { fitOnArrays, predictArrays } from './arrays.js';
import type { Family, Task } from './work.js';

const PICTURE = [224, 224, 3];
const CLASSES = 1000;

/** Keras' networks, with weights of a file. */
export const APPLICATIONS: Family = Object.fromEntries(
  (Object.keys(NETWORKS) as Network[]).flatMap((name) => {
    const network = (task: Task) => NETWORKS[name]({ weights: task.files });
    return [
      [`predict-${name}`, async (task) => predictArrays(await network(task), PICTURE, task)],
      [`train-${name}`, async (task) => fitOnArrays(compiled(await network(task)), PICTURE, CLASSES, task)],
    ];
  }),
);

function compiled(model: tf.Model): tf.Model {
  const optimizer = tf.optimizers.sgd({ learningRate: 0.001, momentum: 0.9 });
  model.compile({ loss: 'categoricalCrossentropy', optimizer, metrics: ['accuracy'] });
  return model;
}

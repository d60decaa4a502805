import * as tf from '../../src/index.js';
import { predictArrays } from './arrays.js';
import type { Family } from './work.js';

const PICTURE = [224, 224, 3];

/** Keras' networks, with weights of a file. */
export const NETWORKS: Family = {
  'predict-VGG16': async (task) => predictArrays(await tf.applications.vgg16({ weights: task.files }), PICTURE, task),
  'predict-ResNet50': async (task) =>
    predictArrays(await tf.applications.resnet50({ weights: task.files }), PICTURE, task),
};

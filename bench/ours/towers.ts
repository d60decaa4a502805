import * as tf from '../../src/index.js';
import { CURVE_SUITES, type Tower } from '../curve-suites.js';
import { fitOnArrays, predictArrays } from './arrays.js';
import type { Family, Task, Work } from './work.js';

const CLASSES = 8;

/** Networks of any size: blocks of two convolutions on pictures of so many pixels a side. */
export const TOWERS: Family = Object.fromEntries(
  Object.values(CURVE_SUITES)
    .flat()
    .flatMap(({ name, tower }) => (tower ? [[name, (task: Task) => workOn(tower, task)]] : [])),
);

function workOn({ task, side, depth }: Tower, asked: Task): Work {
  const shape = [side, side, 3];
  const model = compiledTower(shape, depth);
  return task === 'fit' ? fitOnArrays(model, shape, CLASSES, asked) : predictArrays(model, shape, asked);
}

function compiledTower(inputShape: readonly number[], depth: number): tf.Sequential {
  const { conv2d, maxPooling2d, globalAveragePooling2d, dense } = tf.layers;
  const model = tf.sequential();
  for (let block = 0; block < depth; block++) {
    const conv = { filters: block === 0 ? 32 : 64, kernelSize: 3, padding: 'same', activation: 'relu' } as const;
    model.add(conv2d(block === 0 ? { ...conv, inputShape } : conv));
    model.add(conv2d(conv));
    model.add(maxPooling2d({ poolSize: 2 }));
  }
  model.add(globalAveragePooling2d());
  model.add(dense({ units: CLASSES, activation: 'softmax' }));
  model.compile({ loss: 'categoricalCrossentropy', optimizer: 'adam', metrics: ['accuracy'] });
  return model;
}

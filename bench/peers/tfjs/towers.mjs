import { fitOnArrays, predictArrays } from './arrays.mjs';
import { tf } from './library.mjs';

const CLASSES = 8;

/** Networks of any size: blocks of two convolutions on pictures of so many pixels a side. */
export const TOWERS = Object.fromEntries(
  [32, 64, 128, 224].flatMap((side) =>
    [1, 2, 3, 4].flatMap((depth) => {
      const shape = [side, side, 3];
      return [
        [`tower-fit-${side}-${depth}`, (task) => fitOnArrays(compiledTower(shape, depth), shape, CLASSES, task)],
        [`tower-predict-${side}-${depth}`, (task) => predictArrays(compiledTower(shape, depth), shape, task)],
      ];
    }),
  ),
);

function compiledTower(inputShape, depth) {
  const { conv2d, maxPooling2d, globalAveragePooling2d, dense } = tf.layers;
  const model = tf.sequential();
  for (let block = 0; block < depth; block++) {
    const conv = { filters: block === 0 ? 32 : 64, kernelSize: 3, padding: 'same', activation: 'relu' };
    model.add(conv2d(block === 0 ? { ...conv, inputShape } : conv));
    model.add(conv2d(conv));
    model.add(maxPooling2d({ poolSize: 2 }));
  }
  model.add(globalAveragePooling2d({}));
  model.add(dense({ units: CLASSES, activation: 'softmax' }));
  model.compile({ loss: 'categoricalCrossentropy', optimizer: 'adam', metrics: ['accuracy'] });
  return model;
}

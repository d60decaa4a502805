import * as tf from '../../src/index.js';
import type { Task, Work } from './work.js';

/** Values between 0 and 1, as many as a shape has. */
export function randomValues(shape: readonly number[]): Float32Array {
  return Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, Math.random);
}

/** One-hot, of a random class each. */
export function randomLabels(count: number, classes: number): tf.Tensor {
  const values = new Float32Array(count * classes);
  for (let i = 0; i < count; i++) values[i * classes + Math.floor(Math.random() * classes)] = 1;
  return tf.tensor(values, [count, classes]);
}

/** Random values and one-hot labels, as many as an epoch takes. */
export function fitOnArrays(model: tf.Model, shape: readonly number[], classes: number, task: Task): Work {
  const count = task.batchSize * task.stepsPerEpoch;
  const x = tf.tensor(randomValues([count, ...shape]), [count, ...shape]);
  return fitOnTensors(model, x, randomLabels(count, classes), task);
}

export function fitOnTensors(model: tf.Model, x: tf.Tensor, y: tf.Tensor, { batchSize }: Task): Work {
  return ({ epochs }) => model.fit(x, y, { batchSize, epochs, verbose: 0 });
}

/** The same values again and again, read each time. */
export function predictArrays(model: tf.Model, shape: readonly number[], { batchSize }: Task): Work {
  const all = [batchSize, ...shape];
  const values = randomValues(all);
  return async ({ stepsPerEpoch: times }) => {
    for (let i = 0; i < times; i++) {
      using x = tf.tensor(values, all);
      using y = await model.predict(x, { batchSize, verbose: 0 });
      await y.data();
    }
  };
}

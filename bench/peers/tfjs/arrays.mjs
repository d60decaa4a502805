import { tf } from './library.mjs';

/** One-hot, of class numbers. */
export function oneHot(labels, classes) {
  return tf.tidy(() => tf.oneHot(tf.tensor1d(labels, 'int32'), classes).toFloat());
}

/** One-hot, of a random class each. */
export function randomLabels(count, classes) {
  return oneHot(
    Array.from({ length: count }, () => Math.floor(Math.random() * classes)),
    classes,
  );
}

/** Random values and one-hot labels, as many as an epoch takes. */
export function fitOnArrays(model, shape, classes, { batchSize, stepsPerEpoch }) {
  const count = batchSize * stepsPerEpoch;
  const x = tf.randomUniform([count, ...shape]);
  const y = randomLabels(count, classes);
  return ({ epochs }) => model.fit(x, y, { batchSize, epochs, verbose: 0 });
}

/** The same values again and again, each time a tensor made, predicted on, read and disposed. */
export function predictArrays(model, shape, { batchSize }) {
  const all = [batchSize, ...shape];
  const values = Float32Array.from({ length: all.reduce((a, b) => a * b, 1) }, Math.random);
  return async ({ stepsPerEpoch: calls }) => {
    for (let i = 0; i < calls; i++) {
      const x = tf.tensor(values, all);
      const y = model.predict(x, { batchSize });
      await y.data();
      tf.dispose([x, y]);
    }
  };
}

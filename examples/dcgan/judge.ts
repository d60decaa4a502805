import { existsSync } from 'node:fs';
import * as tf from 'libtensorflow-node';
import { LATENT } from './networks.js';

/** What a digit classifier says about generated pictures. */
export interface Judgement {
  /** Mean, over the pictures, of the probability of the likeliest digit. */
  meanTopProbability: number;
  /** How many pictures look most like each digit. */
  counts: number[];
}

/** A classifier of digits, trained on real MNIST (99 % of the test set right); read from `file`, or trained and kept there. */
export async function digitClassifier(file: string): Promise<tf.Model> {
  if (existsSync(file)) return await tf.loadModel(file);
  const { train, test } = await tf.datasets.mnist.load({ log: console.log });
  const model = classifier();
  model.compile({ optimizer: 'adam', loss: 'sparseCategoricalCrossentropy', metrics: ['accuracy'] });
  using x = unit(train);
  using y = tf.tensor(train.labels);
  using testX = unit(test);
  using testY = tf.tensor(test.labels);
  await model.fit(x, y, { batchSize: 64, epochs: 12, validationData: [testX, testY], verbose: 2 });
  await model.save(file);
  return model;
}

function classifier(): tf.Sequential {
  const { conv2d, maxPooling2d, flatten, dropout, dense } = tf.layers;
  return tf.sequential({
    layers: [
      conv2d({ inputShape: [28, 28, 1], filters: 32, kernelSize: 3, activation: 'relu' }),
      maxPooling2d({ poolSize: 2 }),
      conv2d({ filters: 64, kernelSize: 3, activation: 'relu' }),
      maxPooling2d({ poolSize: 2 }),
      flatten(),
      dropout({ rate: 0.5 }),
      dense({ units: 10, activation: 'softmax' }),
    ],
  });
}

/** Pictures of values 0 to 1, float32 `[pictures, 28, 28, 1]`. */
function unit({ images, shape }: tf.datasets.mnist.MnistSet): tf.Tensor {
  return tf.tensor(
    Float32Array.from(images, (ink) => ink / 255),
    [...shape, 1],
  );
}

/** Has a generator make `count` digits and a classifier look at them. */
export async function judge(generator: tf.Model, digits: tf.Model, count: number, seed: number): Promise<Judgement> {
  using made = await generator.predict(await latentNoise(count, seed));
  const pictures = Float32Array.from(made.dataSync() as Float32Array, (value) => (value + 1) / 2);
  using x = tf.tensor(pictures, made.shape);
  using probabilities = await digits.predict(x);
  const rows = probabilities.array() as number[][];
  const tops = rows.map((row) => Math.max(...row));
  const counts = rows[0]?.map((_, digit) => rows.filter((row, i) => row.indexOf(tops[i] ?? 0) === digit).length) ?? [];
  return { meanTopProbability: tops.reduce((a, b) => a + b, 0) / count, counts };
}

async function latentNoise(count: number, seed: number): Promise<tf.Tensor> {
  using program = new tf.Program({ seed });
  const draw = program.function('draw', {}, () => ({
    noise: tf.initializers.randomNormal({ stddev: 1 })([count, LATENT], 'float32'),
  }));
  return (await draw({})).noise;
}

import * as tf from 'libtensorflow-node';

/** The training pictures of `mnist` or `cifar10`: uint8 `[pictures, side, side, channels]`. */
export async function loadPictures(set: string): Promise<tf.Tensor> {
  if (set !== 'mnist' && set !== 'cifar10') throw new Error(`--data is 'mnist' or 'cifar10', not '${set}'.`);
  const { train } = await tf.datasets[set].load({ log: console.log });
  const [pictures, side, , channels = 1] = train.shape;
  return tf.tensor(train.images, [pictures, side, side, channels]);
}

/** 0 to 255 as −1 to 1, what tanh gives. */
export function toNetwork(pictures: tf.Output): tf.Output {
  return tf.ops.sub(tf.ops.div(tf.ops.cast(pictures, 'float32'), 127.5), 1);
}

/** −1 to 1 as 0 to 1. */
export function fromNetwork(pictures: tf.Output): tf.Output {
  return tf.ops.div(tf.ops.add(pictures, 1), 2);
}

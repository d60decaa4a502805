import * as tf from 'libtensorflow-node';

/** What is made: square pictures of values −1 to 1. */
export interface PictureSize {
  /** Rows and columns: 28 or 32. */
  side: number;
  channels: number;
}

/** Numbers the generator starts from. */
export const LATENT = 100;
/** Width of the networks next to the pictures; it doubles as the side halves. */
const FILTERS = 32;

const kernelInitializer = tf.initializers.randomNormal({ stddev: 0.02 });
/** Halves the side, or, transposed, doubles it. The bias is that of the batch normalisation. */
const strided = { kernelSize: 4, strides: 2, padding: 'same', kernelInitializer, useBias: false } as const;

/**
 * From noise to pictures: fractionally strided convolutions with batch normalisation and ReLU, tanh at the end
 * (Radford, Metz and Chintala 2015).
 *
 * Input shape: `[batch, LATENT]`. Output shape: `[batch, side, side, channels]`.
 */
export function generatorOf({ side, channels }: PictureSize): tf.Sequential {
  const { reshape, conv2dTranspose, batchNormalization, activation } = tf.layers;
  const odd = (side / 4) % 2 === 1;
  const normalized = () => [batchNormalization({ momentum: 0.9 }), activation({ activation: 'relu' })];
  return new tf.Sequential({
    name: 'generator',
    layers: [
      reshape({ targetShape: [1, 1, LATENT] }),
      conv2dTranspose({ filters: 4 * FILTERS, kernelSize: 4, kernelInitializer, useBias: false }), // [4, 4, 128]
      ...normalized(),
      conv2dTranspose({ filters: 2 * FILTERS, ...strided, outputPadding: odd ? 1 : null }), // [side / 4, side / 4, 64]
      ...normalized(),
      conv2dTranspose({ filters: FILTERS, ...strided }), // [side / 2, side / 2, 32]
      ...normalized(),
      conv2dTranspose({ filters: channels, ...strided, useBias: true, activation: 'tanh' }),
    ],
  });
}

/**
 * From pictures to the logit of their being real: strided convolutions with batch normalisation and LeakyReLU.
 *
 * Input shape: `[batch, side, side, channels]`. Output shape: `[batch, 1]`.
 */
export function discriminatorOf(): tf.Sequential {
  const { conv2d, batchNormalization, leakyReLU, flatten } = tf.layers;
  const leaky = () => leakyReLU({ negativeSlope: 0.2 });
  return new tf.Sequential({
    name: 'discriminator',
    layers: [
      conv2d({ filters: FILTERS, ...strided }), // [side / 2, side / 2, 32]
      leaky(),
      conv2d({ filters: 2 * FILTERS, ...strided }), // [side / 4, side / 4, 64]
      batchNormalization({ momentum: 0.9 }),
      leaky(),
      conv2d({ filters: 4 * FILTERS, ...strided }), // [4, 4, 128]
      batchNormalization({ momentum: 0.9 }),
      leaky(),
      conv2d({ filters: 1, kernelSize: 4, kernelInitializer }), // [1, 1, 1]
      flatten(),
    ],
  });
}

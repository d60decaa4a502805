import { tf } from './library.mjs';

const LATENT = 100;
const FILTERS = 32;
const { layers } = tf;
const kernelInitializer = tf.initializers.randomNormal({ stddev: 0.02 });
const STRIDED = { kernelSize: 4, strides: 2, padding: 'same', kernelInitializer, useBias: false };

/** The generator and the discriminator of examples/dcgan, each of which learns once in a step. */
export const DCGAN = { dcgan: learnInTurn };

function generator() {
  const normalized = () => [layers.batchNormalization({ momentum: 0.9 }), layers.reLU()];
  return tf.sequential({
    layers: [
      layers.reshape({ targetShape: [1, 1, LATENT], inputShape: [LATENT] }),
      layers.conv2dTranspose({ filters: 4 * FILTERS, kernelSize: 4, kernelInitializer, useBias: false }),
      ...normalized(),
      // Why: it has no outputPadding, by which four rows and columns become seven.
      layers.conv2dTranspose({ filters: 2 * FILTERS, ...STRIDED }),
      layers.cropping2D({
        cropping: [
          [0, 1],
          [0, 1],
        ],
      }),
      ...normalized(),
      layers.conv2dTranspose({ filters: FILTERS, ...STRIDED }),
      ...normalized(),
      layers.conv2dTranspose({ filters: 1, ...STRIDED, useBias: true, activation: 'tanh' }),
    ],
  });
}

function discriminator() {
  const leaky = () => layers.leakyReLU({ alpha: 0.2 });
  const normalized = () => [layers.batchNormalization({ momentum: 0.9 }), leaky()];
  return tf.sequential({
    layers: [
      ...[layers.conv2d({ filters: FILTERS, ...STRIDED, inputShape: [28, 28, 1] }), leaky()],
      ...[layers.conv2d({ filters: 2 * FILTERS, ...STRIDED }), ...normalized()],
      ...[layers.conv2d({ filters: 4 * FILTERS, ...STRIDED }), ...normalized()],
      layers.conv2d({ filters: 1, kernelSize: 4, kernelInitializer }),
      layers.flatten(),
    ],
  });
}

function lossOf(logits, label) {
  return tf.losses.sigmoidCrossEntropy(tf.fill(logits.shape, label), logits);
}

function learnInTurn({ batchSize, stepsPerEpoch }) {
  const [draws, judges] = [generator(), discriminator()];
  const [drawing, judging] = [draws, judges].map(() => tf.train.adam(2e-4, 0.5));
  const count = batchSize * stepsPerEpoch;
  const pictures = tf.randomUniform([count, 28, 28, 1], -1, 1);
  const draw = (noise) => draws.apply(noise, { training: true });
  const judge = (some) => judges.apply(some, { training: true });
  const weightsOf = (model) => model.trainableWeights.map((weight) => weight.val);

  function step(real) {
    const noise = tf.randomNormal([batchSize, LATENT]);
    const fake = draw(noise);
    const judged = judging.minimize(
      () => lossOf(judge(real), 0.9).add(lossOf(judge(fake), 0)),
      true,
      weightsOf(judges),
    );
    const drawn = drawing.minimize(() => lossOf(judge(draw(noise)), 1), true, weightsOf(draws));
    return [judged, drawn];
  }

  return async ({ stepsPerEpoch: steps }) => {
    const order = tf.tidy(() => tf.topk(tf.randomUniform([count]), count).indices);
    for (let i = 0; i < steps; i++) {
      const losses = tf.tidy(() => step(pictures.gather(order.slice(i * batchSize, batchSize))));
      for (const loss of losses) await loss.data();
      tf.dispose(losses);
    }
    order.dispose();
  };
}

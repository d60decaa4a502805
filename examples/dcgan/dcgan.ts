import * as tf from 'libtensorflow-node';
import { discriminatorOf, generatorOf, LATENT, type PictureSize } from './networks.js';
import { fromNetwork, toNetwork } from './pictures.js';

export interface DcganOptions {
  seed: number;
  batchSize: number;
  /** Pictures in a grid of samples. */
  samples: number;
}

/** Mean losses of a step or of many. */
export interface Losses {
  discriminator: number;
  generator: number;
}

/** What real pictures are called: a little less than certain, so that the discriminator does not overdo it (Salimans 2016). */
const REAL = 0.9;

const crossentropy = new tf.losses.BinaryCrossentropy({ fromLogits: true });
const normal = tf.initializers.randomNormal({ stddev: 1 });
const adam = (name: string) => tf.optimizers.adam({ name, learningRate: 2e-4, beta1: 0.5 });

/**
 * A generator and a discriminator, which learn from each other in one program. The pictures lie in it, too, and noise is
 * drawn in it, so that a training step is one run of the graph without inputs.
 */
export class Dcgan {
  readonly program: tf.Program;
  readonly generator: tf.Sequential;
  readonly discriminator: tf.Sequential;
  readonly stepsPerEpoch: number;
  readonly #size: PictureSize;
  readonly #pictures: tf.data.BuiltSource;
  readonly #train: () => Promise<Record<keyof Losses, tf.Tensor>>;
  readonly #sample: () => Promise<{ pictures: tf.Tensor }>;

  /** @param pictures uint8 `[pictures, side, side, channels]` */
  constructor(pictures: tf.Tensor, { seed, batchSize, samples }: DcganOptions) {
    const [, side = 0, , channels = 0] = pictures.shape;
    this.#size = { side, channels };
    this.program = new tf.Program({ seed });
    this.generator = generatorOf(this.#size);
    this.discriminator = discriminatorOf();
    this.generator.build(this.program, [null, LATENT]);
    this.discriminator.build(this.program, [null, side, side, channels]);

    const source = new tf.data.ArraySource([pictures], { batchSize, shuffle: true, seed });
    this.stepsPerEpoch = source.batchesPerPass;
    this.#pictures = source.build(this.program);
    const train = this.#trainFunction(batchSize);
    const sample = this.#sampleFunction(samples);
    this.#train = () => train({});
    this.#sample = () => sample({});
  }

  /** Each network learns once, in turn. */
  #trainFunction(batchSize: number) {
    const { program, generator, discriminator } = this;
    const discriminatorAdam = adam('discriminator_adam');
    const generatorAdam = adam('generator_adam');
    return program.function('train', {}, () => {
      const real = toNetwork(this.#pictures.next()[0] as tf.Output);
      const fake = generator.call(normal([batchSize, LATENT], 'float32'), { training: true });

      // The discriminator learns to tell them apart. Nothing flows back into the generator.
      const onReal = lossOf(discriminator.call(real, { training: true }), REAL);
      const onFake = lossOf(discriminator.call(tf.ops.stopGradient(fake), { training: true }), 0);
      const discriminatorLoss = tf.ops.add(onReal, onFake);
      discriminatorAdam.minimize(discriminatorLoss, discriminator.trainableWeights);

      // The generator learns to pass for real, before the discriminator as it is now. That one's weights stay.
      const generatorLoss = lossOf(discriminator.call(fake, { training: true }), 1);
      generatorAdam.minimize(generatorLoss, generator.trainableWeights);
      return { discriminator: discriminatorLoss, generator: generatorLoss };
    });
  }

  #sampleFunction(samples: number) {
    // Why a variable: the samples of all epochs are of the same noise, also after resuming.
    const noise = this.program.variable('sample_noise', {
      shape: [samples, LATENT],
      initializer: normal,
      trainable: false,
    });
    return this.program.function('sample', {}, () => ({
      pictures: fromNetwork(this.generator.call(noise.read(), { training: false })),
    }));
  }

  /** Begins a pass over the pictures, in an order of its own. */
  async startEpoch(epoch: number): Promise<void> {
    await this.#pictures.start(epoch);
  }

  async step(): Promise<Losses> {
    const losses = await this.#train();
    using discriminator = losses.discriminator;
    using generator = losses.generator;
    return { discriminator: Number(discriminator.array()), generator: Number(generator.array()) };
  }

  /** Pictures of values 0 to 1, float32 `[samples, side, side, channels]`, always of the same noise. */
  async sample(): Promise<tf.Tensor> {
    return (await this.#sample()).pictures;
  }

  /** Writes the generator alone as a SavedModel: noise `[batch, 100]` → pictures `[batch, side, side, channels]` of −1 to 1. */
  async exportGenerator(folder: string): Promise<void> {
    using program = new tf.Program();
    const generator = generatorOf(this.#size);
    generator.build(program, [null, LATENT]);
    await generator.setWeights(await this.generator.getWeights());
    program.function('serving_default', { noise: tf.spec('float32', [null, LATENT]) }, ({ noise }) => ({
      pictures: generator.call(noise, { training: false }),
    }));
    await program.save(folder);
  }

  [Symbol.dispose](): void {
    this.program.dispose();
  }
}

/** Mean cross-entropy between logits and one label for all of them. */
function lossOf(logits: tf.Output, label: number): tf.Output {
  return crossentropy.call(tf.ops.fill(tf.ops.shape(logits), tf.constant(label, 'float32')), logits);
}

"""The generator and the discriminator of examples/dcgan, each of which learns once in a step; the step as the
documentation writes it."""

import keras
import tensorflow as tf
from keras import layers

LATENT, FILTERS = 100, 32
initializer = keras.initializers.RandomNormal(stddev=0.02)
crossentropy = keras.losses.BinaryCrossentropy(from_logits=True)
STRIDED = dict(kernel_size=4, strides=2, padding="same", kernel_initializer=initializer, use_bias=False)


def generator():
    def normalized():
        return [layers.BatchNormalization(momentum=0.9), layers.ReLU()]

    return keras.Sequential(
        [
            keras.Input((LATENT,)),
            layers.Reshape((1, 1, LATENT)),
            layers.Conv2DTranspose(4 * FILTERS, 4, kernel_initializer=initializer, use_bias=False),
            *normalized(),
            layers.Conv2DTranspose(2 * FILTERS, **STRIDED, output_padding=1),
            *normalized(),
            layers.Conv2DTranspose(FILTERS, **STRIDED),
            *normalized(),
            layers.Conv2DTranspose(1, **{**STRIDED, "use_bias": True}, activation="tanh"),
        ]
    )


def discriminator():
    def leaky():
        return layers.LeakyReLU(negative_slope=0.2)

    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            *(layers.Conv2D(FILTERS, **STRIDED), leaky()),
            *(layers.Conv2D(2 * FILTERS, **STRIDED), layers.BatchNormalization(momentum=0.9), leaky()),
            *(layers.Conv2D(4 * FILTERS, **STRIDED), layers.BatchNormalization(momentum=0.9), leaky()),
            layers.Conv2D(1, 4, kernel_initializer=initializer),
            layers.Flatten(),
        ]
    )


def learn_in_turn(task):
    draws, judges = generator(), discriminator()
    drawing, judging = (keras.optimizers.Adam(2e-4, beta_1=0.5) for _ in range(2))
    pictures = tf.random.uniform([task.batch_size * task.steps_per_epoch, 28, 28, 1], -1, 1)
    batches = tf.data.Dataset.from_tensor_slices(pictures).shuffle(len(pictures)).batch(task.batch_size)

    def loss_of(logits, label):
        return crossentropy(tf.fill(tf.shape(logits), label), logits)

    def learn_from(tape, loss, model, optimizer):
        weights = model.trainable_variables
        optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights))

    @tf.function
    def train_step(real):
        noise = tf.random.normal([task.batch_size, LATENT])
        with tf.GradientTape() as of_drawing:
            fake = draws(noise, training=True)
            with tf.GradientTape() as of_judging:
                on_real = loss_of(judges(real, training=True), 0.9)
                judged = on_real + loss_of(judges(tf.stop_gradient(fake), training=True), 0.0)
            learn_from(of_judging, judged, judges, judging)
            drawn = loss_of(judges(fake, training=True), 1.0)
        learn_from(of_drawing, drawn, draws, drawing)
        return judged, drawn

    def learn(steps, epochs):
        for real in batches.take(steps):
            for loss in train_step(real):
                loss.numpy()

    return learn


WORKLOADS = {"dcgan": learn_in_turn}

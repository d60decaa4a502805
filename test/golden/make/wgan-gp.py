"""wgan-gp.json: the penalty on a critic's gradient, and the gradients of that by the critic's weights, in float64.

    python test/golden/make/wgan-gp.py   (tensorflow installed)
"""
import json
import pathlib

import numpy as np
import tensorflow as tf

rng = np.random.default_rng(7)
SHAPES = {
    "x": [3, 6, 5, 2],
    "conv/kernel": [3, 3, 2, 3],
    "conv/bias": [3],
    "norm/gamma": [3],
    "norm/beta": [3],
    "dense/kernel": [27, 1],
    "dense/bias": [1],
}
values = {name: rng.uniform(-1, 1, shape).round(3) for name, shape in SHAPES.items()}
values["norm/gamma"] += 1.5
x, *weights = (tf.constant(value, tf.float64) for value in values.values())


def critic(x, conv, conv_bias, gamma, beta, dense, bias):
    h = tf.nn.conv2d(x, conv, 2, "SAME") + conv_bias
    h = tf.nn.leaky_relu(h, 0.2)
    mean, variance = tf.nn.moments(h, [-1], keepdims=True)
    h = (h - mean) * tf.math.rsqrt(variance + 0.01) * gamma + beta
    return tf.matmul(tf.reshape(tf.nn.leaky_relu(h, 0.2), [3, -1]), dense) + bias


with tf.GradientTape() as outer:
    outer.watch(weights)
    with tf.GradientTape() as inner:
        inner.watch(x)
        score = critic(x, *weights)
    slope = inner.gradient(score, x)
    norm = tf.sqrt(tf.reduce_sum(tf.square(slope), [1, 2, 3]))
    penalty = tf.reduce_mean(tf.square(norm - 1))
gradients = outer.gradient(penalty, weights, unconnected_gradients=tf.UnconnectedGradients.ZERO)

golden = {
    "values": {name: value.tolist() for name, value in values.items()},
    "score": score.numpy().ravel().tolist(),
    "penalty": float(penalty),
    "gradients": [gradient.numpy().tolist() for gradient in gradients],
}
path = pathlib.Path(__file__).parent.parent / "wgan-gp.json"
path.write_text(json.dumps(golden) + "\n")

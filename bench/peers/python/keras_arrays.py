import numpy as np
import tensorflow as tf


def random_pictures(count, side):
    return np.random.rand(count, side, side, 3).astype("float32")


def random_labels(count, classes):
    """One-hot."""
    return np.eye(classes, dtype="float32")[np.random.randint(0, classes, count)]


def fit_on_arrays(model, shape, classes, task):
    """Random values and one-hot labels, as many as an epoch takes."""
    count = task.batch_size * task.steps_per_epoch
    return fit(model, np.random.rand(count, *shape).astype("float32"), random_labels(count, classes), task)


def fit(model, x, y, task):
    size = task.batch_size
    return lambda steps, epochs: model.fit(
        x[: steps * size], y[: steps * size], batch_size=size, epochs=epochs, verbose=0
    )


def predict_arrays(model, x):
    def predict(steps, epochs):
        for _ in range(steps):
            model.predict(x, batch_size=len(x), verbose=0)

    return predict


def call_function(model, x):
    """As its documentation advises for single samples: the compiled call."""
    function = tf.function(model)

    def call(steps, epochs):
        for _ in range(steps):
            function(x, training=False).numpy()

    return call

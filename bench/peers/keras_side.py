"""Keras' side: `keras_side.py WORKLOAD BATCH STEPS EPOCHS PICTURES` prepares, then trains once for each line `run`."""

import json
import platform
import sys
import time

import keras
import numpy as np
import tensorflow as tf
from keras import layers

name, pictures = sys.argv[1], sys.argv[5]
batch_size, steps_per_epoch, epochs = (int(word) for word in sys.argv[2:5])
WARM_UP_STEPS = 10


def compiled_cnn():
    model = keras.Sequential(
        [
            keras.Input((32, 32, 3)),
            *(layers.Conv2D(32, 3, padding="same"), layers.Activation("relu")),
            *(layers.Conv2D(32, 3, padding="same"), layers.Activation("relu")),
            *(layers.MaxPooling2D(), layers.Dropout(0.25)),
            *(layers.Conv2D(64, 3, padding="same"), layers.Activation("relu")),
            *(layers.Conv2D(64, 3, padding="same"), layers.Activation("relu")),
            *(layers.MaxPooling2D(), layers.Dropout(0.25)),
            layers.Flatten(),
            *(layers.Dense(256), layers.Activation("relu"), layers.Dropout(0.5)),
            *(layers.Dense(256), layers.Activation("relu"), layers.Dropout(0.5)),
            *(layers.Dense(8), layers.Activation("softmax")),
        ]
    )
    model.compile(loss="categorical_crossentropy", optimizer="adam", metrics=["accuracy"])
    return model


def compiled_dense():
    model = keras.Sequential(
        [
            keras.Input((784,)),
            layers.Dense(256, activation="relu"),
            layers.Dense(128, activation="relu"),
            layers.Dense(10, activation="softmax"),
        ]
    )
    model.compile(loss="categorical_crossentropy", optimizer="rmsprop", metrics=["accuracy"])
    return model


def fit_on_arrays(model, shape, classes):
    """Random pictures and one-hot labels, as many as an epoch takes."""
    count = batch_size * steps_per_epoch
    x = np.random.rand(count, *shape).astype("float32")
    y = np.eye(classes, dtype="float32")[np.random.randint(0, classes, count)]
    return lambda steps, epochs: model.fit(
        x[: steps * batch_size], y[: steps * batch_size], batch_size=batch_size, epochs=epochs, verbose=0
    )


def augmented_flow(side):
    from keras.src.legacy.preprocessing.image import ImageDataGenerator

    generator = ImageDataGenerator(
        rotation_range=15, width_shift_range=0.2, height_shift_range=0.2, horizontal_flip=True, rescale=1 / 255
    )
    return generator.flow_from_directory(
        pictures, target_size=(side, side), batch_size=batch_size, class_mode="categorical"
    )


def fit_on_folders(model):
    flow = augmented_flow(32)
    return lambda steps, epochs: model.fit(flow, steps_per_epoch=steps, epochs=epochs, verbose=0)


def draw_batches(flow):
    def draw(steps, epochs):
        for _ in range(steps * epochs):
            next(flow)

    return draw


def random_pictures(count, side):
    return np.random.rand(count, side, side, 3).astype("float32")


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


def predict_one(network):
    model = network(weights=None)
    model.load_weights(pictures)
    return predict_arrays(model, random_pictures(1, 224))


WORKLOADS = {
    "cnn-memory": lambda: fit_on_arrays(compiled_cnn(), (32, 32, 3), 8),
    "cnn-memory-bfloat16": lambda: fit_on_arrays(compiled_cnn(), (32, 32, 3), 8),
    "cnn-folders": lambda: fit_on_folders(compiled_cnn()),
    "augment-32": lambda: draw_batches(augmented_flow(32)),
    "augment-224": lambda: draw_batches(augmented_flow(224)),
    "predict-1": lambda: predict_arrays(compiled_cnn(), random_pictures(1, 32)),
    "predict-1-function": lambda: call_function(compiled_cnn(), random_pictures(1, 32)),
    "predict-256": lambda: predict_arrays(compiled_cnn(), random_pictures(256, 32)),
    "predict-VGG16": lambda: predict_one(keras.applications.VGG16),
    "predict-ResNet50": lambda: predict_one(keras.applications.ResNet50),
    "mnist-dense": lambda: fit_on_arrays(compiled_dense(), (784,), 10),
}


def say(answer):
    print(json.dumps(answer), flush=True)


READY = {"ready": {"Python": platform.python_version(), "Keras": keras.__version__, "TensorFlow": tf.__version__}}

if name == "start":
    compiled_cnn().predict(random_pictures(1, 32), verbose=0)
    say(READY)
    sys.exit()
if name.endswith("-bfloat16"):
    keras.config.set_dtype_policy("mixed_bfloat16")
fit = WORKLOADS[name]()
fit(min(WARM_UP_STEPS, steps_per_epoch), 1)
fit(steps_per_epoch, 1)
say(READY)
for line in sys.stdin:
    if line.strip() == "run":
        began = time.perf_counter()
        fit(steps_per_epoch, epochs)
        say({"ms": (time.perf_counter() - began) * 1e3})

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


def predict_one(network):
    model = network(weights=None)
    model.load_weights(pictures)
    x = np.random.rand(1, 224, 224, 3).astype("float32")

    def predict(steps, epochs):
        for _ in range(steps):
            model.predict(x, verbose=0)

    return predict


WORKLOADS = {
    "cnn-memory": lambda: fit_on_arrays(compiled_cnn(), (32, 32, 3), 8),
    "cnn-folders": lambda: fit_on_folders(compiled_cnn()),
    "augment-32": lambda: draw_batches(augmented_flow(32)),
    "augment-224": lambda: draw_batches(augmented_flow(224)),
    "predict-VGG16": lambda: predict_one(keras.applications.VGG16),
    "predict-ResNet50": lambda: predict_one(keras.applications.ResNet50),
    "mnist-dense": lambda: fit_on_arrays(compiled_dense(), (784,), 10),
}


def say(answer):
    print(json.dumps(answer), flush=True)


fit = WORKLOADS[name]()
fit(min(WARM_UP_STEPS, steps_per_epoch), 1)
fit(steps_per_epoch, 1)
say({"ready": {"Python": platform.python_version(), "Keras": keras.__version__, "TensorFlow": tf.__version__}})
for line in sys.stdin:
    if line.strip() == "run":
        began = time.perf_counter()
        fit(steps_per_epoch, epochs)
        say({"ms": (time.perf_counter() - began) * 1e3})

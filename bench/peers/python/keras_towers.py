"""Networks of any size: blocks of two convolutions on pictures of so many pixels a side."""

import keras
from keras import layers
from keras_arrays import fit_on_arrays, predict_arrays, random_pictures
from towers import of_all_sizes

CLASSES = 8


def compiled_tower(side, depth):
    model = keras.Sequential([keras.Input((side, side, 3))])
    for block in range(depth):
        filters = 32 if block == 0 else 64
        model.add(layers.Conv2D(filters, 3, padding="same", activation="relu"))
        model.add(layers.Conv2D(filters, 3, padding="same", activation="relu"))
        model.add(layers.MaxPooling2D())
    model.add(layers.GlobalAveragePooling2D())
    model.add(layers.Dense(CLASSES, activation="softmax"))
    model.compile(loss="categorical_crossentropy", optimizer="adam", metrics=["accuracy"])
    return model


def fit_tower(side, depth):
    return lambda task: fit_on_arrays(compiled_tower(side, depth), (side, side, 3), CLASSES, task)


def predict_tower(side, depth):
    return lambda task: predict_arrays(compiled_tower(side, depth), random_pictures(task.batch_size, side))


WORKLOADS = of_all_sizes(fit_tower, predict_tower)

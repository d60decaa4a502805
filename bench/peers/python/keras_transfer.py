"""A new head on a network that stays as it is: what the network makes of pictures, and what the head learns from it."""

import keras
from keras import layers
from keras_arrays import fit_on_arrays, predict_arrays, random_pictures
from keras_networks import loaded


def features(task):
    network = loaded(keras.applications.MobileNetV2, task)
    base = keras.Model(network.input, network.layers[-1].input)
    return predict_arrays(base, random_pictures(task.batch_size, 224))


def head(task):
    model = keras.Sequential([keras.Input((1280,)), layers.Dropout(0.2), layers.Dense(8, activation="softmax")])
    model.compile(loss="categorical_crossentropy", optimizer="adam", metrics=["accuracy"])
    return fit_on_arrays(model, (1280,), 8, task)


WORKLOADS = {"transfer-features": features, "transfer-head": head}

"""Keras' networks, with weights of a file."""

import keras
from keras_arrays import fit_on_arrays, predict_arrays, random_pictures

NETWORKS = {
    "VGG16": keras.applications.VGG16,
    "ResNet50": keras.applications.ResNet50,
    "MobileNetV2": keras.applications.MobileNetV2,
}


def loaded(network, task):
    model = network(weights=None)
    model.load_weights(task.files)
    return model


def predict_with(network):
    return lambda task: predict_arrays(loaded(network, task), random_pictures(task.batch_size, 224))


def train(network):
    def prepare(task):
        model = loaded(network, task)
        optimizer = keras.optimizers.SGD(0.001, momentum=0.9)
        model.compile(loss="categorical_crossentropy", optimizer=optimizer, metrics=["accuracy"])
        return fit_on_arrays(model, (224, 224, 3), 1000, task)

    return prepare


WORKLOADS = {
    **{f"predict-{name}": predict_with(network) for name, network in NETWORKS.items()},
    **{f"train-{name}": train(network) for name, network in NETWORKS.items()},
}

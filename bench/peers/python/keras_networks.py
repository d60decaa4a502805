"""Keras' networks, with weights of a file."""

import keras
from keras_arrays import predict_arrays, random_pictures


def predict_with(network):
    def prepare(task):
        model = network(weights=None)
        model.load_weights(task.files)
        return predict_arrays(model, random_pictures(task.batch_size, 224))

    return prepare


WORKLOADS = {
    "predict-VGG16": predict_with(keras.applications.VGG16),
    "predict-ResNet50": predict_with(keras.applications.ResNet50),
}

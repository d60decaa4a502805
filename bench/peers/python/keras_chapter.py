"""The chapter's networks."""

import keras
from keras import layers
from keras_arrays import call_function, fit_on_arrays, predict_arrays, random_pictures
from keras_pictures import augmented_flow


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


def fit_in_memory(task):
    return fit_on_arrays(compiled_cnn(), (32, 32, 3), 8, task)


def fit_on_folders(task):
    model, flow = compiled_cnn(), augmented_flow(32, task)
    return lambda steps, epochs: model.fit(flow, steps_per_epoch=steps, epochs=epochs, verbose=0)


def predict(task):
    return predict_arrays(compiled_cnn(), random_pictures(task.batch_size, 32))


WORKLOADS = {
    "cnn-memory": fit_in_memory,
    "cnn-memory-bfloat16": fit_in_memory,
    "cnn-folders": fit_on_folders,
    "predict-1": predict,
    "predict-1-function": lambda task: call_function(compiled_cnn(), random_pictures(1, 32)),
    "predict-256": predict,
    "start": predict,
    "mnist-dense": lambda task: fit_on_arrays(compiled_dense(), (784,), 10, task),
}

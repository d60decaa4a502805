"""Texts, as numbers of words."""

import keras
import numpy as np
from keras import layers
from keras_arrays import fit

TOKENS = 200
VOCABULARY = 20_000


def fit_on_texts(task):
    model = keras.Sequential(
        [
            keras.Input((TOKENS,), dtype="int32"),
            layers.Embedding(VOCABULARY, 64),
            layers.LSTM(64),
            layers.Dense(1, activation="sigmoid"),
        ]
    )
    model.compile(loss="binary_crossentropy", optimizer="adam", metrics=["accuracy"])
    count = task.batch_size * task.steps_per_epoch
    words = np.random.randint(0, VOCABULARY, (count, TOKENS)).astype("int32")
    return fit(model, words, np.random.randint(0, 2, (count, 1)).astype("float32"), task)


WORKLOADS = {"lstm": fit_on_texts}

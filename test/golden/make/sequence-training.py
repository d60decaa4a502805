"""Makes test/golden/sequence-training.json: the models of examples/lstm-text.ts and examples/transformer.ts in Keras 3.15,
with their first weights and the losses of ten training steps with each optimizer.

    python test/golden/make/sequence-training.py test/golden/sequence-training.json
"""
import base64
import json
import os
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"
import keras
import numpy as np

L = keras.layers
VOCABULARY, LENGTH, BATCH, STEPS, WIDTH = 20, 8, 16, 10, 16
random = np.random.default_rng(5)
keras.utils.set_random_seed(5)


def pack(a):
    a = np.asarray(a, order="C")
    return {"dtype": str(a.dtype), "shape": list(a.shape), "b64": base64.b64encode(a.tobytes()).decode()}


def text_classifier():
    return keras.Sequential(
        [
            keras.Input((LENGTH,), dtype="int32"),
            L.Embedding(VOCABULARY, 16, mask_zero=True),
            L.LSTM(24),
            L.Dense(1, activation="sigmoid"),
        ]
    )


class Places(L.Layer):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.supports_masking = True

    def build(self, shape):
        self.places = self.add_weight(shape=shape[1:], initializer="random_uniform", name="places")

    def call(self, x):
        return x + self.places


def transformer_encoder():
    words = keras.Input((LENGTH,), dtype="int32")
    x = Places()(L.Embedding(VOCABULARY, WIDTH, mask_zero=True)(words))
    y = L.LayerNormalization()(L.Add()([x, L.MultiHeadAttention(2, WIDTH // 2)(x, x)]))
    thought = L.Dense(WIDTH)(L.Dense(32, activation="relu")(y))
    z = L.LayerNormalization()(L.Add()([y, thought]))
    return keras.Model(words, L.Dense(1, activation="sigmoid")(L.GlobalAveragePooling1D()(z)))


OPTIMIZERS = {"sgd": lambda: keras.optimizers.SGD(0.05, momentum=0.9), "adam": lambda: keras.optimizers.Adam(0.01)}


def train(model):
    weights = model.get_weights()
    x = random.integers(1, VOCABULARY, (STEPS, BATCH, LENGTH)).astype("int32")
    for step in x:
        for row in step:
            row[random.integers(2, LENGTH + 1) :] = 0
    y = (x[:, :, :1] % 2).astype("float32")
    losses = {}
    for name, optimizer in OPTIMIZERS.items():
        model.set_weights(weights)
        model.compile(optimizer=optimizer(), loss="binary_crossentropy", metrics=["accuracy"])
        losses[name] = [float(model.train_on_batch(x[i], y[i])[0]) for i in range(STEPS)]
    return {"weights": [pack(w) for w in weights], "x": pack(x), "y": pack(y), "losses": losses}


with open(sys.argv[1], "w") as file:
    models = {"textClassifier": train(text_classifier()), "transformerEncoder": train(transformer_encoder())}
    json.dump({"vocabulary": VOCABULARY, "length": LENGTH, **models}, file, separators=(",", ":"))
    file.write("\n")

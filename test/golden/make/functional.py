"""Two inputs, two outputs: what Python Keras 3 reports and learns, for test/golden/functional.test.ts.

    python functional.py > ../functional.json
"""
import json
import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import keras
import numpy as np
from keras import layers


def fill(shape, k):
    """The same numbers as in the test."""
    n = int(np.prod(shape))
    return (((np.arange(n) * 7 + k * 3) % 13) / 13 - 0.4).astype("float32").reshape(shape)


def build():
    a, b = keras.Input((3,), name="a"), keras.Input((2,), name="b")
    shared = layers.Dense(4, activation="tanh", name="shared")
    joined = layers.Concatenate(name="cat")([shared(layers.Dense(2, name="lift")(a)), shared(b)])
    score = layers.Dense(1, name="score", kernel_regularizer=keras.regularizers.L2(0.1))(joined)
    label = layers.Dense(3, activation="softmax", name="label")(joined)
    model = keras.Model([a, b], [score, label], name="two")
    model.set_weights([fill(w.shape, i) for i, w in enumerate(model.get_weights())])
    return model


a, b, y1 = fill((6, 3), 1), fill((6, 2), 2), fill((6, 1), 3)
y2 = np.eye(3, dtype="float32")[[0, 1, 2, 0, 1, 2]]
w1, w2 = np.array([1, 2, 3, 1, 2, 3], "float32"), np.array([1, 0, 1, 0, 1, 0.5], "float32")
out = []


def run(name, sample_weight=None, **compile):
    model = build()
    # Eagerly, since a compiled function does not know the batch's length and weighs short batches of an output's loss in full.
    model.compile(optimizer=keras.optimizers.SGD(0.1), run_eagerly=True, **compile)
    history = model.fit([a, b], [y1, y2], epochs=3, batch_size=4, shuffle=False, verbose=0, sample_weight=sample_weight)
    scores = model.evaluate([a, b], [y1, y2], verbose=0, return_dict=True, batch_size=4, sample_weight=sample_weight)
    weights = [w.ravel().tolist() for w in model.get_weights()]
    out.append({"name": name, "history": history.history, "evaluate": scores, "weights": weights})


run("lists", loss=["mse", "categorical_crossentropy"], metrics=[["mae"], ["accuracy"]])
run("by name", loss={"score": "mse", "label": "categorical_crossentropy"}, loss_weights={"score": 2.0, "label": 0.5}, metrics={"label": ["accuracy"]})
run("factors", loss=["mse", "mse"], loss_weights=[0.3, 3.0])
run("sample weights", sample_weight=[w1, w2], loss=["mse", "categorical_crossentropy"], metrics=[["mae"], []], weighted_metrics=[["mae"], ["accuracy"]])
run("one sample weight", sample_weight=w1, loss=["mse", "mse"])
print(json.dumps(out))

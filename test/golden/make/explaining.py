"""Golden values of tf.plots: scikit-learn's classification reports, and Grad-CAM by TensorFlow's gradient tape.

python explaining.py ../explaining.json      (scikit-learn 1.x, tensorflow-cpu 2.21, keras 3.15)
"""
import json
import sys

import keras
import numpy as np
import tensorflow as tf
from sklearn.metrics import classification_report, confusion_matrix

rng = np.random.default_rng(5)


def report(classes, samples, names=None, absent=()):
    truth = rng.integers(0, classes, samples)
    guess = np.where(rng.random(samples) < 0.6, truth, rng.integers(0, classes, samples))
    for one in absent:
        guess[guess == one] = (one + 1) % classes
    given = dict(labels=list(range(classes)), target_names=names, zero_division=0)
    return {
        "yTrue": truth.tolist(),
        "yPred": guess.tolist(),
        "classNames": names,
        "numbers": classification_report(truth, guess, output_dict=True, **given),
        "text": classification_report(truth, guess, **given),
        "confusion": confusion_matrix(truth, guess, labels=list(range(classes))).tolist(),
    }


def formula(shape, number):
    return np.sin(np.arange(np.prod(shape)) ** 1.5 * 0.7 + number).reshape(shape).astype("float32") * 0.5


def grad_cam(activation, units):
    keras.utils.set_random_seed(1)
    inputs = keras.Input([9, 11, 3])
    maps = keras.layers.Conv2D(5, 3, activation="relu", name="conv")(inputs)
    pooled = keras.layers.MaxPooling2D(2, name="pool")(maps)
    scores = keras.layers.Dense(units, name="classes")(keras.layers.Flatten(name="flat")(pooled))
    model = keras.Model(inputs, [maps, scores])
    model.set_weights([formula(w.shape, i) for i, w in enumerate(model.get_weights())])
    picture = formula([1, 9, 11, 3], 10) + 0.5
    cases = []
    for index in range(units):
        with tf.GradientTape() as tape:
            values, logits = model(picture)
            score = logits[0, index]
        weights = tf.reduce_mean(tape.gradient(score, values), axis=[1, 2])
        heat = tf.nn.relu(tf.einsum("nhwc,nc->hw", values, weights)).numpy()
        heat = heat / heat.max() if heat.max() > 0 else heat
        probabilities = getattr(tf.nn, activation)(logits).numpy()[0]
        cases.append({"classIndex": index, "heatmap": heat.ravel().tolist(), "score": float(probabilities[index])})
    assert any(sum(case["heatmap"]) > 1 for case in cases)
    return {"activation": activation, "units": units, "shape": list(heat.shape), "cases": cases, "likeliest": int(np.argmax(logits))}


golden = {
    "reports": [
        report(3, 40),
        report(4, 100, ["cat", "dog", "a bird of prey", "fox"]),
        report(5, 30, absent=[2]),
        report(2, 25),
    ],
    "gradCam": [grad_cam("softmax", 4), grad_cam("sigmoid", 1)],
}
json.dump(golden, open(sys.argv[1], "w"), separators=(",", ":"))

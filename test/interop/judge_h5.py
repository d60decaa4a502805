"""What Python Keras makes of HDF5 models: predictions, and the weights after one step of the restored optimizer.

    judge_h5.py keras2|keras3 FILE...

Prints one JSON object per file. Inputs are the same in every run. The step is made without dropout, so that Keras 2 and
Keras 3 can be compared.
"""
import json
import os
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"
DIALECT, FILES = sys.argv[1], sys.argv[2:]
if DIALECT == "keras2":
    os.environ["TF_USE_LEGACY_KERAS"] = "1"
    import tf_keras as keras
else:
    import keras
import h5py
import numpy as np
import tensorflow as tf


def optimizer_of(model, path):
    """The optimizer with its state. tf-keras restores it itself. Keras 3 (up to 3.15 at least) builds the optimizer of
    an HDF5 file for no variables and so restores only its counter, also from its own files: done here by its own parts."""
    if DIALECT == "keras2":
        return model.optimizer
    optimizer = type(model.optimizer).from_config(model.optimizer.get_config())
    optimizer.build(model.trainable_variables)
    with h5py.File(path) as f:
        group = f["optimizer_weights"]
        optimizer.set_weights([group[name][()] for name in group.attrs["weight_names"]])
    return optimizer


def judge(path):
    model = keras.models.load_model(path)
    rng = np.random.default_rng(7)
    x = rng.random((8, *model.input_shape[1:])).astype(np.float32)
    y = np.eye(model.output_shape[-1], dtype=np.float32)[np.arange(8) % model.output_shape[-1]]
    predictions = np.asarray(model(x, training=False))
    optimizer = optimizer_of(model, path)
    before = int(np.asarray(optimizer.iterations))
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(keras.losses.categorical_crossentropy(y, model(x, training=False)))
    variables = model.trainable_variables
    optimizer.apply_gradients(zip(tape.gradient(loss, [getattr(v, "value", v) if DIALECT == "keras3" else v for v in variables]), variables))
    weights = [np.asarray(w, np.float64) for w in model.get_weights()]
    compiled = model.evaluate(x, y, verbose=0)
    return {
        "model": model.name,
        "layers": [layer.name for layer in model.layers],
        "loss": model.loss if isinstance(model.loss, str) else getattr(model.loss, "__name__", type(model.loss).__name__),
        "evaluated": len(np.atleast_1d(compiled)),
        "iterations": before,
        "learningRate": float(np.asarray(optimizer.learning_rate)),
        "predictions": predictions.ravel().astype(float).tolist(),
        "afterStep": [[float(w.sum()), float(np.sqrt((w**2).sum())), *w.ravel()[:16].tolist()] for w in weights],
    }


for file in FILES:
    print(json.dumps(judge(file)))

"""What Python Keras and TensorFlow predict with files that were converted.

    judge_conversions.py keras2|keras3 FILE...    one JSON list of predictions per file, for inputs that are the same in
                                                  every run; a folder is a SavedModel
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
import numpy as np
import tensorflow as tf


def inputs(shape, name):
    """As `inputs` of conversions.test.ts: tokens are whole numbers, others go from 0 to 1."""
    shape = [4, *(5 if size is None else size for size in shape[1:])]
    steps = (np.arange(int(np.prod(shape))) * 7) % (50 if name == "tokens" else 251)
    values = steps.reshape(shape)
    return values.astype(np.int32) if name == "tokens" else (values / 250).astype(np.float32)


def of_keras(file):
    model = keras.models.load_model(file)
    xs = [inputs(x.shape, x.name) for x in model.inputs]
    ys = model.predict(xs if len(xs) > 1 else xs[0], verbose=0)
    return ys if isinstance(ys, list) else [ys]


def of_saved_model(folder):
    serve = tf.saved_model.load(folder).signatures["serving_default"]
    specs = serve.structured_input_signature[1]
    xs = {name: tf.cast(inputs(spec.shape, name), spec.dtype) for name, spec in specs.items()}
    ys = serve(**xs)
    return [ys[name] for name in sorted(ys)]


for file in FILES:
    ys = of_saved_model(file) if os.path.isdir(file) else of_keras(file)
    print(json.dumps(np.concatenate([np.asarray(y, np.float64).ravel() for y in ys]).tolist()))

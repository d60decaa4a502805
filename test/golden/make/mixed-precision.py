"""Makes test/golden/mixed-precision.json: losses of ten steps under the dtype policies of Keras 3.15, from the same weights and data.

    python test/golden/make/mixed-precision.py
"""
import base64
import json
import os
from pathlib import Path

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import keras
import numpy as np

STEPS, BATCH, SIDE = 10, 8, 6


def packed(array):
    return {"dtype": str(array.dtype), "shape": list(array.shape), "b64": base64.b64encode(array.tobytes()).decode()}


def network(policy):
    keras.config.set_dtype_policy(policy)
    layers = keras.layers
    model = keras.Sequential([
        keras.Input((SIDE, SIDE, 3)),
        layers.Conv2D(8, 3, padding="same", activation="relu", name="conv"),
        layers.BatchNormalization(name="batch_norm"),
        layers.MaxPooling2D(name="pool"),
        layers.DepthwiseConv2D(3, name="depthwise"),
        layers.Flatten(name="flatten"),
        layers.Dense(16, activation="gelu", kernel_regularizer="l2", name="dense"),
        layers.LayerNormalization(name="layer_norm"),
        layers.Dense(4, activation="softmax", dtype="float32", name="out"),
    ])
    keras.config.set_dtype_policy("float32")
    return model


rng = np.random.default_rng(3)
y = rng.integers(0, 4, (STEPS, BATCH)).astype("int32")
x = rng.uniform(-1, 1, (STEPS, BATCH, SIDE, SIDE, 3)).astype("float32") + (y[:, :, None, None, None] * 0.3).astype("float32")
first = network("float32")
weights = [rng.normal(0, 0.3, w.shape).astype("float32") if w.ndim > 1 else w for w in first.get_weights()]
losses = {}
for policy in ["float32", "mixed_bfloat16", "mixed_float16"]:
    model = network(policy)
    model.set_weights(weights)
    model.compile(keras.optimizers.SGD(0.05, momentum=0.9), "sparse_categorical_crossentropy", jit_compile=False)
    losses[policy] = [float(model.train_on_batch(x[i], y[i])) for i in range(STEPS)]
    print(policy, losses[policy])
target = Path(__file__).parent.parent / "mixed-precision.json"
target.write_text(json.dumps({"config": json.loads(network("mixed_bfloat16").to_json()), "weights": [packed(w) for w in weights], "x": packed(x), "y": packed(y), "losses": losses}) + "\n")

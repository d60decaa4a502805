"""Makes test/golden/losses-more.json: losses of Keras 3.15 with options and reductions the shared fixtures leave out.

    python test/golden/make/losses-more.py test/golden/losses-more.json
"""
import base64
import json
import os
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import keras
import numpy as np
import tensorflow as tf

L = keras.losses
random = np.random.default_rng(13)


def pack(a):
    a = np.asarray(a)
    return {"dtype": str(a.dtype), "shape": list(a.shape), "b64": base64.b64encode(a.tobytes()).decode()}


def binary(*shape):
    return random.integers(0, 2, shape).astype("float32"), random.uniform(0.05, 0.95, shape).astype("float32")


def signed(*shape):
    y, p = binary(*shape)
    return y * 2 - 1, p


def logits(*shape):
    return random.integers(0, 2, shape).astype("float32"), random.normal(size=shape).astype("float32")


def simplex(shape, axis=-1):
    p = random.uniform(0.1, 1, shape).astype("float32")
    return p / p.sum(axis, keepdims=True)


def one_hot(*shape):
    return np.eye(shape[-1], dtype="float32")[random.integers(0, shape[-1], shape[:-1])], simplex(shape)


def one_hot_first(*shape):
    y, _ = one_hot(*shape[:1], *shape[2:], shape[1])
    return np.moveaxis(y, -1, 1), simplex(shape, 1)


def sparse(*shape):
    return random.integers(0, shape[-1], shape[:-1]).astype("int32"), simplex(shape)


def sparse_column(*shape):
    y, p = sparse(*shape)
    return y[..., None], p


def regression(*shape):
    return random.normal(size=shape).astype("float32"), random.normal(size=shape).astype("float32")


def embedding(*shape):
    v = random.normal(size=shape).astype("float32")
    return random.integers(0, 3, shape[:1]).astype("int32"), v / np.linalg.norm(v, axis=-1, keepdims=True)


# class, arguments, data, shape, shape of the weights or None
CASES = [
    ("BinaryCrossentropy", dict(label_smoothing=0.1, from_logits=True, axis=1), logits, (4, 3, 2), (4, 2)),
    ("BinaryCrossentropy", dict(label_smoothing=0.3, reduction="mean_with_sample_weight"), binary, (4, 3), (4,)),
    ("BinaryFocalCrossentropy", dict(label_smoothing=0.1, alpha=0.4, apply_class_balancing=True, axis=0), binary, (4, 3), None),
    ("BinaryFocalCrossentropy", dict(gamma=0.5, from_logits=True, reduction="sum"), logits, (4, 3, 2), (4, 3)),
    ("CategoricalCrossentropy", dict(axis=1, reduction="none"), one_hot_first, (4, 3, 2), None),
    ("CategoricalCrossentropy", dict(axis=1, from_logits=True, label_smoothing=0.2), one_hot_first, (4, 3, 2), (4, 2)),
    ("CategoricalFocalCrossentropy", dict(alpha=[0.1, 0.5, 0.9], label_smoothing=0.1), one_hot, (4, 3), (4,)),
    ("CategoricalFocalCrossentropy", dict(from_logits=True, gamma=1.0, axis=1), one_hot_first, (4, 3, 2), None),
    ("CategoricalGeneralizedCrossEntropy", dict(q=0.9, reduction="mean_with_sample_weight"), sparse, (4, 3), (4,)),
    ("SparseCategoricalCrossentropy", dict(ignore_class=1, from_logits=True), sparse, (4, 5, 3), (4, 5)),
    ("SparseCategoricalCrossentropy", dict(ignore_class=1, reduction="mean_with_sample_weight"), sparse, (6, 3), (6,)),
    ("SparseCategoricalCrossentropy", dict(ignore_class=0, reduction="none"), sparse, (6, 3), None),
    ("SparseCategoricalCrossentropy", dict(reduction="sum"), sparse_column, (4, 5, 3), None),
    ("MeanSquaredError", dict(reduction="mean_with_sample_weight"), regression, (4, 3, 2), (4, 3)),
    ("MeanSquaredError", dict(reduction="mean"), regression, (4, 3), (4, 1)),
    ("MeanAbsoluteError", dict(reduction="mean_with_sample_weight"), regression, (4, 3), None),
    ("MeanSquaredError", dict(reduction="none"), regression, (4, 3), (4,)),
    ("Huber", dict(delta=0.5, reduction="none"), regression, (4, 3), (4,)),
    ("CosineSimilarity", dict(axis=1), regression, (4, 3, 2), (4, 2)),
    ("SquaredHinge", dict(reduction="sum"), binary, (4, 3), (4,)),
    ("Hinge", dict(reduction="mean_with_sample_weight"), signed, (4, 3), (4,)),
    ("Dice", dict(axis=(1, 2)), binary, (4, 3, 2), None),
    ("Tversky", dict(alpha=0.3, beta=0.7, axis=(1,)), binary, (4, 3), None),
    ("Circle", dict(gamma=4.0, margin=0.2, remove_diagonal=False), embedding, (5, 3), None),
    ("KLDivergence", dict(reduction="none"), one_hot, (4, 3), (4,)),
    ("Poisson", dict(reduction="mean_with_sample_weight"), binary, (4, 3), (4,)),
]


def case(name, arguments, data, shape, weights):
    loss = getattr(L, name)(**arguments)
    y, p = data(*shape)
    w = None if weights is None else random.uniform(0, 2, weights).astype("float32")
    x = tf.constant(p)
    with tf.GradientTape() as tape:
        tape.watch(x)
        value = loss(tf.constant(y), x, sample_weight=w)
        total = tf.reduce_sum(value)
    return {
        "class_name": name,
        "arguments": arguments,
        "config": loss.get_config(),
        "y_true": pack(y),
        "y_pred": pack(p),
        "sample_weight": None if w is None else pack(w),
        "value": pack(value.numpy()),
        "gradient": pack(tape.gradient(total, x).numpy()),
        "tolerance": {"rtol": 1e-4, "atol": 1e-5},
    }


with open(sys.argv[1], "w") as file:
    cases = []
    for row in CASES:
        try:
            cases.append(json.dumps(case(*row), separators=(",", ":")))
        except Exception as error:
            raise RuntimeError(f"{row[0]} {row[1]}") from error
    file.write('{"cases":[\n' + ",\n".join(cases) + "\n]}\n")

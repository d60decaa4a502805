"""Makes test/golden/sparse-optimizers.json: optimizers of Keras 3.15 on TensorFlow whose gradients are IndexedSlices with rows
that come several times, once, and never.

    python test/golden/make/sparse-optimizers.py test/golden/sparse-optimizers.json
"""
import base64
import json
import os
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import keras
import numpy as np
import tensorflow as tf

O = keras.optimizers
random = np.random.default_rng(11)
ROWS, WIDTH, COUNT, STEPS = 6, 3, 8, 5


def pack(a):
    a = np.asarray(a)
    return {"dtype": str(a.dtype), "shape": list(a.shape), "b64": base64.b64encode(a.tobytes()).decode()}


CASES = [
    ("sgd", lambda: O.SGD(0.1)),
    ("sgd_momentum", lambda: O.SGD(0.1, momentum=0.9)),
    ("sgd_nesterov", lambda: O.SGD(0.1, momentum=0.9, nesterov=True)),
    ("rmsprop", lambda: O.RMSprop(0.01)),
    ("rmsprop_momentum", lambda: O.RMSprop(0.01, momentum=0.9)),
    ("rmsprop_centered", lambda: O.RMSprop(0.01, rho=0.5, momentum=0.5, centered=True, epsilon=2.0)),
    ("adam", lambda: O.Adam(0.01)),
    ("adam_amsgrad", lambda: O.Adam(0.01, beta_2=0.5, amsgrad=True)),
    ("adamw", lambda: O.AdamW(0.01, weight_decay=0.1)),
    ("adagrad", lambda: O.Adagrad(0.1)),
    ("adadelta", lambda: O.Adadelta(0.5, rho=0.8)),
    ("adamax", lambda: O.Adamax(0.01)),
    ("nadam", lambda: O.Nadam(0.01)),
    ("ftrl", lambda: O.Ftrl(0.1)),
    ("ftrl_regularized", lambda: O.Ftrl(0.1, learning_rate_power=-0.7, l1_regularization_strength=0.01, l2_regularization_strength=0.02, l2_shrinkage_regularization_strength=0.03, beta=0.1)),
    ("lion", lambda: O.Lion(0.01)),
    ("lamb", lambda: O.Lamb(0.01)),
    ("adafactor", lambda: O.Adafactor(0.1)),
    ("muon", lambda: O.Muon(0.02)),
    ("muon_of_embeddings", lambda: O.Muon(0.02, exclude_embeddings=False)),
    ("schedule_free", lambda: O.ScheduleFreeAdamW(0.01)),
    ("adam_clipnorm", lambda: O.Adam(0.01, clipnorm=1.5)),
    ("adam_clipvalue", lambda: O.Adam(0.01, clipvalue=0.7)),
    ("adam_global_clipnorm", lambda: O.Adam(0.01, global_clipnorm=1.5)),
    ("sgd_clipnorm", lambda: O.SGD(0.1, clipnorm=1.5)),
    ("sgd_clipvalue", lambda: O.SGD(0.1, clipvalue=0.7)),
    ("sgd_global_clipnorm", lambda: O.SGD(0.1, global_clipnorm=1.5)),
    ("adagrad_clipnorm", lambda: O.Adagrad(0.1, clipnorm=1.5)),
    ("adagrad_weight_decay", lambda: O.Adagrad(0.1, weight_decay=0.1)),
    ("adam_weight_decay_ema", lambda: O.Adam(0.01, weight_decay=0.1, use_ema=True, ema_momentum=0.8, ema_overwrite_frequency=3)),
    ("adam_accumulate_2", lambda: O.Adam(0.01, gradient_accumulation_steps=2)),
    ("loss_scale", lambda: O.LossScaleOptimizer(O.Adam(0.01), initial_scale=8.0, dynamic_growth_steps=2)),
]


def case(name, make):
    optimizer = make()
    initial = [random.normal(size=(ROWS, WIDTH)).astype("float32"), random.normal(size=(WIDTH,)).astype("float32")]
    variables = [keras.Variable(a, name=name) for a, name in zip(initial, ["embedding", "bias"])]
    optimizer.build(variables)

    @tf.function
    def apply(values, indices, bias):
        rows = tf.IndexedSlices(values, indices, tf.constant([ROWS, WIDTH]))
        optimizer.apply([rows, bias], variables)

    gradients, steps = [], []
    for _ in range(STEPS):
        values = random.normal(size=(COUNT, WIDTH)).astype("float32")
        # Row 0 in every step, the last in none.
        indices = np.concatenate([[0, 0], random.integers(0, ROWS - 1, COUNT - 2)]).astype("int32")
        bias = random.normal(size=(WIDTH,)).astype("float32")
        apply(values, indices, bias)
        gradients.append({"values": pack(values), "indices": pack(indices), "bias": pack(bias)})
        steps.append([pack(v.numpy()) for v in variables])
    return {
        "case": name,
        "class_name": type(optimizer).__name__,
        "config": optimizer.get_config(),
        "initial": [pack(a) for a in initial],
        "gradients": gradients,
        "steps": steps,
        "optimizer_variables_after": [{"path": v.path, "value": pack(v.numpy())} for v in optimizer.variables],
    }


with open(sys.argv[1], "w") as file:
    lines = ",\n".join(json.dumps(case(*row), separators=(",", ":")) for row in CASES)
    file.write("[\n" + lines + "\n]\n")

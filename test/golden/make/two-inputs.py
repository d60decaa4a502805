"""Makes test/golden/two-inputs.json: the model of examples/two-inputs.ts in Keras 3.15, with its first weights and what ten
training steps report with each optimizer.

    python test/golden/make/two-inputs.py test/golden/two-inputs.json
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
SIDE, BATCH, STEPS = 8, 16, 10
random = np.random.default_rng(5)
keras.utils.set_random_seed(5)


def pack(a):
    a = np.asarray(a, order="C")
    return {"dtype": str(a.dtype), "shape": list(a.shape), "b64": base64.b64encode(a.tobytes()).decode()}


def pair_judge():
    first, second = keras.Input((SIDE, SIDE, 1), name="first"), keras.Input((SIDE, SIDE, 1), name="second")
    reader = keras.Sequential(
        [
            keras.Input((SIDE, SIDE, 1)),
            L.Conv2D(8, 3, activation="relu"),
            L.MaxPooling2D(),
            L.Conv2D(16, 3, activation="relu"),
            L.Flatten(),
            L.Dense(32, activation="relu"),
        ]
    )
    thought = L.Dense(64, activation="relu")(L.Concatenate()([reader(first), reader(second)]))
    same = L.Dense(1, activation="sigmoid", name="same")(thought)
    larger = L.Dense(10, activation="softmax", name="larger")(thought)
    return keras.Model([first, second], [same, larger])


OPTIMIZERS = {"sgd": lambda: keras.optimizers.SGD(0.05, momentum=0.9), "adam": lambda: keras.optimizers.Adam(0.01)}
model = pair_judge()
weights = model.get_weights()
pictures = random.integers(0, 256, (2, STEPS, BATCH, SIDE, SIDE, 1)).astype("uint8")
digits = random.integers(0, 10, (2, STEPS, BATCH)).astype("int32")
digits[1, :, ::2] = digits[0, :, ::2]
same, larger = (digits[0] == digits[1]).astype("float32")[..., None], digits.max(axis=0)

reports = {}
for name, optimizer in OPTIMIZERS.items():
    model.set_weights(weights)
    model.compile(
        optimizer=optimizer(),
        loss={"same": "binary_crossentropy", "larger": "sparse_categorical_crossentropy"},
        loss_weights={"same": 1.0, "larger": 0.5},
        metrics={"same": ["accuracy", "auc"], "larger": ["accuracy"]},
    )
    x = pictures.astype("float32") / 255
    reports[name] = [
        {
            key: float(value)
            for key, value in model.train_on_batch(
                [x[0, i], x[1, i]], [same[i], larger[i]], return_dict=True
            ).items()
        }
        for i in range(STEPS)
    ]

with open(sys.argv[1], "w") as file:
    data = {"pictures": pack(pictures), "same": pack(same), "larger": pack(larger)}
    golden = {"side": SIDE, "steps": STEPS, "weights": [pack(w) for w in weights], **data, "reports": reports}
    json.dump(golden, file, separators=(",", ":"))
    file.write("\n")

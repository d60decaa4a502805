"""Writes test/golden/feature-space.json: what Python Keras' FeatureSpace makes of a table.

    python test/golden/make/feature-space.py test/golden/feature-space.json
"""

import json
import sys

import keras
import numpy as np
import tensorflow as tf

FeatureSpace = keras.utils.FeatureSpace
TABLE = {
    "age": [31.0, 8.5, 64.0, 47.25, 19.0, 31.0],
    "city": ["Graz", "Wien", "Linz", "Wien", "Graz", "Wien"],
    "rooms": [3, 1, 4, 1, 5, 9],
}
NEW = {"age": [20.0, 70.0, 31.0], "city": ["Linz", "Rom", "Wien"], "rooms": [1, 2, 5]}

CASES = {
    "kinds": {
        "features": {"age": "float_normalized", "city": "string_categorical", "rooms": "integer_categorical"},
    },
    "hashed and crossed": {
        "features": {"age": "float", "city": "string_hashed", "rooms": "integer_hashed"},
        "crosses": [["city", "rooms"]],
        "hashing_dim": 5,
        "crossing_dim": 7,
    },
    "bins and scales": {
        "features": {"age": "float_discretized", "rooms": "float_rescaled", "city": "string_categorical"},
        "num_discretization_bins": 3,
    },
    "dict of numbers": {
        "features": {
            "age": ("float_discretized", {"num_bins": 4, "output_mode": "int"}),
            "city": ("string_categorical", {"max_tokens": 3, "num_oov_indices": 2, "output_mode": "int"}),
            "rooms": ("integer_hashed", {"num_bins": 6, "output_mode": "int"}),
        },
        "crosses": [("cross", {"feature_names": ["rooms", "city"], "crossing_dim": 9, "output_mode": "int"})],
        "output_mode": "dict",
    },
    "options": {
        "features": {
            "age": ("float_rescaled", {"scale": 0.1, "offset": -2.0}),
            "city": ("string_hashed", {"num_bins": 4}),
            "rooms": ("integer_categorical", {"max_tokens": 4, "num_oov_indices": 2}),
        },
        "crosses": [["city", "rooms"], ["rooms", "city"]],
        "output_mode": "dict",
    },
}


def made(value):
    return getattr(FeatureSpace, value[0])(**value[1]) if isinstance(value, tuple) else value


def values(encoded):
    if isinstance(encoded, dict):
        return {name: values(one) for name, one in encoded.items()}
    return np.asarray(encoded).astype("float64").tolist()


def main():
    golden = {"table": TABLE, "new": NEW, "cases": []}
    for name, case in CASES.items():
        options = dict(case)
        options["features"] = {feature: made(value) for feature, value in case["features"].items()}
        if "crosses" in case:
            options["crosses"] = [made(cross) for cross in case["crosses"]]
        space = FeatureSpace(**options)
        space.adapt(tf.data.Dataset.from_tensor_slices(TABLE))
        config = json.loads(json.dumps(keras.saving.serialize_keras_object(space)))["config"]
        golden["cases"].append(
            {
                "name": name,
                "options": case,
                "batch": values(space(NEW)),
                "row": values(space({column: rows[1] for column, rows in NEW.items()})),
                "config": config,
            }
        )
    with open(sys.argv[1], "w") as f:
        json.dump(golden, f, indent=1)
        f.write("\n")


main()

"""applications-configured.json: Keras' applications with other options than those of applications-more.json and of the
shared fixture: width, depth, minimal variants, shapes that are not square, other channels, classes, pooling.

    python applications-configured.py > ../applications-configured.json

Weights by the formula of applications.py; the kernel of a layer `predictions` is smaller, as in the shared fixture.
"""
import gc
import hashlib
import json

import applications as more
import keras
import numpy as np

CONFIGURATIONS = [
    ("MobileNet", 1.05, {"alpha": 0.25, "input_shape": [96, 96, 3], "classes": 13, "dropout": 0.2}),
    ("MobileNet", 1.05, {"alpha": 0.75, "depth_multiplier": 2, "pooling": "max", "input_shape": [64, 80, 3]}),
    ("MobileNetV2", 1.0, {"alpha": 0.35, "input_shape": [96, 96, 3], "classes": 7}),
    ("MobileNetV2", 1.0, {"alpha": 1.4, "include_top": False, "input_shape": [64, 64, 3]}),
    ("MobileNetV3Small", 1.0, {"alpha": 0.75, "minimalistic": True, "input_shape": [96, 96, 3], "classes": 5}),
    ("MobileNetV3Large", 1.0, {"alpha": 1.25, "pooling": "max", "input_shape": [64, 96, 3],
                               "include_preprocessing": False}),
    ("VGG19", 1.0, {"input_shape": [32, 32, 1], "classes": 10}),
    ("ResNet50", 0.7, {"input_shape": [64, 48, 4], "classes": 3}),
    ("ResNet50V2", 0.8, {"input_shape": [33, 47, 3], "pooling": "max"}),
    ("InceptionV3", 1.1, {"input_shape": [75, 90, 3], "classes": 9}),
    ("Xception", 0.58, {"input_shape": [71, 75, 2], "include_top": False}),
    ("DenseNet169", 1.1, {"input_shape": [32, 40, 3], "pooling": "max"}),
    ("NASNetMobile", 0.7, {"input_shape": [96, 64, 3], "classes": 11}),
    ("EfficientNetB1", 1.05, {"input_shape": [64, 65, 3], "pooling": "max"}),
    ("EfficientNetV2B3", 0.85, {"input_shape": [40, 56, 3], "classes": 8}),
    ("EfficientNetV2B0", 1.0, {"input_shape": [64, 64, 3], "include_top": False, "include_preprocessing": False}),
    ("ConvNeXtTiny", 1.0, {"input_shape": [32, 64, 3], "classes": 14, "include_preprocessing": False}),
]


def arguments(given):
    given = {"weights": None, **given, "input_shape": tuple(given["input_shape"])}
    if "classes" in given:
        return {**given, "classifier_activation": None}
    return {**given, "include_top": False}


def fill(model, gamma):
    more.fill(model, gamma)
    for layer in model.layers:
        if layer.name == "predictions" and layer.weights:
            layer.kernel.assign(layer.kernel * np.float32(np.sqrt(1 / 6)))


def configured(name, gamma, given):
    keras.utils.clear_session(free_memory=True)
    model = getattr(keras.applications, name)(**arguments(given))
    rows = [[l.name, type(l).__name__, more.shape(l), int(l.count_params())] for l in model.layers]
    fill(model, gamma)
    shape = given["input_shape"]
    u = more.uniform(4095, int(np.prod(shape))).reshape(1, *shape)
    x = (u if name.startswith("Inception") else (u + 1) * 127.5).astype(np.float32)
    y = np.asarray(model(x, training=False), np.float64).reshape(-1)
    other = np.asarray(model(x[:, ::-1, ::-1] * np.float32(0.7), training=False), np.float64).reshape(-1)
    return {
        "name": name,
        "arguments": {k: v for k, v in arguments(given).items() if k != "weights"},
        "total_params": int(model.count_params()),
        "trainable_params": sum(int(np.prod(w.shape)) for w in model.trainable_weights),
        "layer_count": len(rows),
        "layers_sha256": hashlib.sha256(json.dumps(rows, separators=(",", ":")).encode()).hexdigest(),
        "gamma_centre": gamma,
        "count": len(y),
        "first16": [float(np.float32(v)) for v in y[:16]],
        "largest": float(np.abs(y).max()),
        "l2": float(np.sqrt((y**2).sum())),
        "input_sensitivity": float(np.linalg.norm(y - other) / np.linalg.norm(y)),
    }


def main():
    entries = []
    for configuration in CONFIGURATIONS:
        entries.append(json.dumps(configured(*configuration)))
        gc.collect()
    print('{"seed": %d, "models": [\n%s\n]}' % (more.SEED, ",\n".join(entries)))


if __name__ == "__main__":
    main()

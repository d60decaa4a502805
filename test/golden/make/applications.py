"""Keras' applications beside those of the shared fixture: digests of their layers, and features with weights by formula.

    python applications.py > ../applications-more.json

The formula is that of shared/fixtures/applications.json, with the seed below; a weight without a name is a gamma.
"""
import gc
import hashlib
import json
import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import keras  # noqa: E402
import numpy as np  # noqa: E402

SEED = 7
SIZE = 96
#   name: centre of the gammas where features are computed, else None
MODELS = {
    "MobileNetV3Small": 1.0,
    "MobileNetV3Large": 1.0,
    "InceptionResNetV2": 1.0,
    "EfficientNetV2B0": 1.0,
    "EfficientNetV2S": 0.85,
    "ConvNeXtTiny": 1.0,
    **dict.fromkeys(
        "ResNet101V2 ResNet152V2 DenseNet169 DenseNet201 NASNetLarge "
        "EfficientNetB1 EfficientNetB2 EfficientNetB3 EfficientNetB4 EfficientNetB5 EfficientNetB6 EfficientNetB7 "
        "EfficientNetV2B1 EfficientNetV2B2 EfficientNetV2B3 EfficientNetV2M EfficientNetV2L "
        "ConvNeXtSmall ConvNeXtBase ConvNeXtLarge ConvNeXtXLarge".split()
    ),
}


def uniform(i, n):
    with np.errstate(over="ignore"):
        j = np.arange(1, n + 1, dtype=np.uint32)
        h = np.uint32(((i + 1) * 2654435761 + SEED * 3266489917) % 2**32) + j * np.uint32(2246822519)
        h ^= h >> np.uint32(15)
        h *= np.uint32(2246822507)
        h ^= h >> np.uint32(13)
        h *= np.uint32(3266489909)
        h ^= h >> np.uint32(16)
    return (h >> np.uint32(8)).astype(np.float64) / 8388608.0 - 1.0


def centre_scale(layer, w, gamma):
    name = w.name
    if name == "depthwise_kernel" or (type(layer).__name__ == "DepthwiseConv2D" and name == "kernel"):
        return 0.0, np.sqrt(6.0 / (w.shape[0] * w.shape[1]))
    if name in ("kernel", "pointwise_kernel"):
        return 0.0, np.sqrt(6.0 / np.prod(w.shape[:-1]))
    if name in ("bias", "beta", "moving_mean", "mean"):
        return 0.0, 0.1
    if name in ("moving_variance", "variance"):
        return 1.0, 0.25
    return None if name == "count" else (gamma, 0.2)


def fill(model, gamma):
    for i, (layer, w) in enumerate((layer, w) for layer in model.layers for w in layer.weights):
        cs = centre_scale(layer, w, gamma)
        if cs is not None:
            w.assign((cs[0] + cs[1] * uniform(i, int(np.prod(w.shape)))).astype(np.float32).reshape(w.shape))


def shape(layer):
    s = layer.output
    return list((s[0] if isinstance(s, (list, tuple)) else s).shape)


def architecture(name):
    model = getattr(keras.applications, name)(weights=None)
    rows = [[layer.name, type(layer).__name__, shape(layer), int(layer.count_params())] for layer in model.layers]
    text = json.dumps(rows, separators=(",", ":"))
    return {
        "model": model.name,
        "total_params": int(model.count_params()),
        "trainable_params": sum(int(np.prod(w.shape)) for w in model.trainable_weights),
        "layer_count": len(rows),
        "layers_sha256": hashlib.sha256(text.encode()).hexdigest(),
    }


def features(name, gamma):
    model = getattr(keras.applications, name)(
        weights=None, include_top=False, pooling="avg", input_shape=(SIZE, SIZE, 3)
    )
    fill(model, gamma)
    u = uniform(4095, SIZE * SIZE * 3).reshape(1, SIZE, SIZE, 3)
    x = (u if name.startswith("Inception") else (u + 1) * 127.5).astype(np.float32)
    y = np.asarray(model(x, training=False), np.float64).reshape(-1)
    other = np.asarray(model(x[:, ::-1, ::-1] * np.float32(0.7), training=False), np.float64).reshape(-1)
    return {
        "gamma_centre": gamma,
        "first16": [float(np.float32(v)) for v in y[:16]],
        "largest": float(np.abs(y).max()),
        "l2": float(np.sqrt((y**2).sum())),
        "input_sensitivity": float(np.linalg.norm(y - other) / np.linalg.norm(y)),
    }


def main():
    entries = []
    for name, gamma in MODELS.items():
        keras.utils.clear_session(free_memory=True)
        entry = {"name": name, **architecture(name)}
        gc.collect()
        if gamma is not None:
            keras.utils.clear_session(free_memory=True)
            entry["features"] = features(name, gamma)
        entries.append(json.dumps(entry))
    print('{"seed": %d, "size": %d, "models": [\n%s\n]}' % (SEED, SIZE, ",\n".join(entries)))


if __name__ == "__main__":
    main()

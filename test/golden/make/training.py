"""Writes test/golden/training.json: what Python Keras 3 does with small models, fixed weights and no shuffling.

    python test/golden/make/training.py test/golden/training.json
"""

import base64
import json
import sys

import keras
import numpy as np

RANDOM = np.random.default_rng(3)


def packed(array):
    array = np.ascontiguousarray(array)
    return {
        "dtype": str(array.dtype),
        "shape": list(array.shape),
        "b64": base64.b64encode(array.tobytes()).decode(),
    }


def numbers(*shape):
    return RANDOM.normal(0, 0.5, shape).astype("float32")


def conv_net():
    layers = keras.layers
    return [
        layers.Input((6, 6, 2)),
        layers.Conv2D(4, 3, padding="same", name="conv"),
        layers.BatchNormalization(momentum=0.8, name="norm"),
        layers.Activation("relu", name="relu"),
        layers.MaxPooling2D(2, name="pool"),
        layers.Flatten(name="flat"),
        layers.Dense(8, activation="tanh", kernel_regularizer=keras.regularizers.L2(0.01), name="hidden"),
        layers.Dense(3, activation="softmax", name="head"),
    ]


def dense_net():
    return [
        keras.layers.Input((5,)),
        keras.layers.Dense(6, activation="relu", name="hidden"),
        keras.layers.Dense(3, activation="softmax", name="head"),
    ]


def fit_case(name, layers, loss, optimizer, x, y, **options):
    keras.utils.set_random_seed(1)
    model = keras.Sequential(layers, name="golden")
    start = []
    for weight in model.get_weights():
        value = numbers(*weight.shape)
        start.append(np.abs(value) + 0.5 if len(start) in (3, 5) and name.startswith("conv") else value)
    model.set_weights(start)
    model.compile(optimizer=optimizer, loss=loss, metrics=["accuracy"])
    arrays = {k: v for k, v in options.items() if isinstance(v, np.ndarray)}
    class_weight = options.get("class_weight")
    history = model.fit(x, y, shuffle=False, verbose=0, **options)
    plain = {k: v for k, v in options.items() if k not in arrays and k != "class_weight"}
    evaluation = model.evaluate(x, y, batch_size=7, verbose=0, return_dict=True)
    return {
        "name": name,
        "config": json.loads(model.to_json())["config"],
        "loss": loss,
        "optimizer": keras.optimizers.serialize(keras.optimizers.get(optimizer)),
        "x": packed(x),
        "y": packed(y),
        "weights": [packed(w) for w in start],
        "options": plain,
        "class_weight": class_weight,
        "sample_weight": packed(arrays["sample_weight"]) if "sample_weight" in arrays else None,
        "history": history.history,
        "evaluation": evaluation,
        "prediction": packed(model.predict(x, verbose=0)),
    }


def fits():
    pictures, rows = numbers(30, 6, 6, 2), numbers(21, 5)
    classes = RANDOM.integers(0, 3, 30)
    one_hot = np.eye(3, dtype="float32")[classes]
    labels = classes[:21].astype("int32")
    weight = RANDOM.uniform(0, 2, 21).astype("float32")
    adam, sgd = "adam", keras.optimizers.SGD(0.1, momentum=0.9)
    sparse = "sparse_categorical_crossentropy"
    return [
        fit_case("conv, batchNormalization, l2, validationSplit", conv_net(), "categorical_crossentropy", adam,
                 pictures, one_hot, epochs=3, batch_size=8, validation_split=0.2),
        fit_case("sampleWeight", dense_net(), sparse, sgd, rows, labels, epochs=3, batch_size=4, sample_weight=weight),
        fit_case("sampleWeight with validationSplit", dense_net(), sparse, keras.optimizers.RMSprop(0.01), rows, labels,
                 epochs=2, batch_size=4, sample_weight=weight, validation_split=0.3),
        fit_case("classWeight", dense_net(), sparse, keras.optimizers.SGD(0.1), rows, labels, epochs=3, batch_size=4,
                 class_weight={0: 0.5, 1: 2.0, 2: 1.5}),
        fit_case("classWeight, one-hot", dense_net(), "categorical_crossentropy", keras.optimizers.SGD(0.1), rows,
                 one_hot[:21], epochs=3, batch_size=4, class_weight={0: 0.5, 2: 1.5}),
        fit_case("initialEpoch", dense_net(), sparse, keras.optimizers.SGD(0.1), rows, labels, epochs=4, batch_size=32,
                 initial_epoch=2),
    ]


class Stub(keras.Sequential):
    """A model whose one weight tells the epoch."""

    def __init__(self):
        super().__init__([keras.layers.Input((1,)), keras.layers.Dense(1, use_bias=False)])
        self.stop_training = False
        self.compile(loss="mse", metrics=["accuracy"])
        # Callbacks with mode "auto" ask the metrics, which are made by the first batch.
        self.test_on_batch(np.zeros((1, 1)), np.zeros((1, 1)))


def stopping_case(values, monitor="val_loss", **options):
    model = Stub()
    callback = keras.callbacks.EarlyStopping(monitor=monitor, **options)
    callback.set_model(model)
    callback.set_params({})
    callback.on_train_begin()
    ran = 0
    for epoch, value in enumerate(values):
        model.set_weights([np.array([[epoch]], "float32")])
        callback.on_epoch_end(epoch, {monitor: value})
        ran += 1
        if model.stop_training:
            break
    callback.on_train_end()
    return {
        "monitor": monitor,
        "values": values,
        "options": options,
        "epochs_run": ran,
        "stopped_epoch": callback.stopped_epoch,
        "best_epoch": callback.best_epoch,
        "weights_of_epoch": int(model.get_weights()[0][0][0]),
    }


def stoppings():
    dip = [1.0, 0.8, 0.9, 0.85, 0.7, 0.75, 0.74, 0.73, 0.72]
    rise = [0.1, 0.3, 0.2, 0.31, 0.305, 0.3, 0.2, 0.9]
    cases = [
        (dip, {}),
        (dip, {"patience": 1}),
        (dip, {"patience": 2}),
        (dip, {"patience": 3}),
        (dip, {"patience": 2, "restore_best_weights": True}),
        (dip, {"patience": 2, "min_delta": 0.15}),
        (dip, {"patience": 2, "baseline": 0.75}),
        (dip, {"patience": 1, "baseline": 0.1, "restore_best_weights": True}),
        (dip, {"patience": 1, "start_from_epoch": 3}),
        (dip, {"patience": 1, "start_from_epoch": 3, "restore_best_weights": True}),
        (dip, {"patience": 2, "mode": "max"}),
        (dip, {"patience": 20, "restore_best_weights": True}),
        ([1.0, 2.0, 3.0], {"patience": 0, "restore_best_weights": True}),
        ([1.0, 1.0, 1.0], {"patience": 1}),
        ([0.5], {"patience": 0}),
    ]
    rises = [
        (rise, {"patience": 2}),
        (rise, {"patience": 2, "min_delta": 0.02}),
        (rise, {"patience": 3, "restore_best_weights": True}),
        (rise, {"patience": 1, "baseline": 0.35}),
        (rise, {"patience": 2, "mode": "min"}),
    ]
    return [stopping_case(v, **o) for v, o in cases] + [stopping_case(v, "val_accuracy", **o) for v, o in rises]


def checkpoint_case(values, monitor="val_loss", filepath="{epoch:02d}-{%s:.2f}.keras", **options):
    model = Stub()
    saved = []
    model.save = lambda path, **_: saved.append(path)
    callback = keras.callbacks.ModelCheckpoint(
        filepath=filepath % monitor if "%s" in filepath else filepath, monitor=monitor, **options
    )
    callback.set_model(model)
    callback.set_params({})
    callback.on_train_begin()
    for epoch, value in enumerate(values):
        callback.on_epoch_begin(epoch)
        callback.on_epoch_end(epoch, {monitor: value})
    callback.on_train_end()
    return {
        "monitor": monitor,
        "filepath": callback.filepath,
        "values": values,
        "options": options,
        "saved": saved,
    }


def checkpoints():
    dip = [1.0, 0.8, 0.9, 0.8, 0.7, 0.75]
    rise = [0.1, 0.3, 0.2, 0.31, 0.305]
    return [
        checkpoint_case(dip),
        checkpoint_case(dip, save_best_only=True),
        checkpoint_case(dip, save_best_only=True, initial_value_threshold=0.75),
        checkpoint_case(dip, save_best_only=True, mode="max"),
        checkpoint_case(rise, "val_accuracy", save_best_only=True),
        checkpoint_case(rise, "val_accuracy", save_best_only=True, mode="min"),
        checkpoint_case(dip, filepath="e{epoch}-{val_loss:.3f}.keras"),
        checkpoint_case(dip, filepath="{epoch:03d}_{val_loss:8.4f}_{val_loss:.1e}.keras"),
    ]


def summary(layers, name):
    model = keras.Sequential(layers, name=name)
    trainable = sum(int(np.prod(w.shape)) for w in model.trainable_weights)
    return {
        "config": json.loads(model.to_json())["config"],
        "rows": [[l.name, type(l).__name__, str(tuple(l.output.shape)), l.count_params()] for l in model.layers],
        "total": model.count_params(),
        "trainable": trainable,
        "non_trainable": model.count_params() - trainable,
    }


def main(path):
    golden = {
        "keras": keras.__version__,
        "fits": fits(),
        "early_stopping": stoppings(),
        "model_checkpoint": checkpoints(),
        "summary": summary(conv_net(), "golden"),
    }
    with open(path, "w", encoding="utf8") as file:
        json.dump(golden, file, indent=None, separators=(",", ":"))
        file.write("\n")


main(sys.argv[1])

"""Writes test/golden/callbacks.json: what Python Keras 3's callbacks do, given made-up metrics.

    python test/golden/make/callbacks.py test/golden/callbacks.json
"""

import json
import os
import sys
import tempfile

import keras
import numpy as np

X = np.array([[0.0], [1.0], [2.0], [3.0]], "float32")
Y = np.array([[1.0], [3.0], [5.0], [7.0]], "float32")


class Pretend(keras.callbacks.Callback):
    """Puts made-up values into the logs; comes before the callback under test."""

    def __init__(self, logs):
        super().__init__()
        self.made_up = logs

    def on_epoch_end(self, epoch, logs=None):
        logs.update({name: values[epoch] for name, values in self.made_up.items() if values[epoch] is not None})


def model(optimizer, metrics=()):
    made = keras.Sequential([keras.layers.Input((1,)), keras.layers.Dense(1, name="line")])
    made.set_weights([np.array([[0.5]], "float32"), np.array([0.25], "float32")])
    made.compile(optimizer=optimizer, loss="mse", metrics=list(metrics))
    return made


def fit(made, epochs, callbacks, **options):
    return made.fit(X, Y, epochs=epochs, batch_size=2, shuffle=False, verbose=0, callbacks=callbacks, **options)


def weights(made):
    return [float(w.reshape(-1)[0]) for w in made.get_weights()]


def reduce_lr():
    falling = [3, 2, 1.5, 1.5, 1.5, 1.49995, 1.5, 1.5, 1.2, 1.2, 1.2, 1.2]
    cases = [
        ("val_loss", falling, {"patience": 2}),
        ("val_loss", falling, {"patience": 2, "min_delta": 0}),
        ("val_loss", falling, {"patience": 1, "cooldown": 2, "factor": 0.5}),
        ("val_loss", falling, {"patience": 1, "factor": 0.3, "min_lr": 0.002}),
        ("val_loss", falling, {"patience": 0, "factor": 0.9}),
        ("loss", [1, 1, 1, 1, 1, 1], {"patience": 2, "cooldown": 1}),
        ("score", [0.1, 0.2, 0.2, 0.3, 0.3, 0.3, 0.3], {"patience": 2, "mode": "max"}),
        ("score", [0.1, 0.2, 0.2, 0.3, 0.3, 0.3, 0.3], {"patience": 2, "mode": "min"}),
    ]
    for monitor, values, options in cases:
        made = model(keras.optimizers.SGD(0.01))
        callback = keras.callbacks.ReduceLROnPlateau(monitor=monitor, **options)
        logged = fit(made, len(values), [Pretend({monitor: values}), callback]).history["learning_rate"]
        yield {
            "monitor": monitor,
            "values": values,
            "options": options,
            "logged": logged,
            "last": float(made.optimizer.learning_rate.numpy()),
        }


def scheduler():
    made = model(keras.optimizers.SGD(0.1))
    schedule = keras.callbacks.LearningRateScheduler(lambda epoch, rate: rate if epoch < 2 else rate * 0.5)
    history = fit(made, 4, [schedule]).history
    return {"logged": history["learning_rate"], "loss": history["loss"], "weights": weights(made)}


def csv_logger():
    cases = [
        ({"val_loss": [1.5, 0.5], "b": [2, 3]}, {}, False),
        ({"a": [1, 2], "loss": [0.5, 0.25]}, {"separator": ";"}, False),
        ({"a": [1, 2, 3], "loss": [0.5, 0.25, 0.125], "val_loss": [None, 7, None]}, {}, False),
        ({"a": [1, 2], "loss": [0.5, 0.25]}, {"append": True}, True),
        ({"a": [1, 2], "loss": [0.5, 0.25]}, {"append": False}, True),
    ]
    for logs, options, existing in cases:
        with tempfile.TemporaryDirectory() as folder:
            file = os.path.join(folder, "log.csv")
            before = "epoch,a,loss\n0,9,9\n" if existing else None
            if existing:
                with open(file, "w") as f:
                    f.write(before)
            made = model("sgd")
            epochs = len(next(iter(logs.values())))
            full = {"loss": [0.0] * epochs, **logs}
            fit(made, epochs, [Pretend(full), keras.callbacks.CSVLogger(file, **options)])
            with open(file, newline="") as f:
                text = f.read().replace("\r\n", "\n")
            yield {"logs": full, "options": options, "before": before, "text": text}


def swap_ema():
    class Look(keras.callbacks.Callback):
        def __init__(self):
            super().__init__()
            self.seen = []

        def on_epoch_end(self, epoch, logs=None):
            self.seen.append(weights(self.model))

    for options in ({}, {"swap_on_epoch": True}):
        made = model(keras.optimizers.SGD(0.01, use_ema=True, ema_momentum=0.7))
        look = Look()
        swap = keras.callbacks.SwapEMAWeights(**options)
        history = fit(made, 3, [swap, look], validation_data=(X, Y)).history
        yield {"options": options, "seen": look.seen, "val_loss": history["val_loss"], "weights": weights(made)}


class Telling(keras.callbacks.Callback):
    """Writes down every hook that is called, its number and the names of its logs."""

    def __init__(self, told):
        super().__init__()
        for when in ("train", "test", "predict"):
            for which in ("begin", "end", "batch_begin", "batch_end"):
                self.tell(told, f"on_{when}_{which}")
        for which in ("begin", "end"):
            self.tell(told, f"on_epoch_{which}")

    def tell(self, told, hook):
        def heard(*args, logs=None):
            *numbers, given = [*args, logs] if logs is not None or not args else args
            if isinstance(given, int):
                numbers, given = [given], None
            told.append([hook, *numbers, sorted(given or {})])

        setattr(self, hook, heard)


def hooks():
    """The order of hooks, by what is run, with one step in a call and with two."""
    for steps_per_execution in (1, 2):
        made = model("sgd", ["mae"])
        made.compile(optimizer="sgd", loss="mse", metrics=["mae"], steps_per_execution=steps_per_execution)
        told = {"fit": [], "evaluate": [], "predict": []}
        fit(made, 3, [Telling(told["fit"])], validation_data=(X, Y), validation_batch_size=1, validation_freq=2)
        made.evaluate(X, Y, batch_size=1, verbose=0, callbacks=[Telling(told["evaluate"])])
        if steps_per_execution == 1:
            made.predict(X, batch_size=1, verbose=0, callbacks=[Telling(told["predict"])])
        yield {"steps_per_execution": steps_per_execution, "told": told}


def main():
    golden = {
        "hooks": list(hooks()),
        "reduce_lr": list(reduce_lr()),
        "scheduler": scheduler(),
        "csv_logger": list(csv_logger()),
        "swap_ema": list(swap_ema()),
    }
    with open(sys.argv[1], "w") as f:
        json.dump(golden, f, indent=1)
        f.write("\n")


main()

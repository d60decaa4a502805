"""Small HDF5 files that Keras, h5py and evil hands write. Run with tf-keras and Keras 3 installed:

    TF_USE_LEGACY_KERAS=1 python make.py keras2 OUT; python make.py keras3 OUT; python make.py h5py OUT
"""
import json
import os
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"
WHAT, OUT = sys.argv[1], sys.argv[2]

import h5py
import numpy as np


def small(keras, optimizer, first):
    keras.utils.set_random_seed(3)
    layers = keras.layers
    model = keras.Sequential([first, layers.Dense(3, activation="relu", kernel_initializer="he_normal", kernel_regularizer="l2", name="hidden"),
                              layers.BatchNormalization(name="bn"), layers.Dense(2, activation="softmax", name="out")], name="small")
    model.compile(optimizer=optimizer, loss="categorical_crossentropy", metrics=["accuracy"])
    model.fit(np.arange(32, dtype="f4").reshape(8, 4) / 32, np.eye(2, dtype="f4")[np.arange(8) % 2], epochs=2, verbose=0)
    return model


def optimizers(keras):
    yield "rmsprop", keras.optimizers.RMSprop(momentum=0.9, centered=True)
    yield "sgd", keras.optimizers.SGD(0.05, momentum=0.9, nesterov=True)
    yield "amsgrad", keras.optimizers.Adam(amsgrad=True, clipnorm=1.0)


def keras2():
    import tf_keras as keras

    def first():
        return keras.layers.InputLayer(input_shape=(4,), name="first")

    small(keras, "adam", first()).save(f"{OUT}/small-keras2.h5")
    small(keras, keras.optimizers.legacy.Adam(), first()).save(f"{OUT}/small-legacy-adam.h5")
    small(keras, "adam", first()).save_weights(f"{OUT}/small-weights.h5")
    for name, optimizer in optimizers(keras):
        small(keras, optimizer, first()).save(f"{OUT}/small-{name}-keras2.h5")


def keras3():
    import keras

    def first():
        return keras.Input((4,), name="first")

    small(keras, "adam", first()).save(f"{OUT}/small-keras3.h5")
    for name, optimizer in optimizers(keras):
        small(keras, optimizer, first()).save(f"{OUT}/small-{name}-keras3.h5")


def layer(f, name, **arrays):
    group = f.require_group(name)
    group.attrs["weight_names"] = [n.encode() for n in arrays]
    return group


def with_layers(name, *names, **options):
    f = h5py.File(f"{OUT}/{name}.h5", "w", **options)
    f.attrs["layer_names"] = np.array([n.encode() for n in names])
    return f


def foreign():
    """Everything that Keras itself does not write, but that other programs and other versions do."""
    with with_layers("foreign", "packed", "types", "linked", "große", "nothing", libver="latest") as f:
        f.attrs["keras_version"] = np.bytes_(b"2.2.4")
        f.attrs["backend"] = "theano"
        group = layer(f, "packed", gzip=0, rows=0, deep=0)
        group.create_dataset("gzip", data=np.arange(10000, dtype="f4").reshape(100, 100), chunks=(30, 17), compression="gzip", shuffle=True, fletcher32=True)
        group.create_dataset("rows", data=np.arange(600, dtype="<i4").reshape(20, 30), chunks=(7, 30))
        group.create_dataset("deep", data=np.arange(120, dtype="f8").reshape(2, 3, 4, 5), chunks=(1, 2, 3, 4), compression="gzip")
        group = layer(f, "types", half=0, double=0, big=0, long=0, byte=0, unsigned=0, truth=0, scalar=0, none=0)
        group["half"] = np.array([0, 1, -2, 65504, np.inf], "f2")
        group["double"] = np.array([[1e300, -0.1]], "f8")
        group["big"] = np.array([1, -2.5], ">f4")
        group["long"] = np.array([2**62, -1], "i8")
        group["byte"] = np.array([-128, 127], "i1")
        group["unsigned"] = np.array([65535], "u2")
        group["truth"] = np.array([True, False])
        group["scalar"] = np.float32(2.5)
        group["none"] = np.zeros((0, 3), "f4")
        group = layer(f, "linked", kernel=0)
        group["kernel"] = h5py.SoftLink("/packed/rows")
        group = layer(f, "große", **{"größe/ω:0": 0})
        group["größe/ω:0"] = np.float32([7])
        f.create_group("nothing").attrs["weight_names"] = []


def split():
    """A list of names in pieces, as Keras stores one that is too long."""
    with h5py.File(f"{OUT}/split-names.h5", "w") as f:
        for i, names in enumerate([["a", "b"], ["c"]]):
            f.attrs[f"layer_names{i}"] = [n.encode() for n in names]
        for n in "abc":
            layer(f, n, kernel=0)["kernel"] = np.float32([ord(n)])


def evil():
    def one(name, **options):
        f = with_layers(f"evil/{name}", "layer", **options)
        return f, layer(f, "layer", kernel=0)

    f, group = one("external-link")
    group["kernel"] = h5py.ExternalLink("../foreign.h5", "/types/double")
    f, group = one("external-group")
    del f["layer"]
    f["layer"] = h5py.ExternalLink("../foreign.h5", "/types")
    f, group = one("external-storage")
    group.create_dataset("kernel", (10,), "u1", external=[("../make.py", 0, 10)])
    f, group = one("virtual")
    layout = h5py.VirtualLayout((20, 30), "i4")
    layout[:] = h5py.VirtualSource("../foreign.h5", "packed/rows", (20, 30))
    group.create_virtual_dataset("kernel", layout)
    f, group = one("broken-link")
    group["kernel"] = h5py.SoftLink("/nowhere")
    f, group = one("link-loop")
    group["kernel"] = h5py.SoftLink("/layer/other")
    group["other"] = h5py.SoftLink("/layer/kernel")
    f, group = one("group-loop")
    group["kernel"] = f["layer"]
    f, group = one("missing-weight")
    f, group = one("missing-layer")
    del f["layer"]
    f, group = one("plug-in")
    group.create_dataset("kernel", data=np.arange(100, dtype="f4"), chunks=(30,), compression="lzf")
    f, group = one("huge")
    group.create_dataset("kernel", (2**40, 2**8), "f4")
    f, group = one("huge-packed")
    group.create_dataset("kernel", (2**20, 2**10), "f4", chunks=(2**10, 2**10), compression="gzip")
    f, group = one("text-weight")
    group["kernel"] = "hello"
    f, group = one("complex-weight")
    group["kernel"] = np.array([1 + 2j])
    f, group = one("empty-weight")
    group["kernel"] = h5py.Empty("f4")
    f, group = one("group-as-weight")
    group.create_group("kernel")
    f, group = one("weight-as-layer")
    del f["layer"]
    f["layer"] = np.zeros(3)
    f, group = one("numbers-as-names")
    f.attrs["layer_names"] = np.arange(3)
    for name, value in [("config-not-json", "{"), ("config-list", "[]"), ("config-empty", "{}"), ("config-number", 3)]:
        f, group = one(name)
        group["kernel"] = np.float32([1])
        f.attrs["model_config"] = value
    f = h5py.File(f"{OUT}/evil/new-weights.h5", "w")
    f.create_group("layers/dense/vars")["0"] = np.zeros(3)


def python_json():
    with with_layers("python-json") as f:
        f.attrs["model_config"] = json.dumps({"class_name": "Sequential", "config": {"name": "Größe NaN \\ \" Infinity", "layers": [
            {"class_name": "InputLayer", "config": {"batch_input_shape": [None, 4], "name": "i"}},
            {"class_name": "ReLU", "config": {"name": "r", "max_value": float("inf"), "negative_slope": float("nan"), "threshold": -float("inf")}}]}})


if WHAT == "keras2":
    keras2()
elif WHAT == "keras3":
    keras3()
else:
    foreign(), split(), evil(), python_json()

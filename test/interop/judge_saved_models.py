"""Uses a model exported from Node: predicts, evaluates, trains on, and saves models of Keras 2 for it."""
import json
import os
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ["TF_USE_LEGACY_KERAS"] = "0"
import numpy as np
import tensorflow as tf
import keras


def batch(folder):
    data = json.load(open(os.path.join(folder, "batch.json")))
    return np.asarray(data["x"], "float32"), np.asarray(data["y"], "int32")


def use(folder):
    """What the signatures of `<folder>/model` do."""
    x, y = batch(folder)
    path = os.path.join(folder, "model")
    loaded = tf.saved_model.load(path)
    call = loaded.signatures
    step = {"image_input": tf.constant(x), "y": tf.constant(y)}
    numbers = lambda results: {k: float(v) for k, v in results.items()}
    layers = [keras.layers.TFSMLayer(path), keras.layers.TFSMLayer(path, call_endpoint="serving_default")]
    return {
        "served": [np.asarray(layer(x)["prediction"]).tolist() for layer in layers],
        "evaluated": numbers(call["evaluate"](**step)),
        "trained": [numbers(call["train_step"](**step)) for _ in range(5)],
        "predicted": call["predict"](image_input=step["image_input"])["prediction"].numpy().tolist(),
        "inputs": {k: sorted(v.structured_input_signature[1]) for k, v in call.items()},
        "open": [d is None for d in call["serving_default"].inputs[0].shape],
    }


def served(folder):
    """What `<folder>/served` classifies, its method names, its fingerprint and TensorFlow's own of it; what `<folder>/small` predicts."""
    from tensorflow.core.protobuf import fingerprint_pb2, saved_model_pb2
    from tensorflow.python.saved_model.pywrap_saved_model import fingerprinting

    x, _ = batch(folder)
    path = os.path.join(folder, "served")
    feature = lambda row: tf.train.Feature(float_list=tf.train.FloatList(value=row))
    examples = [
        tf.train.Example(features=tf.train.Features(feature={"x": feature(row)})).SerializeToString() for row in x
    ]
    classified = tf.saved_model.load(path).signatures["classify"](inputs=tf.constant(examples))
    with open(os.path.join(path, "saved_model.pb"), "rb") as file:
        methods = saved_model_pb2.SavedModel.FromString(file.read()).meta_graphs[0].signature_def
    theirs = fingerprint_pb2.FingerprintDef.FromString(fingerprinting.CreateFingerprintDef(path))
    ours = tf.saved_model.experimental.read_fingerprint(path)
    hashes = ["graph_def_program_hash", "signature_def_hash", "saved_object_graph_hash", "checkpoint_hash"]
    records = tf.data.TFRecordDataset(os.path.join(path, "assets.extra", "tf_serving_warmup_requests"))
    small = tf.saved_model.load(os.path.join(folder, "small"))
    return {
        "classes": [[name.decode() for name in row] for row in classified["classes"].numpy()],
        "scores": classified["scores"].numpy().tolist(),
        "methods": {name: signature.method_name for name, signature in methods.items()},
        "alike": [getattr(theirs, name) == getattr(ours, name) for name in hashes],
        "requests": sum(1 for _ in records),
        "small": small.signatures["serving_default"](tf.constant(x))["prediction"].numpy().tolist(),
        "kept": sorted({v.dtype.name for v in small.variables}),
    }


def save(folder):
    """A functional model of Keras 2 with an inner model, a frozen layer and two outputs, and how it trains on."""
    import tf_keras

    layers = tf_keras.layers
    x, y = batch(folder)
    tf_keras.utils.set_random_seed(1)
    a = layers.Input(x.shape[1:], name="a")
    inner = tf_keras.Sequential(
        [layers.Dense(5, name="in1", input_shape=(5,)), layers.BatchNormalization(name="bn"), layers.Dense(5, name="in2")],
        name="inner",
    )
    frozen = layers.BatchNormalization(name="frozen")
    frozen.trainable = False
    both = frozen(layers.Concatenate(name="both")([inner(layers.Dense(5, name="lift")(a)), a]))
    model = tf_keras.Model(
        a, [layers.Dense(1, name="score")(both), layers.Dense(3, activation="softmax", name="label")(both)]
    )
    model.compile("rmsprop", {"score": "mse", "label": "sparse_categorical_crossentropy"})
    labels = [x[:, :1], y]
    for _ in range(3):
        model.train_on_batch(x, labels)
    model.save(os.path.join(folder, "keras2"), save_format="tf")

    class Own(tf_keras.Model):
        def __init__(self):
            super().__init__()
            self.dense = layers.Dense(2)

        def call(self, x):
            return self.dense(x)

    own = Own()
    own(x)
    own.save(os.path.join(folder, "own"), save_format="tf")
    return {
        "predicted": [p.tolist() for p in model.predict(x, verbose=0)],
        "trained": [float(model.train_on_batch(x, labels, return_dict=True)["loss"]) for _ in range(5)],
        "own": own.predict(x, verbose=0).tolist(),
    }


print(json.dumps({"use": use, "save": save, "served": served}[sys.argv[1]](sys.argv[2])))

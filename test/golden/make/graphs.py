"""Makes test/golden/graphs: graphs as TensorFlow 1 kept them, checkpoints, and what they compute.

    python make/graphs.py test/golden/graphs
"""
import json
import os
import shutil
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"
os.environ["TF_USE_LEGACY_KERAS"] = "1"
import numpy as np
import tensorflow as tf
import tf_keras as keras
from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

v1 = tf.compat.v1
folder = sys.argv[1]
X = np.arange(6, dtype=np.float32).reshape(3, 2) / 5 - 0.3
W = np.array([[1.0, -2.0, 0.5], [0.25, 3.0, -1.0]], np.float32)
expected = {"x": X.tolist()}


def classifier():
    """Two inputs, one of them with a default; two ends, and one that does nothing but check."""
    x = v1.placeholder(tf.float32, [None, 2], name="data/x")
    keep = v1.placeholder_with_default(np.float32(1), [], name="keep")
    w = v1.get_variable("w", initializer=W)
    b = v1.get_variable("b", initializer=np.array([0.1, 0.2, 0.3], np.float32))
    logits = tf.add(tf.matmul(x * keep, w), b, name="logits")
    tf.debugging.assert_all_finite(logits, "", name="check")
    return x, tf.nn.softmax(logits, name="out/probabilities"), tf.argmax(logits, 1, name="class")


def frozen():
    with v1.Graph().as_default() as graph, v1.Session() as session:
        x, probabilities, label = classifier()
        session.run(v1.global_variables_initializer())
        values = session.run([probabilities, label], {x: X})
        expected["probabilities"], expected["class"] = values[0].tolist(), values[1].tolist()
        expected["scaled"] = session.run(probabilities, {x: X, "keep:0": 0.5}).tolist()
        constant = v1.graph_util.convert_variables_to_constants(
            session, graph.as_graph_def(), ["out/probabilities", "class"]
        )
        write("frozen.pb", constant)
        write("variables.pb", graph.as_graph_def())


def frozen2():
    """As TensorFlow 2 freezes: control flow is in functions of the library."""

    @tf.function(input_signature=[tf.TensorSpec([None, 2], tf.float32, name="x"), tf.TensorSpec([], tf.int32, name="n")])
    def power(x, n):
        y = tf.ones_like(x)
        for _ in tf.range(n):
            y *= x
        return y

    concrete = convert_variables_to_constants_v2(power.get_concrete_function(), lower_control_flow=False)
    write("loop.pb", concrete.graph.as_graph_def())
    expected["cubed"] = (X**3).tolist()


def write(name, graph):
    with open(os.path.join(folder, name), "wb") as file:
        file.write(graph.SerializeToString())


def saved(name, tags, signatures):
    path = os.path.join(folder, name)
    shutil.rmtree(path, ignore_errors=True)
    with v1.Graph().as_default(), v1.Session() as session:
        x, probabilities, label = classifier()
        session.run(v1.global_variables_initializer())
        builder = v1.saved_model.builder.SavedModelBuilder(path)
        made = {
            key: v1.saved_model.signature_def_utils.predict_signature_def({"images": x}, {out: value})
            for key, out, value in signatures(probabilities, label)
        }
        builder.add_meta_graph_and_variables(session, tags, signature_def_map=made)
        builder.save()


def checkpoint():
    """Keras 2's `save_weights` without an ending."""
    keras.utils.set_random_seed(3)
    model = keras.Sequential(
        [
            keras.layers.Dense(3, activation="tanh", input_shape=(2,), name="first"),
            keras.layers.BatchNormalization(name="norm"),
            keras.layers.Dense(2, name="second"),
        ],
        name="kept",
    )
    model.build((None, 2))
    model.save_weights(os.path.join(folder, "checkpoint", "kept"))
    model.save(os.path.join(folder, "kept.h5"))
    expected["kept"] = np.asarray(model(X)).tolist()


frozen()
frozen2()
saved("named", ["serve"], lambda p, c: [("probabilities", "p", p), ("classes", "c", c)])
saved("unsigned", ["train", "gpu"], lambda p, c: [])
os.makedirs(os.path.join(folder, "checkpoint"), exist_ok=True)
checkpoint()
with open(os.path.join(folder, "expected.json"), "w") as file:
    json.dump(expected, file)

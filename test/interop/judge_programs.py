"""Uses a program saved from Node: trains on, saves by the program's own signature, and tells what it saw as JSON."""
import json
import os
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import numpy as np
import tensorflow as tf
import keras


def main(folder, checkpoint):
    loaded = tf.saved_model.load(folder)
    call = loaded.signatures
    batch = json.load(open(os.path.join(folder, "..", "batch.json")))
    x, y = (tf.constant(batch[k], tf.float32) for k in "xy")
    losses = [float(call["train_step"](**{"x": x, "target/0": y})["loss"]) for _ in range(5)]
    saved = call["save"](path=tf.constant(checkpoint))
    done = call["count"]()
    reader = tf.train.load_checkpoint(checkpoint)
    layer = keras.layers.TFSMLayer(folder, call_endpoint="predict")
    print(json.dumps({
        "losses": losses,
        "saved": saved["path"].numpy().decode(),
        "count": {k: bool(v) for k, v in done.items()},
        "counted": float(call["counted"]()["output_0"]),
        "ids": call["lookup"](input_0=tf.constant(["dog", "zebra"]))["output_0"].numpy().tolist(),
        "checkpoint": sorted(reader.get_variable_to_shape_map().items()),
        "variables": sorted(v.name for v in loaded.variables),
        "layer": np.asarray(layer(x)["p"] if isinstance(layer(x), dict) else layer(x)).tolist(),
        "inputs": {k: sorted(v.structured_input_signature[1]) for k, v in call.items()},
    }))


main(*sys.argv[1:])

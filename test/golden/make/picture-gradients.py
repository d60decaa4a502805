"""picture-gradients.json: gradients of pictures turned, scaled and sheared, bilinearly: TensorFlow's own are no derivatives there.

    python test/golden/make/picture-gradients.py   (tensorflow installed)
"""
import json
import pathlib

import numpy as np
import tensorflow as tf

rng = np.random.default_rng(8)
x, dy = (rng.uniform(-1, 1, [2, 5, 4, 2]).round(3).astype("float32") for _ in range(2))
c, s = np.cos(0.5), np.sin(0.5)
transforms = np.array([[c, -s, 0.7, s, c, -0.4, 0, 0], [1.3, 0.2, -0.5, 0.1, 0.8, 0.3, 0.01, 0.02]], "float32")

cases = []
for interpolation in ("NEAREST", "BILINEAR"):
    for fill_mode in ("CONSTANT", "REFLECT", "WRAP", "NEAREST"):
        with tf.GradientTape() as tape:
            given = tf.constant(x)
            tape.watch(given)
            y = tf.raw_ops.ImageProjectiveTransformV3(
                images=given, transforms=transforms, output_shape=[5, 4], fill_value=0.25,
                interpolation=interpolation, fill_mode=fill_mode)
        dx = tape.gradient(y, given, output_gradients=dy)
        cases.append({"interpolation": interpolation, "fillMode": fill_mode, "dx": dx.numpy().tolist()})

golden = {"x": x.tolist(), "dy": dy.tolist(), "transforms": transforms.tolist(), "cases": cases}
path = pathlib.Path(__file__).parent.parent / "picture-gradients.json"
path.write_text(json.dumps(golden) + "\n")

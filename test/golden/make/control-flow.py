"""control-flow.json: values and gradients of tf.cond, switch_case, while_loop, map_fn and scan.

    python test/golden/make/control-flow.py   (tensorflow installed)
"""
import json
import pathlib

import numpy as np
import tensorflow as tf

rng = np.random.default_rng(4)
xs, w, h = (rng.uniform(-1, 1, shape).round(3) for shape in ([5, 3], [3, 3], [3]))


def cell(h, x, w):
    return tf.tanh(tf.linalg.matvec(w, h) + x)


def choosing(h, x, w):
    return tf.cond(tf.reduce_sum(x) > 0, lambda: cell(h, x, w), lambda: h - x)


def loop(xs, w, h):
    body = lambda i, h: (i + 1, cell(h, tf.gather(xs, i), w))
    return tf.while_loop(lambda i, h: (i < 5) & (tf.reduce_sum(tf.abs(h)) > 0.1), body, (0, h))[1]


CASES = {
    "cond": lambda xs, w, h: tf.cond(tf.reduce_sum(h) > 10, lambda: tf.linalg.matvec(w, h), lambda: tf.square(h)),
    "caseOf": lambda xs, w, h: tf.switch_case(tf.constant(3), [lambda: h, lambda: -h], lambda: tf.linalg.matvec(w, h)),
    "whileLoop": loop,
    "mapFn": lambda xs, w, h: tf.map_fn(lambda x: cell(h, x, w), xs),
    "scan": lambda xs, w, h: tf.scan(lambda h, x: cell(h, x, w), xs, h),
    "scanReverse": lambda xs, w, h: tf.scan(lambda h, x: cell(h, x, w), xs, h, reverse=True),
    "condInScan": lambda xs, w, h: tf.scan(lambda h, x: choosing(h, x, w), xs, h),
}


@tf.function
def run(name):
    inputs = [tf.constant(v, tf.float64) for v in (xs, w, h)]
    with tf.GradientTape() as tape:
        tape.watch(inputs)
        y = CASES[name](*inputs)
    return y, tape.gradient(y, inputs, unconnected_gradients="zero")


cases = {}
for name in CASES:
    y, gradients = run(name)
    cases[name] = {"y": y.numpy().tolist(), "gradients": [g.numpy().tolist() for g in gradients]}
out = pathlib.Path(__file__).parent.parent / "control-flow.json"
inputs = {"xs": xs.tolist(), "w": w.tolist(), "h": h.tolist()}
out.write_text(json.dumps({"inputs": inputs, "cases": cases}) + "\n")

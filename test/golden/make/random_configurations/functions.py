"""Random activations, regularizers, constraints, and initializers."""
import keras
import numpy as np
import tensorflow as tf

from .draw import Draw, cotangent, pack, packed

ACTIVATIONS = [
    "celu", "elu", "exponential", "gelu", "hard_shrink", "hard_sigmoid", "hard_silu", "hard_tanh", "leaky_relu", "linear",
    "log_sigmoid", "log_softmax", "mish", "relu", "relu6", "selu", "sigmoid", "silu", "soft_shrink", "softmax", "softplus",
    "softsign", "sparse_plus", "sparse_sigmoid", "sparsemax", "squareplus", "tanh", "tanh_shrink",
]  # fmt: skip

R, C, I = keras.regularizers, keras.constraints, keras.initializers


def regularizer(d):
    a, b = d.real(0.001, 0.2), d.real(0.001, 0.2)
    return d.pick([R.L1(a), R.L2(a), R.L1L2(a, b), R.L1L2(l2=b)])


def constraint(d):
    a, b = d.real(0.2, 0.8), d.real(0.9, 2)
    return d.pick([C.MaxNorm(a, axis=0), C.NonNeg(), C.UnitNorm(), C.MinMaxNorm(a, b, rate=d.real(0.2, 1)), "unit_norm", "non_neg"])


def initializer(d, seed=None):
    a = d.real(0.05, 0.6)
    return d.pick([
        I.RandomNormal(d.real(-1, 1), a, seed=seed), I.RandomUniform(-a, d.real(0.7, 2), seed=seed),
        I.TruncatedNormal(d.real(-1, 1), a, seed=seed), I.GlorotNormal(seed=seed), I.GlorotUniform(seed=seed),
        I.HeNormal(seed=seed), I.HeUniform(seed=seed), I.LecunNormal(seed=seed), I.LecunUniform(seed=seed),
        I.Orthogonal(gain=d.real(0.5, 2), seed=seed),
        I.VarianceScaling(d.real(0.5, 3), d.pick(["fan_in", "fan_out", "fan_avg"]),
                          d.pick(["truncated_normal", "untruncated_normal", "uniform"]), seed=seed),
    ])  # fmt: skip


ACTIVATION_ARGUMENTS = {
    "relu": lambda d: d.some(0.7, negative_slope=d.real(0, 0.4), max_value=d.real(0.5, 2), threshold=d.real(-0.3, 0.4)),
    "leaky_relu": lambda d: {"negative_slope": d.real(0, 1)},
    "elu": lambda d: {"alpha": d.real(0.1, 3)},
    "celu": lambda d: {"alpha": d.real(0.1, 3)},
    "gelu": lambda d: {"approximate": d.flag()},
    "glu": lambda d: {"axis": d.pick([-1, 1])},
    "softmax": lambda d: {"axis": d.pick([0, 1, -1, -2])},
    "log_softmax": lambda d: {"axis": d.pick([0, 1, -1])},
    "sparsemax": lambda d: {"axis": d.pick([-1, 1])},
    "squareplus": lambda d: {"b": d.real(0.1, 6)},
    "hard_shrink": lambda d: {"threshold": d.real(0, 1.5)},
    "soft_shrink": lambda d: {"threshold": d.real(0, 1.5)},
    "threshold": lambda d: {"threshold": d.real(-1, 1), "default_value": d.real(-2, 2)},
}


def activation_case(d, name):
    arguments = ACTIVATION_ARGUMENTS.get(name, lambda d: {})(d)
    x = tf.constant(d.normal(2, 4, 3, scale=d.pick([0.1, 1.0, 8.0])) if name != "glu" else d.normal(2, 4, 6))
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = getattr(keras.activations, name)(x, **arguments)
        total = tf.reduce_sum(y * cotangent(y.shape, 0))
    return {"name": name, "arguments": arguments, "x": pack(x.numpy()), "y": pack(y.numpy()), "gradient": pack(tape.gradient(total, x).numpy())}


def regularizer_case(d):
    one = d.pick([regularizer(d), R.OrthogonalRegularizer(d.real(0.01, 0.5), d.pick(["rows", "columns"]))])
    one = R.get(one)
    x = tf.constant(d.normal(d.int(2, 4), d.int(2, 4)))
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.convert_to_tensor(one(x))
    return {"class_name": type(one).__name__, "config": one.get_config(), "x": pack(x.numpy()), "y": pack(y.numpy()), "gradient": pack(tape.gradient(y, x).numpy())}


def constraint_case(d):
    shape = d.pick([(3, 4), (2, 3, 4), (5, 2)])
    axis = d.pick([0, 1, [0, 1], [len(shape) - 2]])
    a, b = d.real(0.2, 0.9), d.real(1, 3)
    one = d.pick([C.MaxNorm(a, axis=axis), C.NonNeg(), C.UnitNorm(axis=axis), C.MinMaxNorm(a, b, rate=d.real(0.1, 1), axis=axis)])
    x = d.normal(*shape, scale=d.pick([0.2, 1, 5]))
    return {"class_name": type(one).__name__, "config": one.get_config(), "x": pack(x), "y": pack(np.array(one(tf.constant(x))))}


def initializer_case(d, seed):
    one = initializer(d, seed)
    shape = d.pick([(150, 130), (3, 3, 40, 60), (100, 200), (5, 60, 60)])
    values = np.array(one(shape), "float64")
    return {
        "class_name": type(one).__name__, "config": one.get_config(), "shape": shape,
        "mean": values.mean(), "deviation": values.std(), "least": values.min(), "most": values.max(),
        "kurtosis": ((values - values.mean()) ** 4).mean() / values.var() ** 2,
    }  # fmt: skip


def functions(seed):
    d = Draw(seed, 5)
    return packed({
        "activations": [activation_case(d, name) for name in [*ACTIVATIONS, *ACTIVATION_ARGUMENTS]],
        "regularizers": [regularizer_case(d) for _ in range(8)],
        "constraints": [constraint_case(d) for _ in range(10)],
        "initializers": [initializer_case(d, i) for i in range(16)],
    })  # fmt: skip

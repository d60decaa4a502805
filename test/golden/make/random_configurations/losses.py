"""Random losses with labels, predictions and weights of many shapes and dtypes."""
import keras
import numpy as np
import tensorflow as tf

from .draw import Draw, pack, packed, tries

ABSTRACT = {"Loss"}
EACH = 4


def simplex(d, shape, axis=-1):
    p = d.uniform(*shape, low=0.05)
    return p / p.sum(axis, keepdims=True)


def one_hot(d, shape, axis=-1):
    classes = d.integers(0, shape[axis], *np.delete(shape, axis))
    return np.moveaxis(np.eye(shape[axis], dtype="float32")[classes], -1, axis)


def some_shape(d, low=1, high=3):
    return (d.int(4, 6), *[d.int(2, 4) for _ in range(d.int(low, high) - 1)])


def binary(d, options):
    shape = some_shape(d, 2)
    logits = options.get("from_logits", False)
    labels = d.integers(0, 2, *shape, dtype=d.pick(["float32", "int32", "bool", "uint8", "int64", "float64"]))
    return labels, d.normal(*shape, scale=2) if logits else d.uniform(*shape)


def categorical(d, options):
    shape = some_shape(d, 2)
    axis = options.get("axis", -1)
    labels = one_hot(d, shape, axis) if d.chance(0.7) else simplex(d, shape, axis)
    predictions = d.normal(*shape, scale=2) if options.get("from_logits") else d.pick([simplex(d, shape, axis), d.uniform(*shape, low=0.01)])
    return labels.astype(d.pick(["float32", "float64"])), predictions


def sparse(d, options):
    shape = some_shape(d, 2)
    labels = d.integers(0, shape[-1], *shape[:-1], dtype=d.pick(["int32", "int64", "float32", "uint8"]))
    predictions = d.normal(*shape, scale=2) if options.get("from_logits") else simplex(d, shape)
    return labels[..., None] if d.chance(0.3) else labels, predictions


def classes_of_rows(d, options):
    rows, classes = d.int(4, 6), d.int(2, 4)
    return d.integers(0, classes, rows), simplex(d, (rows, classes))


def regression(d, options):
    shape = some_shape(d)
    scale = d.pick([0.1, 1, 20])
    y, p = d.normal(*shape, scale=scale), d.normal(*shape, scale=scale)
    if len(shape) == 1:
        y, p = (y[:, None], p) if d.chance(0.3) else (y, p[:, None]) if d.chance(0.5) else (y, p)
    return y.astype(d.pick(["float32", "float64", "int32"])), p


def positive(d, options):
    shape = some_shape(d, 2)
    return d.uniform(*shape, high=3), d.uniform(*shape, low=0.05, high=3)


def distributions(d, options):
    shape = some_shape(d, 2)
    return simplex(d, shape), simplex(d, shape)


def signed(d, options):
    shape = some_shape(d, 2)
    low = d.pick([0, -1])
    labels = d.integers(0, 2, *shape) * (1 - low) + low
    return labels.astype(d.pick(["float32", "int32"])), d.normal(*shape)


def pictures(d, options):
    shape = (d.int(2, 3), 3, d.int(2, 4), d.int(1, 2))
    return d.integers(0, 2, *shape, dtype=d.pick(["float32", "bool"])), d.uniform(*shape)


def embeddings(d, options):
    v = d.normal(d.int(5, 8), 4)
    labels = d.integers(0, 3, len(v))
    return labels, v / np.linalg.norm(v, axis=-1, keepdims=True)


def sequences(d, options):
    rows, steps, classes = d.int(2, 3), d.int(7, 9), d.int(4, 6)
    labels = d.integers(1, classes, rows, 4)
    labels[0, 3:] = 0
    return labels, d.normal(rows, steps, classes)


def crossentropy(d):
    return d.some(from_logits=True, label_smoothing=d.real(0.01, 0.5))


def focal(d):
    return d.some(alpha=d.real(0.1, 0.9), gamma=d.pick([0.0, 0.5, 1.0, 3.0]))


# class: (options, data)
RECIPES = {
    "BinaryCrossentropy": (lambda d: {**crossentropy(d), **d.some(axis=d.pick([-1, 1, 0]))}, binary),
    "BinaryFocalCrossentropy": (lambda d: {**crossentropy(d), **focal(d), **d.some(apply_class_balancing=True)}, binary),
    "CategoricalCrossentropy": (lambda d: {**crossentropy(d), **d.some(axis=d.pick([-1, 1]))}, categorical),
    "CategoricalFocalCrossentropy": (lambda d: {**crossentropy(d), **focal(d)}, categorical),
    "CategoricalGeneralizedCrossEntropy": (lambda d: d.some(q=d.real(0.05, 0.95)), classes_of_rows),
    "SparseCategoricalCrossentropy": (lambda d: d.some(from_logits=True, ignore_class=d.pick([0, 1, 255, -1])), sparse),
    "CategoricalHinge": (lambda d: {}, categorical),
    "Hinge": (lambda d: {}, signed),
    "SquaredHinge": (lambda d: {}, signed),
    "MeanSquaredError": (lambda d: {}, regression),
    "MeanAbsoluteError": (lambda d: {}, regression),
    "MeanAbsolutePercentageError": (lambda d: {}, regression),
    "MeanSquaredLogarithmicError": (lambda d: {}, lambda d, o: d.pick([positive, regression])(d, o)),
    "CosineSimilarity": (lambda d: d.some(axis=d.pick([-1, 1])), lambda d, o: (d.normal(4, 3, 2), d.normal(4, 3, 2))),
    "Huber": (lambda d: d.some(delta=d.real(0.05, 3)), regression),
    "LogCosh": (lambda d: {}, regression),
    "KLDivergence": (lambda d: {}, distributions),
    "Poisson": (lambda d: {}, positive),
    "Dice": (lambda d: d.some(axis=d.pick([(1, 2, 3), (1, 2), 1, (-1,)])), pictures),
    "Tversky": (lambda d: d.some(alpha=d.real(0.1, 2), beta=d.real(0.1, 2), axis=d.pick([(1, 2, 3), (1, 2), (1,)])), pictures),
    "Circle": (lambda d: d.some(gamma=d.real(1, 40), margin=d.real(0.1, 0.6), remove_diagonal=False), embeddings),
    "CTC": (lambda d: {}, sequences),
}

REDUCTIONS = ["sum_over_batch_size", "sum", "mean", "mean_with_sample_weight", "none", None]


def weights_for(d, shape):
    """Of the shape of the losses, or fewer axes, or with a last one of length 1."""
    if not shape or d.chance(0.4):
        return None
    given = shape[: d.int(1, len(shape))]
    given = (*given, 1) if d.chance(0.3) and len(given) == 1 else given
    weights = d.pick([d.uniform(*given, high=3), d.integers(0, 3, *given), d.integers(0, 2, *given, dtype="bool")])
    return weights if np.any(weights) else None


def case(d, name):
    options_of, data = RECIPES[name]
    options = {**options_of(d), "reduction": d.pick(REDUCTIONS)}
    loss = getattr(keras.losses, name)(**options)
    y, p = data(d, options)
    each = loss.call(tf.convert_to_tensor(y.astype("int32" if name == "CTC" else "float32")), tf.constant(p))
    weights = weights_for(d, tuple(each.shape))
    mask = d.mask(*each.shape) if d.chance(0.2) and len(each.shape) else None
    x = tf.constant(p)
    with tf.GradientTape() as tape:
        tape.watch(x)
        if mask is not None:
            x._keras_mask = tf.constant(mask)
        value = loss(tf.constant(y), x, sample_weight=weights)
        total = tf.reduce_sum(value)
    return {
        "class_name": name,
        "arguments": options,
        "config": loss.get_config(),
        "y_true": pack(y),
        "y_pred": pack(p),
        "sample_weight": None if weights is None else pack(weights),
        "mask": None if mask is None else pack(mask),
        "value": pack(value.numpy()),
        "gradient": pack(tape.gradient(total, x).numpy()),
        "tolerance": {"rtol": 1e-3, "atol": 1e-4} if name == "CTC" else {"rtol": 1e-4, "atol": 1e-5},
    }


def losses(seed):
    d = Draw(seed, 2)
    known = {n for n in dir(keras.losses) if isinstance(getattr(keras.losses, n), type)} - ABSTRACT
    assert known == set(RECIPES), known ^ set(RECIPES)
    return {"cases": [packed(tries(lambda: case(d, name))) for name in RECIPES for _ in range(EACH)]}

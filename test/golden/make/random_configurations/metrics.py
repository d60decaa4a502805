"""Random metrics over several updates."""
import keras
import numpy as np
import tensorflow as tf

from .draw import Draw, pack, packed, tries
from .losses import one_hot, simplex

ABSTRACT = {"Metric", "MeanMetricWrapper"}
EACH = 3


def scores(d, n):
    """Exactly on thresholds now and then."""
    p = d.uniform(n) if isinstance(n, int) else d.uniform(*n)
    return np.round(p * 4).astype("float32") / 4 if d.chance(0.3) else p


def binary(*rest):
    def data(d, n, options):
        shape = (n, *rest)
        return d.integers(0, 2, *shape, dtype=d.kind), scores(d, shape) * (6 if options.get("from_logits") else 1) - (3 if options.get("from_logits") else 0)

    return data


def one_hot_scores(k):
    return lambda d, n, options: (one_hot(d, (n, k)), d.normal(n, k, scale=2) if options.get("from_logits") else simplex(d, (n, k)))


def sparse_scores(k, *steps):
    return lambda d, n, options: (d.integers(0, k, n, *steps, dtype="int32" if d.kind == "bool" else d.kind), d.normal(n, *steps, k, scale=2) if options.get("from_logits") else simplex(d, (n, *steps, k)))


def numbers(*rest):
    return lambda d, n, options: (d.normal(n, *rest, scale=2), d.normal(n, *rest, scale=2))


def kinds(k):
    return lambda d, n, options: (d.integers(0, k, n), d.integers(0, k, n))


def values(d, n, options):
    return d.normal(n, scale=3), None


def thresholds(d):
    return d.some(thresholds=d.pick([d.real(0, 1), [d.real(0, 0.5), d.real(0.5, 1)], [0.25, 0.5, 0.75], [d.real(0.6, 1), d.real(0, 0.5)]]))


def at(name):
    return lambda d: {name: d.real(0, 1), **d.some(num_thresholds=d.pick([1, 3, 20, 50]))}


def of_classes(d):
    return {**thresholds(d), **d.some(top_k=d.int(1, 3), class_id=d.int(0, 3))}


def curve(d):
    return {
        **d.some(num_thresholds=d.pick([2, 3, 20]), curve=d.pick(["ROC", "PR", "PRGAIN"]), summation_method=d.pick(["interpolation", "minoring", "majoring"]), from_logits=True),
        **d.some(0.2, thresholds=[0.3, 0.1, 0.8]),
    }


def curves(d):
    label_weights = [round(d.real(0.2, 2) * 8) / 8 for _ in range(3)]  # Keras writes them as float32.
    return {**curve(d), **d.some(multi_label=True, label_weights=label_weights)}


def fscore(d):
    return d.some(average=d.pick(["micro", "macro", "weighted"]), threshold=d.real(0.1, 0.9))


def iou(d):
    return {"num_classes": 4, **d.some(0.3, ignore_class=d.pick([0, 3, -1])), **d.some(dtype="float32")}


def targets(d):
    return {**iou(d), "target_class_ids": d.pick([[0], [1, 3], [3, 0, 2]])}


NONE = lambda d: {}
SMOOTHED = lambda d: d.some(from_logits=True, label_smoothing=d.real(0.01, 0.5))

# class: (options, data of a batch of n)
RECIPES = {
    "Accuracy": (NONE, kinds(3)),
    "BinaryAccuracy": (lambda d: d.some(threshold=d.pick([0.25, d.real(0.1, 0.9)])), binary(3)),
    "CategoricalAccuracy": (NONE, one_hot_scores(4)),
    "SparseCategoricalAccuracy": (NONE, sparse_scores(4, 2)),
    "TopKCategoricalAccuracy": (lambda d: {"k": d.int(1, 4)}, one_hot_scores(5)),
    "SparseTopKCategoricalAccuracy": (lambda d: {"k": d.int(1, 4)}, sparse_scores(5)),
    "AUC": (lambda d: d.pick([curve, curves])(d), binary(3)),
    "Precision": (of_classes, binary(4)),
    "Recall": (of_classes, binary(4)),
    "TruePositives": (thresholds, binary()),
    "TrueNegatives": (thresholds, binary(2)),
    "FalsePositives": (thresholds, binary(1)),
    "FalseNegatives": (thresholds, binary()),
    "PrecisionAtRecall": (at("recall"), binary()),
    "RecallAtPrecision": (at("precision"), binary()),
    "SensitivityAtSpecificity": (at("specificity"), binary()),
    "SpecificityAtSensitivity": (at("sensitivity"), binary(2)),
    "MeanSquaredError": (NONE, numbers(3)),
    "RootMeanSquaredError": (NONE, numbers(2, 2)),
    "MeanAbsoluteError": (NONE, numbers()),
    "MeanAbsolutePercentageError": (NONE, numbers(2)),
    "MeanSquaredLogarithmicError": (NONE, lambda d, n, o: (d.uniform(n, 3, high=3), d.uniform(n, 3, high=3))),
    "CosineSimilarity": (lambda d: d.some(axis=d.pick([0, 1, -1])), numbers(3)),
    "LogCoshError": (NONE, numbers(3)),
    "R2Score": (lambda d: d.some(class_aggregation=d.pick([None, "variance_weighted_average", "uniform_average"]), num_regressors=d.int(0, 3)), numbers(3)),
    "PearsonCorrelation": (lambda d: d.some(axis=d.pick([0, -1, 1])), numbers(4)),
    "ConcordanceCorrelation": (lambda d: d.some(axis=d.pick([0, -1, 1])), numbers(4)),
    "KLDivergence": (NONE, lambda d, n, o: (simplex(d, (n, 3)), simplex(d, (n, 3)))),
    "Poisson": (NONE, lambda d, n, o: (d.uniform(n, 2, high=3), d.uniform(n, 2, low=0.1, high=3))),
    "Hinge": (NONE, lambda d, n, o: (d.integers(0, 2, n, 3) * 2 - 1, d.normal(n, 3))),
    "SquaredHinge": (NONE, lambda d, n, o: (d.integers(0, 2, n, 3), d.normal(n, 3))),
    "CategoricalHinge": (NONE, one_hot_scores(4)),
    "BinaryCrossentropy": (SMOOTHED, binary(3)),
    "CategoricalCrossentropy": (SMOOTHED, one_hot_scores(4)),
    "SparseCategoricalCrossentropy": (lambda d: d.some(from_logits=True, ignore_class=d.pick([0, 2, -1])), sparse_scores(4)),
    "F1Score": (fscore, binary(3)),
    "FBetaScore": (lambda d: {**fscore(d), **d.some(beta=d.real(0.3, 3))}, one_hot_scores(4)),
    "MeanIoU": (iou, kinds(4)),
    "IoU": (targets, kinds(4)),
    "BinaryIoU": (lambda d: d.some(target_class_ids=d.pick([[0], [1]]), threshold=d.real(0.1, 0.9), dtype="float32"), binary(3)),
    "OneHotIoU": (lambda d: {"sparse_y_pred": False, **targets(d)}, one_hot_scores(4)),
    "OneHotMeanIoU": (lambda d: {"sparse_y_pred": False, **iou(d)}, one_hot_scores(4)),
    "Mean": (NONE, values),
    "Sum": (NONE, values),
}


def weights_for(d, n, shape, form):
    if form == "sample":
        return d.uniform(n, high=2)
    if form == "column":
        return d.uniform(n, 1, high=2)
    if form == "whole":
        return d.integers(0, 3, n)
    return None


def case(d, name):
    d.kind = d.pick(["float32", "int32", "int64", "bool", "uint8"])
    options_of, data = RECIPES[name]
    options = options_of(d)
    keras.utils.clear_session()
    metric = getattr(keras.metrics, name)(name="metric", **options)
    form = d.pick([None, "sample", "sample", "column", "whole"])
    if form == "column" and name in ("F1Score", "FBetaScore"):
        form = "sample"  # Keras would weigh every row by every weight.
    masked = isinstance(metric, keras.metrics.MeanMetricWrapper) and d.chance(0.2)
    updates = []
    for n in (d.int(4, 8), d.int(4, 8), 1, d.int(4, 8)):
        y, p = data(d, n, options)
        weights = weights_for(d, n, y.shape, form)
        mask = d.mask(*metric._fn(tf.constant(y), tf.constant(p), **metric._fn_kwargs).shape) if masked else None
        given = y if p is None else p
        if mask is not None:
            given = tf.constant(p)
            given._keras_mask = tf.constant(mask)
        metric.update_state(*([y] if p is None else [y, given]), sample_weight=weights)
        updates.append({
            **({"values": pack(y)} if p is None else {"y_true": pack(y), "y_pred": pack(p)}),
            "sample_weight": None if weights is None else pack(weights),
            "mask": None if mask is None else pack(mask),
            "result": pack(np.asarray(metric.result(), "float32")),
        })  # fmt: skip
    return {
        "class_name": name,
        "arguments": options,
        "config": {key: np.asarray(v).tolist() if isinstance(v, (np.ndarray, tf.Tensor)) else v for key, v in metric.get_config().items()},
        "weighted": form is not None,
        "updates": updates,
        "final_state": [{"name": v.name, "value": pack(v.numpy())} for v in metric.variables],
        "tolerance": {"rtol": 1e-4, "atol": 1e-5},
    }


def metrics(seed):
    d = Draw(seed, 3)
    known = {n for n in dir(keras.metrics) if isinstance(getattr(keras.metrics, n), type)} - ABSTRACT
    assert known == set(RECIPES), known ^ set(RECIPES)
    return {"cases": [packed(tries(lambda: case(d, name))) for name in RECIPES for _ in range(EACH)]}

"""Makes test/golden/metrics-more.json: metrics of Keras 3.15 in configurations that the shared fixtures leave out.

    python test/golden/make/metrics-more.py test/golden/metrics-more.json
"""
import base64
import json
import os
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import keras
import numpy as np

M = keras.metrics
random = np.random.default_rng(11)


def pack(a):
    a = np.asarray(a)
    return {"dtype": str(a.dtype), "shape": list(a.shape), "b64": base64.b64encode(a.tobytes()).decode()}


def binary(*shape):
    return random.integers(0, 2, shape).astype("float32"), random.uniform(size=shape).astype("float32")


def rounded(*shape):
    y, p = binary(*shape)
    return y, np.round(p * 4).astype("float32") / 4  # exactly on thresholds, 0 and 1 included


def logits(*shape):
    y, p = binary(*shape)
    return y, (p * 6 - 3).astype("float32")


def integers(*shape):
    y, p = binary(*shape)
    return y.astype("int32"), p


def scores(n, k):
    p = random.uniform(size=(n, k)).astype("float32")
    return np.eye(k, dtype="float32")[random.integers(0, k, n)], p / p.sum(-1, keepdims=True)


def sparse_scores(n, k):
    y, p = scores(n, k)
    return y.argmax(-1).astype("int32"), p


def classes(k):
    return lambda *shape: (random.integers(-1, k + 1, shape).astype("int32"), random.integers(-1, k + 1, shape).astype("int32"))


def regression(*shape):
    y = random.normal(size=shape).astype("float32")
    return y, (y + 0.5 * random.normal(size=shape)).astype("float32")


def zero_heavy(n, k):
    y, p = scores(n, k)
    p[0] = 0
    return y, p


# class, arguments, data, shape after the batch, weights: None, "sample" or "all"
CASES = [
    ("AUC", dict(curve="PRGAIN"), binary, (), None),
    ("AUC", dict(curve="PRGAIN", summation_method="majoring"), binary, (), "sample"),
    ("AUC", dict(curve="PR", summation_method="minoring", num_thresholds=20), binary, (), "sample"),
    ("AUC", dict(thresholds=[0.8, 0.1, 0.33]), binary, (), "sample"),
    ("AUC", dict(thresholds=[0.25, 0.5, 0.75]), rounded, (), None),
    ("AUC", dict(num_thresholds=5), rounded, (), None),
    ("AUC", dict(num_thresholds=2), rounded, (), None),
    ("AUC", dict(from_logits=True, num_thresholds=30), logits, (), "sample"),
    ("AUC", dict(num_thresholds=30), integers, (), None),
    ("AUC", dict(num_thresholds=30), binary, (1,), "sample"),
    ("AUC", dict(num_thresholds=30, label_weights=[0.5, 2.0, 1.0]), binary, (3,), "sample"),
    ("AUC", dict(num_thresholds=30, multi_label=True, label_weights=[0.5, 2.0, 1.0]), binary, (3,), "sample"),
    ("AUC", dict(num_thresholds=30, multi_label=True, curve="PR", label_weights=[0.5, 2.0, 1.0]), binary, (3,), None),
    ("AUC", dict(thresholds=[0.2, 0.3], multi_label=True, curve="PR"), binary, (3,), None),
    ("Precision", dict(thresholds=[0.0, 0.25, 0.5, 0.75, 1.0]), rounded, (), "sample"),
    ("Precision", dict(thresholds=[0.75, 0.25]), rounded, (), "sample"),
    ("Precision", dict(thresholds=0.25), rounded, (3,), "all"),
    ("Precision", dict(top_k=2, class_id=1), binary, (4,), "sample"),
    ("Precision", dict(top_k=1, thresholds=0.6), binary, (4,), None),
    ("Precision", dict(class_id=2), integers, (3,), None),
    ("Recall", dict(top_k=3, class_id=0, thresholds=[0.2, 0.7]), binary, (4,), "sample"),
    ("Recall", dict(thresholds=0.0), rounded, (2, 3), None),
    ("Recall", dict(), binary, (1,), "sample"),
    ("TruePositives", dict(thresholds=[0.0, 0.5, 1.0]), rounded, (), "sample"),
    ("TrueNegatives", dict(thresholds=[0.0, 0.5, 1.0]), rounded, (), None),
    ("FalseNegatives", dict(thresholds=0.75), rounded, (3,), "sample"),
    ("SensitivityAtSpecificity", dict(specificity=0.7, num_thresholds=1), binary, (), None),
    ("SensitivityAtSpecificity", dict(specificity=0.5, num_thresholds=5, class_id=1), rounded, (3,), "sample"),
    ("SpecificityAtSensitivity", dict(sensitivity=1.0, num_thresholds=5), rounded, (), None),
    ("PrecisionAtRecall", dict(recall=0.0, num_thresholds=2), binary, (), None),
    ("RecallAtPrecision", dict(precision=1.0), binary, (), None),
    ("F1Score", dict(average="macro"), zero_heavy, (4,), "sample"),
    ("FBetaScore", dict(beta=0.5, average="weighted", threshold=0.3), binary, (3,), "sample"),
    ("FBetaScore", dict(beta=2.0, average="micro", threshold=1.0), rounded, (3,), None),
    ("FBetaScore", dict(beta=0.5), binary, (3,), None),
    ("IoU", dict(num_classes=3, target_class_ids=[2]), classes(3), (), None),
    ("IoU", dict(num_classes=3, target_class_ids=[0, 1], ignore_class=1), classes(3), (2, 2), "all"),
    ("IoU", dict(num_classes=3, target_class_ids=[0, 2], sparse_y_pred=False), sparse_scores, (3,), "sample"),
    ("IoU", dict(num_classes=3, target_class_ids=[0, 2], dtype="float32"), classes(3), (), "sample"),
    ("MeanIoU", dict(num_classes=3, ignore_class=-1), classes(3), (), "sample"),
    ("MeanIoU", dict(num_classes=4, dtype="float32"), classes(4), (2,), "all"),
    ("BinaryIoU", dict(target_class_ids=[1], threshold=0.25, dtype="float32"), rounded, (), "sample"),
    ("BinaryIoU", dict(target_class_ids=[0]), rounded, (3,), "all"),
    ("OneHotMeanIoU", dict(num_classes=3, ignore_class=0), scores, (3,), "sample"),
    ("R2Score", dict(class_aggregation=None), regression, (3,), "sample"),
    ("R2Score", dict(class_aggregation="variance_weighted_average"), regression, (3,), "sample"),
    ("R2Score", dict(num_regressors=2), regression, (1,), None),
    ("PearsonCorrelation", dict(axis=0), regression, (3,), None),
    ("ConcordanceCorrelation", dict(axis=0), regression, (3,), None),
    ("CosineSimilarity", dict(axis=0), regression, (3,), None),
    ("BinaryCrossentropy", dict(label_smoothing=0.2), binary, (3,), "sample"),
    ("BinaryAccuracy", dict(threshold=0.25), rounded, (1,), "sample"),
    ("SparseCategoricalCrossentropy", dict(ignore_class=1), sparse_scores, (3,), "sample"),
    ("SparseCategoricalCrossentropy", dict(from_logits=True), sparse_scores, (3,), None),
    ("CategoricalCrossentropy", dict(from_logits=True, label_smoothing=0.1), scores, (3,), "sample"),
    ("TopKCategoricalAccuracy", dict(k=1), scores, (4,), "sample"),
    ("MeanSquaredError", dict(), regression, (2, 3), "all steps"),
]

WEIGHTS = {
    "sample": lambda shape: shape[:1],
    "all": lambda shape: shape,
    "all steps": lambda shape: shape[:-1],
}


def case(name, arguments, data, rest, weights):
    metric = getattr(M, name)(name="metric", **arguments)
    updates = []
    for n in (7, 9, 5):
        y, p = data(n, *rest)
        w = None
        if weights:
            w = random.uniform(0, 3, WEIGHTS[weights]((n, *rest))).astype("float32")
        metric.update_state(y, p, sample_weight=w)
        result = np.asarray(metric.result(), "float32")
        updates.append({"y_true": pack(y), "y_pred": pack(p), "sample_weight": None if w is None else pack(w), "result": pack(result)})
    return {
        "class_name": name,
        "arguments": arguments,
        "config": json.loads(json.dumps(metric.get_config(), default=lambda x: np.asarray(x).tolist())),
        "weighted": bool(weights),
        "updates": updates,
        "final_state": [{"name": v.name, "value": pack(v.numpy())} for v in metric.variables],
        "tolerance": {"rtol": 1e-4, "atol": 1e-5},
    }


with open(sys.argv[1], "w") as file:
    cases = []
    for row in CASES:
        try:
            cases.append(case(*row))
        except Exception as e:
            raise RuntimeError(f"{row[0]} {row[1]}") from e
    file.write('{"cases":[\n' + ",\n".join(json.dumps(c, separators=(",", ":")) for c in cases) + "\n]}\n")

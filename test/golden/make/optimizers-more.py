"""Makes test/golden/optimizers-more.json: optimizers of Keras 3.15 that the shared fixtures leave out.

    python test/golden/make/optimizers-more.py test/golden/optimizers-more.json
"""
import base64
import json
import os
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import keras
import numpy as np

O = keras.optimizers
random = np.random.default_rng(5)


def pack(a):
    a = np.asarray(a)
    return {"dtype": str(a.dtype), "shape": list(a.shape), "b64": base64.b64encode(a.tobytes()).decode()}


SHAPES = [(4, 3), (3, 5), (3,), (2, 2, 2)]
CASES = [
    ("muon", lambda: O.Muon(0.02)),
    ("muon_plain", lambda: O.Muon(0.02, nesterov=False, rms_rate=None, ns_steps=3, weight_decay=None, adam_weight_decay=None)),
    ("muon_excluded", lambda: O.Muon(0.02, exclude_layers=["w0"], adam_lr_ratio=0.1, adam_weight_decay=0.1, adam_beta_1=0.8)),
    ("muon_accumulate_2", lambda: O.Muon(0.02, gradient_accumulation_steps=2)),
    ("schedule_free", lambda: O.ScheduleFreeAdamW()),
    ("schedule_free_warmup", lambda: O.ScheduleFreeAdamW(0.05, beta_1=0.8, beta_2=0.95, warmup_steps=4, weight_decay=0.01)),
    ("loss_scale", lambda: O.LossScaleOptimizer(O.Adam(0.01), initial_scale=8.0, dynamic_growth_steps=2)),
    ("loss_scale_clipped", lambda: O.LossScaleOptimizer(O.SGD(0.1, momentum=0.9, clipnorm=0.5), initial_scale=4.0)),
]


def case(name, make):
    optimizer = make()
    initial = [random.normal(size=shape).astype("float32") for shape in SHAPES]
    variables = [keras.Variable(a, name=f"w{i}") for i, a in enumerate(initial)]
    scaled = name.startswith("loss_scale")
    gradients, steps = [], []
    for step in range(6):
        given = [random.normal(size=shape).astype("float32") for shape in SHAPES]
        if scaled and step == 3:
            given[1][0, 0] = np.inf
        if scaled and step == 4:
            given[2][1] = np.nan
        optimizer.apply([keras.ops.convert_to_tensor(g) for g in given], variables)
        gradients.append([pack(g) for g in given])
        steps.append({"weights": [pack(v.numpy()) for v in variables], "learning_rate": float(optimizer.learning_rate)})
    return {
        "case": name,
        "class_name": type(optimizer).__name__,
        "config": optimizer.get_config(),
        "initial": [pack(a) for a in initial],
        "gradients": gradients,
        "steps": steps,
        "optimizer_variables_after": [{"name": v.name, "path": v.path, "value": pack(v.numpy())} for v in optimizer.variables],
        "tolerance": {"rtol": 1e-4, "atol": 1e-5},
    }


with open(sys.argv[1], "w") as file:
    lines = ",\n".join(json.dumps(case(*row), separators=(",", ":")) for row in CASES)
    file.write('{"optimizers":[\n' + lines + "\n]}\n")

"""Makes tools/parity/keras-names.json: every public class of Keras with its options, and the options of fit and compile.

    python tools/parity/keras-names.py tools/parity/keras-names.json
"""
import inspect
import json
import os
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import keras

FAMILIES = {
    "layers": keras.layers,
    "losses": keras.losses,
    "metrics": keras.metrics,
    "optimizers": keras.optimizers,
    "schedules": keras.optimizers.schedules,
    "initializers": keras.initializers,
    "regularizers": keras.regularizers,
    "constraints": keras.constraints,
    "callbacks": keras.callbacks,
}


def options(function):
    kinds = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    return [p.name for p in inspect.signature(function).parameters.values() if p.kind in kinds and p.name != "self"]


def classes(module):
    """One entry for each class, by its own name, with the other names it is known by."""
    names = {}
    for name in sorted(dir(module)):
        value = getattr(module, name)
        if inspect.isclass(value) and not name.startswith("_"):
            names.setdefault(value, []).append(name)
    rows = {}
    for value, known in names.items():
        name = value.__name__ if value.__name__ in known else known[0]
        rows[name] = {"aliases": [k for k in known if k != name], "options": options(value.__init__)}
    return dict(sorted(rows.items()))


with open(sys.argv[1], "w") as file:
    out = {"keras": keras.__version__, "classes": {family: classes(module) for family, module in FAMILIES.items()}}
    out["classes"]["layers"]["Input"] = {"aliases": [], "options": options(keras.layers.Input)}
    out["options"] = {"fit": options(keras.Model.fit), "compile": options(keras.Model.compile)}
    json.dump(out, file, indent=1)
    file.write("\n")

"""Makes test/golden/random-configurations/: layers, losses, metrics, optimizers, schedules, activations, regularizers, constraints
and initializers of Keras 3.15 with options drawn by chance, in the form of the shared fixtures.

    python test/golden/make/random-configurations.py test/golden/random-configurations [SEED]
"""
import json
import os
import sys
from pathlib import Path

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"  # its dilated depthwise gradients end the process
import keras

from random_configurations.functions import functions
from random_configurations.layers import layers
from random_configurations.losses import losses
from random_configurations.metrics import metrics
from random_configurations.optimizers import optimizers

DEFAULT_SEED = 8


def write(path, families):
    rows = {name: ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases) for name, cases in families.items()}
    path.write_text("{\n" + ",\n".join(f'"{name}":[\n{body}\n]' for name, body in rows.items()) + "\n}\n")
    print(path.name, {name: len(cases) for name, cases in families.items()})


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else DEFAULT_SEED
    folder.mkdir(exist_ok=True)
    only = sys.argv[3:] or None
    for family in [functions, layers, losses, metrics, optimizers]:
        if only and family.__name__ not in only:
            continue
        keras.utils.set_random_seed(seed)
        write(folder / f"{family.__name__}.json", family(seed))

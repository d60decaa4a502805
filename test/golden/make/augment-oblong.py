"""augment-oblong.json: the classic ImageDataGenerator transforms on small pictures that are not square.

    python test/golden/make/augment-oblong.py   (tensorflow and keras installed)
"""
import base64
import json
import pathlib

import keras
import numpy as np
from keras.src.legacy.preprocessing.image import ImageDataGenerator

FILL_MODES = ["nearest", "reflect", "wrap", "constant"]
ORDER_0 = {5, 10}
rng = np.random.default_rng(11)


def draw(low, high):
    return round(float(rng.uniform(low, high)), 3)


def parameters(kind):
    if kind == 0:
        return {"theta": draw(20, 160)}
    if kind == 1:
        return {"tx": draw(-3, 3), "ty": draw(-3, 3)}
    if kind == 2:
        return {"shear": draw(-40, 40), "zx": draw(0.6, 1.6), "zy": draw(0.6, 1.6)}
    return {"theta": draw(-40, 40), "tx": draw(-2, 2), "flip_horizontal": True, "brightness": draw(0.5, 1.5),
            "channel_shift_intensity": draw(-60, 60)}


def pack(array):
    data = base64.b64encode(np.ascontiguousarray(array).tobytes()).decode()
    return {"dtype": str(array.dtype), "shape": list(array.shape), "b64": data}


def case(i):
    image = rng.integers(0, 256, (6, 9, 3 if i % 2 else 1)).astype(np.float32)
    chosen = parameters(i % 4)
    options = {"fill_mode": FILL_MODES[(i // 4 + i) % 4], "cval": [0, 50.5][i % 2],
               "interpolation_order": 0 if i in ORDER_0 else 1}
    output = ImageDataGenerator(**options).apply_transform(image.copy(), dict(chosen))
    return {"image": pack(image.astype(np.uint8)), "parameters": chosen, **options,
            "output": pack(np.asarray(output, np.float32)),
            "tolerance": {"atol": 1.01 if "brightness" in chosen else 4e-3}}


note = f"Pictures that are not square: ImageDataGenerator.apply_transform of Keras {keras.__version__}"
file = pathlib.Path(__file__).parent.parent / "augment-oblong.json"
file.write_text(json.dumps({"note": note, "cases": [case(i) for i in range(16)]}, indent=1) + "\n")

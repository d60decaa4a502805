"""augment-random.json: the classic ImageDataGenerator with parameters drawn at random.

    python test/golden/make/augment-random.py [SEED]   (tensorflow and keras installed)
"""
import base64
import json
import pathlib
import sys

import keras
import numpy as np
from keras.src.legacy.preprocessing.image import ImageDataGenerator

rng = np.random.default_rng(int(sys.argv[1]) if len(sys.argv) > 1 else 101)


def draw(low, high):
    return round(float(rng.uniform(low, high)), 3)


PARAMETERS = {
    "theta": lambda: draw(-180, 180), "tx": lambda: draw(-9, 9), "ty": lambda: draw(-9, 9),
    "shear": lambda: draw(-60, 60), "zx": lambda: draw(0.4, 2), "zy": lambda: draw(0.4, 2),
    "flip_horizontal": lambda: True, "flip_vertical": lambda: True,
    "channel_shift_intensity": lambda: draw(-90, 90), "brightness": lambda: draw(0.1, 2.2),
}
NORMALISATIONS = ("featurewise_center", "samplewise_center", "featurewise_std_normalization",
                  "samplewise_std_normalization", "zca_whitening")


def pack(array):
    array = np.ascontiguousarray(array)
    return {"dtype": str(array.dtype), "shape": list(array.shape), "b64": base64.b64encode(array.tobytes()).decode()}


def pictures(count, largest, channels):
    shape = (count, int(rng.integers(2, largest)), int(rng.integers(2, largest)), channels)
    return rng.integers(0, 256, shape).astype(np.float32)


def transformed(i):
    image = pictures(1, 14, int(rng.choice([1, 3, 4])))[0]
    # Why the angle always: without one, pixels may lie on the very border, where rounding has the say.
    chosen = {name: make() for name, make in PARAMETERS.items() if name == "theta" or rng.random() < 0.5}
    options = {"fill_mode": ("nearest", "reflect", "wrap", "constant")[i % 4], "cval": draw(-20, 280),
               "interpolation_order": int(rng.random() < 0.75)}
    output = ImageDataGenerator(**options).apply_transform(image.copy(), dict(chosen))
    return {"image": pack(image), "parameters": chosen, **options, "output": pack(np.asarray(output, np.float32)),
            "tolerance": {"atol": 1.01 if "brightness" in chosen else 6e-3}}


def standardized(_):
    fit_images = pictures(int(rng.integers(2, 60)), 7, int(rng.choice([1, 3, 4])))
    images = rng.integers(0, 256, (3, *fit_images.shape[1:])).astype(np.float32)
    arguments = {name: True for name in NORMALISATIONS if rng.random() < 0.4}
    if rng.random() < 0.5:
        arguments["rescale"] = draw(0.001, 2)
    if "zca_whitening" in arguments:
        arguments["zca_epsilon"] = float(10 ** rng.uniform(-3, 0))
    generator = ImageDataGenerator(**arguments)
    generator.fit(fit_images.copy())
    output = np.stack([generator.standardize(image.copy()) for image in images]).astype(np.float32)
    return {"arguments": arguments, "fit_images": pack(fit_images), "images": pack(images), "output": pack(output),
            "tolerance": {"rtol": 1e-3, "atol": 2e-3}}


golden = {"note": f"Parameters drawn at random: ImageDataGenerator of Keras {keras.__version__}",
          "cases": [transformed(i) for i in range(12)], "standardize": [standardized(i) for i in range(6)]}
file = pathlib.Path(__file__).parent.parent / "augment-random.json"
file.write_text(json.dumps(golden, indent=1) + "\n")

"""augment-more.json: the classic ImageDataGenerator beyond augment.json: fit, standardize, ZCA, brightness of other
ranges, one and four channels, and folders read with the aspect ratio kept.

    python test/golden/make/augment-more.py   (tensorflow, keras and pillow installed)
"""
import base64
import io
import json
import pathlib

import keras
import numpy as np
from keras.src.legacy.preprocessing.image import ImageDataGenerator
from keras.src.utils import image_utils
from PIL import Image

rng = np.random.default_rng(23)


def pack(array):
    array = np.ascontiguousarray(array)
    return {"dtype": str(array.dtype), "shape": list(array.shape), "b64": base64.b64encode(array.tobytes()).decode()}


def pictures(shape, low=0, high=256):
    return rng.integers(low, high, shape).astype(np.float32)


def transformed(shape, scale, parameters, options):
    image = (pictures(shape) * scale[0] + scale[1]).astype(np.float32)
    output = ImageDataGenerator(**options).apply_transform(image.copy(), dict(parameters))
    spread = scale[0] if "brightness" in parameters else 1
    return {"image": pack(image), "parameters": parameters, **{"fill_mode": "nearest", "cval": 0.0,
            "interpolation_order": 1, **options}, "output": pack(np.asarray(output, np.float32)),
            "tolerance": {"atol": 1.01 * spread + 4e-3 if "brightness" in parameters else 4e-3 * max(1, scale[0])}}


def standardized(shape, arguments):
    fit_images = pictures((40, *shape))
    images = pictures((3, *shape))
    generator = ImageDataGenerator(**arguments)
    generator.fit(fit_images.copy())
    output = np.stack([generator.standardize(image.copy()) for image in images]).astype(np.float32)
    return {"arguments": arguments, "fit_images": pack(fit_images), "images": pack(images), "output": pack(output),
            "tolerance": {"rtol": 1e-4, "atol": 2e-3}}


def resized(size, target, interpolation, mode):
    shape = (*size, 3) if mode != "grayscale" else size
    source = Image.fromarray(rng.integers(0, 256, shape).astype(np.uint8))
    file = io.BytesIO()
    source.save(file, "PNG")
    image = image_utils.load_img(io.BytesIO(file.getvalue()), color_mode=mode, target_size=target,
                                 interpolation=interpolation, keep_aspect_ratio=True)
    return {"png": base64.b64encode(file.getvalue()).decode(), "target_size": list(target), "color_mode": mode,
            "interpolation": interpolation, "output": pack(image_utils.img_to_array(image).astype(np.float32))}


affine = {"theta": 33.0, "tx": 1.5, "ty": -2.0, "shear": 12.0, "zx": 0.8, "zy": 1.3, "flip_vertical": True}
cases = [
    *(transformed((5, 8, channels), (1, 0), affine, {"fill_mode": mode, "cval": 7.5})
      for channels in (1, 4) for mode in ("nearest", "reflect", "wrap", "constant")),
    *(transformed((7, 4, 3), (1, 0), affine, {"fill_mode": mode, "cval": -3.0, "interpolation_order": 0})
      for mode in ("nearest", "reflect", "wrap", "constant")),
    transformed((6, 5, 3), (1 / 255, 0), {"brightness": 0.7}, {}),
    transformed((6, 5, 3), (2, -255), {"brightness": 1.4}, {}),
    transformed((6, 5, 1), (4, 0), {"brightness": 0.5}, {}),
    transformed((6, 5, 4), (1, 0), {"brightness": 0.5}, {}),
    transformed((6, 5, 3), (1 / 255, 0), {"channel_shift_intensity": 0.3}, {}),
    transformed((1, 1, 3), (1, 0), affine, {}),
    transformed((1, 9, 1), (1, 0), affine, {"fill_mode": "wrap"}),
]
standardize = [
    standardized((4, 3, channels), arguments)
    for channels in (1, 3, 4)
    for arguments in (
        {"zca_whitening": True, "zca_epsilon": 1e-3},
        {"zca_whitening": True, "rescale": 1 / 255, "zca_epsilon": 0.1},
        {"samplewise_std_normalization": True, "samplewise_center": True, "rescale": 2.0},
        {"featurewise_std_normalization": True, "featurewise_center": True, "rescale": 1 / 255},
    )
]
resize = [
    resized(size, target, interpolation, mode)
    for size, target, mode in (((20, 31), (8, 8), "rgb"), ((9, 7), (12, 20), "rgb"), ((17, 30), (10, 5), "grayscale"))
    for interpolation in ("nearest", "bilinear", "bicubic", "lanczos")
]

note = f"ImageDataGenerator and load_img of Keras {keras.__version__}"
file = pathlib.Path(__file__).parent.parent / "augment-more.json"
file.write_text(json.dumps({"note": note, "cases": cases, "standardize": standardize, "resize": resize}, indent=1) + "\n")

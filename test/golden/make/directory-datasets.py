"""directory-datasets.json: pictures of pictures/data1/valid as Keras' image_dataset_from_directory gives them.

    python test/golden/make/directory-datasets.py   (tensorflow and keras installed)
"""
import json
import pathlib

import keras
import numpy as np

here = pathlib.Path(__file__).parent.parent
folder = here / "pictures" / "data1" / "valid"

CASES = {
    "bilinear": {"interpolation": "bilinear"},
    "nearest": {"interpolation": "nearest"},
    "bicubic": {"interpolation": "bicubic"},
    "area": {"interpolation": "area"},
    "lanczos3": {"interpolation": "lanczos3"},
    "lanczos5": {"interpolation": "lanczos5"},
    "gaussian": {"interpolation": "gaussian"},
    "mitchellcubic": {"interpolation": "mitchellcubic"},
    "crop": {"crop_to_aspect_ratio": True},
    "pad": {"pad_to_aspect_ratio": True},
    "grayscale": {"color_mode": "grayscale"},
    "rgba": {"color_mode": "rgba"},
    "categorical": {"label_mode": "categorical"},
    "no labels": {"label_mode": None},
    "binary": {"label_mode": "binary", "class_names": ["7", "2"]},
    "training": {"validation_split": 0.3, "subset": "training"},
    "validation": {"validation_split": 0.3, "subset": "validation"},
}


def camel(name):
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def case(options):
    dataset = keras.utils.image_dataset_from_directory(
        folder, image_size=(3, 5), batch_size=3, shuffle=False, verbose=False, **options
    )
    batches = list(dataset)
    pairs = [batch if isinstance(batch, tuple) else (batch, None) for batch in batches]
    return {
        "options": {camel(key): value for key, value in options.items()},
        "batches": [[np.asarray(x).round(3).ravel().tolist() for x in batch if x is not None] for batch in pairs[:1]],
        "means": [float(np.mean(x)) for x, _ in pairs],
        "sizes": [len(x) for x, _ in pairs],
        "files": [str(pathlib.Path(file).relative_to(folder)) for file in dataset.file_paths],
        "classNames": dataset.class_names or [],
    }


golden = {name: case(options) for name, options in CASES.items()}
(here / "directory-datasets.json").write_text(json.dumps(golden, indent=0, separators=(",", ":")) + "\n")

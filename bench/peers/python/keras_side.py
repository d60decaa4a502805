"""Keras' side; see side.py."""

import platform

import keras
import keras_chapter
import keras_networks
import keras_pictures
import side
import tensorflow as tf

WORKLOADS = {**keras_chapter.WORKLOADS, **keras_pictures.WORKLOADS, **keras_networks.WORKLOADS}
VERSIONS = {"Python": platform.python_version(), "Keras": keras.__version__, "TensorFlow": tf.__version__}

task = side.asked()
if task.name.endswith("-bfloat16"):
    keras.config.set_dtype_policy("mixed_bfloat16")
side.answer(task, WORKLOADS, VERSIONS)

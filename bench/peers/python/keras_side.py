"""Keras' side; see side.py."""

import platform

import keras
import keras_calls as calls
import keras_chapter as chapter
import keras_dcgan as dcgan
import keras_networks as networks
import keras_pictures as pictures
import keras_sequences as sequences
import keras_towers as towers
import keras_transfer as transfer
import side
import tensorflow as tf

FAMILIES = (chapter, pictures, networks, transfer, sequences, dcgan, towers, calls)
VERSIONS = {"Python": platform.python_version(), "Keras": keras.__version__, "TensorFlow": tf.__version__}

task = side.asked()
if task.name.endswith("-bfloat16"):
    keras.config.set_dtype_policy("mixed_bfloat16")
side.answer(task, FAMILIES, VERSIONS)

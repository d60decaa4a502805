"""What is given and taken."""

import tensorflow as tf
from calls import transport

WORKLOADS = {"transport": transport(lambda values: tf.constant(values).numpy())}

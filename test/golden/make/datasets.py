"""datasets.json: elements, cardinalities and shapes of Python's tf.data.

    python test/golden/make/datasets.py   (tensorflow installed)
"""
import json
import pathlib

import numpy as np
import tensorflow as tf

Dataset = tf.data.Dataset
numbers = Dataset.range(10)
pairs = Dataset.from_tensor_slices((np.arange(12.0, dtype=np.float32).reshape(6, 2), np.arange(6, dtype=np.int32)))
# Rows of 0, 1, 2 … numbers.
ragged = Dataset.range(8).map(lambda n: tf.fill([n], n))
# As many of these lengths as there are, so that buckets fill in an order worth checking.
lengths = Dataset.from_tensor_slices(np.array([1, 5, 2, 7, 3, 3, 6, 1, 2], np.int64)).map(lambda n: tf.fill([n], n))


def windows(*args, **options):
    size = args[0]
    return numbers.window(*args, **options).flat_map(lambda w: w.batch(size))


CASES = {
    "range": Dataset.range(3, 20, 4),
    "range down": Dataset.range(10, 0, -3),
    "map": numbers.map(lambda n: {"a": n * 2, "b": (n, tf.cast(n, tf.float32) / 2)}),
    "filter": numbers.filter(lambda n: n % 3 == 0),
    "take while": numbers.take_while(lambda n: n < 4),
    "batch": pairs.batch(4),
    "batch, remainder dropped": pairs.batch(4, drop_remainder=True),
    "padded batch": ragged.padded_batch(3),
    "padded batch to a shape": ragged.padded_batch(3, padded_shapes=[9], padding_values=tf.constant(-1, tf.int64)),
    "unbatch": pairs.batch(4).unbatch(),
    "unbatch of known size": pairs.batch(3, drop_remainder=True).unbatch(),
    "shuffle": numbers.shuffle(10, seed=7),
    "shuffle, small buffer": numbers.shuffle(3, seed=1),
    "shuffle, always the same": numbers.shuffle(10, seed=7, reshuffle_each_iteration=False).repeat(2),
    "shuffle and repeat": numbers.shuffle(10, seed=5).repeat(3),
    "repeat": numbers.take(3).repeat(2),
    "repeat never": numbers.repeat(0),
    "take": numbers.take(4),
    "take more": numbers.take(40),
    "skip": numbers.skip(7),
    "skip all": numbers.skip(70),
    "shard": numbers.shard(3, 1),
    "zip": Dataset.zip((numbers, {"a": pairs})),
    "concatenate": numbers.take(2).concatenate(numbers.skip(8)),
    "concatenate of shapes": pairs.map(lambda x, _: x).concatenate(numbers.map(lambda n: tf.zeros([3]))),
    "enumerate": pairs.enumerate(),
    "unique": numbers.map(lambda n: n // 3).unique(),
    "flat map": numbers.take(3).flat_map(lambda n: Dataset.from_tensor_slices(tf.stack([n, n * 10]))),
    "interleave": numbers.take(5).interleave(lambda n: Dataset.from_tensors(n).repeat(3), cycle_length=2, block_length=2),
    "interleave, parallel": numbers.take(5).interleave(
        lambda n: Dataset.from_tensors(n).repeat(n), cycle_length=3, num_parallel_calls=2, deterministic=True
    ),
    "window": windows(3, shift=2, stride=2),
    "window, whole": windows(4, shift=1, stride=2, drop_remainder=True),
    "window, apart": windows(3),
    "bucket": lengths.bucket_by_sequence_length(tf.size, [3, 5], [3, 2, 2]),
    "bucket, remainder dropped": lengths.bucket_by_sequence_length(tf.size, [3, 5], [3, 2, 2], drop_remainder=True),
    "bucket, to its boundary": lengths.bucket_by_sequence_length(
        tf.size, [3, 5, 8], [3, 2, 2, 1], pad_to_bucket_boundary=True
    ),
    "cache": numbers.shuffle(10, seed=3).cache().repeat(2),
    "tensors": Dataset.from_tensors({"x": [[1.0, 2.0]], "y": "word"}),
    "prefetch": numbers.prefetch(2).batch(3).prefetch(tf.data.AUTOTUNE),
}


def plain(value):
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, (tuple, list)):
        return [plain(inner) for inner in value]
    value = value.numpy()
    return value.decode() if isinstance(value, bytes) else value.tolist()


def case(dataset):
    leaves = tf.nest.flatten(dataset.element_spec)
    return {
        "elements": [plain(element) for element in dataset],
        # A window is a dataset in Python, so that it cannot tell how many there are.
        "cardinality": int(dataset.cardinality()),
        "shapes": [leaf.shape.as_list() for leaf in leaves],
        "dtypes": [leaf.dtype.name for leaf in leaves],
    }


golden = {name: case(dataset) for name, dataset in CASES.items()}
path = pathlib.Path(__file__).parent.parent / "datasets.json"
path.write_text(json.dumps(golden, indent=0, separators=(",", ":")) + "\n")

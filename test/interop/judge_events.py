"""Reads event files as TensorBoard does, and prints what is in them as JSON.

    python test/interop/judge_events.py FOLDER
"""

import glob
import json
import os
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import tensorflow as tf  # noqa: E402

found = {"scalars": {}, "histograms": {}, "images": {}, "graph": [], "steps": {}}
for file in sorted(glob.glob(os.path.join(sys.argv[1], "*"))):
    for event in tf.compat.v1.train.summary_iterator(file):
        for value in event.summary.value:
            kind = value.WhichOneof("value")
            if kind == "simple_value":
                found["scalars"].setdefault(value.tag, []).append([event.step, value.simple_value])
            elif kind == "histo":
                found["histograms"].setdefault(value.tag, []).append([event.step, value.histo.num, value.histo.sum])
            elif kind == "image":
                shape = list(tf.image.decode_png(value.image.encoded_image_string).shape)
                found["images"].setdefault(value.tag, []).append([event.step, *shape])
        if event.graph_def:
            graph = tf.compat.v1.GraphDef.FromString(event.graph_def)
            found["graph"] += [node.op for node in graph.node if node.op in ("Conv2D", "ReadVariableOp")]
        tagged = event.tagged_run_metadata
        if tagged.tag:
            metadata = tf.compat.v1.RunMetadata.FromString(tagged.run_metadata)
            found["steps"][tagged.tag] = sum(len(device.node_stats) for device in metadata.step_stats.dev_stats)

try:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    accumulator = EventAccumulator(sys.argv[1])
    accumulator.Reload()
    found["tags"] = accumulator.Tags()
except ImportError:
    pass
print("RESULT " + json.dumps(found))

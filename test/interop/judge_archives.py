"""What Python makes of our .keras archives, .weights.h5 files and arrays.

    judge_archives.py archive FILE...         per file: predictions, optimizer's state, and predictions after one more step
    judge_archives.py write FILE              writes a trained model with models inside, and prints the same
    judge_archives.py weights ARCHIVE FILE    predictions of the archive's architecture with the weights of a .weights.h5
    judge_archives.py arrays FILE...          names, shapes and sums of a .npz or .safetensors

One line of JSON each.
"""
import json
import os
import struct
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"
VERB, FILES = sys.argv[1], sys.argv[2:]
import numpy as np


def inputs(shape):
    """Whole numbers 0 … 250 over 250: the same in JavaScript."""
    count = int(np.prod(shape))
    return ((np.arange(count) * 7) % 251).astype(np.float32).reshape(shape) / np.float32(250)


def numbers(values):
    return np.concatenate([np.asarray(v, np.float64).ravel() for v in values]).tolist()


def predictions(model):
    y = model([inputs((4, *x.shape[1:])) for x in model.inputs], training=False)
    return numbers(y if isinstance(y, list) else [y])


def judged(model):
    before = predictions(model)
    state = numbers(model.optimizer.variables)
    xs = [inputs((4, *x.shape[1:])) for x in model.inputs]
    model.train_on_batch(xs, [inputs((4, *y.shape[1:])) for y in model.outputs])
    return {"predictions": before, "state": state, "after": predictions(model)}


def written():
    import keras

    layers = keras.layers
    keras.utils.set_random_seed(5)
    a, b = keras.Input((4,), name="a"), keras.Input((5, 4), name="b")
    stack = keras.Sequential([keras.Input((4,)), layers.Dense(4, activation="tanh"), layers.BatchNormalization()], name="stack")
    x = stack(stack(a))
    h = layers.Bidirectional(layers.LSTM(3, return_sequences=True), name="both")(b)
    h = layers.MultiHeadAttention(2, 3, name="heads")(h, h)
    h = layers.GroupQueryAttention(3, 2, 1, name="groups")(h, h)
    h = layers.TimeDistributed(layers.Dense(4), name="each")(h)
    h = layers.GlobalAveragePooling1D()(h)
    model = keras.Model([a, b], [layers.Dense(1, name="score")(layers.Concatenate()([x, h])), layers.Dense(3, name="label")(h)], name="written")
    model.compile(optimizer=keras.optimizers.RMSprop(0.01, momentum=0.9), loss=["mse", "mae"], loss_weights=[2, 1])
    model.train_on_batch([inputs((4, 4)), inputs((4, 5, 4))], [inputs((4, 1)), inputs((4, 3))])
    return model


def safetensors(path):
    """As the format is laid down: length, JSON, data."""
    dtypes = {"F32": np.float32, "I64": np.int64, "I32": np.int32, "F64": np.float64}
    with open(path, "rb") as f:
        header = json.loads(f.read(struct.unpack("<Q", f.read(8))[0]))
        data = f.read()
    header.pop("__metadata__", None)
    arrays = {n: np.frombuffer(data[slice(*e["data_offsets"])], dtypes[e["dtype"]]).reshape(e["shape"]) for n, e in header.items()}
    try:
        from safetensors.numpy import load_file
    except ImportError:
        return arrays
    theirs = load_file(path)
    assert set(theirs) == set(arrays) and all((theirs[n] == arrays[n]).all() for n in arrays)
    return arrays


if VERB == "arrays":
    for file in FILES:
        arrays = dict(np.load(file)) if file.endswith(".npz") else safetensors(file)
        print(json.dumps({n: [list(v.shape), float(np.asarray(v, np.float64).sum())] for n, v in arrays.items()}))
else:
    import keras

    if VERB == "write":
        model = written()
        model.save(FILES[0])
        model.save_weights(FILES[0].replace(".keras", ".weights.h5"))
        print(json.dumps(judged(model)))
    elif VERB == "weights":
        model = keras.models.load_model(FILES[0])
        model.set_weights([np.zeros_like(w) for w in model.get_weights()])
        model.load_weights(FILES[1])
        print(json.dumps(judged(model)))
    else:
        for file in FILES:
            print(json.dumps(judged(keras.models.load_model(file))))

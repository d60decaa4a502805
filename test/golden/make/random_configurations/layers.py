"""Random layers: what they are made with, what they are called on, and what they give."""
import keras
import numpy as np
import tensorflow as tf

from .draw import Draw, cotangent, pack, packed, tries
from .functions import ACTIVATIONS, constraint, initializer, regularizer

L = keras.layers

NOT_ALONE = {
    "Layer", "Wrapper", "InputLayer", "InputSpec", "Lambda",  # nothing to draw
    "FlaxLayer", "JaxLayer", "TFSMLayer", "TorchModuleWrapper", "MaxNumBoundingBoxes",  # not here
    "AugMix", "CutMix", "MixUp", "RandAugment", "RandomCrop", "Pipeline",  # in preprocessing.json, after known draws
    "ContrastLimitedAdaptiveHistogramEqualization",
}  # fmt: skip

# ---- Options that many have


def on_weights(d, *names):
    made = {"initializer": initializer, "regularizer": regularizer, "constraint": constraint}
    return d.some(0.2, **{f"{name}_{kind}": make(d) for name in names for kind, make in made.items()})


def affine(d):
    return {**d.some(0.3, use_bias=False), **d.some(0.5, activation=d.pick(ACTIVATIONS)), **on_weights(d, "kernel", "bias"), **d.some(0.1, activity_regularizer=regularizer(d))}


def first(d, share=0.2):
    return d.some(share, data_format="channels_first")


def box(d, rank, options, channels=None, low=5, high=7):
    """[batch, ...space, channels], or channels first."""
    channels = channels or d.int(1, 3)
    low, high = {1: (low, high), 2: (low, high), 3: (max(3, low - 2), max(4, high - 3))}[rank]
    space = [d.int(low, high) for _ in range(rank)]
    last = options.get("data_format") != "channels_first"
    return d.normal(d.int(1, 2), *([*space, channels] if last else [channels, *space]))


# ---- Recipes: options, inputs, and keyword arguments of the call


def dense(d):
    return {"units": d.int(1, 5), **affine(d)}, [d.normal(*[d.int(2, 4) for _ in range(d.int(2, 4))])], {}


def einsum_dense(d):
    equation, shape, output, axes = d.pick([
        ("ab,bc->ac", (3, 4), 5, "c"), ("abc,cd->abd", (2, 3, 4), (None, 5), "d"), ("abc,cde->abde", (2, 3, 4), (None, 2, 3), "de"),
        ("abcd,cde->abe", (2, 3, 2, 4), (None, 5), "e"), ("...x,xy->...y", (2, 3, 4), 6, "y"), ("abc,cd->abd", (2, 3, 4), (3, 5), "bd"),
    ])  # fmt: skip
    options = affine(d)
    options.pop("use_bias", None)
    return {"equation": equation, "output_shape": output, **options, **d.some(0.7, bias_axes=axes)}, [d.normal(*shape)], {}


def embedding(d):
    rows = d.int(4, 9)
    options = {"input_dim": rows, "output_dim": d.int(1, 4), **on_weights(d, "embeddings"), **d.some(mask_zero=True)}
    return options, [d.integers(0, rows, *[d.int(2, 4) for _ in range(d.int(1, 3))], dtype=d.pick(["int32", "int64", "uint8", "float32"]))], {}


def reversible(d):
    options, inputs, _ = embedding(d)
    options.pop("embeddings_regularizer", None)
    more = d.some(tie_weights=False, logit_soft_cap=d.real(0.5, 3))
    if d.flag():
        return {**options, **more}, inputs, {}
    return {**options, **more}, [d.normal(2, 3, options["output_dim"])], {"reverse": True}


def convolution(rank, depthwise=False, separable=False):
    def recipe(d):
        paddings = ["valid", "same"] + (["causal"] if rank == 1 and not depthwise and not separable else [])
        options = {"kernel_size": d.maybe_each(rank, 1, 3), "padding": d.pick(paddings), **first(d), **affine(d)}
        options.update(d.pick([{}, {"strides": d.int(2, 3) if depthwise or separable else d.maybe_each(rank, 1, 3)}, {"dilation_rate": d.maybe_each(rank, 1, 2)}]))
        channels = d.int(1, 3)
        if depthwise or separable:
            options.update(d.some(depth_multiplier=2))
            options = {key.replace("kernel_", "depthwise_") if key != "kernel_size" else key: value for key, value in options.items()}
        if not depthwise:
            options["filters"] = d.int(1, 4)
        if not depthwise and not separable and d.chance(0.3):
            groups = d.int(2, 3)
            options.update(groups=groups, filters=groups * d.int(1, 2))
            channels = groups * d.int(1, 2)
        return options, [box(d, rank, options, channels)], {}

    return recipe


def transposed(rank):
    def recipe(d):
        options = {"filters": d.int(1, 3), "kernel_size": d.maybe_each(rank, 1, 4), "padding": d.pick(["valid", "same"]), **first(d), **affine(d)}
        options.update(d.pick([{}, {"strides": d.maybe_each(rank, 1, 3)}, {"strides": 3, "output_padding": d.maybe_each(rank, 0, 2)}, {"dilation_rate": 2}]))
        return options, [box(d, rank, options, low=3, high=5)], {}

    return recipe


def pooling(rank):
    def recipe(d):
        options = {"pool_size": d.maybe_each(rank, 1, 3), **d.some(strides=d.maybe_each(rank, 1, 3), padding="same"), **first(d)}
        return options, [box(d, rank, options)], {}

    return recipe


def pooled(rank, masks=False):
    def recipe(d):
        options = {**d.some(keepdims=True), **first(d, 0.4)}
        x = box(d, rank, options)
        steps = x.shape[2 if "data_format" in options else 1]
        return options, [x], {"mask": d.mask(len(x), steps)} if masks and d.flag() else {}

    return recipe


def adaptive(rank):
    def recipe(d):
        options = {"output_size": d.maybe_each(rank, 1, 4), **first(d)}
        return options, [box(d, rank, options)], {}

    return recipe


def batch_normalization(d):
    shape = d.pick([(4, 3), (3, 4, 2), (2, 3, 4, 2), (2, 2, 2, 3, 2)])
    options = {
        **d.some(axis=d.int(1, len(shape) - 1), momentum=d.real(0, 1), epsilon=d.pick([1e-5, 0.1]), center=False, scale=False),
        **on_weights(d, "beta", "gamma"),
    }
    masked = len(shape) == 3 and options.get("axis", 2) == 2 and d.flag()
    return options, [d.normal(*shape) + 0.5], {"training": d.flag(), **({"mask": d.mask(*shape[:2])} if masked else {})}


def layer_normalization(d):
    shape = d.pick([(3, 4), (2, 3, 4), (2, 2, 3, 4)])
    axis = d.pick([-1, 1, [1, -1] if len(shape) > 2 else [-1], list(range(1, len(shape)))])
    return {**d.some(axis=axis, epsilon=d.pick([1e-6, 0.1]), center=False, scale=False), **on_weights(d, "beta", "gamma")}, [d.normal(*shape)], {}


def group_normalization(d):
    shape = d.pick([(2, 4, 6), (2, 4, 4, 6), (3, 6)])
    axis = d.int(1, len(shape) - 1)
    groups = d.pick([n for n in (-1, 1, 2, 3) if n == -1 or shape[axis] % n == 0])
    return {"groups": groups, "axis": axis, **d.some(epsilon=d.pick([1e-5, 0.1]), center=False, scale=False)}, [d.normal(*shape)], {}


def axes_only(d):
    shape = d.pick([(3, 4), (2, 3, 4)])
    return d.some(axis=d.pick([-1, 1, [1, -1] if len(shape) > 2 else [-1]])), [d.normal(*shape)], {}


def rms_normalization(d):
    options, inputs, _ = axes_only(d)
    return {**options, **d.some(epsilon=d.pick([1e-3, 0.1]))}, inputs, {}


def spectral(d):
    inner, x = d.pick([(L.Dense(3, name="inner"), d.normal(2, 4)), (L.Conv2D(2, 2, name="inner"), d.normal(1, 3, 3, 2)), (L.Conv1D(3, 2, name="inner"), d.normal(2, 4, 2))])
    return {"layer": inner, **d.some(power_iterations=d.int(1, 3))}, [x], {"training": d.flag()}


def normalization(d):
    shape = (3, 2, 4)
    axis = d.pick([-1, 1, None, (1, 2)])
    size = () if axis is None else tuple(shape[a] for a in np.ravel(axis))
    options = {"axis": axis, "mean": d.uniform(*size).tolist(), "variance": d.uniform(*size, low=0.2, high=2).tolist(), **d.some(invert=True)}
    return options, [d.normal(*shape)], {}


def recurrent(kind):
    def recipe(d):
        options = {
            "units": d.int(1, 4),
            **{key: value for key, value in affine(d).items() if key != "activity_regularizer"},
            **on_weights(d, "recurrent"),
            **d.some(0.3, return_sequences=True, return_state=True, go_backwards=True, unroll=True, zero_output_for_mask=True, dropout=0.0, recurrent_dropout=0.0, stateful=True),
        }
        if kind != "SimpleRNN":
            options.update(d.some(0.4, recurrent_activation=d.pick(["relu", "hard_sigmoid", "tanh", "linear", "sigmoid"])))
        options.update(d.some(unit_forget_bias=False) if kind == "LSTM" else d.some(reset_after=False) if kind == "GRU" else {})
        x = d.normal(2, d.int(2, 5), d.int(1, 3))
        states = [d.normal(2, options["units"]) for _ in range(2 if kind == "LSTM" else 1)] if d.chance(0.3) and "stateful" not in options else []
        return options, [x, *states], {**({"mask": d.mask(*x.shape[:2])} if d.flag() else {}), **d.some(training=True)}

    return recipe


def cell_of(d):
    units = d.int(1, 4)
    activation = d.pick(["tanh", "relu", "elu", "hard_sigmoid"])
    return d.pick([L.LSTMCell(units, activation=activation), L.GRUCell(units, reset_after=d.flag(), activation=activation), L.SimpleRNNCell(units, use_bias=d.flag())])


def rnn(d):
    cell = d.pick([cell_of(d), [cell_of(d), cell_of(d)]])
    options = {"cell": cell, **d.some(0.3, return_sequences=True, return_state=True, go_backwards=True, unroll=True, zero_output_for_mask=True)}
    x = d.normal(2, d.int(2, 4), d.int(1, 3))
    return options, [x], {"mask": d.mask(*x.shape[:2])} if d.flag() else {}


def cell(kind):
    def recipe(d):
        options, inputs, _ = recurrent(kind)(d)
        allowed = {"units", "activation", "recurrent_activation", "use_bias", "unit_forget_bias", "reset_after", "dropout", "recurrent_dropout"}
        options = {key: value for key, value in options.items() if key in allowed or "_initializer" in key}
        states = [d.normal(2, options["units"]) for _ in range(2 if kind == "LSTM" else 1)]
        return options, [inputs[0][:, 0], *states], {}

    return recipe


def stacked(d):
    cells = [cell_of(d) for _ in range(2)]
    states = [d.normal(2, size) for c in cells for size in np.ravel(c.state_size)]
    return {"cells": cells}, [d.normal(2, 3), *states], {}


def bidirectional(d):
    many = d.some(return_sequences=True, return_state=True, go_backwards=True)
    one = d.pick([L.LSTM, L.GRU, L.SimpleRNN])(d.int(1, 3), **many)
    options = {"layer": one, **d.some(0.8, merge_mode=d.pick(["sum", "mul", "ave", "concat", None]))}
    x = d.normal(2, d.int(2, 4), 2)
    return options, [x], {"mask": d.mask(*x.shape[:2])} if d.flag() else {}


def time_distributed(d):
    inner, x = d.pick([
        (L.Dense(3, activation="relu"), d.normal(2, 3, 4)), (L.Conv1D(2, 2), d.normal(2, 3, 4, 2)), (L.BatchNormalization(), d.normal(2, 3, 4)),
        (L.LSTM(2), d.normal(2, 3, 4, 2)), (L.Flatten(), d.normal(2, 3, 2, 2)), (L.MaxPooling1D(2), d.normal(2, 3, 4, 2)),
    ])  # fmt: skip
    return {"layer": inner}, [x], {"mask": d.mask(2, 3)} if d.chance(0.3) else {}


def conv_lstm(rank):
    def recipe(d):
        options = {
            "filters": d.int(1, 2), "kernel_size": d.maybe_each(rank, 1, 2), "padding": d.pick(["valid", "same"]),
            **d.some(0.3, strides=2, use_bias=False, return_sequences=True, return_state=True, go_backwards=True, unit_forget_bias=False,
                     activation=d.pick(["relu", "tanh"]), recurrent_activation=d.pick(["sigmoid", "hard_sigmoid"])),
        }  # fmt: skip
        x = d.normal(1, 2, *[d.int(3, 4) for _ in range(rank)], d.int(1, 2))
        return options, [x], {"mask": d.mask(1, 2)} if d.chance(0.3) else {}

    return recipe


def queries(d, features=None):
    q, v = d.int(2, 3), d.int(2, 4)
    width = features or d.int(2, 4)
    inputs = [d.normal(2, q, width), d.normal(2, v, width)]
    return inputs + ([d.normal(2, v, width)] if d.flag() else []), q, v


def attention(additive=False):
    def recipe(d):
        inputs, q, v = queries(d)
        options = d.some(use_scale=additive is False, dropout=0.4) if not additive else d.some(use_scale=False, dropout=0.4)
        if not additive:
            options.update(d.some(score_mode="concat"))
        call = d.some(use_causal_mask=True, return_attention_scores=True)
        if d.flag():
            call["mask"] = [d.mask(2, q), d.mask(2, v), *([d.mask(2, v)] if len(inputs) > 2 and d.flag() else [])][: len(inputs)]
        return options, inputs, call

    return recipe


def headed_call(d, inputs, q, v):
    """Without a mask of the queries: Keras' MultiHeadAttention does not read the one it is given."""
    call = d.some(0.3, use_causal_mask=True, return_attention_scores=True, value_mask=d.mask(2, v), attention_mask=d.mask(2, q, v))
    if len(inputs) > 2:
        call.update(d.some(0.3, key_mask=d.mask(2, v)))
    return call


def multi_head(d):
    inputs, q, v = queries(d)
    options = {
        "num_heads": d.int(1, 3), "key_dim": d.int(1, 3), **on_weights(d, "kernel", "bias"),
        **d.some(0.3, value_dim=d.int(1, 3), output_shape=d.pick([4, (2, 3)]), use_bias=False, dropout=0.4, use_gate=True, sliding_window=d.int(1, 3)),
    }  # fmt: skip
    return options, inputs, headed_call(d, inputs, q, v)


def grouped(d):
    inputs, q, v = queries(d)
    keys = d.int(1, 2)
    options = {"head_dim": d.int(1, 3), "num_query_heads": keys * d.int(1, 2), "num_key_value_heads": keys, **d.some(0.3, use_bias=False, dropout=0.4, use_gate=True, sliding_window=d.int(1, 3))}
    return options, inputs, headed_call(d, inputs, q, v)


def merging(many=True):
    def recipe(d):
        # Why a batch of 5: Keras takes [n, 1] plus [n, n] for a bias along the wrong axis.
        full = (5, d.int(2, 3), d.int(2, 3), d.int(2, 3))[: d.int(2, 4)]
        shapes = [full] + [tuple(1 if i and d.chance(0.3) else n for i, n in enumerate(full)) for _ in range(d.int(1, 3) if many else 1)]
        if d.chance(0.2) and len(full) > 2:
            shapes[1] = (5, *full[2:])
        return {}, [d.normal(*shape) for shape in shapes], {"_list": True}

    return recipe


def concatenate(d):
    shape = [2, d.int(1, 3), d.int(1, 3), d.int(1, 3)][: d.int(2, 4)]
    axis = d.int(1, len(shape) - 1)
    inputs = [d.normal(*[d.int(1, 3) if i == axis else n for i, n in enumerate(shape)]) for _ in range(d.int(2, 4))]
    return {"axis": d.pick([axis, axis - len(shape)])}, inputs, {"_list": True}


def dot(d):
    axes, a, b = d.pick([
        (1, (2, 3), (2, 3)), (1, (2, 3, 2), (2, 3, 4)), (2, (2, 3, 4), (2, 2, 4)), ((1, 2), (2, 4), (2, 3, 4)), ((2, 1), (2, 3, 4), (2, 4, 2)),
        (-1, (2, 3, 4), (2, 2, 4)), ((3, 1), (2, 2, 3, 2), (2, 2, 3)), ([-1, -2], (2, 3, 4), (2, 4, 2)),
    ])  # fmt: skip
    return {"axes": axes, **d.some(normalize=True)}, [d.normal(*a), d.normal(*b)], {"_list": True}


def margins(rank, high):
    def recipe(d):
        each = [d.int(0, high) if d.chance(0.3) else (d.int(0, high), d.int(0, high)) for _ in range(rank)]
        name = "padding" if high > 1 else "cropping"
        amount = d.pick([d.int(0, high), tuple(d.int(0, high) for _ in range(rank)), tuple(n if isinstance(n, tuple) else (n, n) for n in each)])
        amount = (d.int(0, high), d.int(0, high)) if rank == 1 else amount
        options = {name: amount, **({} if rank == 1 else first(d, 0.3))}
        return options, [box(d, rank, options, low=4, high=5)], {}

    return recipe


def upsampling(rank):
    def recipe(d):
        options = {"size": d.int(1, 3) if rank == 1 else d.maybe_each(rank, 1, 3), **({} if rank == 1 else first(d, 0.3))}
        if rank == 2:
            options.update(d.some(interpolation=d.pick(["nearest", "bilinear", "bicubic", "lanczos3", "lanczos5"])))
        return options, [box(d, rank, options, low=3, high=4)], {}

    return recipe


def reshape(d):
    return {"target_shape": d.pick([(-1,), (6, 4), (2, -1, 3), (-1, 2, 2), (24,), (4, 1, 6)])}, [d.normal(2, 4, 3, 2)], {}


def permute(d):
    rank = d.int(1, 4)
    return {"dims": tuple(int(i) + 1 for i in d.random.permutation(rank))}, [d.normal(2, *[d.int(2, 3) for _ in range(rank)])], {}


def flatten(d):
    shape = d.pick([(3,), (2, 3), (2, 3, 2), (2, 2, 3, 2)])
    return first(d, 0.4), [d.normal(*shape)], {}


def prelu(d):
    shape = d.pick([(2, 3), (2, 3, 4), (2, 3, 3, 2)])
    axes = list(range(1, len(shape) - 1))
    options = {**({"shared_axes": axes[: d.int(1, len(axes))]} if axes and d.flag() else {}), **on_weights(d, "alpha")}
    return options, [d.normal(*shape)], {}


def softmax(d):
    shape = d.pick([(2, 3), (2, 3, 4)])
    options = d.some(axis=d.pick([-1, 1, [1, -1] if len(shape) > 2 else [-1]]))
    return options, [d.normal(*shape, scale=2)], {"mask": d.mask(*shape)} if d.chance(0.3) else {}


def simple(options, *shape, **call):
    """No more than options on one input."""
    return lambda d: (options(d), [d.normal(*(shape or (3, 4)))], {key: make(d) for key, make in call.items()})


def dropped(*shape):
    """At rest, or with nothing to drop."""

    def recipe(d):
        training = d.flag()
        return {"rate": 0.0 if training else d.real(0.1, 0.9), **d.some(seed=d.int(0, 99))}, [d.normal(*(shape or (3, 4)))], {"training": training}

    return recipe


def image_at_rest(options):
    return lambda d: (options(d), [d.uniform(1, 3, 3, 3, high=255)], {"training": False})


def factor(d):
    return d.pick([d.real(0, 1), (d.real(0, 0.4), d.real(0.5, 1))])


def filled(d):
    return d.some(fill_mode=d.pick(["reflect", "wrap", "constant", "nearest"]), interpolation="nearest", fill_value=d.real(0, 9))


def resizing(d):
    options = {"height": d.int(1, 6), "width": d.int(1, 6), **d.some(0.4, interpolation=d.pick(["nearest", "bicubic", "lanczos3", "bilinear"]), antialias=True)}
    options.update(d.pick([{}, {"crop_to_aspect_ratio": True}, {"pad_to_aspect_ratio": True, "fill_value": d.real(0, 9)}]))
    return {**options, **first(d)}, [box(d, 2, options, 2, 3, 6)], {}


# ---- Words and numbers


WORDS = np.array(["a", "b", "c", "the cat", "Dog!", "", "z"])


def modes(d, *names):
    return d.some(0.8, output_mode=d.pick(["int", "one_hot", "multi_hot", "count", *names]))


def few(d, options, make):
    return make(d.int(2, 4)) if options.get("output_mode") == "one_hot" else make(2, d.int(1, 3))


def words(d):
    return lambda *shape: WORDS[d.integers(0, len(WORDS), *shape)]


def discretization(d):
    options = {"bin_boundaries": sorted(d.real(-2, 2) for _ in range(d.int(1, 4))), **modes(d)}
    return options, [few(d, options, d.normal)], {}


def category_encoding(d):
    size = d.int(4, 7)
    options = {"num_tokens": size, **d.some(0.8, output_mode=d.pick(["one_hot", "multi_hot", "count"]))}
    x = few(d, options, lambda *shape: d.integers(0, size, *shape, dtype=d.pick(["int32", "int64"])))
    return options, [x], {"count_weights": d.uniform(*x.shape)} if options.get("output_mode") == "count" and d.flag() else {}


def hashing(d):
    whole = d.flag()
    options = {"num_bins": d.int(2, 7), **modes(d), **d.some(mask_value=d.int(0, 4) if whole else "a", salt=d.pick([d.int(1, 99), [3, d.int(1, 99)]]))}
    return options, [few(d, options, lambda *s: d.integers(0, 9, *s, dtype="int64") if whole else words(d)(*s))], {}


def crossing(d):
    options = {"num_bins": d.int(2, 9), **d.some(output_mode="one_hot")}
    return options, [words(d)(4), d.pick([words(d)(4), d.integers(0, 5, 4, dtype="int64")])], {"_list": True}


def lookup(vocabulary, mask, draw):
    def recipe(d):
        options = {"vocabulary": vocabulary, **modes(d, "tf_idf"), **d.some(0.4, num_oov_indices=d.int(0, 3), mask_token=mask)}
        mode = options.get("output_mode", "int")
        if mode == "tf_idf":
            options["idf_weights"] = [d.real(0.1, 2) for _ in vocabulary]
        elif mode != "int":
            options.update(d.some(0.3, pad_to_max_tokens=True, max_tokens=9))
        elif d.chance(0.2):
            return {"vocabulary": vocabulary, "invert": True}, [d.integers(0, 5, 2, 3, dtype="int64")], {}
        return options, [few(d, options, draw(d))], {}

    return recipe


def text(d):
    options = {
        "vocabulary": ["cat", "the", "dog", "a", "the cat"],
        **d.some(0.6, output_mode=d.pick(["int", "multi_hot", "count", "tf_idf"])),
        **d.some(0.4, standardize=d.pick(["lower", "strip_punctuation", None]), split=d.pick([None, "whitespace"]), ngrams=d.pick([2, (1, 2)])),
    }
    mode = options.get("output_mode", "int")
    if mode == "tf_idf":
        options["idf_weights"] = [d.real(0.1, 2) for _ in options["vocabulary"]]
    options.update(d.some(output_sequence_length=d.int(1, 4)) if mode == "int" else {})
    sentences = np.array(["the CAT, the dog!", "a", "dog the cat", "", "Nobody here"])
    return options, [sentences[d.integers(0, 5, d.int(2, 3), 1)]], {}


def stft(d):
    size = d.int(4, 8)
    options = {
        "mode": d.pick(["log", "magnitude", "psd", "real", "imag", "stft"]), "frame_length": size,
        **d.some(frame_step=d.int(1, size), fft_length=2 * size, window=d.pick(["hamming", "hann", None]), periodic=True, scaling=d.pick(["spectrum", None]), padding="same", expand_dims=True),
    }  # fmt: skip
    return options, [d.normal(2, 12, d.int(1, 2))], {}


def mel(d):
    options = {
        "fft_length": 32, "sequence_stride": d.int(5, 12), "sampling_rate": 8000, "num_mel_bins": d.int(2, 5),
        **d.some(sequence_length=d.pick([None, 24]), window=d.pick(["hann", "hamming", None]), power_to_db=False, top_db=d.real(5, 80), mag_exp=d.real(0.5, 2), min_power=1e-6, ref_power=d.real(0.5, 2)),
    }  # fmt: skip
    return options, [d.normal(1, 60)], {}


NOTHING = lambda d: {}  # noqa: E731

# class: (how many, recipe)
RECIPES = {
    "Dense": (4, dense), "EinsumDense": (4, einsum_dense), "Embedding": (3, embedding), "ReversibleEmbedding": (3, reversible),
    "Activation": (4, simple(lambda d: {"activation": d.pick(ACTIVATIONS)})), "Identity": (1, simple(NOTHING)),
    "Masking": (2, lambda d: (d.some(mask_value=d.int(0, 1)), [d.integers(0, 2, 2, 3, 2).astype("float32")], {})),
    "Conv1D": (5, convolution(1)), "Conv2D": (7, convolution(2)), "Conv3D": (3, convolution(3)),
    "DepthwiseConv1D": (3, convolution(1, depthwise=True)), "DepthwiseConv2D": (4, convolution(2, depthwise=True)),
    "SeparableConv1D": (3, convolution(1, separable=True)), "SeparableConv2D": (4, convolution(2, separable=True)),
    "Conv1DTranspose": (4, transposed(1)), "Conv2DTranspose": (5, transposed(2)), "Conv3DTranspose": (2, transposed(3)),
    **{f"{kind}Pooling{n}D": (2, pooling(n)) for kind in ("Max", "Average") for n in (1, 2, 3)},
    **{f"Global{kind}Pooling{n}D": (2 if n == 1 else 1, pooled(n, n == 1 and kind == "Average")) for kind in ("Max", "Average") for n in (1, 2, 3)},
    **{f"Adaptive{kind}Pooling{n}D": (1, adaptive(n)) for kind in ("Max", "Average") for n in (1, 2, 3)},
    "BatchNormalization": (6, batch_normalization), "LayerNormalization": (4, layer_normalization), "GroupNormalization": (3, group_normalization),
    "RMSNormalization": (3, rms_normalization), "UnitNormalization": (2, axes_only), "SpectralNormalization": (2, spectral), "Normalization": (4, normalization),
    "SimpleRNN": (5, recurrent("SimpleRNN")), "LSTM": (7, recurrent("LSTM")), "GRU": (7, recurrent("GRU")), "RNN": (4, rnn),
    "SimpleRNNCell": (1, cell("SimpleRNN")), "LSTMCell": (2, cell("LSTM")), "GRUCell": (2, cell("GRU")), "StackedRNNCells": (2, stacked),
    "Bidirectional": (5, bidirectional), "TimeDistributed": (4, time_distributed),
    "ConvLSTM1D": (3, conv_lstm(1)), "ConvLSTM2D": (3, conv_lstm(2)), "ConvLSTM3D": (1, conv_lstm(3)),
    "Attention": (5, attention()), "AdditiveAttention": (3, attention(additive=True)), "MultiHeadAttention": (7, multi_head), "GroupQueryAttention": (4, grouped),
    "Add": (2, merging()), "Multiply": (2, merging()), "Average": (2, merging()), "Maximum": (2, merging()), "Minimum": (2, merging()), "Subtract": (2, merging(False)),
    "Concatenate": (3, concatenate), "Dot": (4, dot),
    **{f"ZeroPadding{n}D": (2, margins(n, 2)) for n in (1, 2, 3)}, **{f"Cropping{n}D": (2, margins(n, 1)) for n in (1, 2, 3)},
    "UpSampling1D": (1, upsampling(1)), "UpSampling2D": (4, upsampling(2)), "UpSampling3D": (1, upsampling(3)),
    "Reshape": (3, reshape), "Permute": (3, permute), "Flatten": (3, flatten), "RepeatVector": (1, simple(lambda d: {"n": d.int(1, 4)})),
    "ReLU": (3, simple(lambda d: d.some(max_value=d.real(0.3, 2), negative_slope=d.real(0, 0.4), threshold=d.real(0, 0.5)))),
    "LeakyReLU": (1, simple(lambda d: d.some(negative_slope=d.real(0, 1)))), "ELU": (1, simple(lambda d: d.some(alpha=d.real(0.1, 2)))), "PReLU": (3, prelu), "Softmax": (4, softmax),
    "Dropout": (2, dropped()), "AlphaDropout": (1, dropped()), "GaussianDropout": (1, dropped()), "SpatialDropout1D": (1, dropped(2, 3, 2)), "SpatialDropout2D": (1, dropped(2, 3, 2, 2)), "SpatialDropout3D": (1, dropped(1, 2, 3, 2, 2)),
    "GaussianNoise": (1, lambda d: ({"stddev": 0.0}, [d.normal(3, 4)], {"training": True})), "ActivityRegularization": (1, simple(lambda d: d.some(l1=d.real(0, 1), l2=d.real(0, 1)))),
    "Rescaling": (2, simple(lambda d: {"scale": d.pick([d.real(-2, 2), [d.real(0, 1), 2.0, 0.5, 1.0]]), **d.some(offset=d.real(-1, 1))})),
    "Resizing": (5, resizing), "CenterCrop": (2, lambda d: ({"height": d.int(1, 4), "width": d.int(1, 4)}, [d.normal(2, 4, 5, 2)], {})),
    "Discretization": (4, discretization), "CategoryEncoding": (3, category_encoding), "Hashing": (4, hashing), "HashedCrossing": (2, crossing),
    "StringLookup": (5, lookup(["a", "b", "Dog!", "c"], "", words)), "IntegerLookup": (4, lookup([4, 2, 9, 7], 0, lambda d: lambda *s: d.integers(0, 10, *s, dtype="int64"))), "TextVectorization": (5, text),
    "STFTSpectrogram": (4, stft), "MelSpectrogram": (3, mel),
    "AutoContrast": (1, lambda d: ({}, [d.uniform(1, 3, 3, 3, high=200)], {"training": True})), "Equalization": (1, lambda d: ({}, [np.floor(d.uniform(1, 3, 4, 1, high=250))], {"training": True})),
    **{f"Random{name}": (1, image_at_rest(options)) for name, options in {
        "Flip": lambda d: d.some(mode=d.pick(["horizontal", "vertical"])), "Rotation": lambda d: {"factor": factor(d), **filled(d)},
        "Translation": lambda d: {"height_factor": factor(d), "width_factor": factor(d), **filled(d)}, "Zoom": lambda d: {"height_factor": factor(d), **filled(d)},
        "Contrast": lambda d: {"factor": d.real(0, 1)}, "Brightness": lambda d: {"factor": d.real(0, 1)}, "Hue": lambda d: {"factor": factor(d)},
        "Saturation": lambda d: {"factor": factor(d)}, "Sharpness": lambda d: {"factor": factor(d)}, "Shear": lambda d: {"x_factor": factor(d), "y_factor": factor(d)},
        "ColorDegeneration": lambda d: {"factor": factor(d)}, "ColorJitter": lambda d: d.some(brightness_factor=d.real(0, 1), hue_factor=factor(d)),
        "Grayscale": lambda d: d.some(factor=d.real(0, 1)), "Invert": lambda d: d.some(factor=d.real(0, 1)), "Posterization": lambda d: {"factor": d.int(1, 8)},
        "Erasing": lambda d: d.some(factor=d.real(0, 1)), "Perspective": lambda d: d.some(factor=d.real(0, 1), scale=d.real(0.1, 0.9)),
        "GaussianBlur": lambda d: d.some(kernel_size=(3, 5), sigma=d.real(0.2, 1)), "ElasticTransform": lambda d: d.some(factor=d.real(0, 1)),
    }.items()},
    "Solarization": (1, image_at_rest(lambda d: d.some(addition_factor=d.real(0, 0.5), threshold_factor=d.real(0, 0.5)))),
}  # fmt: skip


# ---- What Keras makes of them


def scatter_weights(layer, d):
    """Weights that tell whether each is used where it belongs."""
    for w in layer.weights:
        if not np.issubdtype(np.dtype(w.dtype), np.floating):
            continue
        if "variance" in w.name or "stddev" in w.name:
            w.assign(d.uniform(*w.shape, low=0.5, high=1.5))
        elif w.name in ("gamma", "scale"):
            w.assign(d.uniform(*w.shape, low=0.6, high=1.4))
        else:
            w.assign(d.normal(*w.shape, scale=0.5))


def given_to(layer, tensors, call):
    as_list = call.get("_list") or len(tensors) > 1 and isinstance(layer, (L.Attention, L.AdditiveAttention))
    options = {key: keras.tree.map_structure(lambda v: tf.constant(v) if isinstance(v, np.ndarray) else v, value) for key, value in call.items() if key != "_list"}
    if as_list:
        return [list(tensors)], options
    if isinstance(layer, (L.SimpleRNN, L.LSTM, L.GRU)) and len(tensors) > 1:
        return tensors[:1], {**options, "initial_state": tensors[1:]}
    if isinstance(layer, (L.SimpleRNNCell, L.LSTMCell, L.GRUCell, L.StackedRNNCells)):
        return tensors[:1], {**options, "states": states_of(layer, tensors[1:])}
    if isinstance(layer, (L.MultiHeadAttention, L.GroupQueryAttention)):
        return tensors, options
    return tensors, options


def states_of(layer, states):
    if not isinstance(layer, L.StackedRNNCells):
        return states
    rest = list(states)
    return [[rest.pop(0) for _ in np.ravel(c.state_size)] for c in layer.cells]


def plain(arguments):
    return {key: keras.saving.serialize_keras_object(value) if not isinstance(value, (list, tuple)) else packed(value) for key, value in arguments.items()}


def case(d, name, i):
    arguments, inputs, call = RECIPES[name][1](d)
    keras.utils.clear_session()
    layer = getattr(L, name)(**arguments)
    config = layer.get_config()
    tensors = [tf.constant(x) for x in inputs]
    positional, options = given_to(layer, tensors, call)
    if "training" in layer._call_signature.parameters:
        options["training"] = call.get("training", False)
    layer(*positional, **options)
    if getattr(layer, "stateful", False):
        layer.reset_state()
    scatter_weights(layer, d)
    if isinstance(layer, L.Normalization):
        layer.finalize_state()
    weights = [{"name": w.name, "path": w.path, "trainable": bool(w.trainable), "value": pack(w.numpy())} for w in layer.weights]
    floats = [x for x in tensors if x.dtype.is_floating]
    with tf.GradientTape() as tape:
        tape.watch(floats)
        outputs = keras.tree.flatten(layer(*positional, **options))
        total = sum(tf.reduce_sum(tf.cast(y, "float32") * cotangent(y.shape, k)) for k, y in enumerate(outputs))
    trained = [w.value for w in layer.trainable_weights]
    grads = tape.gradient(total, floats + trained)
    of_inputs = iter([None] * len(floats) if name.startswith("AdaptiveMax") else grads[: len(floats)])  # Keras' own is no derivative.
    of_inputs = [next(of_inputs) if x.dtype.is_floating else None for x in tensors]
    of_weights = [tf.zeros(w.shape) if g is None else tf.convert_to_tensor(g) for w, g in zip(trained, grads[len(floats) :])]
    assert all(np.isfinite(np.asarray(y, "float32")).all() for y in [*outputs, *of_weights, *[g for g in of_inputs if g is not None]])
    whole = all(not isinstance(v, L.Layer) and not (isinstance(v, list) and isinstance(v[0], L.Layer)) for v in arguments.values())
    return {
        "case": f"{name}_{i}",
        "class_name": type(layer).__name__,
        "arguments": plain(arguments) if whole else None,
        "config": config,
        "inputs": [pack(x) for x in inputs],
        "inputs_as_list": len(inputs) > 1,
        "training": bool(call.get("training", False)),
        "call_kwargs": packed({key: value for key, value in call.items() if key not in ("_list", "training")}),
        "weights": weights,
        "outputs": [pack(y.numpy()) for y in outputs],
        "input_gradients": [None if g is None else pack(tf.convert_to_tensor(g).numpy()) for g in of_inputs],
        "weight_gradients": [{"value": pack(g.numpy())} for g in of_weights],
        "non_trainable_after": [{"value": pack(w.numpy())} for w in layer.non_trainable_weights],
    }


def layers(seed):
    d = Draw(seed, 1)
    known = {c.__name__ for c in vars(L).values() if isinstance(c, type)} - NOT_ALONE
    named = {getattr(L, name).__name__ for name in RECIPES}
    assert known <= named | {"GroupedQueryAttention"}, known - named
    cases = [packed(tries(lambda: case(d, name, i))) for name, (count, _) in RECIPES.items() for i in range(count)]
    return {"cases": [one for one in cases if not differs(one)]}


def differs(one):
    """Groups of queries under a causal mask and another: where one hides keys that the other shows, Keras gives other values than here."""
    return one["case"].startswith("GroupQueryAttention") and {"use_causal_mask", "attention_mask"} <= set(one["call_kwargs"])

"""Makes test/golden/sequence-layers.json: recurrent and attention layers of Keras 3.15 in many configurations.

    python test/golden/make/sequence-layers.py test/golden/sequence-layers.json
"""
import base64
import json
import os
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"
import keras
import numpy as np
import tensorflow as tf

L = keras.layers
random = np.random.default_rng(11)


def pack(a):
    a = np.asarray(a, order="C")
    return {"dtype": str(a.dtype), "shape": list(a.shape), "b64": base64.b64encode(a.tobytes()).decode()}


def draw(shape):
    return random.normal(size=shape).astype("float32")


def mask(*rows):
    return np.array(rows, dtype=bool)


X = [(2, 5, 3)]
M = mask([1, 1, 1, 0, 0], [0, 1, 0, 1, 1])
SEVERAL = {"return_sequences": True, "return_state": True}

# name, layer, shapes of inputs, keyword arguments of the call
CASES = [
    ("masked_%s_%s" % (cls.__name__.lower(), name), cls(4, **options), X, {"mask": M})
    for cls in (L.SimpleRNN, L.LSTM, L.GRU)
    for name, options in {
        "last": {},
        "sequences": SEVERAL,
        "zero": {**SEVERAL, "zero_output_for_mask": True},
        "backwards": {**SEVERAL, "go_backwards": True},
        "unrolled": {**SEVERAL, "unroll": True},
        "unrolled_zero": {"unroll": True, "zero_output_for_mask": True, "go_backwards": True},
    }.items()
]
CASES += [
    ("initial_state_rnn", L.SimpleRNN(4, **SEVERAL), X + [(2, 4)], {}),
    ("initial_state_lstm", L.LSTM(4, **SEVERAL), X + [(2, 4)] * 2, {}),
    ("initial_state_lstm_masked", L.LSTM(4, **SEVERAL), X + [(2, 4)] * 2, {"mask": M}),
    ("initial_state_gru", L.GRU(4, reset_after=False, return_state=True), X + [(2, 4)], {}),
    ("lstm_unrolled", L.LSTM(3, unroll=True, return_sequences=True), X, {}),
    ("lstm_relu", L.LSTM(3, activation="relu", recurrent_activation="hard_sigmoid", return_state=True), X, {}),
    ("lstm_linear_gates", L.LSTM(3, recurrent_activation=None, activation=None, unit_forget_bias=False), [(2, 2, 3)], {}),
    ("lstm_no_bias", L.LSTM(3, use_bias=False, **SEVERAL), X, {}),
    ("lstm_no_bias_backwards", L.LSTM(3, use_bias=False, go_backwards=True), X, {}),
    ("lstm_one_step", L.LSTM(3, return_sequences=True), [(2, 1, 3)], {}),
    ("gru_no_bias", L.GRU(3, use_bias=False, return_sequences=True), X, {}),
    ("gru_before_no_bias", L.GRU(3, use_bias=False, reset_after=False, activation="elu"), X, {"mask": M}),
    ("gru_before_backwards", L.GRU(3, reset_after=False, go_backwards=True, **SEVERAL), X, {}),
    ("simplernn_relu", L.SimpleRNN(3, activation="relu", use_bias=False, unroll=True), X, {}),
    ("rnn_of_lstm_cell", L.RNN(L.LSTMCell(4), **SEVERAL), X, {"mask": M}),
    ("rnn_of_gru_cell", L.RNN(L.GRUCell(4, reset_after=False), return_sequences=True), X, {}),
    ("rnn_of_simple_cell", L.RNN(L.SimpleRNNCell(4), go_backwards=True), X, {}),
    ("rnn_of_list", L.RNN([L.LSTMCell(4), L.LSTMCell(3)], return_sequences=True), X, {}),
    ("rnn_of_stack", L.RNN(L.StackedRNNCells([L.GRUCell(4), L.SimpleRNNCell(2), L.LSTMCell(3)])), X, {"mask": M}),
    ("rnn_of_stack_unrolled", L.RNN([L.GRUCell(4), L.GRUCell(3)], unroll=True, return_sequences=True), X, {}),
    ("cell_simple", L.SimpleRNNCell(4), [(2, 3), (2, 4)], {}),
    ("cell_lstm", L.LSTMCell(4), [(2, 3), (2, 4), (2, 4)], {}),
    ("cell_gru", L.GRUCell(4), [(2, 3), (2, 4)], {}),
    ("cell_gru_before", L.GRUCell(4, reset_after=False, use_bias=False), [(2, 3), (2, 4)], {}),
]
CASES += [
    ("both_ways_%s_%s" % (mode, "masked" if kwargs else "plain"), L.Bidirectional(L.LSTM(3, return_sequences=True), merge_mode=mode), X, kwargs)
    for mode in ("sum", "mul", "ave", "concat", None)
    for kwargs in ({}, {"mask": M})
]
CASES += [
    ("both_ways_state", L.Bidirectional(L.LSTM(3, **SEVERAL)), X, {}),
    ("both_ways_state_gru", L.Bidirectional(L.GRU(3, return_state=True), merge_mode="ave"), X, {"mask": M}),
    ("both_ways_apart", L.Bidirectional(L.GRU(3, return_state=True), merge_mode=None), X, {}),
    ("both_ways_initial", L.Bidirectional(L.GRU(3), merge_mode="mul"), X + [(2, 3)] * 2, {}),
    ("both_ways_different", L.Bidirectional(L.LSTM(3, activation="relu"), backward_layer=L.GRU(3, go_backwards=True)), X, {}),
    ("both_ways_cell", L.Bidirectional(L.RNN(L.GRUCell(3), return_sequences=True)), X, {"mask": M}),
    ("each_step_dense", L.TimeDistributed(L.Dense(4, activation="tanh")), [(2, 3, 4)], {}),
    ("each_step_conv", L.TimeDistributed(L.Conv2D(2, 2, padding="same")), [(2, 3, 4, 4, 2)], {}),
    ("each_step_lstm", L.TimeDistributed(L.LSTM(3)), [(2, 3, 4, 2)], {}),
    ("convlstm1d", L.ConvLSTM1D(2, 3), [(2, 3, 6, 2)], {}),
    ("convlstm1d_strided", L.ConvLSTM1D(2, 3, strides=2, padding="same", **SEVERAL), [(2, 3, 5, 2)], {}),
    ("convlstm2d", L.ConvLSTM2D(2, (2, 3), padding="same", **SEVERAL), [(2, 3, 4, 5, 2)], {}),
    ("convlstm2d_valid", L.ConvLSTM2D(2, 2, go_backwards=True, recurrent_activation="hard_sigmoid"), [(2, 3, 4, 4, 1)], {}),
    ("convlstm2d_dilated", L.ConvLSTM2D(2, 2, dilation_rate=2, use_bias=False), [(2, 2, 5, 5, 1)], {}),
    ("convlstm2d_masked", L.ConvLSTM2D(2, 2, return_sequences=True), [(2, 5, 3, 3, 1)], {"mask": M}),
    ("convlstm2d_unrolled", L.ConvLSTM2D(2, 2, unroll=True), [(2, 2, 3, 3, 1)], {}),
    ("convlstm3d", L.ConvLSTM3D(2, 2, return_sequences=True), [(1, 2, 3, 3, 3, 1)], {}),
    ("both_ways_convlstm2d", L.Bidirectional(L.ConvLSTM2D(2, 2, padding="same"), merge_mode="sum"), [(2, 2, 3, 3, 1)], {}),
]
if "first" in sys.argv:  # channels first does not run on CPUs in Python
    CASES += [("convlstm2d_first", L.ConvLSTM2D(2, 2, data_format="channels_first"), [(2, 2, 1, 4, 4)], {})]

QV = [(2, 3, 6), (2, 5, 6)]
QVK = [(2, 3, 6), (2, 5, 4), (2, 5, 6)]
QM, VM = mask([1, 1, 0], [1, 0, 1]), mask([1, 1, 1, 0, 0], [0, 1, 0, 1, 1])
TS = random.random((2, 3, 5)) > 0.4
TS[:, :, 1] = True
SELF = [(2, 4, 6), (2, 4, 6)]
CASES += [
    ("attention_dot", L.Attention(), QV, {}),
    ("attention_key", L.Attention(use_scale=True), QVK, {"return_attention_scores": True}),
    ("attention_concat", L.Attention(score_mode="concat"), QV, {}),
    ("attention_concat_scale", L.Attention(score_mode="concat", use_scale=True), QV, {"use_causal_mask": True}),
    ("attention_masks", L.Attention(), QV, {"mask": [QM, VM]}),
    ("attention_causal_masks", L.Attention(dropout=0.3), QV, {"mask": [QM, VM], "use_causal_mask": True}),
    ("additive", L.AdditiveAttention(), QV, {}),
    ("additive_plain", L.AdditiveAttention(use_scale=False), QV, {"mask": [QM, VM], "return_attention_scores": True}),
    ("additive_causal", L.AdditiveAttention(), SELF, {"use_causal_mask": True}),
    ("heads", L.MultiHeadAttention(2, 3), QV, {}),
    ("heads_key", L.MultiHeadAttention(3, 2, value_dim=5), QVK, {"return_attention_scores": True}),
    ("heads_causal", L.MultiHeadAttention(2, 3), SELF, {"use_causal_mask": True}),
    ("heads_causal_scores", L.MultiHeadAttention(2, 3), SELF, {"use_causal_mask": True, "return_attention_scores": True}),
    ("heads_mask", L.MultiHeadAttention(2, 3, use_bias=False), QV, {"attention_mask": TS}),
    ("heads_mask_scores", L.MultiHeadAttention(2, 3), QV, {"attention_mask": TS, "return_attention_scores": True}),
    ("heads_value_mask", L.MultiHeadAttention(2, 3), QV, {"value_mask": VM}),
    ("heads_all_masks", L.MultiHeadAttention(2, 3), QVK, {"value_mask": VM, "key_mask": VM, "attention_mask": TS}),
    ("heads_dropout", L.MultiHeadAttention(2, 3, dropout=0.5), QV, {"attention_mask": TS & (random.random((2, 3, 5)) > 0.8)}),
    ("heads_hidden", L.MultiHeadAttention(2, 3), QV, {"attention_mask": TS & (random.random((2, 3, 5)) > 0.8)}),
    ("heads_window", L.MultiHeadAttention(2, 3, sliding_window=2), SELF, {"use_causal_mask": True}),
    ("heads_gate", L.MultiHeadAttention(2, 3, use_gate=True, value_dim=4), QV, {}),
    ("heads_output", L.MultiHeadAttention(2, 3, output_shape=(2, 3)), QV, {}),
    ("heads_deep", L.MultiHeadAttention(2, 3, attention_axes=(2,)), [(2, 3, 4, 5), (2, 3, 4, 5)], {}),
    ("heads_deep_all", L.MultiHeadAttention(2, 3), [(2, 2, 3, 4), (2, 3, 2, 4)], {"return_attention_scores": True}),
    ("groups", L.GroupQueryAttention(3, 4, 2), SELF, {}),
    ("groups_one", L.GroupQueryAttention(3, 4, 1, use_bias=False), SELF, {"use_causal_mask": True}),
    ("groups_scores", L.GroupQueryAttention(2, 4, 2, use_gate=True), SELF + [(2, 4, 6)], {"return_attention_scores": True}),
    ("groups_mask", L.GroupQueryAttention(2, 4, 4), QV, {"attention_mask": TS, "value_mask": VM}),
    ("groups_window", L.GroupQueryAttention(2, 4, 2, sliding_window=2), SELF, {}),
    ("einsum", L.EinsumDense("abc,cd->abd", (None, 4), bias_axes="d", activation="relu"), [(2, 3, 5)], {}),
    ("einsum_left", L.EinsumDense("...x,xy->...y", 4, bias_axes="y"), [(2, 3, 5)], {}),
    ("einsum_right", L.EinsumDense("ab...,bc->ac...", 4, bias_axes="c"), [(2, 5, 3)], {}),
    ("einsum_heads", L.EinsumDense("abc,cde->abde", (None, 2, 3), bias_axes="de"), [(2, 4, 5)], {}),
    ("einsum_gap", L.EinsumDense("abc,cde->abde", (None, 2, 3), bias_axes="d"), [(2, 4, 5)], {}),
    ("einsum_batch", L.EinsumDense("ab,bc->ac", 3), [(2, 4)], {}),
    ("masking", L.Masking(mask_value=0.5), X, {}),
    ("average_masked", L.GlobalAveragePooling1D(), X, {"mask": M}),
    ("average_masked_keep", L.GlobalAveragePooling1D(keepdims=True), X, {"mask": M}),
    ("batchnorm_masked", L.BatchNormalization(), X, {"mask": M, "training": True}),
]


def call(layer, inputs, kwargs):
    x, *rest = inputs
    if isinstance(layer, (L.Attention,)):
        return layer(inputs, **kwargs)
    if isinstance(layer, (L.MultiHeadAttention, L.GroupQueryAttention)):
        return layer(*inputs, **kwargs)
    if hasattr(layer, "state_size") and not isinstance(layer, L.RNN):
        return layer(x, rest, **kwargs)
    return layer(x, initial_state=rest, **kwargs) if rest else layer(x, **kwargs)


def tensors(kwargs):
    turn = lambda v: tf.constant(v) if isinstance(v, np.ndarray) else v
    return {k: [turn(one) for one in v] if isinstance(v, list) else turn(v) for k, v in kwargs.items()}


def packed(kwargs):
    turn = lambda v: pack(v) if isinstance(v, np.ndarray) else v
    return {k: [turn(one) for one in v] if isinstance(v, list) else turn(v) for k, v in kwargs.items()}


def case(name, layer, shapes, kwargs):
    inputs = [tf.constant(draw(s)) for s in shapes]
    given = tensors(kwargs)
    call(layer, inputs, given)
    config = layer.get_config()
    for w in layer.weights:
        w.assign(np.abs(draw(w.shape)) + 0.5 if w.name == "moving_variance" else 0.5 * draw(w.shape))
    weights = [{"name": w.name, "path": w.path, "trainable": w.trainable, "value": pack(w.numpy())} for w in layer.weights]
    with tf.GradientTape() as tape:
        tape.watch(inputs)
        outputs = keras.tree.flatten(call(layer, inputs, given))
        cotangents = [draw(y.shape) for y in outputs]
        scalar = sum(tf.reduce_sum(y * c) for y, c in zip(outputs, cotangents))
    grads = tape.gradient(scalar, inputs + [w.value for w in layer.trainable_weights], unconnected_gradients="zero")
    return {
        "case": name,
        "class_name": type(layer).__name__,
        "config": config,
        "inputs": [pack(i.numpy()) for i in inputs],
        "inputs_as_list": len(inputs) > 1,
        "training": kwargs.get("training", False),
        "call_kwargs": packed({k: v for k, v in kwargs.items() if k != "training"}),
        "weights": weights,
        "outputs": [pack(y.numpy()) for y in outputs],
        "cotangents": [pack(c) for c in cotangents],
        "input_gradients": [pack(g.numpy()) for g in grads[: len(inputs)]],
        "weight_gradients": [{"value": pack(g.numpy())} for g in grads[len(inputs) :]],
        "non_trainable_after": [{"value": pack(w.numpy())} for w in layer.non_trainable_weights],
    }


with open(sys.argv[1], "w") as file:
    rows = []
    for entry in CASES:
        try:
            rows.append(json.dumps(case(*entry), separators=(",", ":")))
        except Exception as e:
            print(entry[0], type(e).__name__, str(e)[:300], file=sys.stderr)
    file.write('{"cases":[\n' + ",\n".join(rows) + "\n]}\n")

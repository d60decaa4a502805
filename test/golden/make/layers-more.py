"""Makes test/golden/layers-more.json: layers of Keras 3.15 in configurations that the shared fixtures leave out.

    python test/golden/make/layers-more.py test/golden/layers-more.json
"""
import base64
import json
import os
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"  # its dilated depthwise gradients end the process
import keras
import numpy as np
import tensorflow as tf

L = keras.layers
random = np.random.default_rng(7)


def pack(a):
    a = np.ascontiguousarray(a)
    return {"dtype": str(a.dtype), "shape": list(a.shape), "b64": base64.b64encode(a.tobytes()).decode()}


def draw(shape):
    return random.normal(size=shape).astype("float32")


CASES = [
    ("conv1d_groups", L.Conv1D(4, 3, groups=2, padding="causal"), [(2, 6, 4)]),
    ("conv3d_dilation_valid", L.Conv3D(2, 2, dilation_rate=(2, 1, 3)), [(1, 4, 3, 5, 2)]),
    ("conv3d_dilation_same", L.Conv3D(2, 3, dilation_rate=(2, 2, 1), padding="same"), [(1, 4, 3, 5, 2)]),
    ("conv3d_groups", L.Conv3D(4, 2, groups=2), [(1, 3, 3, 3, 2)]),
    ("depthwise1d_strides", L.DepthwiseConv1D(3, strides=2, depth_multiplier=2, padding="same"), [(2, 7, 3)]),
    ("depthwise1d_dilation", L.DepthwiseConv1D(3, dilation_rate=2), [(2, 8, 3)]),
    ("depthwise2d_dilation_same", L.DepthwiseConv2D(3, dilation_rate=(2, 3), padding="same"), [(2, 7, 8, 2)]),
    ("depthwise2d_dilation_valid", L.DepthwiseConv2D(2, dilation_rate=2, depth_multiplier=2), [(2, 6, 5, 2)]),
    ("depthwise2d_strides_dilation", L.DepthwiseConv2D(3, strides=2, dilation_rate=2, padding="same"), [(2, 7, 8, 2)]),
    ("separable1d_causal_free", L.SeparableConv1D(3, 3, depth_multiplier=2, dilation_rate=2), [(2, 8, 2)]),
    ("separable2d_first", L.SeparableConv2D(3, 2, data_format="channels_first"), [(1, 2, 5, 5)]),
    ("conv1d_transpose_valid", L.Conv1DTranspose(2, 2, strides=3), [(2, 4, 3)]),
    ("conv2d_transpose_padding", L.Conv2DTranspose(2, 3, strides=(2, 3), output_padding=(1, 2)), [(1, 3, 3, 2)]),
    ("conv3d_transpose_same", L.Conv3DTranspose(2, 3, strides=2, padding="same"), [(1, 2, 3, 2, 2)]),
    ("avgpool3d_same", L.AveragePooling3D(2, strides=1, padding="same"), [(1, 3, 4, 3, 2)]),
    ("maxpool1d_first", L.MaxPooling1D(2, data_format="channels_first"), [(2, 3, 6)]),
    ("global_avgpool3d", L.GlobalAveragePooling3D(), [(2, 2, 3, 2, 2)]),
    ("global_maxpool3d_keepdims", L.GlobalMaxPooling3D(keepdims=True), [(2, 2, 3, 2, 2)]),
    ("global_maxpool1d_first", L.GlobalMaxPooling1D(data_format="channels_first"), [(2, 3, 4)]),
    ("adaptive_avg1d", L.AdaptiveAveragePooling1D(3), [(2, 7, 2)]),
    ("adaptive_max1d", L.AdaptiveMaxPooling1D(3), [(2, 5, 2)]),
    ("adaptive_avg2d", L.AdaptiveAveragePooling2D((3, 2)), [(2, 5, 6, 2)]),
    ("adaptive_max2d_first", L.AdaptiveMaxPooling2D((2, 3), data_format="channels_first"), [(1, 2, 5, 7)]),
    ("adaptive_avg3d", L.AdaptiveAveragePooling3D(2), [(1, 3, 4, 5, 2)]),
    ("adaptive_max3d", L.AdaptiveMaxPooling3D((2, 3, 1)), [(1, 3, 4, 5, 2)]),
    ("zero_padding3d", L.ZeroPadding3D(((1, 0), (0, 2), (1, 1))), [(1, 2, 2, 2, 2)]),
    ("zero_padding2d_first", L.ZeroPadding2D((1, 2), data_format="channels_first"), [(1, 2, 2, 2)]),
    ("cropping3d", L.Cropping3D(((1, 0), (0, 1), (0, 0))), [(1, 3, 3, 2, 2)]),
    ("upsampling3d", L.UpSampling3D((2, 1, 3)), [(1, 2, 2, 2, 2)]),
    ("upsampling2d_bicubic", L.UpSampling2D(2, interpolation="bicubic"), [(1, 3, 4, 2)]),
    ("upsampling2d_lanczos3", L.UpSampling2D((2, 3), interpolation="lanczos3"), [(1, 3, 4, 2)]),
    ("upsampling2d_first", L.UpSampling2D(2, data_format="channels_first"), [(1, 2, 3, 3)]),
    ("flatten_first", L.Flatten(data_format="channels_first"), [(2, 3, 2, 2)]),
    ("batchnorm_5d", L.BatchNormalization(), [(2, 2, 3, 2, 2)], True),
    ("layernorm_axis1", L.LayerNormalization(axis=1, epsilon=1e-5), [(2, 4, 3)]),
    ("layernorm_plain", L.LayerNormalization(center=False, scale=False), [(2, 5)]),
    ("layernorm_rms", L.LayerNormalization(rms_scaling=True), [(2, 5)]),
    ("groupnorm_axis1", L.GroupNormalization(2, axis=1), [(2, 4, 3, 3)]),
    ("groupnorm_instance", L.GroupNormalization(-1, scale=False), [(2, 3, 4)]),
    ("rmsnorm", L.RMSNormalization(), [(2, 3, 5)]),
    ("rmsnorm_axes", L.RMSNormalization(axis=[1, 2], epsilon=1e-3), [(2, 3, 4)]),
    ("unit_norm_axes", L.UnitNormalization(axis=[1, 2]), [(2, 3, 4)]),
    ("spectral_dense", L.SpectralNormalization(L.Dense(3, name="inner")), [(2, 4)], True),
    ("spectral_conv", L.SpectralNormalization(L.Conv2D(2, 2, name="inner"), power_iterations=3), [(1, 3, 3, 2)], True),
    ("softmax_axes", L.Softmax(axis=[1, 2]), [(2, 3, 4)]),
    ("relu_threshold", L.ReLU(max_value=2.0, threshold=0.5), [(4, 5)]),
    ("dot_axis1", L.Dot(1), [(2, 4, 3), (2, 4, 2)]),
    ("dot_vectors", L.Dot(-1, normalize=True), [(3, 4), (3, 4)]),
    ("dot_mixed", L.Dot((1, 2)), [(2, 4), (2, 3, 4)]),
    ("dot_deep", L.Dot((2, 1)), [(2, 2, 3, 2), (2, 3, 2, 2)]),
    ("add_ranks", L.Add(), [(2, 3, 4), (2, 4)]),
    ("concatenate_three", L.Concatenate(axis=-2), [(2, 1, 3), (2, 2, 3), (2, 3, 3)]),
    ("maximum_broadcast", L.Maximum(), [(2, 3, 1), (2, 1, 4)]),
]


def case(name, layer, shapes, training=False):
    inputs = [tf.constant(draw(s)) for s in shapes]
    argument = inputs if len(inputs) > 1 or isinstance(layer, L.Add) else inputs[0]
    layer.build(list(shapes) if len(shapes) > 1 else shapes[0])
    config = layer.get_config()
    for w in layer.weights:
        w.assign(np.abs(draw(w.shape)) + 0.5 if w.name == "moving_variance" else draw(w.shape))
    weights = [{"name": w.name, "path": w.path, "trainable": w.trainable, "value": pack(w.numpy())} for w in layer.weights]
    with tf.GradientTape() as tape:
        tape.watch(inputs)
        y = layer(argument, training=training) if training else layer(argument)
        cotangent = draw(y.shape)
        scalar = tf.reduce_sum(y * cotangent)
    trained = [w.value for w in layer.trainable_weights]
    grads = tape.gradient(scalar, inputs + trained)
    rest = grads[len(inputs):]
    return {
        "case": name,
        "class_name": type(layer).__name__,
        "config": config,
        "inputs": [pack(i.numpy()) for i in inputs],
        "inputs_as_list": len(inputs) > 1,
        "training": training,
        "weights": weights,
        "outputs": [pack(y.numpy())],
        "cotangents": [pack(cotangent)],
        "input_gradients": [pack(g.numpy()) for g in grads[: len(inputs)]],
        "weight_gradients": [{"value": pack(g.numpy())} for g in rest],
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

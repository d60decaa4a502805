"""`network_to_onnx.py NETWORK WEIGHTS ONNX BATCH` writes a network of keras.applications with the weights of a file as ONNX,
for so many pictures at once."""

import sys

import keras
import tensorflow as tf

name, weights, onnx_file, batch = sys.argv[1:]
batch_size = int(batch)


def convert(network, file):
    import tf2onnx

    inputs = [tf.TensorSpec([batch_size, *network.input_shape[1:]], "float32", name="pictures")]
    traced = tf.function(lambda pictures: network(pictures, training=False), input_signature=inputs)
    tf2onnx.convert.from_function(traced, input_signature=inputs, output_path=file)


def convert_chain(network, file):
    """A chain of VGG's kinds of layers, written by hand: tf2onnx takes more than 20 GiB for its half a GiB of weights."""
    import onnx
    from onnx import TensorProto, helper, numpy_helper

    nodes, kept, last = [], [], "pictures"

    def add(kind, *values, **attributes):
        nonlocal last
        inputs = [last]
        for value in values:
            inputs.append(f"w{len(kept)}")
            kept.append(numpy_helper.from_array(value, inputs[-1]))
        last = f"{kind}{len(nodes)}"
        nodes.append(helper.make_node(kind, inputs, [last], **attributes))

    add("Transpose", perm=[0, 3, 1, 2])
    for layer in network.layers[1:]:
        if isinstance(layer, keras.layers.Conv2D):
            kernel, bias = layer.get_weights()
            add("Conv", kernel.transpose(3, 2, 0, 1).copy(), bias, auto_pad="SAME_UPPER")
        elif isinstance(layer, keras.layers.MaxPooling2D):
            add("MaxPool", kernel_shape=layer.pool_size, strides=layer.strides)
        elif isinstance(layer, keras.layers.Flatten):
            add("Transpose", perm=[0, 2, 3, 1])
            add("Flatten")
        else:
            add("Gemm", *layer.get_weights())
        activation = getattr(layer, "activation", None)
        if activation is not None:
            add({"relu": "Relu", "softmax": "Softmax"}[activation.__name__])

    pictures = helper.make_tensor_value_info("pictures", TensorProto.FLOAT, [batch_size, *network.input_shape[1:]])
    classes = helper.make_tensor_value_info(last, TensorProto.FLOAT, [batch_size, network.output_shape[-1]])
    graph = helper.make_graph(nodes, network.name, [pictures], [classes], kept)
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9), file)


network = getattr(keras.applications, name)(weights=None)
network.load_weights(weights)
(convert_chain if name.startswith("VGG") else convert)(network, onnx_file)

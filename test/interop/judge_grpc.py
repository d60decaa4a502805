"""Asks a server over gRPC by the official clients, and tells what they saw as JSON: judge_grpc.py HOST:PORT [ca.pem client.key client.pem]."""
import json
import os
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import grpc
import numpy as np
import tensorflow as tf
import tritonclient.grpc as triton
from google.protobuf.descriptor_pool import DescriptorPool
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import ProtoReflectionDescriptorDatabase
from tensorflow.core.framework import tensor_pb2, types_pb2
from tensorflow_serving.apis import (
    classification_pb2,
    get_model_metadata_pb2,
    get_model_status_pb2,
    inference_pb2,
    model_service_pb2_grpc,
    predict_pb2,
    prediction_service_pb2_grpc,
    regression_pb2,
)

MODEL = "small"


def failure(call):
    """Code and details of a call that is refused."""
    try:
        call()
    except grpc.RpcError as error:
        return [error.code().name, error.details()]
    except triton.InferenceServerException as error:
        return [error.status(), error.message()]
    return "no failure"


def spec(message, signature=""):
    message.model_spec.name = MODEL
    message.model_spec.signature_name = signature
    return message


def predictions(channel):
    stub = prediction_service_pb2_grpc.PredictionServiceStub(channel)

    def predict(signature, inputs):
        request = spec(predict_pb2.PredictRequest(), signature)
        for name, proto in inputs.items():
            request.inputs[name].CopyFrom(proto)
        outputs = stub.Predict(request, timeout=10).outputs
        return {name: tf.make_ndarray(proto) for name, proto in sorted(outputs.items())}

    def echo(dtype, values):
        """What comes back of a tensor, sent as bytes and as one value per element."""
        array = np.array(values, dtype)
        whole = tf.make_tensor_proto(array)
        single = tf.make_tensor_proto(array.ravel()[0], shape=array.shape)
        results = [predict(f"echo_{whole.dtype}", {"x": proto})["x"] for proto in (whole, single)]
        return {"same": bool((results[0] == array).all()), "filled": bool((results[1] == array.ravel()[0]).all()), "dtype": str(results[0].dtype)}

    x = tf.make_tensor_proto(np.array([[1, 2], [3, 4]], np.float32))
    request = spec(predict_pb2.PredictRequest())
    request.inputs["x"].CopyFrom(x)
    return {
        "float_val": list(stub.Predict(request, timeout=10).outputs["y"].float_val),
        "y": predict("", {"x": x})["y"].tolist(),
        "echo": {
            "float32": echo(np.float32, [[1.5, -2], [np.inf, 0]]),
            "float64": echo(np.float64, [0.1, 0.2]),
            "float16": echo(np.float16, [1, 2]),
            "bfloat16": echo(tf.bfloat16.as_numpy_dtype, [1, 2]),
            "int64": echo(np.int64, [2**53 + 1, -1]),
            "uint8": echo(np.uint8, [255, 0]),
            "bool": echo(np.bool_, [True, False]),
            "complex64": echo(np.complex64, [1 + 2j, 3]),
            "string": echo(np.object_, [b"\xff\x01", "é".encode()]),
        },
        "signature": failure(lambda: predict("none", {"x": x})),
        "input": failure(lambda: predict("", {"z": x})),
    }


def examples(channel):
    stub = prediction_service_pb2_grpc.PredictionServiceStub(channel)
    features = lambda **values: tf.train.Example(features=tf.train.Features(feature=values))
    floats = lambda *values: tf.train.Feature(float_list=tf.train.FloatList(value=values))
    strings = lambda *values: tf.train.Feature(bytes_list=tf.train.BytesList(value=values))
    numbers = lambda *values: tf.train.Feature(int64_list=tf.train.Int64List(value=values))

    def ask(request):
        listed = request.input.example_list_with_context
        listed.context.CopyFrom(features(count=numbers(7)))
        listed.examples.extend([features(name=strings(b"a"), size=floats(0.5)), features(name=strings(b"b"), size=floats(2))])
        return request

    several = ask(inference_pb2.MultiInferenceRequest())
    for signature, method in (("labels", "classify"), ("sizes", "regress")):
        spec(several.tasks.add(method_name=f"tensorflow/serving/{method}"), signature)
    classes = stub.Classify(ask(spec(classification_pb2.ClassificationRequest(), "labels"))).result
    return {
        "classes": [[[one.label, one.score] for one in row.classes] for row in classes.classifications],
        "values": [one.value for one in stub.Regress(ask(spec(regression_pb2.RegressionRequest(), "sizes"))).result.regressions],
        "several": [result.WhichOneof("result") for result in stub.MultiInference(several).results],
    }


def about(channel):
    stub = prediction_service_pb2_grpc.PredictionServiceStub(channel)
    status = spec(get_model_status_pb2.GetModelStatusRequest())
    metadata = spec(get_model_metadata_pb2.GetModelMetadataRequest())
    metadata.metadata_field.append("signature_def")
    signatures = get_model_metadata_pb2.SignatureDefMap()
    stub.GetModelMetadata(metadata).metadata["signature_def"].Unpack(signatures)
    x = signatures.signature_def["serving_default"].inputs["x"]
    versions = model_service_pb2_grpc.ModelServiceStub(channel).GetModelStatus(status).model_version_status
    health = health_pb2_grpc.HealthStub(channel)
    pool = DescriptorPool(ProtoReflectionDescriptorDatabase(channel))
    return {
        "versions": [[one.version, get_model_status_pb2.ModelVersionStatus.State.Name(one.state)] for one in versions],
        "x": [types_pb2.DataType.Name(x.dtype), [dim.size for dim in x.tensor_shape.dim]],
        "health": health_pb2.HealthCheckResponse.ServingStatus.Name(health.Check(health_pb2.HealthCheckRequest()).status),
        "reflection": sorted(pool.FindServiceByName("tensorflow.serving.PredictionService").methods_by_name)[:2],
        "request": pool.FindMessageTypeByName("inference.ModelInferRequest").fields_by_name["raw_input_contents"].number,
    }


def inference(address, ssl):
    client = triton.InferenceServerClient(address, **ssl)
    metadata = client.get_model_metadata(MODEL)

    def infer(signature, name, array, datatype):
        x = triton.InferInput(name, array.shape, datatype)
        x.set_data_from_numpy(array)
        return client.infer(MODEL, [x], parameters={"signature_name": signature}, request_id="7")

    doubled = infer("serving_default", "x", np.array([[1, 2]], np.float32), "FP32")
    text = infer("echo_7", "x", np.array([b"\xff\x00", b""], np.object_), "BYTES")
    half = infer("echo_19", "x", np.array([1, 2], np.float16), "FP16")
    return {
        "live": [client.is_server_live(), client.is_server_ready(), client.is_model_ready(MODEL), client.is_model_ready("none")],
        "metadata": [metadata.name, list(metadata.versions), metadata.inputs[0].datatype, list(metadata.inputs[0].shape)],
        "doubled": [doubled.as_numpy("y").tolist(), doubled.get_response().id, doubled.get_response().model_version],
        "text": [value.hex() for value in text.as_numpy("x")],
        "half": half.as_numpy("x").tolist(),
        "unknown": failure(lambda: infer("serving_default", "z", np.array([[1, 2]], np.float32), "FP32")),
        "model": failure(lambda: client.infer("none", [])),
    }


def main(address, *files):
    ca, key, certificate = [open(file, "rb").read() for file in files] or [None] * 3
    secure = lambda: grpc.secure_channel(address, grpc.ssl_channel_credentials(ca, key, certificate))
    channel = secure() if files else grpc.insecure_channel(address)
    ssl = dict(zip(("root_certificates", "private_key", "certificate_chain"), files), ssl=bool(files))
    seen = {
        "predict": predictions(channel),
        "examples": examples(channel),
        "about": about(channel),
        "inference": inference(address, ssl),
    }
    print(json.dumps(seen))


main(*sys.argv[1:])

"""Triton's own HTTP client asks a server; what it says and gives is printed as JSON."""

import json
import sys

import numpy as np
import tritonclient.http as triton
from tritonclient.utils import InferenceServerException

client = triton.InferenceServerClient(sys.argv[1])


def tensor(name, values, binary):
    kinds = {"f": "FP32", "i": "INT64", "O": "BYTES", "b": "BOOL"}
    given = triton.InferInput(name, list(values.shape), kinds[values.dtype.kind])
    given.set_data_from_numpy(values, binary_data=binary)
    return given


def infer(binary, version=""):
    inputs = [
        tensor("x", np.array([[1.5, -2], [3, 1e-9]], np.float32), binary),
        tensor("n", np.array([2**53 + 1, -7], np.int64), binary),
        tensor("s", np.array(["é", "b"], object), binary),
        tensor("b", np.array([True, False]), binary),
    ]
    outputs = [triton.InferRequestedOutput(name, binary_data=binary) for name in ("x", "n", "s", "b")]
    found = client.infer("echo", inputs, outputs=outputs, model_version=version, request_id="seven", timeout=20_000_000)
    plain = {
        "x": found.as_numpy("x").astype(float).tolist(),
        "n": [str(n) for n in found.as_numpy("n")],
        "s": [s if isinstance(s, str) else s.decode() for s in found.as_numpy("s")],
        "b": found.as_numpy("b").tolist(),
    }
    about = found.get_response()
    return {"outputs": plain, "id": about["id"], "model": about["model_name"], "version": about["model_version"]}


def refusal(model, inputs):
    try:
        client.infer(model, inputs)
    except InferenceServerException as error:
        return [error.status(), error.message()]
    return None


bad = [tensor("x", np.zeros([2, 2], np.float32), True)]
print(
    json.dumps(
        {
            "live": client.is_server_live(),
            "ready": client.is_server_ready(),
            "model": client.is_model_ready("echo"),
            "none": client.is_model_ready("nobody"),
            "server": client.get_server_metadata(),
            "metadata": client.get_model_metadata("echo", "1"),
            "json": infer(False),
            "binary": infer(True, "1"),
            "all": sorted(o["name"] for o in client.infer("one", bad).get_response()["outputs"]),
            "sum": client.infer("one", bad).as_numpy("y").tolist(),
            "missing": refusal("echo", bad),
            "unknown": refusal("nobody", bad),
        }
    )
)

"""Judges a server's OpenAPI document: validates it, makes a client of it, and asks the server by that client.

    judge_open_api.py URL FOLDER
"""

import importlib
import json
import pathlib
import subprocess
import sys
import urllib.request

from openapi_spec_validator import OpenAPIV31SpecValidator


def main(url, folder):
    with urllib.request.urlopen(f"{url}/openapi.json") as answer:
        document = json.load(answer)
    OpenAPIV31SpecValidator(document).validate()
    (pathlib.Path(folder) / "openapi.json").write_text(json.dumps(document))
    generator = [sys.executable, "-m", "openapi_python_client", "generate", "--meta", "none"]
    subprocess.run(
        [*generator, "--path", "openapi.json", "--output-path", "client"], cwd=folder, check=True, capture_output=True
    )
    sys.path.insert(0, folder)
    with importlib.import_module("client").Client(base_url=url) as client:
        print(json.dumps({name: ask(client).to_dict() for name, ask in ASKED.items()}))


def api(path):
    return importlib.import_module(f"client.api.{path}")


def model(name):
    return getattr(importlib.import_module("client.models"), name)


def deploy(client):
    body = model("DeployServingDefaultBody").from_dict({"instances": [{"x": [1, 2]}, {"x": [3, 4]}]})
    return api("tfdeploy.deploy_serving_default").sync(client=client, body=body)


def predict(client):
    body = model("MPredictBodyType0").from_dict({"signature_name": "serving_default", "instances": [{"x": [5, 6]}]})
    return api("tensor_flow_serving.m_predict").sync(client=client, body=body)


def status(client):
    return api("tensor_flow_serving.m_version_status").sync("1", client=client)


def infer(client):
    inputs = [{"name": "x", "shape": [1, 2], "datatype": "FP32", "data": [7, 8]}]
    body = model("KserveMInferBody").from_dict({"inputs": inputs})
    return api("k_serve_v2.kserve_m_infer").sync(client=client, body=body)


def refused(client):
    body = model("MPredictBodyType0").from_dict({"signature_name": "serving_default", "instances": [{"x": [5]}]})
    return api("tensor_flow_serving.m_predict").sync(client=client, body=body)


ASKED = {"deploy": deploy, "predict": predict, "status": status, "infer": infer, "refused": refused}

main(*sys.argv[1:])

"""Keras behind FastAPI and uvicorn: `fastapi_server.py MODEL` says where it listens and its versions, and serves until its input ends."""

import json
import os
import socket
import sys
import threading
from importlib.metadata import version

import keras
import numpy as np
import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel

model = keras.models.load_model(sys.argv[1])
app = FastAPI()


class Instances(BaseModel):
    instances: list


@app.post("/predict")
def predict(body: Instances):
    # Why not `predict`: it is made for many rows and slower for one.
    return {"predictions": model.predict_on_batch(np.array(body.instances, np.float32)).tolist()}


def end_with_input():
    sys.stdin.read()
    os._exit(0)


listener = socket.socket()
listener.bind(("127.0.0.1", 0))
threading.Thread(target=end_with_input, daemon=True).start()
versions = {"Keras": keras.__version__, "FastAPI": version("fastapi"), "uvicorn": version("uvicorn")}
url = f"http://127.0.0.1:{listener.getsockname()[1]}/predict"
print(json.dumps({"url": url, "versions": versions}), flush=True)
uvicorn.Server(uvicorn.Config(app, log_level="error")).run(sockets=[listener])

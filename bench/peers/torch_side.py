"""PyTorch's side: `torch_side.py WORKLOAD BATCH STEPS EPOCHS` prepares, then works once for each line `run`.

The loop is the one of its tutorials. `-bfloat16`: under autocast, its pictures channels last, which is its fastest way here.
"""

import contextlib
import json
import sys
import time

import torch
from torch import nn

name = sys.argv[1]
batch_size, steps_per_epoch, epochs = (int(word) for word in sys.argv[2:5])
narrow = name.endswith("-bfloat16")
WARM_UP_STEPS = 10


def cnn():
    def conv(inputs, outputs):
        return [nn.Conv2d(inputs, outputs, 3, padding=1), nn.ReLU()]

    def pool():
        return [nn.MaxPool2d(2), nn.Dropout(0.25)]

    def dense(inputs):
        return [nn.Linear(inputs, 256), nn.ReLU(), nn.Dropout(0.5)]

    model = nn.Sequential(
        *conv(3, 32), *conv(32, 32), *pool(), *conv(32, 64), *conv(64, 64), *pool(),
        nn.Flatten(), *dense(4096), *dense(256), nn.Linear(256, 8),
    )  # fmt: skip
    return model.to(memory_format=torch.channels_last)


def dense():
    return nn.Sequential(
        nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 128), nn.ReLU(), nn.Linear(128, 10)
    )


def autocast():
    return torch.autocast("cpu", dtype=torch.bfloat16) if narrow else contextlib.nullcontext()


def fit_on_tensors(model, optimizer, x, classes):
    y = torch.randint(0, classes, (len(x),))

    def fit(steps, passes):
        for _ in range(passes):
            order = torch.randperm(steps * batch_size)
            for i in range(steps):
                rows = order[i * batch_size : (i + 1) * batch_size]
                with autocast():
                    loss = nn.functional.cross_entropy(model(x[rows]), y[rows])
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                loss.item()

    return fit


def fit_cnn():
    model = cnn()
    x = torch.rand(batch_size * steps_per_epoch, 3, 32, 32).to(memory_format=torch.channels_last)
    return fit_on_tensors(model, torch.optim.Adam(model.parameters()), x, 8)


def fit_dense():
    model = dense()
    x = torch.rand(batch_size * steps_per_epoch, 784)
    return fit_on_tensors(model, torch.optim.RMSprop(model.parameters()), x, 10)


def predict(count):
    model = cnn().eval()
    x = torch.rand(count, 3, 32, 32).to(memory_format=torch.channels_last)

    def run(steps, _):
        with torch.inference_mode(), autocast():
            for _ in range(steps):
                nn.functional.softmax(model(x), dim=1).float().numpy()

    return run


WORKLOADS = {
    "cnn-memory": fit_cnn,
    "cnn-memory-bfloat16": fit_cnn,
    "mnist-dense": fit_dense,
    "predict-1": lambda: predict(1),
    "predict-256": lambda: predict(256),
}


def say(answer):
    print(json.dumps(answer), flush=True)


READY = {"ready": {"PyTorch": torch.__version__}}

if name == "start":
    predict(1)(1, 1)
    say(READY)
    sys.exit()
work = WORKLOADS[name]()
work(min(WARM_UP_STEPS, steps_per_epoch), 1)
work(steps_per_epoch, 1)
say(READY)
for line in sys.stdin:
    if line.strip() == "run":
        began = time.perf_counter()
        work(steps_per_epoch, epochs)
        say({"ms": (time.perf_counter() - began) * 1e3})

import contextlib

import torch
from torch import nn


def autocast(task):
    """Of a workload `…-bfloat16`."""
    return torch.autocast("cpu", dtype=torch.bfloat16) if task.name.endswith("-bfloat16") else contextlib.nullcontext()


def made(model):
    """Begins as in Keras, with channels last, which is its fastest way here."""
    for layer in model.modules():
        if isinstance(layer, (nn.Conv2d, nn.Linear)):
            nn.init.xavier_uniform_(layer.weight)
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)
    return model.to(memory_format=torch.channels_last)


def random_pictures(count, side):
    """Channels last."""
    return torch.rand(count, 3, side, side).to(memory_format=torch.channels_last)


def fit_on_tensors(model, optimizer, x, classes, task):
    """Random labels."""
    y = torch.randint(0, classes, (len(x),))
    return fit_by(nn.functional.cross_entropy, model, optimizer, x, y, task)


def fit_by(loss_of, model, optimizer, x, y, task):
    """Each step on rows drawn anew."""
    size = task.batch_size

    def fit(steps, epochs):
        for _ in range(epochs):
            order = torch.randperm(steps * size)
            for i in range(steps):
                rows = order[i * size : (i + 1) * size]
                with autocast(task):
                    loss = loss_of(model(x[rows]), y[rows])
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                loss.item()

    return fit


def predict_on(model, x, task):
    model.eval()

    def predict(steps, epochs):
        with torch.inference_mode(), autocast(task):
            for _ in range(steps):
                nn.functional.softmax(model(x), dim=1).float().numpy()

    return predict

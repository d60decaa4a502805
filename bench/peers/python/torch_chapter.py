"""The chapter's networks."""

import torch
from torch import nn
from torch_arrays import fit_on_tensors, made, predict_on, random_pictures


def cnn():
    def conv(inputs, outputs):
        return [nn.Conv2d(inputs, outputs, 3, padding=1), nn.ReLU()]

    def pool():
        return [nn.MaxPool2d(2), nn.Dropout(0.25)]

    def dense(inputs):
        return [nn.Linear(inputs, 256), nn.ReLU(), nn.Dropout(0.5)]

    return made(nn.Sequential(
        *conv(3, 32), *conv(32, 32), *pool(), *conv(32, 64), *conv(64, 64), *pool(),
        nn.Flatten(), *dense(4096), *dense(256), nn.Linear(256, 8),
    ))  # fmt: skip


def dense():
    return made(
        nn.Sequential(nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 128), nn.ReLU(), nn.Linear(128, 10))
    )


def fit_cnn(task):
    model = cnn()
    x = random_pictures(task.batch_size * task.steps_per_epoch, 32)
    return fit_on_tensors(model, torch.optim.Adam(model.parameters()), x, 8, task)


def fit_dense(task):
    model = dense()
    x = torch.rand(task.batch_size * task.steps_per_epoch, 784)
    return fit_on_tensors(model, torch.optim.RMSprop(model.parameters()), x, 10, task)


def predict(task):
    return predict_on(cnn(), random_pictures(task.batch_size, 32), task)


WORKLOADS = {
    "cnn-memory": fit_cnn,
    "cnn-memory-bfloat16": fit_cnn,
    "mnist-dense": fit_dense,
    "predict-1": predict,
    "predict-256": predict,
    "start": predict,
}

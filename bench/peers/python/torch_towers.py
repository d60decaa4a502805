"""Networks of any size: blocks of two convolutions on pictures of so many pixels a side."""

import torch
from torch import nn
from torch_arrays import fit_on_tensors, predict_on, random_pictures
from towers import of_all_sizes

CLASSES = 8


def tower(depth):
    layers, last = [], 3
    for block in range(depth):
        filters = 32 if block == 0 else 64
        layers += [nn.Conv2d(last, filters, 3, padding=1), nn.ReLU()]
        layers += [nn.Conv2d(filters, filters, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)]
        last = filters
    layers += [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(last, CLASSES)]
    return nn.Sequential(*layers).to(memory_format=torch.channels_last)


def fit_tower(side, depth):
    def prepare(task):
        model = tower(depth)
        x = random_pictures(task.batch_size * task.steps_per_epoch, side)
        return fit_on_tensors(model, torch.optim.Adam(model.parameters()), x, CLASSES, task)

    return prepare


def predict_tower(side, depth):
    return lambda task: predict_on(tower(depth), random_pictures(task.batch_size, side), task)


WORKLOADS = of_all_sizes(fit_tower, predict_tower)

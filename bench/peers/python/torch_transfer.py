"""A new head on a network that stays as it is: what the network makes of pictures, and what the head learns from it."""

import torch
from torch import nn
from torch_arrays import fit_on_tensors, made
from torch_networks import mobilenet_v2_features, predict_with


def head(task):
    model = made(nn.Sequential(nn.Dropout(0.2), nn.Linear(1280, 8)))
    x = torch.rand(task.batch_size * task.steps_per_epoch, 1280)
    return fit_on_tensors(model, torch.optim.Adam(model.parameters()), x, 8, task)


WORKLOADS = {"transfer-features": predict_with(mobilenet_v2_features), "transfer-head": head}

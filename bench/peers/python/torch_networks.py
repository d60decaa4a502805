"""Keras' networks, layer by layer as Keras has them."""

import torch
from torch import nn
from torch_arrays import fit_on_tensors, made, predict_on, random_pictures


def vgg16():
    stages = [(64, 2), (128, 2), (256, 3), (512, 3), (512, 3)]
    layers, last = [], 3
    for channels, count in stages:
        for _ in range(count):
            layers += [nn.Conv2d(last, channels, 3, padding=1), nn.ReLU()]
            last = channels
        layers.append(nn.MaxPool2d(2))
    dense = [nn.Linear(7 * 7 * 512, 4096), nn.ReLU(), nn.Linear(4096, 4096), nn.ReLU(), nn.Linear(4096, 1000)]
    return nn.Sequential(*layers, nn.Flatten(), *dense)


class Sum(nn.Module):
    """What comes out of both branches, added."""

    def __init__(self, branch, shortcut):
        super().__init__()
        self.branch, self.shortcut = branch, shortcut

    def forward(self, x):
        return self.branch(x) + self.shortcut(x)


def resnet50():
    def conv(inputs, outputs, size=1, stride=1):
        padding = size // 2
        return [nn.Conv2d(inputs, outputs, size, stride, padding), nn.BatchNorm2d(outputs, eps=1.001e-5)]

    def bottleneck(inputs, channels, stride, project):
        outputs = 4 * channels
        branch = nn.Sequential(
            *(*conv(inputs, channels, 1, stride), nn.ReLU()),
            *(*conv(channels, channels, 3), nn.ReLU()),
            *conv(channels, outputs),
        )
        shortcut = nn.Sequential(*conv(inputs, outputs, 1, stride)) if project else nn.Identity()
        return [Sum(branch, shortcut), nn.ReLU()]

    layers, last = [*conv(3, 64, 7, 2), nn.ReLU(), nn.MaxPool2d(3, 2, 1)], 64
    for stack, count in enumerate([3, 4, 6, 3]):
        channels = 64 * 2**stack
        for i in range(count):
            layers += bottleneck(last, channels, 2 if stack > 0 and i == 0 else 1, i == 0)
            last = 4 * channels
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(last, 1000))


def mobilenet_v2_features():
    """What comes before the classifier."""

    def conv(inputs, outputs, size=1, stride=1, groups=1):
        padding = size // 2
        norm = nn.BatchNorm2d(outputs, eps=1e-3, momentum=1e-3)
        return [nn.Conv2d(inputs, outputs, size, stride, padding, groups=groups, bias=False), norm]

    def block(inputs, outputs, expansion, stride):
        inner = inputs * expansion
        branch = nn.Sequential(
            *((*conv(inputs, inner), nn.ReLU6()) if expansion > 1 else ()),
            *(*conv(inner, inner, 3, stride, groups=inner), nn.ReLU6()),
            *conv(inner, outputs),
        )
        return Sum(branch, nn.Identity()) if stride == 1 and inputs == outputs else branch

    stages = [(1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1)]
    layers, last = [*conv(3, 32, 3, 2), nn.ReLU6()], 32
    for expansion, channels, count, stride in stages:
        for i in range(count):
            layers.append(block(last, channels, expansion, stride if i == 0 else 1))
            last = channels
    return nn.Sequential(*layers, *conv(last, 1280), nn.ReLU6(), nn.AdaptiveAvgPool2d(1), nn.Flatten())


def mobilenet_v2():
    return nn.Sequential(mobilenet_v2_features(), nn.Linear(1280, 1000))


NETWORKS = {"VGG16": vgg16, "ResNet50": resnet50, "MobileNetV2": mobilenet_v2}


def predict_with(network):
    return lambda task: predict_on(made(network()), random_pictures(task.batch_size, 224), task)


def train(network):
    def prepare(task):
        model = made(network())
        optimizer = torch.optim.SGD(model.parameters(), lr=0.001, momentum=0.9)
        x = random_pictures(task.batch_size * task.steps_per_epoch, 224)
        return fit_on_tensors(model, optimizer, x, 1000, task)

    return prepare


WORKLOADS = {
    **{f"predict-{name}": predict_with(network) for name, network in NETWORKS.items()},
    **{f"train-{name}": train(network) for name, network in NETWORKS.items()},
}

"""The generator and the discriminator of examples/dcgan, each of which learns once in a step; the step as the
tutorial writes it."""

import torch
from torch import nn

LATENT, FILTERS = 100, 32


def generator():
    def block(inputs, outputs, stride, padding, output_padding=0):
        conv = nn.ConvTranspose2d(inputs, outputs, 4, stride, padding, output_padding, bias=False)
        return [conv, nn.BatchNorm2d(outputs), nn.ReLU(True)]

    return nn.Sequential(
        *block(LATENT, 4 * FILTERS, 1, 0),
        *block(4 * FILTERS, 2 * FILTERS, 2, 2, 1),
        *block(2 * FILTERS, FILTERS, 2, 1),
        nn.ConvTranspose2d(FILTERS, 1, 4, 2, 1),
        nn.Tanh(),
    )


def discriminator():
    def conv(inputs, outputs, padding=1):
        return nn.Conv2d(inputs, outputs, 4, 2, padding, bias=False)

    def leaky():
        return nn.LeakyReLU(0.2, inplace=True)

    return nn.Sequential(
        *(conv(1, FILTERS), leaky()),
        *(conv(FILTERS, 2 * FILTERS), nn.BatchNorm2d(2 * FILTERS), leaky()),
        nn.ZeroPad2d((1, 2, 1, 2)),  # Seven rows and columns become four.
        *(conv(2 * FILTERS, 4 * FILTERS, 0), nn.BatchNorm2d(4 * FILTERS), leaky()),
        nn.Conv2d(4 * FILTERS, 1, 4),
        nn.Flatten(),
    )


def initialize(layer):
    if isinstance(layer, (nn.Conv2d, nn.ConvTranspose2d)):
        nn.init.normal_(layer.weight, 0, 0.02)


def learn_in_turn(task):
    size = task.batch_size
    draws, judges = (model().to(memory_format=torch.channels_last) for model in (generator, discriminator))
    for model in (draws, judges):
        model.apply(initialize)
    drawing, judging = (
        torch.optim.Adam(model.parameters(), lr=2e-4, betas=(0.5, 0.999)) for model in (draws, judges)
    )
    count = size * task.steps_per_epoch
    pictures = torch.rand(count, 1, 28, 28).mul(2).sub(1).to(memory_format=torch.channels_last)

    def loss_of(logits, label):
        return nn.functional.binary_cross_entropy_with_logits(logits, torch.full_like(logits, label))

    def step(real):
        fake = draws(torch.randn(size, LATENT, 1, 1))
        judged = loss_of(judges(real), 0.9) + loss_of(judges(fake.detach()), 0.0)
        judging.zero_grad()
        judged.backward()
        judging.step()
        drawn = loss_of(judges(fake), 1.0)
        drawing.zero_grad()
        drawn.backward()
        drawing.step()
        return judged.item(), drawn.item()

    def learn(steps, epochs):
        order = torch.randperm(count)
        for i in range(steps):
            step(pictures[order[i * size : (i + 1) * size]])

    return learn


WORKLOADS = {"dcgan": learn_in_turn}

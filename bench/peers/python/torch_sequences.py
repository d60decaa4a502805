"""Texts, as numbers of words."""

import torch
from torch import nn

TOKENS = 200
VOCABULARY = 20_000


class Classifier(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(VOCABULARY, 64)
        self.lstm = nn.LSTM(64, 64, batch_first=True)
        self.dense = nn.Linear(64, 1)

    def forward(self, words):
        _, (last, _) = self.lstm(self.embedding(words))
        return self.dense(last[0])


def fit_on_texts(task):
    model, size = Classifier(), task.batch_size
    optimizer = torch.optim.Adam(model.parameters())
    count = size * task.steps_per_epoch
    words = torch.randint(0, VOCABULARY, (count, TOKENS))
    labels = torch.randint(0, 2, (count, 1)).float()

    def fit(steps, epochs):
        for _ in range(epochs):
            order = torch.randperm(steps * size)
            for i in range(steps):
                rows = order[i * size : (i + 1) * size]
                loss = nn.functional.binary_cross_entropy_with_logits(model(words[rows]), labels[rows])
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                loss.item()

    return fit


WORKLOADS = {"lstm": fit_on_texts}

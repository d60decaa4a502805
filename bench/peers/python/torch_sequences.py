"""Texts, as numbers of words."""

import torch
from torch import nn
from torch_arrays import fit_by

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
    model = Classifier()
    optimizer = torch.optim.Adam(model.parameters())
    count = task.batch_size * task.steps_per_epoch
    words = torch.randint(0, VOCABULARY, (count, TOKENS))
    labels = torch.randint(0, 2, (count, 1)).float()
    loss_of = nn.functional.binary_cross_entropy_with_logits
    return fit_by(loss_of, model, optimizer, words, labels, task)


WORKLOADS = {"lstm": fit_on_texts}

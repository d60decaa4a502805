"""What is given and taken."""

import torch
from calls import transport

WORKLOADS = {"transport": transport(lambda values: torch.tensor(values).numpy())}

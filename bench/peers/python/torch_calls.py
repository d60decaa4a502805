"""What is given and taken."""

import numpy as np
import torch


def transport(task):
    values = np.ones(2**24, "float32")

    def there_and_back(steps, epochs):
        for _ in range(steps):
            torch.tensor(values).numpy()

    return there_and_back


WORKLOADS = {"transport": transport}

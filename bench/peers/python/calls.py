"""What is given and taken."""

import numpy as np


def transport(there_and_back):
    """there_and_back: what a side does with values to have them, and to give them back."""

    def prepare(task):
        values = np.ones(2**24, "float32")

        def work(steps, epochs):
            for _ in range(steps):
                there_and_back(values)

        return work

    return prepare

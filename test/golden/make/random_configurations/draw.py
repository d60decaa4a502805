"""A seeded source of options and data, and the arrays of the files."""
import base64

import numpy as np

KINDS_OF_TEXT = "OSU"


class Draw:
    def __init__(self, seed, family):
        self.random = np.random.default_rng([seed, family])

    def int(self, low, high):
        """Both ends included."""
        return int(self.random.integers(low, high + 1))

    def pick(self, choices):
        return choices[self.int(0, len(choices) - 1)]

    def chance(self, probability=0.5):
        return bool(self.random.random() < probability)

    def real(self, low, high):
        return round(float(self.random.uniform(low, high)), 3)

    def flag(self):
        return self.chance()

    def some(self, share=0.5, **options):
        """Each option with that probability."""
        return {name: value for name, value in options.items() if self.chance(share)}

    def normal(self, *shape, scale=1.0):
        return (self.random.normal(size=shape) * scale).astype("float32")

    def uniform(self, *shape, low=0.0, high=1.0):
        return self.random.uniform(low, high, shape).astype("float32")

    def integers(self, low, high, *shape, dtype="int32"):
        """The upper end excluded."""
        return self.random.integers(low, high, shape).astype(dtype)

    def mask(self, *shape):
        """No row without anything that counts: what Keras makes of such is rounding."""
        drawn = self.random.random(shape) > 0.4
        drawn[..., self.int(0, shape[-1] - 1)] = True
        return drawn

    def maybe_each(self, rank, low, high):
        """One number for all axes, or one for each."""
        return self.int(low, high) if self.chance() else tuple(self.int(low, high) for _ in range(rank))


def pack(array):
    array = np.asarray(array, order="C")
    shape = list(array.shape)
    if array.dtype.kind in KINDS_OF_TEXT:
        words = [x.decode() if isinstance(x, bytes) else str(x) for x in array.reshape(-1)]
        return {"dtype": "string", "shape": shape, "values": words}
    return {"dtype": str(array.dtype), "shape": shape, "b64": base64.b64encode(array.tobytes()).decode()}


def packed(value):
    """Arrays inside of keyword arguments, too."""
    if isinstance(value, np.ndarray):
        return pack(value)
    if isinstance(value, dict):
        return {key: packed(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [packed(one) for one in value]
    if isinstance(value, np.generic):
        return value.item()
    return value


def cotangent(shape, k):
    """What the outputs are weighed with for the gradients; the tests compute it likewise."""
    return np.cos(0.7 * np.arange(int(np.prod(shape))) + k).astype("float32").reshape(shape)


def tries(make, attempts=30):
    """Draws until Keras takes what was drawn."""
    for attempt in range(attempts):
        try:
            return make()
        except Exception as error:  # Why any: Keras and TensorFlow refuse in many ways.
            last = error
    raise RuntimeError(f"Keras refused {attempts} draws, the last with: {last}")

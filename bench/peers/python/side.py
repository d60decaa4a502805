"""What the sides in Python have in common: `…_side.py WORKLOAD BATCH STEPS EPOCHS FILES` prepares, then works once for
each line `run`; of `start`, it works once and ends."""

import json
import sys
import time
from typing import NamedTuple

WARM_UP_STEPS = 10


class Task(NamedTuple):
    name: str
    batch_size: int
    steps_per_epoch: int
    epochs: int
    files: str


def asked():
    name, batch_size, steps_per_epoch, epochs, files = sys.argv[1:6]
    return Task(name, int(batch_size), int(steps_per_epoch), int(epochs), files)


def answer(task, families, versions):
    """families: modules, whose WORKLOADS are, by name, what takes a task and gives what is measured, a function of steps
    and epochs."""
    work = next(family.WORKLOADS[task.name] for family in families if task.name in family.WORKLOADS)(task)
    if task.name == "start":
        work(1, 1)
        say({"ready": versions})
        sys.exit()
    work(min(WARM_UP_STEPS, task.steps_per_epoch), 1)
    work(task.steps_per_epoch, 1)
    say({"ready": versions})
    for line in sys.stdin:
        if line.strip() == "run":
            began = time.perf_counter()
            work(task.steps_per_epoch, task.epochs)
            say({"ms": (time.perf_counter() - began) * 1e3})


def say(what):
    print(json.dumps(what), flush=True)

"""Writes test/golden/cart-pole.json: episodes of Gymnasium's CartPole-v1, from given states by given actions.

    pip install gymnasium==1.2.0
    python test/golden/make/cart-pole.py test/golden/cart-pole.json
"""

import json
import sys

import gymnasium as gym
import numpy as np

RANDOM = np.random.default_rng(5)


def balancing(state):
    return int(state[2] + 0.3 * state[3] > 0)


def by_chance(_):
    return int(RANDOM.integers(2))


def always_right(_):
    return 1


def episode(start, policy, keep_every):
    wrapped = gym.make("CartPole-v1")
    wrapped.reset(seed=0)
    pole = wrapped.unwrapped
    pole.state = np.array(start, dtype=np.float64)
    rows, state, ended = [], start, False
    actions = []
    while not ended:
        action = policy(state)
        _, reward, terminated, truncated, _ = wrapped.step(action)
        state = [float(x) for x in pole.state]
        ended = terminated or truncated
        actions.append(action)
        if ended or len(actions) % keep_every == 0:
            rows.append({"step": len(actions), "state": state, "reward": reward, "terminated": terminated, "truncated": truncated})
    return {"start": start, "actions": "".join(map(str, actions)), "steps": rows}


with open(sys.argv[1], "w") as file:
    json.dump(
        {
            "falls": episode([0.01, -0.02, 0.03, 0.04], always_right, 1),
            "by chance": episode([-0.04, 0.02, 0.01, -0.03], by_chance, 1),
            "runs off the track": episode([2.3, 1.5, -0.02, 0.0], balancing, 1),
            "lasts": episode([0.0, 0.0, 0.01, 0.0], balancing, 50),
        },
        file,
        indent=1,
    )
    file.write("\n")

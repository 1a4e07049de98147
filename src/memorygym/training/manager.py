"""Policies of structured decisions as agents of text, which any command can play.

`memorygym bench --agent memorygym.training.manager:learned` plays the trained policy of this
package. `choose` sees what the view says, and nothing else.
"""

import json
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path

import numpy as np

from memorygym.core.errors import BadSettings
from memorygym.core.rng import Stream, named_rng
from memorygym.core.types import Policy, Task
from memorygym.training import network
from memorygym.training.decision_arrays import situation_features
from memorygym.training.decisions import (
    ITEMS,
    KEEP,
    OPERATIONS,
    SKIP,
    UPDATE,
    Choice,
    Decision,
    Situation,
)
from memorygym.training.learner import FORMAT, initial_weights, stored_weights
from memorygym.training.network import Observations, Weights
from memorygym.training.structured_agent import hands


def observation(decision: Decision, situation: Situation) -> Observations:
    """What a policy sees of one decision, as `MemoryVecEnv` shows it."""
    width = len(next(iter(decision.item_features.values()), ()))
    features, present = np.zeros((1, ITEMS, width), np.float32), np.zeros((1, ITEMS), bool)
    for item, values in decision.item_features.items():
        features[0, item], present[0, item] = values, True
    numbers = [
        situation.tokens_left,
        situation.writes_left,
        situation.room,
        decision.left,
        situation.is_held,
        situation.is_old,
    ]
    around = situation_features(np.array([numbers]), np.array([situation.limits]))
    seen = np.concatenate([[decision.features], around], axis=1).astype(np.float32)
    return Observations(seen, features, present)


class Manager:
    """A trained network as `decisions.Choose`. It draws its choices, as in training, from
    a stream that the view decides."""

    def __init__(self, weights: Weights) -> None:
        self._weights = weights

    def __call__(self, decision: Decision, situation: Situation) -> Choice:
        seen, draws = observation(decision, situation), _rng(decision, situation)
        uniform = np.array([draws.uniform() for _ in range(1 + ITEMS)])
        out = network.forward(self._weights, seen)
        operations, chosen = network.drawn(out, uniform[None, :1], uniform[None, 1:])
        return int(operations[0]), frozenset(np.flatnonzero(chosen[0]).tolist())


def read_weights(path: Path) -> Weights:
    """The weights in a file that `memorygym training learn` wrote. Raises BadSettings."""
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
        if raw["format"] != FORMAT:
            raise BadSettings(f"{path} has the format {raw['format']!r}, not {FORMAT!r}")
        return stored_weights(raw, "weights", path)
    except (OSError, KeyError, ValueError, TypeError, AttributeError) as error:
        raise BadSettings(f"{path} holds no policy ({error!r:.80}): train one") from error


@cache
def _shipped() -> Weights:
    with as_file(files("memorygym.training").joinpath("data/policy.json")) as path:
        return read_weights(path)


def learned(task: Task, policy: str = "") -> Policy:
    """The trained policy of this package (`scripts/training.py` trains it), or that of a file."""
    return hands(task, Manager(read_weights(Path(policy)) if policy else _shipped()))


def untrained(task: Task, seed: int = 0) -> Policy:
    """The policy from which training starts."""
    return hands(task, Manager(initial_weights(task.track, seed)))


def random(task: Task) -> Policy:
    """Random operations on random items."""

    def choose(decision: Decision, situation: Situation) -> Choice:
        rng = _rng(decision, situation)
        items = frozenset(item for item in decision.items if rng.bernoulli(0.5))
        return rng.below(len(OPERATIONS)), items

    return hands(task, choose)


def fifo(task: Task) -> Policy:
    """Each record in turn, with as many items as a slot takes, until the memory is full; keeps
    them current."""
    return frugal(task, items=ITEMS)


def frugal(task: Task, items: int = 10, share: float = 1.0) -> Policy:
    """The cheapest items of a share of all records, whatever the instructions ask for; keeps them
    current."""

    def choose(decision: Decision, situation: Situation) -> Choice:
        if decision.is_change:
            return UPDATE, frozenset()
        chosen, room = list[int](), situation.limits[2] - decision.tokens
        for item in sorted(decision.items, key=lambda item: (decision.items[item], item))[:items]:
            if decision.items[item] <= room:
                chosen.append(item)
                room -= decision.items[item]
        keeps = _rng(decision, situation).uniform() < share
        return (KEEP if keeps else SKIP), frozenset(chosen)

    return hands(task, choose)


def _rng(decision: Decision, situation: Situation) -> Stream:
    """A stream that the view decides."""
    numbers = situation.tokens_left, situation.writes_left, situation.room, *decision.items.values()
    return named_rng("structured", decision.event, *numbers)

"""Policies of structured decisions as agents of text, which any command can play.

`memorygym bench --agent memorygym.training.manager:learned` plays the trained policy of this
package. `choose` sees what the view says, and nothing else.
"""

import json
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path

from memorygym.core.errors import BadSettings
from memorygym.core.rng import Stream, named_rng
from memorygym.core.types import Policy, Task
from memorygym.training import network
from memorygym.training.decisions import Choose, Decision, Operation, Situation
from memorygym.training.learner import FORMAT, initial_weights, stored_weights
from memorygym.training.network import Weights
from memorygym.training.structured_agent import hands


def likeliest(weights: Weights) -> Choose:
    """Chooses the operation that a network thinks best."""

    def choose(decision: Decision, situation: Situation) -> int:
        return int(network.forward(weights, decision.observe(situation))[0].argmax())

    return choose


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
    return hands(task, likeliest(read_weights(Path(policy)) if policy else _shipped()))


def untrained(task: Task, seed: int = 0) -> Policy:
    """The policy from which training starts."""
    return hands(task, likeliest(initial_weights(task.track, seed)))


def random(task: Task) -> Policy:
    """Random operations."""
    return hands(task, lambda *seen: _rng(*seen).below(len(Operation)))


def fifo(task: Task) -> Policy:
    """Each whole record in turn, until the memory is full; keeps them current."""
    return frugal(task, operation="whole")


def frugal(task: Task, operation: str = "lean", share: float = 1.0) -> Policy:
    """What an operation stores of a share of all records, whatever the instructions ask for; keeps
    it current."""
    stores = Operation[operation.upper()]

    def choose(decision: Decision, situation: Situation) -> int:
        if decision.is_change:
            return Operation.UPDATE
        return stores if _rng(decision, situation).uniform() < share else Operation.SKIP

    return hands(task, choose)


def _rng(decision: Decision, situation: Situation) -> Stream:
    """A stream that the view decides."""
    numbers = situation.tokens_left, situation.writes_left, situation.room
    return named_rng("structured", decision.event, *numbers, decision.facts[0].subject)

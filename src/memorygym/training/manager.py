"""Policies of structured decisions as agents of text, which any command can play.

`memorygym bench --agent memorygym.training.manager:learned` plays the trained policy of this
package. `choose` sees what the view says, and nothing else.
"""

from functools import cache
from importlib.resources import as_file, files
from pathlib import Path

from memorygym.core.rng import named_rng
from memorygym.core.types import Policy, Task
from memorygym.training.decisions import Decision, Operation, Situation
from memorygym.training.learner import Weights, forward, initial_weights, read_policy
from memorygym.training.structured_agent import hands


@cache
def _shipped() -> Weights:
    with as_file(files("memorygym.training").joinpath("data/policy.json")) as path:
        return read_policy(path, "weights")[1][0]


def trained(task: Task, weights: Weights) -> Policy:
    """The policy of a network: the operation that it thinks best."""
    return hands(task, lambda *seen: int(forward(weights, Decision.observe(*seen))[0].argmax()))


def learned(task: Task, policy: str = "") -> Policy:
    """The trained policy of this package (`scripts/training.py` trains it), or that of a file."""
    (weights,) = read_policy(Path(policy), "weights")[1] if policy else [_shipped()]
    return trained(task, weights)


def untrained(task: Task, seed: int = 0) -> Policy:
    """The policy from which training starts."""
    return trained(task, initial_weights(task.track, seed))


def random(task: Task) -> Policy:
    """Random operations, from a stream that the view decides."""

    def choose(decision: Decision, situation: Situation) -> int:
        path = decision.event, decision.facts[0].subject, situation.tokens_left
        return named_rng("structured", *path).below(len(Operation))

    return hands(task, choose)


def fifo(task: Task) -> Policy:
    """Each whole record in turn, until the memory is full; keeps them current."""
    return _each(task, Operation.WHOLE)


def key_records(task: Task) -> Policy:
    """The same with the key attributes of each record."""
    return _each(task, Operation.KEY)


def _each(task: Task, stores: Operation) -> Policy:
    return hands(task, lambda it, _: Operation.UPDATE if it.is_change else stores)

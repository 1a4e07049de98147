"""The scripted agents of worlds: honest ones, and adversaries with the bounds that hold them."""

from inspect import signature
from typing import Literal

from memorygym import registry
from memorygym.core import Policy, Task
from memorygym.track import Agent


def agent_of(name: str) -> Agent:
    """The agent of that name: an adversary's file states IMITATES and BOUND beside `make`."""
    module = registry.load_module("agents", name)
    sees = "gold" in signature(module.make).parameters
    unbounded = bool(getattr(module, "UNBOUNDED", False))
    kind: Literal["honest", "adversary", "truth"] = "honest"
    if ".adversaries." in module.__name__:
        kind = "adversary"
    elif sees or unbounded:
        kind = "truth"

    def make(task: Task) -> Policy:
        policy: Policy = registry.make("agents", name, **({"gold": task.gold} if sees else {}))
        return policy

    return Agent(make=make, kind=kind, unbounded=unbounded, bound=getattr(module, "BOUND", None))


def is_recoder(name: str) -> bool:
    """Whether an agent stores records as numbers, so that what its memory holds is counted in
    records."""
    return bool(getattr(registry.load_module("agents", name), "BOOK", None))

"""The scripted agents of worlds: honest ones, and adversaries with the bounds that hold them."""

from inspect import signature
from typing import Literal

from memorygym import registry
from memorygym.core import Policy, Task
from memorygym.track import Agent


def agent_of(name: str) -> Agent:
    """The agent of that name: an adversary's file states IMITATES and BOUND beside `make`.

    Only one of this package may see the gold table or play without budgets.
    """
    ours = registry.is_ours("agents", name)
    module = registry.load_module("agents", name) if ours else None
    sees = module is not None and "gold" in signature(module.make).parameters
    unbounded = bool(getattr(module, "UNBOUNDED", False))
    kind: Literal["honest", "adversary", "truth"] = "honest"
    if module is not None and ".adversaries." in module.__name__:
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
    ours = registry.is_ours("agents", name)
    return ours and bool(getattr(registry.load_module("agents", name), "BOOK", None))

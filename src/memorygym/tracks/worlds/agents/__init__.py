"""The scripted agents of worlds: those that play by the rules, and adversaries with bounds.

What each is stands in `agents.json`. Where a bound is not a matter of principle (0, 1 or 5 points),
it is the mean over ten domains and ten seeds of the standard tier plus three standard errors, in
whole points. The other tiers are held to it as well: a tighter budget or a smaller world gains none
anything.
"""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from memorygym.core.track import Agent, Bound, PolicyFactory
from memorygym.tracks.worlds.agents import answerers, callers, honest, packers, recoder

_MODULES = (answerers, callers, honest, packers, recoder)


@cache
def _agents() -> Mapping[str, Agent]:
    makers = {name: make for module in _MODULES for name, make in module.MAKERS.items()}
    rows = json.loads(Path(__file__).with_name("agents.json").read_text(encoding="utf-8"))
    return {name: _agent(makers[name], **row) for name, row in rows.items()}


def _agent(make: PolicyFactory, bound: Mapping[str, Any] | None = None, **row: Any) -> Agent:
    """An agent from its row; why a bound is what it is only readers of the file are told."""
    most = Bound(bound["most"], bound.get("over", "")) if bound else None
    return Agent(make=make, bound=most, **row)


def __getattr__(name: str) -> Mapping[str, Agent]:
    """AGENTS: by name, in the order of tables; read when it is first asked for."""
    if name != "AGENTS":
        raise AttributeError(name)
    return _agents()

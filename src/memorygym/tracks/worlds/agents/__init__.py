"""The scripted agents of worlds: honest ones, and adversaries with an upper bound on their score.

`agents.json` describes each. A bound of 0, 1 or 5 points is a matter of principle; any other is the
mean over ten templates and ten seeds of the standard tier plus three standard errors, rounded to
whole points. The bounds hold for the other tiers too.
"""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from memorygym.core.track import Agent, Bound, PolicyFactory
from memorygym.tracks.worlds.agents import answerers, callers, codec, honest

_MODULES = (answerers, callers, codec, honest)


@cache
def built_in() -> Mapping[str, Agent]:
    """The agents by name, in the order of tables."""
    makers = {name: make for module in _MODULES for name, make in module.MAKERS.items()}
    rows = json.loads(Path(__file__).with_name("agents.json").read_text(encoding="utf-8"))
    return {name: _agent(makers[name], **row) for name, row in rows.items()}


def _agent(make: PolicyFactory, bound: Mapping[str, Any] | None = None, **row: Any) -> Agent:
    """An agent from its row in `agents.json`; the rest of a bound is for people."""
    upper = Bound(bound["most"], bound.get("over", "")) if bound else None
    return Agent(make=make, bound=upper, **row)

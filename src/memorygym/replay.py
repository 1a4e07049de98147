"""Plays the replies of a trace again: a trace that was altered does not come out the same."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import zip_longest

from memorygym import registry
from memorygym.core import Message, Policy, Task, Tool
from memorygym.errors import BadSettings, BadTrace, MemoryGymError
from memorygym.runner import Settings, play_one, policy_for
from memorygym.trace import Judged, Said, Trace
from memorygym.worlds.dealing.tiers import Sizes


class Recorded(Policy):
    """Says what the policy of a trace said, word for word."""

    def __init__(self, trace: Trace, task: Task) -> None:
        self._said = iter([r.message for r in trace.records if isinstance(r, Said)])
        agent = str(trace.labels.get("agent"))
        ours = agent in registry.names("agents") and policy_for(agent, task)
        self.lifts_budget = getattr(ours, "lifts_budget", False)

    def act(self, view: Sequence[Message], tools: Sequence[Tool]) -> Message:
        if (message := next(self._said, None)) is None:
            raise BadTrace("the replies end before the episode does")
        return message


def problem(trace: Trace, salt: str = "") -> str:
    """What shows that a trace is no record of its task and its replies; "" if nothing does.

    The task is dealt again from the recipe and the replies are played again: task, gold table,
    budget and every record must come out the same. A judge's rulings are not played again, and
    whether the agent itself made those replies is another matter.
    """
    try:
        settings = settings_of(trace, salt)
        return unlike(trace, settings.deal(), settings.memory)
    except MemoryGymError as error:
        return str(error)


def unlike(trace: Trace, task: Task, memory: str) -> str:
    """The same for a trace that is to be of just that task; its labels are taken as they are."""
    try:
        make = partial(registry.make, "memory", memory)
        again = play_one(task, Recorded(trace, task), make, trace.labels)
    except MemoryGymError as error:
        return str(error)
    unjudged = replace(trace, records=[r for r in trace.records if not isinstance(r, Judged)])
    pairs = zip_longest(again.lines(), unjudged.lines())
    for number, (ours, theirs) in enumerate(pairs):
        if ours != theirs:
            return (
                f"record {number} is not what the replies lead to"
                if number
                else (f"{_differing(ours, theirs)} is not that of the task")
            )
    return ""


def _differing(ours: str, theirs: str) -> str:
    """The first field of the header that differs."""
    mine, given = json.loads(ours), json.loads(theirs)
    return next(str(name) for name in mine if mine[name] != given.get(name))


def settings_of(trace: Trace, salt: str = "") -> Settings:
    """What deals the task of a trace again. Raises BadSettings without the salt of a sealed set."""
    recipe: Mapping[str, object] = trace.recipe
    if recipe.get("salted") and not salt:
        raise BadSettings("it is of a sealed set, which only its salt deals again")
    numbers = {name: _whole(recipe, name) for name in (*Sizes.__slots__, "turns", "seed")}
    sizes = Sizes(**{name: numbers[name] for name in Sizes.__slots__})
    repeat = trace.labels.get("repeat")
    return Settings(
        str(recipe.get("template")), numbers["seed"] or 0, str(recipe.get("tier")), sizes,
        salt if recipe.get("salted") else "",
        registry.known("memory", str(trace.labels.get("memory"))),
        repeat if isinstance(repeat, int) else 0, numbers["turns"],
    )  # fmt: skip


def _whole(recipe: Mapping[str, object], name: str) -> int | None:
    value = recipe.get(name)
    if value is None or type(value) is int:
        return value
    raise BadSettings(f"the recipe's {name} is {value!r}, which is no whole number")

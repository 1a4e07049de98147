"""Plays the replies of a trace again: a trace that was altered does not come out the same."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace

from memorygym import registry
from memorygym.core import JSON, Message, Policy, Task, Tool
from memorygym.errors import BadSettings, BadTrace, MemoryGymError
from memorygym.runner import play_one, policy_for
from memorygym.settings import LIMITS, Settings
from memorygym.shapes import Misfit, shape
from memorygym.trace import Judged, Said, Trace
from memorygym.worlds.dealing.tiers import Sizes


class Recorded(Policy):
    """Says what the policy of a trace said, word for word."""

    def __init__(self, trace: Trace, task: Task) -> None:
        self._said = iter([r.message for r in trace.records if isinstance(r, Said)])
        agent = str(trace.labels.get("agent"))
        # A model may bear the name of an agent.
        scripted = "model" not in trace.labels and agent in registry.names("agents")
        ours = policy_for(agent, task) if scripted else None
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
        return unlike(trace, settings.deal(), settings)
    except MemoryGymError as error:
        return str(error)


def unlike(trace: Trace, task: Task, settings: Settings) -> str:
    """The same for a trace that is to be of just that task; its labels are taken as they are."""
    try:
        again = play_one(task, Recorded(trace, task), settings.make_memory, trace.labels)
    except MemoryGymError as error:
        return str(error)
    unjudged = replace(trace, records=[r for r in trace.records if not isinstance(r, Judged)])
    match again.first_unlike(unjudged):
        case None:
            return ""
        case 0:
            field = _differing(next(again.lines()), next(unjudged.lines()))
            return f"{field} is not that of the task"
        case number:
            return f"record {number} is not what the replies lead to"


def _differing(ours: str, theirs: str) -> str:
    """The first field of the header that differs."""
    mine, given = json.loads(ours), json.loads(theirs)
    return next(str(name) for name in mine if mine[name] != given.get(name))


def settings_of(trace: Trace, salt: str = "") -> Settings:
    """What deals the task of a trace again.

    Raises BadSettings without the salt of a sealed set, or if the header does not tell.
    """
    recipe, labels = trace.recipe, trace.labels
    sealed = bool(recipe.get("salted"))
    if sealed and not salt:
        raise BadSettings("it is of a sealed set, which only its salt deals again")
    try:
        return Settings(
            shape(str, recipe.get("template"), "recipe.template"),
            shape(int, recipe.get("seed"), "recipe.seed"),
            shape(str, recipe.get("tier"), "recipe.tier"),
            Sizes(**{name: _limit(recipe, name) for name in Sizes.__slots__}),
            salt if sealed else "",
            registry.known("memory", shape(str, labels.get("memory"), "labels.memory")),
            shape(int, labels.get("repeat", 0), "labels.repeat"),
            *(_limit(recipe, name) for name in LIMITS),
        )
    except Misfit as misfit:
        raise BadSettings(str(misfit)) from misfit


def _limit(recipe: Mapping[str, JSON], name: str) -> int | None:
    value = recipe.get(name)
    return None if value is None else shape(int, value, f"recipe.{name}")

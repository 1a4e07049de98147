"""Plays the replies of a trace again: a trace that was altered does not come out the same."""

import json
from collections.abc import Sequence
from dataclasses import replace

from memorygym import registry
from memorygym.core import Message, Policy, Task, Tool
from memorygym.errors import BadTrace, MemoryGymError
from memorygym.runner import play_one, policy_for
from memorygym.settings import Settings
from memorygym.trace import Judged, Said, Trace


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


def unlike(trace: Trace, task: Task, settings: Settings) -> str:
    """What shows that a trace is no record of that task and its replies; "" if nothing does.

    The replies are played again: task, gold table, budget and every record must come out the same.
    The labels are taken as they are, a judge's rulings are not played again, and whether the agent
    itself made those replies is another matter.
    """
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

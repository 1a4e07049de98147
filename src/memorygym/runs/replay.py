"""Plays the replies of a trace again: a trace that was altered does not come out the same."""

import json
from collections.abc import Sequence
from dataclasses import replace

from memorygym.core import Message, Policy, Task, Tool
from memorygym.errors import BadTrace, MemoryGymError
from memorygym.runs.seats import Player, played
from memorygym.trace import Judged, Said, Trace


class Recorded(Policy):
    """Says what the policy of a trace said, word for word."""

    def __init__(self, trace: Trace) -> None:
        self._said = iter([r.message for r in trace.records if isinstance(r, Said)])

    def act(self, view: Sequence[Message], tools: Sequence[Tool]) -> Message:
        if (message := next(self._said, None)) is None:
            raise BadTrace("the replies end before the episode does")
        return message


def unlike(trace: Trace, task: Task, seat: Player) -> str:
    """What shows that a trace is no record of that task, seat and replies; "" if nothing does.

    The replies are played again: task, gold table, budget and every record must come out the same.
    The labels are taken as they are, a judge's rulings are not played again, and whether the agent
    itself made those replies is another matter.
    """
    try:
        again = played(seat.begin(task, []), Recorded(trace), task, trace.labels)
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

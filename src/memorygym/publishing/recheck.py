"""Every episode of a run again: from its trace, or by whoever played it.

What is wrong is a sentence that names the file.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from memorygym.core import Message, Policy, Task, Tool
from memorygym.errors import BadTrace, MemoryGymError
from memorygym.judge import misruled
from memorygym.results.consistency import difference
from memorygym.runs.engine import Unit
from memorygym.runs.executors import over_processes, over_threads
from memorygym.runs.folder import Run, read_traces
from memorygym.runs.results import Place, Result, Wanted, place_of, result_of
from memorygym.runs.seats import Player, played
from memorygym.trace import Judged, Said, Trace
from memorygym.track import table

Method = Literal["play", "replay", "score"]
"""Who played plays again; the replies of the trace are played again; or a trace is only scored."""


@dataclass(frozen=True, slots=True)
class Recheck:
    """The episodes of a run, checked task by task."""

    run: Run
    recipe: Mapping[str, Any]
    """Of the run."""
    seats: tuple[Player, ...]
    wanted: Wanted
    method: Method
    failed: frozenset[str]
    """Episodes without a trace."""

    def unit(self, unit: Unit) -> list[Result | str]:
        """The results of one task's episodes, or what is wrong with each."""
        places = [(place_of(self.recipe["track"], *unit, seat.seat), seat) for seat in self.seats]
        claims = [claim for claim in places if claim[0].episode not in self.failed]
        try:
            task = unit[0].deal() if claims and not self.recipe["data"] else None
        except MemoryGymError as error:
            return [f"{self._file(place)}: {error}" for place, _ in claims]
        return [self._rechecked(place, seat, task) for place, seat in claims]

    def _file(self, place: Place) -> str:
        """The trace, as problems name it."""
        return f"traces/{self._path(place).name}"

    def _path(self, place: Place) -> Path:
        return self.run.trace_path(place.episode)

    def _rechecked(self, place: Place, seat: Player, task: Task | None) -> Result | str:
        path, file = self._path(place), self._file(place)
        _, trace, damage = next(read_traces([path]))
        if trace is None or damage:
            return damage.replace(str(path), file)
        try:
            if told := self._problem(trace, place, seat, task):
                return f"{file}: {told}"
            # All that looks into the table would read it again.
            trace.gold = task.gold if task else table(trace)
            return result_of(place, trace, self.wanted)
        except MemoryGymError as error:
            return f"{file}: {error}"

    def _problem(self, trace: Trace, place: Place, seat: Player, task: Task | None) -> str:
        """Why a trace is no record of its episode; "" if it is."""
        own = {"template": place.template, "seed": place.seed}
        stated = {name: trace.recipe.get(name) for name in own}
        if (trace.track, stated) != (place.track, own):
            return f"it is of {trace.track} {stated['template']} {stated['seed']}"
        if told := self._mislabelled(trace, place, seat) or self._misruled(trace, place, task):
            return told
        if task is None:
            return ""
        if self.method == "score":
            return "" if trace.task == task.id else f"it is of the task {trace.task}, not {task.id}"
        other = _otherwise(trace, place, seat, task) if self.method == "play" else ""
        if self.method == "play" and not other:
            return ""
        return unlike(trace, task, seat) or other

    def _mislabelled(self, trace: Trace, place: Place, seat: Player) -> str:
        """Which label is not that of the episode."""
        wanted, told = seat.labels(place.track, place.repeat), trace.labels
        if model := self.recipe["models"].get(place.agent):
            wanted |= {"model": model, "usage": told.get("usage")}
        if judge := self._judge(place):
            of = told.get("judge")
            wanted["judge"] = {
                **judge,
                "counts": of.get("counts") if isinstance(of, dict) else None,
            }
        elif any(isinstance(record, Judged) for record in trace.records):
            return "a judge's rulings, but the recipe names no judge"
        return difference(told, wanted, "labels")

    def _misruled(self, trace: Trace, place: Place, task: Task | None) -> str:
        """Why the rulings are not of the recipe's judge; the truths are the task's if it is there,
        not the trace's."""
        judge = self._judge(place)
        try:
            return (
                misruled(replace(trace, gold=task.gold) if task else trace, judge) if judge else ""
            )
        except (KeyError, TypeError) as error:
            return f"the recipe does not tell who judged ({error!r})"

    def _judge(self, place: Place) -> Mapping[str, Any] | None:
        """Who judged what was answered there: only models are judged."""
        judge: Mapping[str, Any] | None = self.recipe["judge"]
        return judge if place.agent in self.recipe["models"] else None


def rechecked(
    check: Recheck, units: Sequence[Unit], workers: int, *, waits: bool
) -> Iterator[Result | str]:
    """What comes of every episode that was scored, in the order of the results."""
    over = over_threads if waits else over_processes
    for found in over(check.unit, units, workers):
        yield from found


def _otherwise(trace: Trace, place: Place, seat: Player, task: Task) -> str:
    """Where an episode that is played again differs from its trace; "" if it does not."""
    try:
        again = seat.play(task, place.repeat, [])
    except MemoryGymError as error:
        return f"played again, it fails: {error}"
    number = again.first_unlike(trace)
    return "" if number is None else f"played again, record {number} comes out otherwise"


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

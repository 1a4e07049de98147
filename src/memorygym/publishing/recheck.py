"""Every episode of a run again: from its trace, by its agent, or from its model's replies.

What is wrong is a sentence that names the file.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from memorygym.core import Task
from memorygym.errors import MemoryGymError
from memorygym.judge import misruled
from memorygym.models.tape import Tape
from memorygym.players import play_model, player_of
from memorygym.results.consistency import difference, planned
from memorygym.results.file import Document
from memorygym.runner import Failure, Plan, Result, judged, labels_of, play_task
from memorygym.runs.folder import Run, read_traces
from memorygym.runs.replay import unlike
from memorygym.trace import Judged, Trace
from memorygym.tracks.worlds.invariants import inspect
from memorygym.tracks.worlds.settings import Settings


@dataclass(frozen=True, slots=True)
class Claim:
    """An episode that a run says was played."""

    settings: Settings
    agent: str
    path: Path
    recipe: Mapping[str, Any]
    """Of the run."""

    @property
    def file(self) -> str:
        """The trace, as problems name it."""
        return f"traces/{self.path.name}"


def claims_of(folder: Path, document: Document, salt: str) -> list[Claim]:
    """Every scored episode, in the order of the results."""
    recipe, run = document["recipe"], Run(folder)
    failed = {row["episode"] for row in document["failures"]}
    return [
        Claim(settings, agent, run.trace_path(name), recipe)
        for settings, agent in planned(recipe, salt)
        if (name := settings.episode(agent)) not in failed
    ]


def recheck(claims: Sequence[Claim], *, played: bool, measured: bool) -> list[Result | str]:
    """The results of one task's episodes from their traces, or what is wrong with each.

    If `played`, scripted agents must come to the same bytes; else the replies of the traces must.
    """
    settings = claims[0].settings
    plan = Plan(
        tuple(claim.agent for claim in claims), traced=True, inspect=inspect if measured else None
    )
    try:
        task = settings.deal()
        again = play_task(settings, plan) if played else [None] * len(claims)
    except MemoryGymError as error:
        return [f"{claim.file}: {error}" for claim in claims]
    pairs = zip(claims, again, strict=True)
    return [_rechecked(claim, task, plan, outcome) for claim, outcome in pairs]


def _rechecked(
    claim: Claim, task: Task, plan: Plan, again: Result | Failure | None
) -> Result | str:
    _, trace, damage = next(read_traces([claim.path]))
    if trace is None or damage:
        return damage.replace(str(claim.path), claim.file)
    try:
        if told := _mislabelled(claim, trace) or _misruled(claim, trace, task):
            return f"{claim.file}: {told}"
        if again and not (other := _otherwise(again, trace)):
            assert isinstance(again, Result)
            return replace(again, trace=None)
        if told := unlike(trace, task, claim.settings):
            return f"{claim.file}: {told}"
        if again:
            return f"{claim.file}: {other}"
        return replace(judged(claim.settings, claim.agent, trace, plan), trace=None)
    except MemoryGymError as error:
        return f"{claim.file}: {error}"


def _mislabelled(claim: Claim, trace: Trace) -> str:
    """Which label is not that of the episode."""
    wanted = labels_of(claim.settings, claim.agent)
    if model := claim.recipe["model"]:
        wanted |= {"model": model, "usage": trace.labels.get("usage")}
    if judge := claim.recipe["judge"]:
        told = trace.labels.get("judge")
        wanted["judge"] = {
            **judge,
            "counts": told.get("counts") if isinstance(told, dict) else None,
        }
    elif any(isinstance(record, Judged) for record in trace.records):
        return "a judge's rulings, but the recipe names no judge"
    return difference(trace.labels, wanted, "labels")


def _misruled(claim: Claim, trace: Trace, task: Task) -> str:
    """Why the rulings are not of the recipe's judge; the truths are the task's, not the trace's."""
    judge = claim.recipe["judge"]
    try:
        return misruled(replace(trace, gold=task.gold), judge) if judge else ""
    except (KeyError, TypeError) as error:
        return f"the recipe does not tell who judged ({error!r})"


def _otherwise(again: Result | Failure, trace: Trace) -> str:
    """Where an episode that was played again differs from its trace; "" if it does not."""
    if isinstance(again, Failure):
        return f"played again, it fails: {again.error}"
    assert again.trace
    number = again.trace.first_unlike(trace)
    return "" if number is None else f"played again, record {number} comes out otherwise"


def replies_again(
    folder: Path, recipe: Mapping[str, Any], claims: Sequence[Claim], workers: int
) -> Iterator[str]:
    """What is wrong if the model is played again, whose replies are all on the run's tape."""
    try:
        with closing(Tape(folder / "replies.jsonl", record=False)) as tape:
            plan = Plan(attributed=False, traced=True)
            tasks = [claim.settings for claim in claims]
            played = play_model(tasks, player_of(recipe, tape), plan, workers)
            for claim, again in zip(claims, played, strict=True):
                _, trace, _ = next(read_traces([claim.path]))
                assert trace
                if told := _otherwise(again, trace):
                    yield f"{claim.file}: {told}"
    except MemoryGymError as error:
        yield f"replies.jsonl: {error}"

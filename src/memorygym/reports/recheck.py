"""The check of a run: its files, and every episode from its trace or by playing it again.

A problem is a sentence that names the file.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Literal

from memorygym.core.errors import BadSettings, BadTrace, MemoryGymError
from memorygym.core.files import json_bytes
from memorygym.core.json_types import from_json
from memorygym.core.trace import Action, Judgement, Trace
from memorygym.core.track import gold_table
from memorygym.core.types import Message, Policy, Task, Tool
from memorygym.reports import comparison_report
from memorygym.reports.curves import CURVES
from memorygym.runs.comparison.run import Comparison
from memorygym.runs.comparison.sanity_checks import SanityCheck, played_checks
from memorygym.runs.engine import Unit
from memorygym.runs.episode_result import (
    EpisodeKey,
    Failure,
    Result,
    ResultOptions,
    place_of,
    result_of,
)
from memorygym.runs.evaluation import Evaluation
from memorygym.runs.evaluation import findings as agent_findings
from memorygym.runs.executors import over_processes, over_threads, watched
from memorygym.runs.results.consistency import difference
from memorygym.runs.results.results_file import Document, read_json
from memorygym.runs.results.results_file import document as summed_up
from memorygym.runs.store import Run, read_traces
from memorygym.runs.systems import SystemPlayer, played
from memorygym.scoring.judge import judgement_mismatch

RESULTS = "results.json"
Method = Literal["play", "replay", "score"]
"""The method: the player plays again, the trace's replies are replayed, or the trace is scored."""
Checked = Result | Failure | str
"""A text is the error of an episode."""


@dataclass(frozen=True, slots=True)
class Recheck:
    """The episodes of a run, checked task by task."""

    run: Run
    recipe: Mapping[str, Any]
    """The recipe of the run."""
    players: tuple[SystemPlayer, ...]
    wanted: ResultOptions
    method: Method
    failures: Mapping[str, Mapping[str, Any]]
    """The rows of failed episodes, by name."""

    def over(
        self, units: Sequence[Unit], workers: int, *, waits: bool, quiet: bool = True
    ) -> list[Checked]:
        """The result of every episode, in the order of the results."""
        over = over_threads if waits else over_processes
        return [*watched(over(self.unit, units, workers), len(units), quiet=quiet)]

    def unit(self, unit: Unit) -> list[Checked]:
        """The results of one task's episodes."""
        track, generate = self.recipe["track"], cache(unit[0].generate)
        places = [(place_of(track, *unit, player.system), player) for player in self.players]
        return [self._rechecked(place, player, generate) for place, player in places]

    def _rechecked(
        self, place: EpisodeKey, player: SystemPlayer, generate: Callable[[], Task]
    ) -> Checked:
        if row := self.failures.get(place.episode):
            return Failure(place, row["kind"], row["error"])
        path = self.run.trace_path(place.episode)
        file = f"traces/{path.name}"
        try:
            task = None if self.recipe["data"] else generate()
            _, trace, damage = next(read_traces([path]))
            if trace is None or damage:
                return damage.replace(str(path), file)
            if problem := self._problem(trace, place, player, task):
                return f"{file}: {problem}"
            # Reading the gold table is slow, so it is read once here.
            trace.gold = task.gold if task else gold_table(trace)
            return result_of(place, trace, self.wanted)
        except MemoryGymError as error:
            return f"{file}: {error}"

    def _problem(
        self, trace: Trace, place: EpisodeKey, player: SystemPlayer, task: Task | None
    ) -> str:
        """Why a trace is not the record of its episode; "" if it is."""
        own = {"template": place.template, "seed": place.seed}
        stated = {name: trace.recipe.get(name) for name in own}
        if (trace.track, stated) != (place.track, own):
            return f"it is of {trace.track} {stated['template']} {stated['seed']}"
        if problem := self._mislabelled(trace, place, player) or self._misjudged(
            trace, place, task
        ):
            return problem
        if task is None:
            return ""
        if self.method == "score":
            return "" if trace.task == task.id else f"it is of the task {trace.task}, not {task.id}"
        other = _otherwise(trace, place, player, task) if self.method == "play" else ""
        if self.method == "play" and not other:
            return ""
        return unlike(trace, task, player) or other

    def _mislabelled(self, trace: Trace, place: EpisodeKey, player: SystemPlayer) -> str:
        """The label that differs from the episode's; "" if none does."""
        wanted, labels = player.system.labels(place.track, place.repeat), trace.labels
        if model := self.recipe["models"].get(place.agent):
            wanted |= {"model": model, "usage": labels.get("usage")}
        if judge := self._judge(place):
            of = labels.get("judge")
            counts = of.get("counts") if isinstance(of, dict) else None
            wanted["judge"] = {**judge, "counts": counts}
        elif any(isinstance(record, Judgement) for record in trace.records):
            return "a judge's verdicts, but the recipe names no judge"
        return difference(labels, wanted, "labels")

    def _misjudged(self, trace: Trace, place: EpisodeKey, task: Task | None) -> str:
        """Why the verdicts are not those of the recipe's judge; "" if they are.

        The truths come from the task if there is one, else from the trace.
        """
        judge, judged = self._judge(place), replace(trace, gold=task.gold) if task else trace
        try:
            return judgement_mismatch(judged, judge) if judge else ""
        except (KeyError, TypeError) as error:
            return f"the recipe does not state who judged ({error!r})"

    def _judge(self, place: EpisodeKey) -> Mapping[str, Any] | None:
        """The judge of an episode; only models are judged."""
        judge: Mapping[str, Any] | None = self.recipe["judge"]
        return judge if place.agent in self.recipe["models"] else None


def _otherwise(trace: Trace, place: EpisodeKey, player: SystemPlayer, task: Task) -> str:
    """Where an episode that is played again differs from its trace; "" if it does not."""
    try:
        again = player.play(task, place.repeat, [])
    except MemoryGymError as error:
        return f"played again, it fails: {error}"
    number = again.first_difference(trace)
    return "" if number is None else f"played again, record {number} comes out otherwise"


class Recorded(Policy):
    """A policy that repeats the replies of a trace, word for word."""

    def __init__(self, trace: Trace) -> None:
        self._said = iter([r.message for r in trace.records if isinstance(r, Action)])

    def act(self, view: Sequence[Message], tools: Sequence[Tool]) -> Message:
        if (message := next(self._said, None)) is None:
            raise BadTrace("the replies end before the episode does")
        return message


def unlike(trace: Trace, task: Task, player: SystemPlayer) -> str:
    """Why a trace is not the record of that task, player and replies; "" if it is.

    The replies are played again: task, gold table, budget and every record must come out the same.
    The labels are taken as they are, a judge's verdicts are not replayed, and whether the agent
    itself made those replies is not checked.
    """
    try:
        again = played(player.begin(task, []), Recorded(trace), task, trace.labels)
    except MemoryGymError as error:
        return str(error)
    unjudged = replace(trace, records=[r for r in trace.records if not isinstance(r, Judgement)])
    match again.first_difference(unjudged):
        case None:
            return ""
        case 0:
            replayed, stored = (json.loads(next(side.lines())) for side in (again, unjudged))
            field = next(name for name in replayed if replayed[name] != stored.get(name))
            return f"{field} is not that of the task"
        case number:
            return f"record {number} is not what the replies lead to"


def derived(
    folder: Path,
    stated: Document,
    source: Evaluation | Comparison,
    outcomes: Sequence[Result | Failure],
) -> tuple[dict[str, bytes], comparison_report.ComparisonOutcome | None]:
    """The files that a run must have, by name, and the outcome of a comparison; `stated` is the
    results file that the run has.

    Raises BadSettings if it cannot be read.
    """
    about = {**source.job().about(), "package": stated["package"]}
    data = stated["recipe"]["data"]
    if isinstance(source, Comparison):
        findings = comparison_report.ComparisonFindings(about, outcomes)
        checks = () if data else played_checks(source)
        outcome = comparison_report.outcome_of(findings, checks)
        outcome = _as_stated(folder, outcome) if data else outcome
        kinds = [kind for kind in CURVES if (folder / f"{kind}.csv").exists()]
        summed = json_bytes(summed_up(about, outcomes, {}))
        return {RESULTS: summed, **comparison_report.files_of(findings, outcome, kinds)}, outcome
    if data:  # References and the self-test play the tasks, which are not here.
        beside = {name: stated[name] for name in ("references", "invariants")}
        return {RESULTS: json_bytes({**summed_up(about, outcomes, {}), **beside})}, None
    document = agent_findings(source, source.job(), outcomes).document
    return {RESULTS: json_bytes({**document, "package": stated["package"]})}, None


def _as_stated(
    folder: Path, outcome: comparison_report.ComparisonOutcome
) -> comparison_report.ComparisonOutcome:
    """The outcome with the sanity checks that compare.json states: they cannot be played again
    without the tasks."""
    path = folder / comparison_report.DOCUMENT
    try:
        rows = read_json(path)["sanity_checks"]  # type: ignore[index]  # any JSON
        checks = [from_json(SanityCheck, row) for row in rows]
    except (KeyError, TypeError, ValueError) as error:
        raise BadSettings(f"{comparison_report.DOCUMENT} is damaged ({error!r})") from error
    return replace(
        outcome,
        sanity_checks=[*checks[: -len(outcome.sanity_checks) or None], *outcome.sanity_checks],
    )

"""The outcome of a comparison: sanity checks, a report per reasoner and budget, and files."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations, product
from pathlib import Path
from typing import Any

from memorygym.core.files import json_bytes, write_atomically
from memorygym.reports import comparison_files
from memorygym.reports.columns import paragraph
from memorygym.reports.curves import CURVES, Bin, by_tokens, curve
from memorygym.runs.comparison.figures import Clock, RankAgreement, Report, agreement, figures
from memorygym.runs.comparison.run import Comparison
from memorygym.runs.comparison.sanity_checks import SanityCheck, figure_checks, invalid_text
from memorygym.runs.comparison.system_specs import role_of
from memorygym.runs.engine import perform as play
from memorygym.runs.episode_result import ALL, Failure, Result
from memorygym.runs.metrics import Measurement
from memorygym.runs.store import Run, name_parts

DOCUMENT = "compare.json"
TABLES = ("compare.csv", "questions.csv", "pairs.csv", "pareto.csv")
"""Beside it in every folder of a comparison. What the clock told differs from run to run."""
DRAWN = tuple(f"{kind}.csv" for kind in CURVES)
"""Beside it where they were asked for."""


@dataclass(frozen=True, slots=True)
class ComparisonFindings:
    """What a comparison found."""

    about: Mapping[str, Any]
    """Version hash, version and recipe, as run.json holds them."""
    outcomes: Sequence[Result | Failure]
    """Of all episodes, in the order of the tasks."""
    clocked: Mapping[tuple[str, str, int | None], Sequence[float]] = field(default_factory=dict)
    """By reasoner, system and budget: milliseconds of the memory in each step of a stored run."""

    @property
    def measured(self) -> list[Measurement]:
        """What the episodes that ended tell."""
        ended = [one for one in self.outcomes if isinstance(one, Result)]
        return [one.measured for one in ended if one.measured]

    @property
    def failed(self) -> list[Failure]:
        """The episodes without a score."""
        return [one for one in self.outcomes if isinstance(one, Failure)]

    @property
    def failures(self) -> Counter[str]:
        """Their number, by system."""
        return Counter(one.place.memory for one in self.failed)

    def under(self, reasoner: str, budget: int | None) -> "ComparisonFindings":
        """What was found with that reasoner, at that budget or without one."""

        def of(whose: str, view: int | None) -> bool:
            return whose == reasoner and view in (None, budget)

        return replace(
            self,
            outcomes=[one for one in self.outcomes if of(one.place.agent, one.place.budget)],
            clocked={key: ms for key, ms in self.clocked.items() if of(key[0], key[2])},
        )


@dataclass(frozen=True, slots=True)
class ComparisonOutcome:
    """All that is told of a comparison."""

    gates: Sequence[SanityCheck]
    """Of the set-up; a score is told only if all hold."""
    reports: Sequence[Report]
    agreements: Sequence[RankAgreement]

    @property
    def valid(self) -> bool:
        """Whether every gate holds."""
        return all(gate.holds for gate in self.gates)

    @property
    def told(self) -> Sequence[Report]:
        """The reports that may be told: none of a set-up that is invalid."""
        return self.reports if self.valid else ()


def perform(
    comparison: Comparison, folder: Path | None, workers: int, *, quiet: bool
) -> ComparisonFindings:
    """Plays whatever is not kept yet. Raises BadKey, and BadSettings for a folder of another."""
    job = replace(comparison.job(), folder=folder, workers=workers, quiet=quiet)
    outcomes = play(job)
    return ComparisonFindings(job.about(), outcomes, clocked(Run(folder)) if folder else {})


def outcome_of(found: ComparisonFindings, played: Sequence[SanityCheck]) -> ComparisonOutcome:
    """Gates first: those that were played, then those that the figures show."""
    reports, empty = [], []
    for who, view in product(*(found.about["recipe"][name] for name in ("reasoners", "budgets"))):
        own = found.under(who, view)
        if own.measured:
            reports.append(figures(own.measured, own.failures, f"{who} {view}"))
        else:
            empty.append(SanityCheck(f"{who} finished a task at budget {view:,}", False, ""))
    held = [*played, *empty, *(gate for report in reports for gate in figure_checks(report))]
    agreed = (
        agreement(one, other)
        for one, other in combinations(reports, 2)
        if one.budget == other.budget
    )
    return ComparisonOutcome(held, reports, [one for one in agreed if one])


def invalid_of(found: ComparisonFindings, outcome: ComparisonOutcome) -> str:
    """What is told in place of figures, after the failures that may be why."""
    failed = found.failures
    told = ", ".join(f"{system} {count}" for system, count in sorted(failed.items()))
    played = f"{len(found.measured):,} episodes played, {failed.total():,} failed ({told})"
    return "\n".join([*(paragraph(played) if failed else ()), invalid_text(outcome.gates)])


def clock_for(found: ComparisonFindings, report: Report) -> Clock:
    """Milliseconds per step by system, without unlimited ones, of a stored run."""
    own = found.under(report.reasoner, report.budget).clocked.items()
    return clock_of(
        {system: times for (_, system, _), times in own if role_of(system) != "unlimited"}
    )


def curve_of(found: ComparisonFindings, report: Report, kind: str) -> list[Bin]:
    """Accuracy by what `kind` says."""
    return curve(found.under(report.reasoner, report.budget).measured, report, kind)


def write_files(
    folder: Path, found: ComparisonFindings, outcome: ComparisonOutcome, kinds: Iterable[str]
) -> None:
    """JSON and CSV, with curves of these kinds. A set-up that is invalid has no numbers."""
    timed = [(report, clock_for(found, report)) for report in outcome.told]
    timings = comparison_files.timings_csv(timed).encode()
    for name, data in {**files_of(found, outcome, kinds), "timings.csv": timings}.items():
        write_atomically(folder / name, [data])


def files_of(
    found: ComparisonFindings, outcome: ComparisonOutcome, kinds: Iterable[str]
) -> dict[str, bytes]:
    """These files by name, without the clock's: the same bytes for the same episodes."""
    reports = outcome.told
    document = comparison_files.document(found.about, outcome.gates, reports, outcome.agreements)
    points = [(report, by_tokens(report)) for report in reports]
    texts = {
        "compare.csv": comparison_files.figures_csv(reports),
        "questions.csv": comparison_files.questions_csv(found.measured if outcome.valid else ()),
        "pairs.csv": comparison_files.pairs_csv(reports),
        "pareto.csv": comparison_files.pareto_csv(points),
    }
    for kind in kinds:
        bins = [(report, curve_of(found, report, kind)) for report in reports]
        texts[f"{kind}.csv"] = comparison_files.curve_csv(bins)
    return {DOCUMENT: json_bytes(document), **{name: text.encode() for name, text in texts.items()}}


def clocked(run: Run) -> dict[tuple[str, str, int | None], list[float]]:
    """By reasoner, system and budget: the milliseconds of each step, as the run stored them.

    An episode that was played twice, since the first time was cut short, counts as it last went.
    """
    last: dict[str, list[float]] = {}
    for row in run.timings():
        last[row["episode"]] = row.get("memory_ms", [])
    found: dict[tuple[str, str, int | None], list[float]] = {}
    for name, steps in last.items():
        _, _, reasoner, system, budget = name_parts(name)
        view = None if budget == ALL else int(budget)
        found.setdefault((reasoner, system, view), []).extend(steps)
    return found


def clock_of(times: Mapping[str, Sequence[float]]) -> dict[str, tuple[float, float]]:
    """The clock of each timed system, from the milliseconds of its steps.

    >>> clock_of({"a": [5, 1, 4, 2, 3], "b": []})
    {'a': (3, 5)}
    """
    return {
        system: (ordered[(len(ordered) - 1) // 2], ordered[-(-95 * len(ordered) // 100) - 1])
        for system, found in times.items()
        if (ordered := sorted(found))
    }

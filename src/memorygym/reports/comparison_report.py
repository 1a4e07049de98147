"""The outcome of a comparison: sanity checks, a report per reasoner and budget, and files."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations, product
from pathlib import Path
from typing import Any

from memorygym.core.files import json_bytes, write_atomically
from memorygym.reports import comparison_files
from memorygym.reports.curves import CURVES, Bin, Splits, by_tokens, curve
from memorygym.reports.terminal import paragraph
from memorygym.runs.comparison.figures import Clock, RankAgreement, Report, agreement, figures
from memorygym.runs.comparison.run import Comparison
from memorygym.runs.comparison.sanity_checks import SanityCheck, figure_checks, invalid_text
from memorygym.runs.comparison.system_specs import role_of
from memorygym.runs.engine import perform as play
from memorygym.runs.episode_result import ALL, Failure, Result
from memorygym.runs.metrics import Measurement
from memorygym.runs.store import Run, name_parts

DOCUMENT = "compare.json"
SPLITS = ("facts", "hops")
"""Curves that every comparison has."""
TABLES = ("compare.csv", "questions.csv", "pairs.csv", "pareto.csv", "facts.csv", "hops.csv")
"""Beside it in every folder of a comparison. Timings differ from run to run."""
DRAWN = tuple(f"{kind}.csv" for kind in CURVES if kind not in SPLITS)
"""Written beside it if they were asked for."""


@dataclass(frozen=True, slots=True)
class ComparisonFindings:
    """The findings of a comparison: every outcome, and the clock of a stored run."""

    about: Mapping[str, Any]
    """Version hash, version and recipe, as run.json holds them."""
    outcomes: Sequence[Result | Failure]
    """The outcomes of all episodes, in the order of the tasks."""
    clocked: Mapping[tuple[str, str, int | None], Sequence[float]] = field(default_factory=dict)
    """By reasoner, system and budget: milliseconds of the memory in each step of a stored run."""

    @property
    def measured(self) -> list[Measurement]:
        """The measurements of the episodes that ended."""
        ended = [outcome for outcome in self.outcomes if isinstance(outcome, Result)]
        return [outcome.measured for outcome in ended if outcome.measured]

    @property
    def failed(self) -> list[Failure]:
        """The episodes without a score."""
        return [outcome for outcome in self.outcomes if isinstance(outcome, Failure)]

    @property
    def failures(self) -> Counter[str]:
        """The number of failed episodes, by system."""
        return Counter(failure.place.memory for failure in self.failed)

    def under(self, reasoner: str, budget: int | None) -> "ComparisonFindings":
        """The findings with that reasoner, at that budget or without one."""

        def of(whose: str, view: int | None) -> bool:
            return whose == reasoner and view in (None, budget)

        return replace(
            self,
            outcomes=[end for end in self.outcomes if of(end.place.agent, end.place.budget)],
            clocked={key: ms for key, ms in self.clocked.items() if of(key[0], key[2])},
        )


@dataclass(frozen=True, slots=True)
class ComparisonOutcome:
    """The outcome of a comparison: sanity checks, reports and agreements of reasoners."""

    sanity_checks: Sequence[SanityCheck]
    """The sanity checks; scores are shown only if all hold."""
    reports: Sequence[Report]
    agreements: Sequence[RankAgreement]

    @property
    def valid(self) -> bool:
        """Whether every sanity check holds."""
        return all(check.holds for check in self.sanity_checks)

    @property
    def shown_reports(self) -> Sequence[Report]:
        """The reports that may be shown: none if a sanity check failed."""
        return self.reports if self.valid else ()


def perform(
    comparison: Comparison, folder: Path | None, workers: int, *, quiet: bool
) -> ComparisonFindings:
    """Plays the missing episodes. Raises BadKey, or BadSettings for the folder of another run."""
    job = replace(comparison.job(), folder=folder, workers=workers, quiet=quiet)
    outcomes = play(job)
    return ComparisonFindings(job.about(), outcomes, clocked(Run(folder)) if folder else {})


def outcome_of(findings: ComparisonFindings, played: Sequence[SanityCheck]) -> ComparisonOutcome:
    """The reports, and the sanity checks: first the played ones, then those from the figures."""
    reports, empty = [], []
    recipe = findings.about["recipe"]
    for who, view in product(recipe["reasoners"], recipe["budgets"]):
        own = findings.under(who, view)
        if own.measured:
            reports.append(figures(own.measured, own.failures, f"{who} {view}"))
        else:
            empty.append(SanityCheck(f"{who} finished a task at budget {view:,}", False, ""))
    checks = [*played, *empty, *(check for report in reports for check in figure_checks(report))]
    agreed = (
        agreement(report, other)
        for report, other in combinations(reports, 2)
        if report.budget == other.budget
    )
    return ComparisonOutcome(checks, reports, [report for report in agreed if report])


def invalid_of(findings: ComparisonFindings, outcome: ComparisonOutcome) -> str:
    """The text in place of figures: the failures, then the sanity checks that failed."""
    failed = findings.failures
    counts = ", ".join(f"{system} {count}" for system, count in sorted(failed.items()))
    played = f"{len(findings.measured):,} episodes played, {failed.total():,} failed ({counts})"
    return "\n".join([*(paragraph(played) if failed else ()), invalid_text(outcome.sanity_checks)])


def clock_for(findings: ComparisonFindings, report: Report) -> Clock:
    """Milliseconds per step of a stored run, by system; unlimited systems are left out."""
    own = findings.under(report.reasoner, report.budget).clocked.items()
    return clock_of(
        {system: times for (_, system, _), times in own if role_of(system) != "unlimited"}
    )


def curve_of(findings: ComparisonFindings, report: Report, kind: str) -> list[Bin]:
    """Accuracy by the property that `kind` names."""
    return curve(findings.under(report.reasoner, report.budget).measured, report, kind)


def splits_of(findings: ComparisonFindings, report: Report) -> Splits:
    """Accuracy by the number of needed facts, and by hops."""
    return {kind: curve_of(findings, report, kind) for kind in SPLITS}


def write_files(
    folder: Path, findings: ComparisonFindings, outcome: ComparisonOutcome, kinds: Iterable[str]
) -> None:
    """Writes JSON and CSV files, with curves of these kinds; an invalid set-up has no figures."""
    timed = [(report, clock_for(findings, report)) for report in outcome.shown_reports]
    timings = comparison_files.timings_csv(timed).encode()
    for name, data in {**files_of(findings, outcome, kinds), "timings.csv": timings}.items():
        write_atomically(folder / name, [data])


def files_of(
    findings: ComparisonFindings, outcome: ComparisonOutcome, kinds: Iterable[str]
) -> dict[str, bytes]:
    """The files by name, without timings.csv: the same episodes give the same bytes."""
    reports = outcome.shown_reports
    split = [(report, splits_of(findings, report)) for report in reports]
    document = comparison_files.document(
        findings.about, outcome.sanity_checks, split, outcome.agreements
    )
    points = [(report, by_tokens(report)) for report in reports]
    texts = {
        "compare.csv": comparison_files.figures_csv(reports),
        "questions.csv": comparison_files.questions_csv(findings.measured if outcome.valid else ()),
        "pairs.csv": comparison_files.pairs_csv(reports),
        "pareto.csv": comparison_files.pareto_csv(points),
    }
    for kind in (*SPLITS, *kinds):
        bins = [(report, curve_of(findings, report, kind)) for report in reports]
        texts[f"{kind}.csv"] = comparison_files.curve_csv(bins)
    return {DOCUMENT: json_bytes(document), **{name: text.encode() for name, text in texts.items()}}


def clocked(run: Run) -> dict[tuple[str, str, int | None], list[float]]:
    """By reasoner, system and budget: the milliseconds of each step, as the run stored them.

    If an episode was played twice, because the first play was cut short, the last play counts.
    """
    last: dict[str, list[float]] = {}
    for row in run.timings():
        last[row["episode"]] = row.get("memory_ms", [])
    milliseconds: dict[tuple[str, str, int | None], list[float]] = {}
    for name, steps in last.items():
        _, _, reasoner, system, budget = name_parts(name)
        view = None if budget == ALL else int(budget)
        milliseconds.setdefault((reasoner, system, view), []).extend(steps)
    return milliseconds


def clock_of(times: Mapping[str, Sequence[float]]) -> dict[str, tuple[float, float]]:
    """The clock of each timed system, from the milliseconds of its steps.

    >>> clock_of({"a": [5, 1, 4, 2, 3], "b": []})
    {'a': (3, 5)}
    """
    return {
        system: (ordered[(len(ordered) - 1) // 2], ordered[-(-95 * len(ordered) // 100) - 1])
        for system, steps in times.items()
        if (ordered := sorted(steps))
    }

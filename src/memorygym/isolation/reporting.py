"""What a comparison comes to: its gates, a report for every reasoner and budget, and the files."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from memorygym.disk import as_bytes, write_whole
from memorygym.isolation import file
from memorygym.isolation.agreement import Agreement, agreement
from memorygym.isolation.arms import role_of
from memorygym.isolation.columns import paragraph
from memorygym.isolation.curves import CURVES, Bin, curve
from memorygym.isolation.figures import figures
from memorygym.isolation.gates import Gate, gates, invalid_text
from memorygym.isolation.pareto import by_tokens
from memorygym.isolation.performing import Findings
from memorygym.isolation.report import Report
from memorygym.isolation.timing import Clock, clock_of

DOCUMENT = "compare.json"
TABLES = ("compare.csv", "questions.csv", "pairs.csv", "pareto.csv")
"""Beside it in every folder of a comparison. What the clock told differs from run to run."""
DRAWN = tuple(f"{kind}.csv" for kind in CURVES)
"""Beside it where they were asked for."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """All that is told of a comparison."""

    gates: Sequence[Gate]
    """Of the set-up; a score is told only if all hold."""
    reports: Sequence[Report]
    agreements: Sequence[Agreement]

    @property
    def valid(self) -> bool:
        """Whether every gate holds."""
        return all(gate.holds for gate in self.gates)

    @property
    def told(self) -> Sequence[Report]:
        """The reports that may be told: none of a set-up that is invalid."""
        return self.reports if self.valid else ()


def outcome_of(found: Findings, played: Sequence[Gate]) -> Outcome:
    """Gates first: those that were played, then those that the figures show."""
    sets = {(r, b): found.under(r, b) for r in found.reasoners for b in found.budgets}
    reports = [_report(own, *one) for one, own in sets.items() if own.measured]
    empty = [
        Gate(f"{reasoner} finished a task at budget {budget:,}", False, "")
        for (reasoner, budget), own in sets.items()
        if not own.measured
    ]
    held = [*played, *empty, *(gate for report in reports for gate in gates(report))]
    agreed = (
        agreement(one, other, f"{one.reasoner} {other.reasoner} {one.budget}")
        for one, other in combinations(reports, 2)
        if one.budget == other.budget
    )
    return Outcome(held, reports, [one for one in agreed if one])


def invalid_of(found: Findings, outcome: Outcome) -> str:
    """What is told in place of figures, after the failures that may be why."""
    failed = Counter(one.place.memory for one in found.failed)
    told = ", ".join(f"{arm} {count}" for arm, count in sorted(failed.items()))
    played = f"{len(found.measured):,} episodes played, {failed.total():,} failed ({told})"
    return "\n".join([*(paragraph(played) if failed else ()), invalid_text(outcome.gates)])


def _report(own: Findings, reasoner: str, budget: int) -> Report:
    failures = Counter(one.place.memory for one in own.failed)
    return figures(own.measured, failures, f"{reasoner} {budget}")


def clock_for(found: Findings, report: Report) -> Clock:
    """Milliseconds of a step, by arm but those of what is held, of a run that was kept."""
    own = found.under(report.reasoner, report.budget).clocked.items()
    return clock_of({arm: times for (_, arm, _), times in own if role_of(arm) != "held"})


def curve_of(found: Findings, report: Report, kind: str) -> list[Bin]:
    """Accuracy by what `kind` says."""
    return curve(found.under(report.reasoner, report.budget).measured, report, kind)


def write_files(folder: Path, found: Findings, outcome: Outcome, drawn: Mapping[str, str]) -> None:
    """JSON and CSV; `drawn` are further files by name. A set-up that is invalid has no numbers."""
    timed = [(report, clock_for(found, report)) for report in outcome.told]
    texts = {**texts_of(found, outcome), "timings.csv": file.timings_csv(timed), **drawn}
    for name, text in texts.items():
        write_whole(folder / name, [text.encode()])


def texts_of(found: Findings, outcome: Outcome) -> dict[str, str]:
    """These files by name, without the clock's: the same bytes for the same episodes."""
    reports = outcome.told
    document = file.document(found.about, outcome.gates, reports, outcome.agreements)
    points = [(report, by_tokens(report)) for report in reports]
    return {
        DOCUMENT: as_bytes(document).decode(),
        "compare.csv": file.figures_csv(reports),
        "questions.csv": file.questions_csv(found.measured if outcome.valid else ()),
        "pairs.csv": file.pairs_csv(reports),
        "pareto.csv": file.pareto_csv(points),
    }


def curve_text_of(found: Findings, outcome: Outcome, kind: str) -> str:
    """The file of a curve."""
    return file.curve_csv((report, curve_of(found, report, kind)) for report in outcome.told)

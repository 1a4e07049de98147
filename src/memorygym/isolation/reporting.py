"""What a comparison comes to: its gates, a report for every reasoner and budget, and the files."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from memorygym.isolation import file
from memorygym.isolation.agreement import Agreement, agreement
from memorygym.isolation.curves import Bin, curve
from memorygym.isolation.figures import figures, role_of
from memorygym.isolation.gates import Gate, gates
from memorygym.isolation.pareto import Clock, by_tokens, clock_of
from memorygym.isolation.performing import Findings
from memorygym.isolation.report import Report
from memorygym.journal import write_whole


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


def outcome_of(found: Findings, played: Sequence[Gate]) -> Outcome:
    """Gates first: those that were played, then those that the figures show."""
    reports = [
        _report(found, reasoner, budget) for reasoner in found.reasoners for budget in found.budgets
    ]
    held = [*played, *(gate for report in reports for gate in gates(report))]
    agreed = (
        agreement(one, other, f"{one.reasoner} {other.reasoner} {one.budget}")
        for one, other in combinations(reports, 2)
        if one.budget == other.budget
    )
    return Outcome(held, reports, [one for one in agreed if one])


def _report(found: Findings, reasoner: str, budget: int) -> Report:
    failures = Counter(
        one.arm for one in found.failed if one.reasoner == reasoner and one.budget in (None, budget)
    )
    return figures(found.under(reasoner, budget), failures, f"{reasoner} {budget}")


def clock_for(found: Findings, report: Report) -> Clock:
    """Milliseconds of a step, by arm but those of what is held, of a run that was kept."""
    return clock_of(
        {
            arm: times
            for (reasoner, arm, budget), times in found.clocked.items()
            if reasoner == report.reasoner and budget in ("all", str(report.budget))
            if role_of(arm) != "held"
        }
    )


def curve_of(found: Findings, report: Report, kind: str) -> list[Bin]:
    """Accuracy by what `kind` says."""
    return curve(found.under(report.reasoner, report.budget or 0), report, kind)


def write_files(folder: Path, found: Findings, outcome: Outcome, drawn: Mapping[str, str]) -> None:
    """JSON and CSV; `drawn` are further files by name. A set-up that is invalid has no numbers."""
    reports = outcome.reports if outcome.valid else ()
    timed = [(report, clock_for(found, report)) for report in reports]
    points = [(report, by_tokens(report)) for report in reports]
    texts = {
        "compare.csv": file.figures_csv(reports),
        "questions.csv": file.questions_csv(found.measured if outcome.valid else ()),
        "pareto.csv": file.pareto_csv(points),
        "timings.csv": file.timings_csv(timed),
        **drawn,
    }
    document = file.document(found.about, outcome.gates, reports, outcome.agreements)
    write_whole(folder / "compare.json", [file.as_bytes(document)])
    for name, text in texts.items():
        write_whole(folder / name, [text.encode()])

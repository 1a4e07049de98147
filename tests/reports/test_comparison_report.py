"""The outcome of a comparison, and the files that it writes."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import replace
from io import StringIO
from pathlib import Path

from memorygym.core.outcome import Score
from memorygym.reports.comparison_report import (
    ComparisonFindings,
    clock_for,
    curve_of,
    outcome_of,
    write_files,
)
from memorygym.runs.comparison.sanity_checks import SanityCheck
from memorygym.runs.episode_result import EpisodeKey, Failure, Result
from memorygym.runs.metrics import Measurement
from tests.runs.comparison.measurements import THREE, all_played

SCORE = Score(0, {}, None, 0, 0, 0, 0, 0, ())
HOLDS = SanityCheck("it holds", True, "")
BETTER = {**THREE, "n": "11 11 11", "held:n": "11 11 11"}


def findings(measured: list[Measurement], *reasoners: str) -> ComparisonFindings:
    """The findings of these measurements at one budget."""
    clocked = {(who, system, 1000): [1.0, 3.0] for who in reasoners for system in ("m", "held:m")}
    recipe = {"reasoners": reasoners, "budgets": [1000]}
    return ComparisonFindings({"version": "c", "recipe": recipe}, results(measured), clocked)


def results(measured: Sequence[Measurement]) -> list[Result | Failure]:
    """The results of episodes with these measurements."""
    return [
        Result(
            place=place(measurement.system, measurement.budget, measurement.reasoner),
            task="t", version="c", score=SCORE,
            right=(), repaired=0, judged=None, stuck=0, causes={}, precision={}, usage={},
            measured=measurement,
        )
        for measurement in measured
    ]  # fmt: skip


def place(system: str, budget: int | None, reasoner: str) -> EpisodeKey:
    """The key of an episode."""
    return EpisodeKey(
        episode="", track="worlds", template="company", seed=0, agent=reasoner, memory=system,
        budget=budget, who="",
    )  # fmt: skip


def two() -> ComparisonFindings:
    """Findings with equal measurements under two reasoners."""
    strong = all_played(BETTER)
    weak = [replace(measurement, reasoner="weak") for measurement in strong]
    return findings([*strong, *weak], "strong", "weak")


def heads(folder: Path) -> Mapping[str, int]:
    """The number of rows of each file, without its head."""
    return {
        path.name: len([*csv.DictReader(StringIO(path.read_text(encoding="utf-8")))])
        for path in sorted(folder.glob("*.csv"))
    }


def test_there_is_a_report_for_every_reasoner_and_budget_and_an_agreement_for_every_two() -> None:
    outcome = outcome_of(two(), [HOLDS])
    assert [(report.reasoner, report.budget) for report in outcome.reports] == [
        ("strong", 1000), ("weak", 1000),
    ]  # fmt: skip
    assert [report.reasoners for report in outcome.agreements] == [("strong", "weak")]
    assert outcome.valid and outcome.sanity_checks[0] is HOLDS and len(outcome.sanity_checks) == 5


def test_one_failed_sanity_check_makes_a_comparison_invalid() -> None:
    assert not outcome_of(two(), [HOLDS, SanityCheck("it does not", False, "")]).valid
    measured = all_played({**THREE, "oracle": "00 00 00"})
    assert not outcome_of(findings(measured, "strong"), [HOLDS]).valid


def test_a_budget_at_which_no_task_was_finished_fails_a_sanity_check() -> None:
    unfinished = findings(all_played(THREE), "strong", "weak")
    outcome = outcome_of(unfinished, [HOLDS])
    assert "weak finished a task at budget 1,000" in [
        g.name for g in outcome.sanity_checks if not g.holds
    ]


def test_failures_count_for_their_own_report_and_those_without_a_budget_for_all() -> None:
    failed = [
        Failure(place("m", 1000, "weak"), "memory", "broke"),
        Failure(place("full", None, "strong"), "memory", "broke"),
    ]
    played = two()
    outcomes = [*played.outcomes, *failed]
    strong, weak = outcome_of(replace(played, outcomes=outcomes), [HOLDS]).reports
    rows = [(report.row("m"), report.row("full")) for report in (strong, weak)]
    assert [(m and m.failed, full and full.failed) for m, full in rows] == [(0, 1), (1, 0)]


def test_the_clock_of_a_report_leaves_out_unlimited_contexts() -> None:
    played = replace(two(), clocked={
        ("strong", "m", 1000): [1.0], ("weak", "m", 1000): [2.0], ("strong", "m", 500): [3.0],
        ("strong", "full", None): [4.0], ("strong", "held:m", 1000): [5.0],
    })  # fmt: skip
    strong, _ = outcome_of(played, [HOLDS]).reports
    assert clock_for(played, strong) == {"m": (1.0, 1.0), "full": (4.0, 4.0)}


def test_a_curve_is_of_its_own_report() -> None:
    played = two()
    for report in outcome_of(played, [HOLDS]).reports:
        assert {bin.questions for bin in curve_of(played, report, "retention")} == {6}


def test_the_folder_holds_every_table(tmp_path: Path) -> None:
    played = two()
    write_files(tmp_path, played, outcome_of(played, [HOLDS]), ["rewrite"])
    assert heads(tmp_path) == {
        "compare.csv": 16, "facts.csv": 12, "hops.csv": 12, "pairs.csv": 2, "pareto.csv": 10,
        "questions.csv": 96, "rewrite.csv": 12, "timings.csv": 2,
    }  # fmt: skip


def test_an_invalid_set_up_has_no_figures(tmp_path: Path) -> None:
    played = two()
    write_files(tmp_path, played, outcome_of(played, [SanityCheck("it does not", False, "")]), ())
    assert set(heads(tmp_path).values()) == {0}
    text = (tmp_path / "compare.json").read_text()
    assert '"reports": []' in text and '"holds": false' in text

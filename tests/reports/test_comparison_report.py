"""What a comparison comes to, and the files that it leaves."""

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
    """At one budget."""
    clocked = {(who, system, 1000): [1.0, 3.0] for who in reasoners for system in ("m", "held:m")}
    recipe = {"reasoners": reasoners, "budgets": [1000]}
    return ComparisonFindings({"version_hash": "c", "recipe": recipe}, results(measured), clocked)


def results(measured: Sequence[Measurement]) -> list[Result | Failure]:
    """Episodes that came to that."""
    return [
        Result(
            place=place(one.system, one.budget, one.reasoner), task="t", version_hash="c",
            score=SCORE,
            right=(), repaired=0, judged=None, stuck=0, causes={}, precision={}, usage={},
            measured=one,
        )
        for one in measured
    ]  # fmt: skip


def place(system: str, budget: int | None, reasoner: str) -> EpisodeKey:
    """Where an episode stands."""
    return EpisodeKey(
        episode="", track="worlds", template="company", seed=0, agent=reasoner, memory=system,
        budget=budget, who="",
    )  # fmt: skip


def two() -> ComparisonFindings:
    """The same under two reasoners."""
    one = all_played(BETTER)
    other = [replace(found, reasoner="weak") for found in one]
    return findings([*one, *other], "strong", "weak")


def heads(folder: Path) -> Mapping[str, int]:
    """By file: how many rows it has below its heads."""
    return {
        path.name: len([*csv.DictReader(StringIO(path.read_text(encoding="utf-8")))])
        for path in sorted(folder.glob("*.csv"))
    }


def test_there_is_a_report_for_every_reasoner_and_budget_and_an_agreement_for_every_two() -> None:
    outcome = outcome_of(two(), [HOLDS])
    assert [(one.reasoner, one.budget) for one in outcome.reports] == [
        ("strong", 1000), ("weak", 1000),
    ]  # fmt: skip
    assert [one.reasoners for one in outcome.agreements] == [("strong", "weak")]
    assert outcome.valid and outcome.gates[0] is HOLDS and len(outcome.gates) == 5


def test_one_gate_that_fails_is_enough() -> None:
    assert not outcome_of(two(), [HOLDS, SanityCheck("it does not", False, "")]).valid
    measured = all_played({**THREE, "oracle": "00 00 00"})
    assert not outcome_of(findings(measured, "strong"), [HOLDS]).valid


def test_a_budget_at_which_nothing_was_finished_is_a_gate_that_fails() -> None:
    found = findings(all_played(THREE), "strong", "weak")
    outcome = outcome_of(found, [HOLDS])
    assert "weak finished a task at budget 1,000" in [g.name for g in outcome.gates if not g.holds]


def test_failures_count_for_their_own_report_and_those_without_a_budget_for_all() -> None:
    failed = [
        Failure(place("m", 1000, "weak"), "memory", "broke"),
        Failure(place("full", None, "strong"), "memory", "broke"),
    ]
    found = two()
    outcomes = [*found.outcomes, *failed]
    strong, weak = outcome_of(replace(found, outcomes=outcomes), [HOLDS]).reports
    told = [(one.row("m"), one.row("full")) for one in (strong, weak)]
    assert [(m and m.failed, full and full.failed) for m, full in told] == [(0, 1), (1, 0)]


def test_the_clock_of_a_report_is_its_own_and_not_of_what_is_held() -> None:
    found = replace(two(), clocked={
        ("strong", "m", 1000): [1.0], ("weak", "m", 1000): [2.0], ("strong", "m", 500): [3.0],
        ("strong", "full", None): [4.0], ("strong", "held:m", 1000): [5.0],
    })  # fmt: skip
    strong, _ = outcome_of(found, [HOLDS]).reports
    assert clock_for(found, strong) == {"m": (1.0, 1.0), "full": (4.0, 4.0)}


def test_a_curve_is_of_its_own_report() -> None:
    found = two()
    for report in outcome_of(found, [HOLDS]).reports:
        assert {one.questions for one in curve_of(found, report, "retention")} == {6}


def test_the_folder_holds_every_table(tmp_path: Path) -> None:
    found = two()
    write_files(tmp_path, found, outcome_of(found, [HOLDS]), ["rewrite"])
    assert heads(tmp_path) == {
        "compare.csv": 16, "pairs.csv": 2, "pareto.csv": 10, "questions.csv": 96, "rewrite.csv": 12,
        "timings.csv": 2,
    }  # fmt: skip


def test_an_invalid_set_up_leaves_no_number(tmp_path: Path) -> None:
    found = two()
    write_files(tmp_path, found, outcome_of(found, [SanityCheck("it does not", False, "")]), ())
    assert set(heads(tmp_path).values()) == {0}
    text = (tmp_path / "compare.json").read_text()
    assert '"reports": []' in text and '"holds": false' in text

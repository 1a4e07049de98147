"""A whole comparison: what makes two of them one, what is checked first, what is found."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from memorygym.core.errors import BadSettings
from memorygym.core.types import Memory, Message
from memorygym.memories.none import Nothing
from memorygym.runs.comparison.memory_specs import MemorySpec
from memorygym.runs.comparison.run import Comparison
from memorygym.runs.comparison.sanity_checks import played_checks
from memorygym.runs.results import perform
from tests.runs.comparison.small_runs import comparison, gossip, world

APART = [
    "full shows the whole history",
    *(f"two episodes of {spec} stay apart" for spec in ("none", "full", "recency")),
]
MIXED = "one showed a word of the other; keep no state in class or module"


class RuleViolation(Memory):
    """Cannot be opened."""

    def observe(self, new: Sequence[Message]) -> None:
        raise ValueError("no")


def test_a_secret_is_recorded_as_its_hash_alone() -> None:
    about = str(comparison(tasks=world("a very long secret")).job().about())
    assert "secret" not in about
    assert about != str(comparison().job().about())


@pytest.mark.parametrize("other", [comparison("bm25"), comparison(budgets=(500, 1000))])
def test_a_folder_of_another_comparison_is_left_alone(other: Comparison, tmp_path: Path) -> None:
    perform(comparison(), tmp_path / "run")
    with pytest.raises(BadSettings, match=r"holds a run with --(memory|budget) "):
        perform(other, tmp_path / "run")


def test_a_kept_run_has_the_same_results_except_its_times(tmp_path: Path) -> None:
    kept = perform(comparison("bm25"), tmp_path / "run")
    loose = perform(comparison("bm25"), None)
    assert loose.episodes == kept.episodes
    (report,) = kept.reports
    assert kept.clock(report).keys() == {"none", "full", "recency", "oracle", "bm25"}


def test_a_name_too_long_for_a_file_is_named_before_anything_is_played(tmp_path: Path) -> None:
    long = "m" * 220
    asked = comparison(**{long: MemorySpec(Nothing, tools=False)})
    with pytest.raises(BadSettings, match="has 248 characters, and a file"):
        perform(asked, tmp_path / "run")
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("asked", "holding", "failing"),
    [
        (comparison("bm25"), [*APART, "two episodes of bm25 stay apart"], []),
        (
            comparison(m=MemorySpec(gossip(), tools=False)),
            APART,
            [("two episodes of m stay apart", MIXED)],
        ),
        # Its episodes fail.
        (comparison(m=MemorySpec(RuleViolation, tools=False)), APART, []),
    ],
)
def test_memories_that_can_be_made_are_checked_before_anything_is_played(
    asked: Comparison, holding: list[str], failing: list[tuple[str, str]]
) -> None:
    checks = played_checks(asked)
    assert [check.name for check in checks if check.holds] == holding
    assert [(check.name, check.detail) for check in checks if not check.holds] == failing

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


def test_all_checks_hold_for_memories_that_can_be_trusted() -> None:
    checks = played_checks(comparison("bm25"))
    assert [check.name for check in checks if check.holds] == [
        "full shows the whole history",
        *(f"two episodes of {spec} stay apart" for spec in ("none", "full", "recency", "bm25")),
    ]


def test_a_memory_that_shows_one_episode_the_other_fails_its_check() -> None:
    checks = played_checks(comparison(m=MemorySpec(gossip(), tools=False)))
    (check,) = [check for check in checks if not check.holds]
    assert (check.name, check.detail) == (
        "two episodes of m stay apart",
        "one showed a word of the other; keep no state in class or module",
    )  # fmt: skip


def test_a_memory_that_breaks_has_no_check_since_its_episodes_fail() -> None:
    checks = played_checks(comparison(m=MemorySpec(RuleViolation, tools=False)))
    assert all(check.holds for check in checks) and not any(" m " in check.name for check in checks)

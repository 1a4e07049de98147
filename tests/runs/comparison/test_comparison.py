"""A whole comparison: what makes two of them one, what is checked, and what makes it invalid."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

import pytest

from memorygym.core.errors import BadSettings
from memorygym.core.track import TaskOptions, find
from memorygym.core.types import Memory, Message
from memorygym.memories.bm25 import make as bm25
from memorygym.memories.full import FullContext
from memorygym.memories.none import Nothing
from memorygym.models.extractive import write
from memorygym.runs.comparison.figures import figures
from memorygym.runs.comparison.run import Comparison
from memorygym.runs.comparison.sanity_checks import (
    canaries_shown,
    figure_checks,
    invalid_text,
    played_checks,
)
from memorygym.runs.comparison.system_specs import MemorySpec
from memorygym.runs.results import perform
from tests.episodes import generated, worlds
from tests.memories.broken import Echo
from tests.reports.own_parts import Broken
from tests.runs.comparison.measurements import THREE, all_played, reported
from tests.runs.comparison.small_runs import comparison, gossip

APART = [
    "full shows the whole history",
    *(f"two episodes of {spec} stay apart" for spec in ("none", "full", "recency")),
]
MIXED = "one showed a word of the other; keep no state in class or module"


def test_a_secret_is_recorded_as_its_hash_alone() -> None:
    about = str(comparison(tasks=worlds(salt="a very long secret")).about())
    assert "secret" not in about
    assert about != str(comparison().about())


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
        (comparison(m=MemorySpec(Broken, tools=False)), APART, []),
    ],
)
def test_memories_that_can_be_made_are_checked_before_anything_is_played(
    asked: Comparison, holding: list[str], failing: list[tuple[str, str]]
) -> None:
    checks = played_checks(asked)
    assert [check.name for check in checks if check.holds] == holding
    assert [(check.name, check.detail) for check in checks if not check.holds] == failing


def verdicts(systems: dict[str, str], reasoner: str = "strong") -> list[bool]:
    measured = [replace(measurement, reasoner=reasoner) for measurement in all_played(systems)]
    return [check.holds for check in figure_checks(figures(measured, {}, "test"))]


@pytest.mark.parametrize(
    ("changes", "reasoner", "holds"),
    [
        ({}, "strong", [True, True]),
        ({"oracle": "11 11 10"}, "strong", [False, True]),
        ({"oracle": "11 11 10"}, "weak", [True, True]),
        ({"oracle": "00 00 00"}, "weak", [False, True]),
        ({"full": "00 00 00"}, "strong", [True, False]),
        ({"full": "- - -"}, "strong", [True, False]),
    ],
)
def test_a_check_fails_if_the_set_up_cannot_be_trusted(
    changes: dict[str, str], reasoner: str, holds: list[bool]
) -> None:
    assert verdicts({**THREE, **changes}, reasoner) == holds


def test_a_check_states_its_figures_and_one_that_holds_gives_no_message() -> None:
    first, second = figure_checks(reported({**THREE, "full": "- - -"}, full=3))
    assert (first.name, first.detail) == ("oracle is at least 95 %", "oracle 100.0 %, none 16.7 %")
    assert second.detail == "full not played, none 16.7 %"
    assert invalid_text(figure_checks(reported(THREE))) == ""


class Listening(Memory):
    """Keeps the messages that it observes where a test can read them."""

    observed: ClassVar[list[str]] = []

    def observe(self, new: Sequence[Message]) -> None:
        self.observed += [message.content for message in new]


@pytest.mark.parametrize(
    ("make", "keeps", "mixed"),
    [
        (FullContext, True, False),
        (bm25, None, False),
        (Nothing, False, False),
        (Echo, None, False),
        (gossip(), None, True),
    ],
)
def test_who_keeps_all_shows_its_canary_and_who_shares_a_state_is_found(
    make: Callable[[], Memory], keeps: bool | None, mixed: bool
) -> None:
    task = generated("company", 0, "lite")
    shows_own, shows_other = canaries_shown(make, task, write)
    assert shows_other == mixed and keeps in (None, shows_own)


def test_canaries_use_the_environment_that_is_played() -> None:
    parameters = {"hops": "2", "tokens": "10k", "mode": "agentic"}
    (recipe,) = find("research").tasks(TaskOptions(range(1), "", parameters))
    task = recipe.generate()
    assert canaries_shown(Listening, task, write) == (False, False)
    texts = "\n".join(Listening.observed)
    assert task.events[0].text in texts and "Nothing was called." in texts
    assert canaries_shown(FullContext, task, write) == (True, False)
    assert canaries_shown(gossip(), task, write)[1]

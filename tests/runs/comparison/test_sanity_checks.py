"""What makes a set-up invalid: figures, and episodes that forget or see each other."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import ClassVar

import pytest

from memorygym.core.track import TaskOptions, find
from memorygym.core.types import Memory, Message
from memorygym.memories.bm25 import make as bm25
from memorygym.memories.full import Full
from memorygym.memories.none import Nothing
from memorygym.models.extractive import write
from memorygym.runs.comparison.figures import figures
from memorygym.runs.comparison.sanity_checks import figure_checks, invalid_text, mixes, returns
from tests.episodes import generated
from tests.runs.comparison.measurements import THREE, all_played, reported
from tests.runs.comparison.small_runs import gossip


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


class Echo(Memory):
    """Shows the running event again."""

    def compose(self, live: Sequence[Message], budget: int | None) -> Sequence[Message]:
        return live


@pytest.mark.parametrize(
    ("make", "keeps", "mixed"),
    [
        (Full, True, False),
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
    assert mixes(make, task, write) == mixed
    assert keeps is None or returns(make, task, write) == keeps


def test_canaries_use_the_environment_that_is_played() -> None:
    parameters = {"hops": "2", "tokens": "10k", "mode": "agentic"}
    (recipe,) = find("research").tasks(TaskOptions(range(1), "", parameters))
    task = recipe.generate()
    assert not returns(Listening, task, write)
    texts = "\n".join(Listening.observed)
    assert task.events[0].text in texts and "Nothing was called." in texts
    assert returns(Full, task, write) and not mixes(Full, task, write)
    assert mixes(gossip(), task, write)

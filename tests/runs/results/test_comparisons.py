"""What may be compared, and how."""

import copy
from typing import Any

import pytest

from memorygym.core.errors import BadSettings
from memorygym.runs.results.results_file import Document, compare
from tests.episodes import lite


def _found(*agents: str, **chosen: Any) -> Document:
    return lite(*agents, seeds=3, **chosen).document


@pytest.fixture(scope="module")
def document() -> Document:
    return _found("strategic", "naive")


def test_an_agent_is_compared_with_itself_on_the_tasks_that_both_played(document) -> None:
    comparisons = compare(document, _found("naive", first=1))
    assert [
        (comparison.agent, comparison.paired, comparison.difference.estimate.tasks)
        for comparison in comparisons
    ] == [("naive", True, 2)]


def test_two_agents_alone_are_compared_with_each_other() -> None:
    (comparison,) = compare(_found("strategic"), _found("naive"))
    assert (comparison.agent, comparison.other, comparison.paired) == ("strategic", "naive", True)
    assert comparison.difference.estimate.mean > 0


def test_tasks_of_another_secret_are_compared_unpaired(document) -> None:
    assert not any(comparison.paired for comparison in compare(document, _found("naive", salt="s")))


def test_agents_that_share_nothing_are_not_compared(document) -> None:
    with pytest.raises(
        BadSettings, match="no agent is in both files: strategic, naive and guesser"
    ):
        compare(document, _found("guesser"))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            lambda d: d.update(version="worlds-v1"),
            "the scores measure different things",
        ),
        (
            lambda d: d["recipe"]["parameters"].update(tier="hard"),
            "tier lite and tier hard differ: play both alike",
        ),
        (lambda d: d["recipe"].update(memory="chromadb"), "memory markdown and memory chromadb"),
        (lambda d: d["recipe"]["parameters"].update(writes="3"), "differ: play both alike"),
    ],
)
def test_results_with_other_settings_are_not_compared(change, message: str, document) -> None:
    other = copy.deepcopy(dict(document))
    change(other)
    with pytest.raises(BadSettings, match=message):
        compare(document, other)

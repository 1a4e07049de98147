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


def test_an_agent_is_compared_with_itself_on_the_worlds_that_both_played(document) -> None:
    found = compare(document, _found("naive", first=1))
    assert [(one.agent, one.paired, one.difference.estimate.tasks) for one in found] == [
        ("naive", True, 2)
    ]


def test_two_agents_alone_are_compared_with_each_other() -> None:
    (found,) = compare(_found("strategic"), _found("naive"))
    assert (found.agent, found.other, found.paired) == ("strategic", "naive", True)
    assert found.difference.estimate.mean > 0


def test_worlds_of_another_salt_are_other_worlds(document) -> None:
    assert not any(one.paired for one in compare(document, _found("naive", salt="s")))


def test_agents_that_share_nothing_are_not_compared(document) -> None:
    with pytest.raises(
        BadSettings, match="no agent is in both files: strategic, naive and guesser"
    ):
        compare(document, _found("guesser"))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            lambda d: d.update(version_hash="worlds-v1@00000000"),
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
def test_what_measured_otherwise_is_not_compared(change, said: str, document) -> None:
    other = copy.deepcopy(dict(document))
    change(other)
    with pytest.raises(BadSettings, match=said):
        compare(document, other)

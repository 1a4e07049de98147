"""Regressions of an agent or a memory: a least score, and no answer lost."""

import json
from itertools import product
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest

from memorygym.core.errors import BadSettings, MemoryGymError
from memorygym.memories.markdown import Markdown
from memorygym.runs.results import load
from memorygym.testing import check_regressions, check_score
from memorygym.tracks.worlds.agents.honest import naive
from memorygym.tracks.worlds.agents.note_taker import Strategist
from tests.episodes import lite


class Forgetful(Markdown):
    """Finds nothing that it holds."""

    def call(self, name, arguments):
        return super().call(name, arguments) if name in ("Write", "Edit") else "nothing"


class Breaking(Markdown):
    """Breaks its protocol."""

    def call(self, name, arguments):
        raise KeyError(name)


@pytest.fixture(scope="module")
def baseline(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Earlier results of an agent."""
    folder = tmp_path_factory.mktemp("baseline") / "run"
    lite("strategic", seeds=2, folder=folder)
    return folder


AGENTS = ["strategic", f"{Strategist.__module__}:Strategist", lambda _: Strategist()]
MEMORIES = ["markdown", f"{Markdown.__module__}:Markdown", Markdown]


@pytest.mark.parametrize(
    ("agent", "memory"), [*product(AGENTS, MEMORIES[:1]), *product(AGENTS[:1], MEMORIES[1:])]
)
def test_a_part_is_passed_by_name_or_as_a_factory(agent: Any, memory: Any) -> None:
    assert check_score(agent, 20, memory=memory) == []
    company = "worlds:template=company:tier=lite"
    (sentence,) = check_score(agent, 99, memory=memory, track=company, seeds=range(1))
    assert "is below 99 (company 0: " in sentence and "never written" in sentence


def test_a_memory_that_lost_something_falls_under_its_score() -> None:
    (sentence,) = check_score("strategic", 20, memory=Forgetful)
    assert "not retrieved" in sentence


def test_the_tasks_of_any_track_are_scored() -> None:
    (sentence,) = check_score("silent", 1, track="research:tokens=10k", seeds=range(1))
    assert sentence.startswith("composite 0.0 is below 1 (hops")


def test_a_memory_that_breaks_its_protocol_is_reported(baseline: Path) -> None:
    for sentences in (
        check_score("strategic", 0, memory=Breaking),
        check_regressions("strategic", baseline, memory=Breaking),
    ):
        assert len(sentences) == 1 and "KeyError" in sentences[0]


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ({"at_least": 101}, "give 0 to 100"),
        ({"seeds": range(0)}, "give other seeds"),
        ({"track": "worlds:tier=lit"}, "did you mean lite"),
    ],
)
def test_what_cannot_be_is_refused(arguments: Any, why: str) -> None:
    with pytest.raises(MemoryGymError, match=why):
        check_score("naive", **{"at_least": 0, **arguments})


def test_what_was_right_is_right_again(baseline: Path) -> None:
    assert check_regressions("strategic", baseline) == []
    assert check_regressions(lambda _: Strategist(), str(baseline)) == []


def test_every_question_that_is_wrong_now_is_listed(baseline: Path) -> None:
    sentences = check_regressions(lambda _: naive(), baseline)
    lost = check_regressions("strategic", baseline, memory=Forgetful)
    right = sum(sum(result.right) for result in load(baseline).results)
    assert 0 < len(sentences) < right and 0 < len(lost) <= right
    assert sentences[0].startswith("company+0+strategic+0#")
    assert "was right, is wrong (" in sentences[0]


def test_of_several_agents_one_is_named(tmp_path: Path) -> None:
    lite("strategic", "naive", seeds=2, folder=(both := tmp_path / "both"))
    assert check_regressions("naive", both) == []
    assert check_regressions(lambda _: Strategist(), both, was="naive") == []
    with pytest.raises(BadSettings, match="strategic, naive: name one"):
        check_regressions(lambda _: Strategist(), both)


def test_results_that_cannot_be_played_are_refused(baseline: Path, tmp_path: Path) -> None:
    lite("naive", salt="a salt of some length", folder=(private := tmp_path / "private"))
    with pytest.raises(BadSettings, match="private test set"):
        check_regressions("naive", private)
    other = copytree(baseline, tmp_path / "other")
    about = json.loads((other / "run.json").read_bytes())
    (other / "run.json").write_text(json.dumps({**about, "version": "worlds-v1"}))
    with pytest.raises(BadSettings, match=r"has the version worlds-v1, .* play it again"):
        check_regressions("strategic", other)

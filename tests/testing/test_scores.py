"""Regressions of an agent or a memory: a least score, and no answer lost."""

import json
from pathlib import Path
from shutil import copytree

import pytest

from memorygym.cli import main
from memorygym.core.errors import BadSettings
from memorygym.memories.markdown import Markdown
from memorygym.runs.results import load
from memorygym.testing import check_regressions, check_score
from memorygym.tracks.worlds.agents.honest import naive
from memorygym.tracks.worlds.agents.note_taker import Strategist


class Forgetful(Markdown):
    """Finds nothing that it holds."""

    def call(self, name, arguments):
        return super().call(name, arguments) if name in ("Write", "Edit") else "nothing"


class RuleViolation(Markdown):
    """Breaks its protocol."""

    def call(self, name, arguments):
        raise KeyError(name)


@pytest.fixture(scope="module")
def baseline(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Earlier results of an agent."""
    return _results(tmp_path_factory.mktemp("baseline") / "run", "strategic")


def _results(path: Path, *agents: str, more: tuple[str, ...] = ()) -> Path:
    words = ["--tier", "lite", "-t", "company", "--seeds", "2", "--strategy", *agents]
    assert main(["bench", "-q", "--workers", "1", *words, *more, "-o", str(path)]) == 0
    return path


@pytest.mark.parametrize(
    "agent",
    [
        "strategic",
        "memorygym.tracks.worlds.agents.note_taker:Strategist",
        lambda _: Strategist(),
    ],
)
def test_an_agent_is_passed_by_name_or_as_a_factory(agent) -> None:
    assert check_score(agent, 20) == []
    (sentence,) = check_score(agent, 99, track="worlds:template=company:tier=lite", seeds=range(1))
    assert "is below 99 (company 0: " in sentence and "never written" in sentence


@pytest.mark.parametrize("memory", ["markdown", "memorygym.memories.markdown:Markdown", Markdown])
def test_a_memory_is_passed_by_name_or_as_a_factory(memory) -> None:
    assert check_score("strategic", 20, memory=memory) == []


def test_a_memory_that_lost_something_falls_under_its_score() -> None:
    (sentence,) = check_score("strategic", 20, memory=Forgetful)
    assert "not retrieved" in sentence


def test_a_memory_that_breaks_its_protocol_is_reported(baseline: Path) -> None:
    for sentences in (
        check_score("strategic", 0, memory=RuleViolation),
        check_regressions("strategic", baseline, memory=RuleViolation),
    ):
        assert len(sentences) == 1 and "KeyError" in sentences[0]


@pytest.mark.parametrize(
    "change", [{"at_least": 101}, {"seeds": range(0)}, {"track": "worlds:tier=lit"}]
)
def test_what_cannot_be_is_refused(change) -> None:
    with pytest.raises(Exception, match=r"give 0 to 100|give other seeds|did you mean lite"):
        check_score("naive", **{"at_least": 0, **change})


def test_what_was_right_is_right_again(baseline: Path) -> None:
    assert check_regressions("strategic", baseline) == []
    assert check_regressions(lambda _: Strategist(), str(baseline)) == []


def test_every_question_that_is_wrong_now_is_listed(baseline: Path) -> None:
    sentences = check_regressions(lambda _: naive(), baseline)
    lost = check_regressions("strategic", baseline, memory=Forgetful)
    right = sum(sum(result.right) for result in load(baseline).results)
    assert 0 < len(sentences) < right and 0 < len(lost) <= right
    assert (
        sentences[0].startswith("company+0+strategic+0#")
        and "was right, is wrong (" in sentences[0]
    )


def test_of_several_agents_one_is_named(tmp_path: Path) -> None:
    both = _results(tmp_path / "both", "strategic", "naive")
    assert check_regressions("naive", both) == []
    assert check_regressions(lambda _: Strategist(), both, was="naive") == []
    with pytest.raises(BadSettings, match="strategic, naive: name one"):
        check_regressions(lambda _: Strategist(), both)


def test_results_that_cannot_be_played_are_refused(baseline: Path, tmp_path: Path) -> None:
    private = _results(tmp_path / "private", "naive", more=("--salt", "a salt of some length"))
    with pytest.raises(BadSettings, match="private test set"):
        check_regressions("naive", private)
    other = copytree(baseline, tmp_path / "other")
    about = json.loads((other / "run.json").read_bytes())
    (other / "run.json").write_text(json.dumps({**about, "version": "worlds-v1"}))
    with pytest.raises(BadSettings, match=r"has the version worlds-v1, .* play it again"):
        check_regressions("strategic", other)

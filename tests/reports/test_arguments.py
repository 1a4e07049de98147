"""Every mistake in a call is a MemoryGymError that says what to give instead."""

from collections.abc import Mapping, Sequence
from operator import methodcaller
from typing import Any

import pytest

import memorygym
from memorygym import Memory, Message, Policy, Tool
from memorygym.cli import main
from memorygym.core.types import Task
from tests.reports.own_parts import Broken, LastMessages, NoPart

SMALL: dict[str, Any] = {"template": "company", "tier": "lite", "seeds": 1}


class Five(Policy):
    """An agent that returns a number."""

    def act(self, view: Sequence[Message], tools: Sequence[Tool]) -> Any:
        return 5


class Raising(Policy):
    """An agent that raises an error."""

    def act(self, view: Sequence[Message], tools: Sequence[Tool]) -> Message:
        raise KeyError("x")


class Exiting(LastMessages):
    """A memory that ends its process."""

    def observe(self, new: Sequence[Message]) -> None:
        raise SystemExit(3)


class Unmade(Memory):
    """A memory that cannot be made."""

    def __init__(self) -> None:
        raise KeyError("x")


@pytest.mark.parametrize(
    ("agent", "options", "message"),
    [
        (Five, {}, "agent Five returned 5 (a policy replies with a Message, not int)"),
        (Raising, {}, "agent Raising raised KeyError: 'x'"),
        ([], {}, "agent=[]: name at least one"),
        ("naive, strategik", {}, "did you mean strategic?"),
        ("naive", {"model": "m"}, "plays a model alone"),
        ("naive", {"memory": NoPart}, "NoPart is no memory"),
        ("naive", {"repeats": 3}, "repeats is for model"),
        (None, {"model": object()}, "is no model"),
        (NoPart, {}, "NoPart is no agent: a NoPart has not `act(view, tools)`"),
    ],
)
def test_a_bad_agent_or_model_is_refused(
    agent: object, options: Mapping[str, Any], message: str
) -> None:
    with pytest.raises(memorygym.MemoryGymError) as error:
        memorygym.evaluate(agent, **{**SMALL, **options})
    assert message in str(error.value)


@pytest.mark.parametrize(
    ("memories", "options", "message"),
    [
        ("bm25", {"reasoner": []}, "reasoner names none"),
        ("bm25", {"output": "/etc/hostname"}, "output='/etc/hostname': File exists"),
        ("bm25", {"output": "/proc/x/y"}, "give another folder"),
        ("bm25", {"track": 3}, "track=3: give a text"),
        ("bm25", {"track": "Worlds"}, "no tracks named 'Worlds'; did you mean worlds?"),
        ("bm25", {"parameters": ["x"]}, "parameters=['x']: give a mapping"),
        ("bm25", {"seeds": [0, 1]}, "give a whole number or a range"),
        ("bm25", {"budgets": "500"}, "budgets='500': give a whole number or a list"),
        ("bm25", {"budgets": []}, "budgets=[] is empty"),
        ("bm25", {"template": []}, "template=[] is empty"),
        ("bm25", {"template": [5]}, "template=[5]: give a text or a list"),
        ("bm25", {"api_base": "http://x"}, "api_base is for a model"),
        ("bm25", {"track": "worlds:tier=hard"}, "tier lite and worlds with tier=hard differ"),
        ("bm25", {"parameters": {"tier": "hard"}}, "tier lite and parameters with tier=hard"),
        ("bm25", {"data": "locomo:/nowhere", "track": None}, "and template are both given"),
        ({"all": LastMessages}, {}, "the name 'all' stands for all systems"),
        ({"a\tb": LastMessages}, {}, "holds a control character"),
        (Unmade, {}, "Unmade cannot be made: it raised KeyError: 'x'"),
        (NoPart, {}, "NoPart is no memory: a NoPart has not `observe` and `compose`"),
        ([], {}, "name at least one"),
        ("bm52", {}, "no memory named 'bm52'; did you mean bm25?"),
        ([LastMessages(1), LastMessages(2)], {}, "two parts are called 'LastMessages'"),
        ({"bm25": LastMessages}, {}, "'bm25' is that of a built-in part"),
        (Task, {}, "Task cannot be made without arguments"),
        ("bm25", {"seeds": 0}, "seeds=0: give at least 1"),
        ("bm25", {"seeds": range(0, 9, 3)}, "give whole numbers from 0 in a row"),
        ("bm25", {"sedes": 5}, "no option of compare named 'sedes'; did you mean seeds?"),
        ("bm25", {"parameters": {"hops": 2}}, "no parameter of the track worlds named 'hops'"),
        ("bm25", {"reasoner": "stronk"}, "no reasoner named 'stronk'; did you mean strong?"),
        ("bm25", {"memory_model": "extractiv"}, "did you mean extractive?"),
        ("bm25", {"budgets": 1}, "a budget of 1 tokens holds no"),
    ],
)
def test_a_bad_argument_is_refused_with_what_to_give(
    memories: object, options: Mapping[str, Any], message: str
) -> None:
    with pytest.raises(memorygym.MemoryGymError) as error:
        memorygym.compare(memories, **{**SMALL, **options})
    assert message in str(error.value)


@pytest.fixture(scope="module")
def results() -> memorygym.Results:
    """Two memories that fail, and one that reads budgets of another package's type."""
    memories = {"exits": Exiting, " raises ": Broken, "記憶": LastMessages}
    return memorygym.compare(memories, budgets=range(400, 500, 100), **SMALL)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (methodcaller("plot", 5), "path=5"),
        (methodcaller("explain", 5), "id=5"),
        (methodcaller("explain", system=5), "system=5"),
        (methodcaller("explain", limit=0), "limit=0: give at least 1"),
        (methodcaller("explain", limit="3"), "limit='3': give a whole number"),
        (methodcaller("to_pandas", 5), "table=5"),
        (methodcaller("to_pandas", "cells"), "choose from questions, rows, summary"),
    ],
)
def test_a_bad_argument_of_a_result_is_refused(
    call: Any, message: str, results: memorygym.Results
) -> None:
    with pytest.raises(memorygym.MemoryGymError, match=message):
        call(results)


def test_a_memory_that_fails_or_exits_is_named_with_its_class(results: memorygym.Results) -> None:
    text = " ".join(str(results).split())
    assert "exits failed 1 time: memory exits raised SystemExit: 3" in text
    assert "raises failed 1 time: memory Broken: compose() raised KeyError: 'lost'" in text
    assert "held:exits failed" not in text
    assert "memorygym.check_memory(Broken) lists every broken rule" in text


def test_why_a_memory_failed_everywhere_stands_in_place_of_its_misses(
    results: memorygym.Results,
) -> None:
    text = " ".join(str(results.explain(system="exits")).split())
    assert text.startswith(
        "0 of 0 questions missed in 0 episodes exits failed 1 time: memory exits raised"
        " SystemExit: 3"
    )
    assert "raises failed 1 time" in str(results.explain())


def test_a_printed_table_is_aligned_and_fits_the_terminal(
    results: memorygym.Results, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = str(results).splitlines()
    wide, narrow = (next(line for line in lines if line.startswith(n)) for n in ("記憶", "oracle"))
    assert len(wide) + 2 == len(narrow)
    monkeypatch.setenv("COLUMNS", "50")
    assert max(map(len, str(results).splitlines())) <= 50


def test_a_run_of_an_unreadable_object_is_not_resumed(tmp_path: Any) -> None:
    lines = (line for line in "ab")

    def made() -> LastMessages:
        return LastMessages(len(str(lines)))

    memorygym.compare(made, output=tmp_path, **SMALL)
    with pytest.raises(memorygym.MemoryGymError, match="its made is this one cannot be told"):
        memorygym.compare(made, output=tmp_path, **SMALL)


def test_the_command_line_refuses_two_tiers_too(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--track", "worlds:tier=lite", "--tier", "hard", "--memory", "bm25"]
    assert main(["compare", *words]) == 2
    assert "tier hard and worlds with tier=lite differ" in capsys.readouterr().err

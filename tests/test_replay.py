"""A trace is believed only if its replies lead to it."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from memorygym.replay import problem, settings_of
from memorygym.runner import Plan, play_task
from memorygym.settings import LIMITS, Settings
from memorygym.trace import Trace, read_trace
from memorygym.worlds.dealing.tiers import Sizes

AGENTS = ("strategic", "template_expert", "perfect", "malformed_caller", "edit_dumper")


def _traces(settings: Settings) -> list[Trace]:
    """The traces as they are read from disk."""
    results = play_task(settings, Plan(AGENTS, attributed=False, traced=True))
    return [read_trace(list(result.trace.lines()))[0] for result in results]


@pytest.mark.parametrize(
    "settings",
    [
        Settings("company", 0, "lite"),
        Settings("city", 1, "multi"),
        Settings("sport", 2, "lite", Sizes(entities=20, questions=7), turns=9, patience=1),
        Settings("movie", 3, "lite", Sizes(tokens=9_000)),
        Settings("hospital", 4, "lite", memory="markdown", repeat=2),
    ],
)
def test_what_was_played_comes_out_again(settings: Settings) -> None:
    for trace in _traces(settings):
        assert problem(trace) == ""


def test_a_sealed_trace_needs_its_salt() -> None:
    for trace in _traces(Settings("company", 0, "lite", salt="a secret")):
        assert problem(trace, "a secret") == ""
        assert "only its salt" in problem(trace)
        assert problem(trace, "another") != ""


def _forge(kind: str, change: Callable[[dict], None]) -> str:
    trace = _traces(Settings("company", 0, "lite"))[0]
    rows = [json.loads(line) for line in trace.lines()]
    change(rows[0] if kind == "header" else next(r for r in rows if r.get("kind") == kind))
    forged, damage = read_trace([json.dumps(row) for row in rows])
    assert not damage
    return problem(forged)


@pytest.mark.parametrize(
    ("kind", "change", "said"),
    [
        ("answered", lambda r: r.update(answer="42"), "is not what the replies lead to"),
        ("stored", lambda r: r.update(tokens=1), "is not what the replies lead to"),
        ("stored", lambda r: r.update(writes=0), "is not what the replies lead to"),
        ("shown", lambda r: r["messages"].pop(), "is not what the replies lead to"),
        ("header", lambda r: r["budget"].update(capacity=10**6), "budget is not that of the task"),
        ("header", lambda r: r["gold"]["questions"].pop(), "gold is not that of the task"),
        ("header", lambda r: r.update(system="Store nothing."), "system is not that of the task"),
        ("header", lambda r: r["recipe"].update(seed=1), "end before the episode"),
        ("header", lambda r: r["recipe"].update(template="compny"), "did you mean company?"),
        ("header", lambda r: r["recipe"].update(writes="many"), "'many'"),
        ("header", lambda r: r["labels"].update(memory="markdwn"), "did you mean markdown?"),
        ("header", lambda r: r["labels"].update(memory="os:abort"), "no memory named 'os:abort'"),
        ("header", lambda r: r.update(track="os:system"), "track is not that of the task"),
    ],
)
def test_a_forged_trace_is_found_out(kind: str, change: Callable[[dict], None], said: str) -> None:
    assert said in _forge(kind, change)


def test_replies_that_end_early_are_found_out() -> None:
    trace = _traces(Settings("company", 0, "lite"))[0]
    del trace.records[len(trace.records) // 2 :]
    assert problem(trace) == "the replies end before the episode does"


def test_the_settings_of_a_trace_deal_its_task_again() -> None:
    settings = Settings("company", 0, "lite", Sizes(entities=24), turns=5, patience=2)
    again = settings_of(_traces(settings)[0]).deal()
    assert again.id == settings.deal().id
    assert (again.budget, again.recipe) == (settings.deal().budget, settings.deal().recipe)
    assert (again.budget.turns, again.budget.patience) == (5, 2)


def test_only_an_agent_that_may_lifts_its_budget(tmp_path: Path) -> None:
    def claim(header: dict) -> None:
        ends = {name: header["budget"][name] for name in LIMITS}
        header["budget"] = dict.fromkeys(header["budget"]) | ends

    assert "budget is not that of the task" in _forge("header", claim)

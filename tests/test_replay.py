"""A trace is believed only if its replies lead to it."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from memorygym.runs.replay import unlike
from memorygym.runner import Plan, play_task
from memorygym.tracks.worlds.settings import Settings
from memorygym.trace import Trace, read_trace
from memorygym.tracks.worlds.dealing.tiers import Sizes

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
        assert unlike(trace, settings.deal(), settings) == ""


def test_a_sealed_trace_needs_its_salt() -> None:
    settings, other = (Settings("company", 0, "lite", salt=s) for s in ("a secret", "another"))
    for trace in _traces(settings):
        assert unlike(trace, settings.deal(), settings) == ""
        assert unlike(trace, other.deal(), other) != ""


def _forge(kind: str, change: Callable[[dict], None]) -> str:
    settings = Settings("company", 0, "lite")
    rows = [json.loads(line) for line in _traces(settings)[0].lines()]
    change(rows[0] if kind == "header" else next(r for r in rows if r.get("kind") == kind))
    forged, damage = read_trace([json.dumps(row) for row in rows])
    assert not damage
    return unlike(forged, settings.deal(), settings)


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
        ("header", lambda r: r["recipe"].update(seed=1), "recipe is not that of the task"),
        ("header", lambda r: r.update(track="os:system"), "track is not that of the task"),
    ],
)
def test_a_forged_trace_is_found_out(kind: str, change: Callable[[dict], None], said: str) -> None:
    assert said in _forge(kind, change)


def test_replies_that_end_early_are_found_out() -> None:
    settings = Settings("company", 0, "lite")
    trace = _traces(settings)[0]
    del trace.records[len(trace.records) // 2 :]
    assert unlike(trace, settings.deal(), settings) == "the replies end before the episode does"


def test_only_an_agent_that_may_lifts_its_budget(tmp_path: Path) -> None:
    def claim(header: dict) -> None:
        ends = {name: header["budget"][name] for name in LIMITS}
        header["budget"] = dict.fromkeys(header["budget"]) | ends

    assert "budget is not that of the task" in _forge("header", claim)

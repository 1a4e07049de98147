"""A trace is believed only if its replies lead to it."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from memorygym.core.trace import Trace, read_trace
from memorygym.reports.checks import replayed
from memorygym.runs.systems import AgentSystem
from memorygym.runs.tasks import Limits
from memorygym.tracks.worlds.generator.tiers import Sizes
from memorygym.tracks.worlds.settings import WorldsSettings
from tests.episodes import results_of
from tests.slow import mostly_slow

AGENTS = ("strategic", "template_expert", "perfect", "malformed_caller", "edit_dumper")


def _traces(settings: WorldsSettings, limits: Limits = Limits()) -> list[Trace]:  # noqa: B008
    """The traces as they are read from disk."""
    results = results_of(settings, AGENTS, limits=limits)
    return [read_trace(list(result.trace.lines()))[0] for result in results]


def _unlike(trace: Trace, settings: WorldsSettings, limits: Limits = Limits()) -> str:  # noqa: B008
    player = AgentSystem(str(trace.labels["agent"]), limits=limits)
    return replayed(trace, settings.generate(), player)


@mostly_slow(
    ("settings", "limits"),
    [
        (WorldsSettings("company", 0, "lite"), Limits()),
        (WorldsSettings("city", 1, "multi"), Limits()),
        (
            WorldsSettings("sport", 2, "lite", Sizes(entities=20, questions=7)),
            Limits(turns=9, patience=1),
        ),
        (WorldsSettings("movie", 3, "lite", Sizes(tokens=9_000)), Limits()),
        (WorldsSettings("hospital", 4, "lite"), Limits(capacity=500)),
    ],
    quick=2,
)
def test_what_was_played_comes_out_again(settings: WorldsSettings, limits: Limits) -> None:
    for trace in _traces(settings, limits):
        assert _unlike(trace, settings, limits) == ""


OF_LIMITS = ("recipe", "budget")


def test_other_limits_are_found_out() -> None:
    settings = WorldsSettings("company", 0, "lite")
    for trace in _traces(settings, Limits(turns=9)):
        assert _unlike(trace, settings).removesuffix(" is not that of the task") in OF_LIMITS


def test_a_private_trace_needs_its_secret() -> None:
    settings, other = (
        WorldsSettings("company", 0, "lite", salt=s) for s in ("a secret", "another")
    )
    for trace in _traces(settings):
        assert _unlike(trace, settings) == ""
        assert _unlike(trace, other) != ""


def _forge(kind: str, change: Callable[[dict], None]) -> str:
    settings = WorldsSettings("company", 0, "lite")
    rows = [json.loads(line) for line in _traces(settings)[0].lines()]
    change(rows[0] if kind == "header" else next(r for r in rows if r.get("kind") == kind))
    forged, damage = read_trace([json.dumps(row) for row in rows])
    assert not damage
    return _unlike(forged, settings)


@pytest.mark.parametrize(
    ("kind", "change", "message"),
    [
        ("answer", lambda r: r.update(answer="42"), "is not what the replies lead to"),
        ("memory_update", lambda r: r.update(tokens=1), "is not what the replies lead to"),
        ("memory_update", lambda r: r.update(writes=0), "is not what the replies lead to"),
        ("observation", lambda r: r["messages"].pop(), "is not what the replies lead to"),
        ("header", lambda r: r["budget"].update(capacity=10**6), "budget is not that of the task"),
        ("header", lambda r: r["gold"]["questions"].pop(), "gold is not that of the task"),
        ("header", lambda r: r.update(system="Store nothing."), "system is not that of the task"),
        ("header", lambda r: r["recipe"].update(seed=1), "recipe is not that of the task"),
        ("header", lambda r: r.update(track="os:system"), "track is not that of the task"),
    ],
)
def test_a_forged_trace_is_found_out(
    kind: str, change: Callable[[dict], None], message: str
) -> None:
    assert message in _forge(kind, change)


def test_replies_that_end_early_are_found_out() -> None:
    settings = WorldsSettings("company", 0, "lite")
    trace = _traces(settings)[0]
    del trace.records[len(trace.records) // 2 :]
    assert _unlike(trace, settings) == "the replies end before the episode does"


def test_only_an_agent_that_may_lifts_its_budget(tmp_path: Path) -> None:
    def claim(header: dict) -> None:
        ends = {name: header["budget"][name] for name in ("turns", "patience")}
        header["budget"] = dict.fromkeys(header["budget"]) | ends

    assert "budget is not that of the task" in _forge("header", claim)

"""A trace is believed only if its replies lead to it."""

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


def test_other_limits_are_found_out() -> None:
    settings = WorldsSettings("company", 0, "lite")
    for trace in _traces(settings, Limits(turns=9)):
        assert _unlike(trace, settings).removesuffix(" is not that of the task") in (
            "recipe",
            "budget",
        )


def test_a_private_trace_needs_its_secret() -> None:
    settings, other = (
        WorldsSettings("company", 0, "lite", salt=s) for s in ("a secret", "another")
    )
    for trace in _traces(settings):
        assert _unlike(trace, settings) == ""
        assert _unlike(trace, other) != ""

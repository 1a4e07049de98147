"""The self-test of a track of sub-tasks: each agent keeps to what it may, or must, reach."""

from collections.abc import Mapping, Sequence
from functools import partial

from memorygym.core.track import Invariant, PlayAgain, PlayedEpisode, SelfTest, TaskRecipe, find


def self_test(track: str, least: float) -> SelfTest:
    """The self-test of a track, whose agents with notes must reach `least` points."""
    return SelfTest(no_measures, partial(within_bounds, track, least))


def within_bounds(
    track: str,
    least: float,
    recipes: Sequence[TaskRecipe],  # noqa: ARG001
    results: Sequence[PlayedEpisode],
    play: PlayAgain,  # noqa: ARG001
) -> Sequence[Invariant]:
    """Adversaries stay within their bounds, and agents with notes reach `least` points.

    With few sessions a mean fails only if its whole 95 % interval lies above the bound.
    """
    from memorygym.stats import estimate

    scores: dict[str, list[float]] = {}
    for result in results:
        scores.setdefault(result.agent, []).append(100 * result.score.composite)
    found = []
    for name, agent in find(track).agents.items():
        if name not in scores:
            continue
        mean = estimate(scores[name])
        if agent.bound:
            bound, label = agent.bound.most, f"{name} at most"
            value = mean.low if mean.has_interval and mean.mean > bound else mean.mean
            margin = bound - value
        else:
            value, bound, label = mean.mean, least, f"{name} at least"
            margin = value - bound
        found.append(Invariant(label, value, bound, margin, margin >= 0))
    return found


def no_measures(*_: object) -> Mapping[str, float]:
    """No measures: the self-test needs scores alone."""
    return {}

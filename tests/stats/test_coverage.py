"""The intervals hold what they promise, in simulations of the protocol's shape."""

from bisect import bisect
from collections.abc import Sequence
from itertools import accumulate
from math import comb

import pytest

from memorygym.core import registry
from memorygym.core.rng import Stream, named_rng
from memorygym.runs.episode_result import ResultOptions
from memorygym.stats import (
    Estimate,
    bootstrap,
    deviation,
    estimate,
    intervals,
    mde,
    mean_score,
)
from memorygym.tracks.worlds.settings import WorldsSettings
from tests.episodes import results_of
from tests.slow import mostly_slow

PLAYS = 2_000
MEAN, QUESTIONS = 0.4, 20


class Worlds:
    """Tasks of 20 questions whose chances differ between tasks, so that they have the given ICC."""

    def __init__(self, icc: float) -> None:
        half = (3 * icc * MEAN * (1 - MEAN)) ** 0.5
        chances = [MEAN + half * (2 * i / 99 - 1) for i in range(100)]
        likely = [
            sum(comb(QUESTIONS, k) * p**k * (1 - p) ** (QUESTIONS - k) for p in chances) / 100
            for k in range(QUESTIONS + 1)
        ]
        self.bounds = list(accumulate(likely))
        self.kinds = [[1] * k + [0] * (QUESTIONS - k) for k in range(QUESTIONS + 1)]

    def draw(self, stream: Stream, n: int) -> list[list[int]]:
        return [self.kinds[min(QUESTIONS, bisect(self.bounds, stream.uniform()))] for _ in range(n)]


def _coverage(estimates: Sequence[Estimate], truth: float) -> float:
    return sum(e.low <= truth <= e.high for e in estimates) / len(estimates)


@pytest.fixture(scope="module")
def composites() -> list[float]:
    """What a scripted agent really scores: four axes, some tasks at 0."""
    tasks = [
        WorldsSettings(name, seed, "lite")
        for name in registry.names("templates")
        for seed in range(5)
    ]
    wanted = ResultOptions(causes=False)
    return [results_of(task, ["strategic"], wanted)[0].result.score.composite for task in tasks]


@mostly_slow("n", [10, 100])
def test_the_interval_of_a_composite_covers_the_truth(n: int, composites: list[float]) -> None:
    stream, truth = named_rng("coverage", "composite", n), sum(composites) / len(composites)
    estimates = [mean_score([stream.choice(composites) for _ in range(n)]) for _ in range(PLAYS)]
    assert 0.93 <= _coverage(estimates, truth) <= 0.97


def _plain(value: float, drawn: Sequence[float], tasks: int) -> Estimate:
    """The percentile interval that is not widened for few tasks."""
    ordered, skipped = sorted(drawn), len(drawn) // 40
    return Estimate(value, ordered[skipped], ordered[-1 - skipped], tasks)


@pytest.mark.parametrize(("widened", "least", "most"), [(True, 0.9, 0.98), (False, 0.0, 0.87)])
def test_a_bootstrap_interval_that_is_not_widened_misses_the_truth_of_few_tasks(
    widened: bool, least: float, most: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not widened:
        monkeypatch.setattr(intervals, "percentiles", _plain)
    stream, tasks = named_rng("coverage", "few"), Worlds(0.1)

    def share(drawn: Sequence[list[int]]) -> float:
        return sum(map(sum, drawn)) / (QUESTIONS * len(drawn))

    estimates = [bootstrap(tasks.draw(stream, 5), share, str(i), 400) for i in range(300)]
    assert least <= _coverage(estimates, MEAN) <= most


@mostly_slow("n", [10, 100])
def test_the_detectable_effect_is_detected_four_times_in_five(
    n: int, composites: list[float]
) -> None:
    stream, truth = named_rng("power", n), sum(composites) / len(composites)
    spread = deviation(composites) * ((len(composites) - 1) / len(composites)) ** 0.5
    figure = truth - mde(spread, n)
    estimates = [estimate([stream.choice(composites) for _ in range(n)]) for _ in range(PLAYS)]
    assert sum(e.low > figure for e in estimates) / PLAYS == pytest.approx(0.8, abs=0.05)

"""Normalised gain: how much of what a perfect memory would add, a memory adds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from memorygym.isolation.contests import Scores, World
from memorygym.stats import Estimate, paired, percentiles, resamples


@dataclass(frozen=True, slots=True)
class _Scale:
    """From none, 0, to oracle, 1, on some tasks, and on every resample of them."""

    worlds: tuple[World, ...]
    picks: tuple[Sequence[int], ...]
    """The tasks themselves, then the resamples, as places in worlds."""
    floor: tuple[float, ...]
    """By pick: the sum of none's scores."""
    width: tuple[float, ...]
    """By pick: the sum of oracle's, minus that."""


class Gain:
    """Normalised gains of many arms; those of the same tasks share their resamples.

    >>> tasks = [("company", seed) for seed in range(3)]
    >>> scores = {"none": dict.fromkeys(tasks, 0.25), "oracle": dict.fromkeys(tasks, 0.75)}
    >>> Gain(scores, "example").of(dict.fromkeys(tasks, 0.5))
    Estimate(mean=0.5, low=0.5, high=0.5, worlds=3)
    """

    def __init__(self, scores: Mapping[str, Scores], name: str) -> None:
        self._none, self._oracle = scores.get("none", {}), scores.get("oracle", {})
        self._name = name
        self._scales: dict[tuple[World, ...], _Scale | None] = {}

    def of(self, scores: Scores) -> Estimate | None:
        """(m − none) / (oracle − none), a ratio of means whose parts are drawn again together.

        None where the interval of oracle − none holds 0, as it does on a single task.
        """
        worlds = tuple(w for w in scores if w in self._none and w in self._oracle)
        if worlds not in self._scales:
            self._scales[worlds] = self._scale(worlds)
        if (scale := self._scales[worlds]) is None:
            return None
        mine = [scores[world] for world in worlds]
        value, *drawn = (
            (_sum(mine, pick) - floor) / width
            for pick, floor, width in zip(scale.picks, scale.floor, scale.width, strict=True)
        )
        return percentiles(value, drawn, len(worlds))

    def _scale(self, worlds: tuple[World, ...]) -> _Scale | None:
        none, oracle = ({w: s[w] for w in worlds} for s in (self._none, self._oracle))
        if not worlds or paired(oracle, none).estimate.low <= 0:
            return None
        picks = (range(len(worlds)), *resamples(len(worlds), self._name))
        low, high = [*none.values()], [*oracle.values()]
        floor = tuple(_sum(low, pick) for pick in picks)
        width = tuple(_sum(high, pick) - f for pick, f in zip(picks, floor, strict=True))
        # A resample without any room between the two would make a gain that is no number.
        return _Scale(worlds, picks, floor, width) if min(width) > 0 else None


def _sum(values: Sequence[float], pick: Sequence[int]) -> float:
    return sum(map(values.__getitem__, pick))

"""Memories against the references and each other, task by task: gain, tests, ranks, the best."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from memorygym import stats
from memorygym.stats import Estimate

Domain = tuple[str, int]
"""Template and seed: what is paired."""
Scores = Mapping[Domain, float]
"""By task: the share of its steps that were answered rightly."""
RECENCY = "recency"


@dataclass(frozen=True, slots=True)
class Pair:
    """Two arms on the tasks that both finished."""

    system: str
    other: str
    difference: Estimate
    """Accuracy of the first minus that of the other."""
    p: float
    """Of a sign-flip test over the tasks, two-sided."""
    adjusted: float
    """The same, adjusted for being one of many (Holm)."""
    detectable: float | None
    """The least true difference that so many tasks show with 80 % power; None for a single one."""


@dataclass(frozen=True, slots=True)
class BestSystem:
    """Who is best, if anyone is."""

    best: str
    """The memory of the highest accuracy."""
    second: str
    lead: Estimate
    """Accuracy of the best minus that of the second."""
    won: bool
    """Whether the interval of the lead leaves 0 out, and no other memory shares the first rank."""


@dataclass(frozen=True, slots=True)
class SignificanceTests:
    """What the memories of a comparison show against each other."""

    over_recency: Mapping[str, Pair]
    """By memory; without those that share no task with recency."""
    pairs: tuple[Pair, ...]
    """Every pair of memories that finished all tasks."""
    ranks: Mapping[str, int]
    """Of these: one more than the memories shown to be better."""
    verdict: BestSystem | None
    """None with fewer than two of them."""


def contests(
    memories: Mapping[str, Scores], finished: Collection[str], recency: Scores, name: str
) -> SignificanceTests:
    """All that can be said; `finished` names those that finished all tasks, `name` the streams."""
    whole = {system: memories[system] for system in sorted(finished)}
    scores = {RECENCY: recency, **memories}
    alike = all(mine.keys() == recency.keys() for mine in whole.values())
    drawn = stats.sign_flips({RECENCY: recency, **whole} if alike else whole, name)
    over = {
        (system, RECENCY): drawn[RECENCY, system]
        if (RECENCY, system) in drawn
        else stats.sign_flip(memories[system], recency, name)
        for system in sorted(memories)
        if memories[system].keys() & recency.keys()
    }
    places = stats.ranks(whole)
    return SignificanceTests(
        {pair.system: pair for pair in _pairs(scores, over)},
        tuple(_pairs(scores, {pair: p for pair, p in drawn.items() if RECENCY not in pair})),
        places,
        _verdict(whole, places),
    )


def _pairs(scores: Mapping[str, Scores], ps: Mapping[tuple[str, str], float]) -> list[Pair]:
    found = []
    for ((system, other), p), adjusted in zip(ps.items(), stats.holm([*ps.values()]), strict=True):
        a, b = scores[system], scores[other]
        values = [a[world] - b[world] for world in a if world in b]
        detectable = stats.mde(stats.deviation(values), len(values)) if len(values) > 1 else None
        found.append(Pair(system, other, stats.paired(a, b).estimate, p, adjusted, detectable))
    return found


def _verdict(scores: Mapping[str, Scores], places: Mapping[str, int]) -> BestSystem | None:
    if len(scores) < 2:
        return None
    means = {system: sum(mine.values()) / len(mine) for system, mine in scores.items()}
    best, second, *_ = sorted(scores, key=lambda system: (-means[system], system))
    lead = stats.paired(scores[best], scores[second]).estimate
    alone = sum(place == 1 for place in places.values()) == 1
    return BestSystem(best, second, lead, won=lead.low > 0 and alone)


class Gain:
    """Normalised gains of many arms: how much of what a perfect memory would add, each adds.

    Arms of the same tasks share their resamples.

    >>> tasks = [("company", seed) for seed in range(3)]
    >>> scores = {"none": dict.fromkeys(tasks, 0.25), "oracle": dict.fromkeys(tasks, 0.75)}
    >>> Gain(scores, "example").of(dict.fromkeys(tasks, 0.5))
    Estimate(mean=0.5, low=0.5, high=0.5, worlds=3)
    """

    def __init__(self, scores: Mapping[str, Scores], name: str) -> None:
        self._none, self._oracle = scores.get("none", {}), scores.get("oracle", {})
        self._name = name
        self._scale = cache(self._scale_on)

    def of(self, scores: Scores) -> Estimate | None:
        """(m − none) / (oracle − none), a ratio of means whose parts are drawn again together.

        None where the interval of oracle − none holds 0, as it does on a single task.
        """
        worlds = tuple(w for w in scores if w in self._none and w in self._oracle)
        mine = [scores[world] for world in worlds]
        gains = [(_sum(mine, pick) - floor) / width for pick, floor, width in self._scale(worlds)]
        return stats.percentiles(gains[0], gains[1:], len(worlds)) if gains else None

    def _scale_on(self, worlds: tuple[Domain, ...]) -> list[tuple[Sequence[int], float, float]]:
        """Of these tasks, then of every resample of them: their places in worlds, the sum of
        none's scores, and oracle's minus that; [] where there is no gain to tell."""
        none, oracle = ({w: s[w] for w in worlds} for s in (self._none, self._oracle))
        if not worlds or stats.paired(oracle, none).estimate.low <= 0:
            return []
        low, high = [*none.values()], [*oracle.values()]
        scale = [
            (pick, floor := _sum(low, pick), _sum(high, pick) - floor)
            for pick in (range(len(worlds)), *stats.resamples(len(worlds), self._name))
        ]
        # A resample without any room between the two would make a gain that is no number.
        return scale if min(width for _, _, width in scale) > 0 else []


def _sum(values: Sequence[float], pick: Sequence[int]) -> float:
    return sum(map(values.__getitem__, pick))

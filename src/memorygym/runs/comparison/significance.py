"""Significance of a comparison, paired by task: gain, tests, ranks and the best memory."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from memorygym import stats
from memorygym.stats import Estimate

TaskKey = tuple[str, int]
"""Template and seed of a task, which is the unit of pairing."""
Scores = Mapping[TaskKey, float]
"""By task: the share of its questions that were answered correctly."""
RECENCY = "recency"


@dataclass(frozen=True, slots=True)
class Pair:
    """Two systems on the tasks that both finished."""

    system: str
    other: str
    difference: Estimate
    """Accuracy of the first minus accuracy of the other."""
    p: float
    """p value of a two-sided sign-flip test over tasks."""
    adjusted: float
    """The p value, adjusted for multiple tests (Holm)."""
    detectable: float | None
    """The least true difference that so many tasks detect with 80 % power; None for one task."""


@dataclass(frozen=True, slots=True)
class BestSystem:
    """The best memory, and whether its lead is significant."""

    best: str
    """The memory with the highest accuracy."""
    second: str
    lead: Estimate
    """Accuracy of the best minus accuracy of the second."""
    won: bool
    """Whether the interval of the lead excludes 0, and no other memory shares the first rank."""


@dataclass(frozen=True, slots=True)
class SignificanceTests:
    """The significance tests among the memories of a comparison."""

    over_recency: Mapping[str, Pair]
    """By memory, without those that share no task with recency."""
    pairs: tuple[Pair, ...]
    """Every pair of memories that finished all tasks."""
    ranks: Mapping[str, int]
    """Of these memories: 1 + the number of memories that are significantly better."""
    verdict: BestSystem | None
    """None with fewer than two memories that finished all tasks."""


def significance_tests(
    memories: Mapping[str, Scores], finished: Collection[str], recency: Scores, name: str
) -> SignificanceTests:
    """All tests. `finished` holds the memories that finished all tasks; `name` names the rng."""
    whole = {system: memories[system] for system in sorted(finished)}
    scores = {RECENCY: recency, **memories}
    alike = all(task_scores.keys() == recency.keys() for task_scores in whole.values())
    drawn = stats.sign_flips({RECENCY: recency, **whole} if alike else whole, name)
    over = {
        (system, RECENCY): drawn[RECENCY, system]
        if (RECENCY, system) in drawn
        else stats.sign_flip(memories[system], recency, name)
        for system in sorted(memories)
        if memories[system].keys() & recency.keys()
    }
    ranks = stats.ranks(whole)
    return SignificanceTests(
        {pair.system: pair for pair in _pairs(scores, over)},
        tuple(_pairs(scores, {pair: p for pair, p in drawn.items() if RECENCY not in pair})),
        ranks,
        _verdict(whole, ranks),
    )


def _pairs(scores: Mapping[str, Scores], ps: Mapping[tuple[str, str], float]) -> list[Pair]:
    pairs = []
    for ((system, other), p), adjusted in zip(ps.items(), stats.holm([*ps.values()]), strict=True):
        a, b = scores[system], scores[other]
        values = [a[task] - b[task] for task in a if task in b]
        detectable = stats.mde(stats.deviation(values), len(values)) if len(values) > 1 else None
        pairs.append(Pair(system, other, stats.paired(a, b).estimate, p, adjusted, detectable))
    return pairs


def _verdict(scores: Mapping[str, Scores], ranks: Mapping[str, int]) -> BestSystem | None:
    if len(scores) < 2:
        return None
    means = {system: sum(own.values()) / len(own) for system, own in scores.items()}
    best, second, *_ = sorted(scores, key=lambda system: (-means[system], system))
    lead = stats.paired(scores[best], scores[second]).estimate
    alone = sum(rank == 1 for rank in ranks.values()) == 1
    return BestSystem(best, second, lead, won=lead.low > 0 and alone)


class Gain:
    """Normalised gains: the share of the gain of gold evidence over no memory that a system adds.

    Systems on the same tasks share their resamples.

    >>> tasks = [("company", seed) for seed in range(3)]
    >>> scores = {"none": dict.fromkeys(tasks, 0.25), "oracle": dict.fromkeys(tasks, 0.75)}
    >>> Gain(scores, "example").of(dict.fromkeys(tasks, 0.5))
    Estimate(mean=0.5, low=0.5, high=0.5, tasks=3)
    """

    def __init__(self, scores: Mapping[str, Scores], name: str) -> None:
        self._none, self._oracle = scores.get("none", {}), scores.get("oracle", {})
        self._name = name
        self._scale = cache(self._scale_on)

    def of(self, scores: Scores) -> Estimate | None:
        """(m − none) / (oracle − none), a ratio of means whose parts are resampled together.

        None if the interval of oracle − none includes 0, as it does for a single task.
        """
        tasks = tuple(task for task in scores if task in self._none and task in self._oracle)
        own = [scores[task] for task in tasks]
        gains = [(_sum(own, pick) - none) / width for pick, none, width in self._scale(tasks)]
        return stats.percentiles(gains[0], gains[1:], len(tasks)) if gains else None

    def _scale_on(self, tasks: tuple[TaskKey, ...]) -> list[tuple[Sequence[int], float, float]]:
        """For these tasks, then for every resample: their indexes in `tasks`, the sum of none's
        scores, and the sum of oracle's minus that; [] if oracle has no gain over none."""
        none, oracle = ({task: s[task] for task in tasks} for s in (self._none, self._oracle))
        if not tasks or stats.paired(oracle, none).estimate.low <= 0:
            return []
        low, high = [*none.values()], [*oracle.values()]
        scale = [
            (pick, lower := _sum(low, pick), _sum(high, pick) - lower)
            for pick in (range(len(tasks)), *stats.resamples(len(tasks), self._name))
        ]
        # A resample in which oracle has no gain would divide by zero.
        return scale if min(width for _, _, width in scale) > 0 else []


def _sum(values: Sequence[float], pick: Sequence[int]) -> float:
    return sum(map(values.__getitem__, pick))

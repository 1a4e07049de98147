"""Memories against recency and against each other, task by task: tests, ranks and who is best."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from memorygym.stats import (
    Estimate,
    deviation,
    holm,
    mde,
    paired,
    ranks,
    sign_flip,
    sign_flips,
)

World = tuple[str, int]
"""Template and seed: what is paired."""
Scores = Mapping[World, float]
"""By task: the share of its steps that were answered rightly."""
RECENCY = "recency"


@dataclass(frozen=True, slots=True)
class Pair:
    """Two arms on the tasks that both finished."""

    arm: str
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
class Verdict:
    """Who is best, if anyone is."""

    best: str
    """The memory of the highest accuracy."""
    second: str
    lead: Estimate
    """Accuracy of the best minus that of the second."""
    won: bool
    """Whether the interval of the lead leaves 0 out, and no other memory shares the first rank."""


@dataclass(frozen=True, slots=True)
class Contests:
    """What the memories of a comparison show against each other."""

    over_recency: Mapping[str, Pair]
    """By memory; without those that share no task with recency."""
    pairs: tuple[Pair, ...]
    """Every pair of memories that finished all tasks."""
    ranks: Mapping[str, int]
    """Of these: one more than the memories shown to be better."""
    verdict: Verdict | None
    """None with fewer than two of them."""


def contests(
    memories: Mapping[str, Scores], finished: Collection[str], recency: Scores, name: str
) -> Contests:
    """All that can be said; `finished` names those that finished all tasks, `name` the streams."""
    whole = {arm: memories[arm] for arm in sorted(finished)}
    scores = {RECENCY: recency, **memories}
    alike = all(mine.keys() == recency.keys() for mine in whole.values())
    drawn = sign_flips({RECENCY: recency, **whole} if alike else whole, name)
    over = {
        (arm, RECENCY): drawn[RECENCY, arm]
        if (RECENCY, arm) in drawn
        else sign_flip(memories[arm], recency, name)
        for arm in sorted(memories)
        if memories[arm].keys() & recency.keys()
    }
    places = ranks(whole)
    return Contests(
        {pair.arm: pair for pair in _pairs(scores, over)},
        tuple(_pairs(scores, {pair: p for pair, p in drawn.items() if RECENCY not in pair})),
        places,
        _verdict(whole, places),
    )


def _pairs(scores: Mapping[str, Scores], ps: Mapping[tuple[str, str], float]) -> list[Pair]:
    found = []
    for ((arm, other), p), adjusted in zip(ps.items(), holm([*ps.values()]), strict=True):
        a, b = scores[arm], scores[other]
        values = [a[world] - b[world] for world in a if world in b]
        detectable = mde(deviation(values), len(values)) if len(values) > 1 else None
        found.append(Pair(arm, other, paired(a, b).estimate, p, adjusted, detectable))
    return found


def _verdict(scores: Mapping[str, Scores], places: Mapping[str, int]) -> Verdict | None:
    if len(scores) < 2:
        return None
    means = {arm: sum(mine.values()) / len(mine) for arm, mine in scores.items()}
    best, second, *_ = sorted(scores, key=lambda arm: (-means[arm], arm))
    lead = paired(scores[best], scores[second]).estimate
    alone = sum(place == 1 for place in places.values()) == 1
    return Verdict(best, second, lead, won=lead.low > 0 and alone)

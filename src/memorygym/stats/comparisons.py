"""Two agents or many: differences with intervals, exact tests, and ranks that ties share."""

from bisect import bisect_left
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import inf, sqrt
from operator import add, sub
from typing import TypeVar

from memorygym.core.rng import named_rng
from memorygym.stats.intervals import ALPHA, Estimate, around, bootstrap, points, t_tail
from memorygym.stats.spread import deviation

EXACT = 24
"""Most differing worlds of which every sign flip is counted."""
FLIPS = 9_999
"""Drawn where there are more."""
W = TypeVar("W", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Difference:
    """By how much the first scored higher than the second."""

    estimate: Estimate
    p: float
    """Of Student's t, two-sided: below 0.05 exactly where the interval leaves 0 out. Where paired
    worlds all differ alike, which leaves no spread to judge by, of their signs."""

    @property
    def shown(self) -> bool:
        """Whether the interval leaves 0 out."""
        return self.estimate.low > 0 or self.estimate.high < 0

    @property
    def in_points(self) -> str:
        """A difference of shares as tables show it."""
        return points(self.estimate)


def paired(a: Mapping[W, float], b: Mapping[W, float]) -> Difference:
    """The difference world by world, on the worlds that both played.

    >>> paired({"x": 0.5, "y": 0.7}, {"x": 0.4, "y": 0.4, "z": 0.9}).estimate.worlds
    2
    """
    values = _differences(a, b)
    n, mean = len(values), sum(values) / len(values)
    if n == 1:
        return _unsure(mean, 1)
    error = deviation(values) / sqrt(n)
    if mean and error <= 1e-9 * abs(mean):
        return Difference(around(mean, error, n - 1, n), 2.0 ** (1 - n))
    return _difference(mean, error, n - 1, n)


def unpaired(a: Sequence[float], b: Sequence[float]) -> Difference:
    """The difference between the means of two sets of worlds, such as public and sealed
    (Welch 1947)."""
    if not (a and b):
        raise ValueError(f"{len(a)} worlds and {len(b)}: nothing to compare")
    mean, worlds = sum(a) / len(a) - sum(b) / len(b), len(a) + len(b)
    if min(len(a), len(b)) < 2:
        return _unsure(mean, worlds)
    va, vb = (deviation(values) ** 2 / len(values) for values in (a, b))
    below = va**2 / (len(a) - 1) + vb**2 / (len(b) - 1)
    return _difference(mean, sqrt(va + vb), (va + vb) ** 2 / below if below else inf, worlds)


def _differences(a: Mapping[W, float], b: Mapping[W, float]) -> list[float]:
    values = [a[world] - b[world] for world in a if world in b]
    if not values:
        raise ValueError("no world was played by both, so nothing can be paired")
    return values


def _difference(mean: float, error: float, freedom: float, worlds: int) -> Difference:
    found = around(mean, error, freedom, worlds)
    if not error:
        return Difference(found, 0.0 if mean else 1.0)
    return Difference(found, 2 * t_tail(abs(mean) / error, freedom))


def _unsure(mean: float, worlds: int) -> Difference:
    return Difference(Estimate(mean, -inf, inf, worlds), 1.0)


def sign_flip(a: Mapping[W, float], b: Mapping[W, float], name: str) -> float:
    """How often the paired differences would sum so far from 0 if their signs were chance.

    It assumes no distribution. Up to EXACT differing worlds every flip is counted; beyond, FLIPS
    of them are drawn from the stream of that name, and the data count as one more.
    """
    values = [value for value in _differences(a, b) if value]
    reach = _reach(values)
    if len(values) <= EXACT:
        left, right = _sums(values[::2]), sorted(_sums(values[1::2]))
        # Signs come in mirrored pairs, so one tail is half of both.
        beyond = sum(len(right) - bisect_left(right, reach - part) for part in left)
        return min(1.0, 2 * beyond / 2 ** len(values)) if values else 1.0
    tables = _tables(values)
    stream, hits = named_rng("sign-flip", name), 0
    for _ in range(FLIPS):
        hits += abs(sum(map(stream.choice, tables))) >= reach
    return (1 + hits) / (1 + FLIPS)


def sign_flips(scores: Mapping[str, Mapping[W, float]], name: str) -> dict[tuple[str, str], float]:
    """`sign_flip` of every pair of them, all with scores of the same worlds.

    What is drawn is drawn once for all pairs: the sum of a difference, flipped world by world, is
    the difference of the two flipped sums.

    >>> sign_flips({"a": {0: 0.9, 1: 0.8}, "b": {0: 0.1, 1: 0.3}}, "example")
    {('a', 'b'): 0.5}
    """
    worlds = list(next(iter(scores.values()), ()))
    if any(one.keys() != set(worlds) for one in scores.values()):
        raise ValueError("pairs share their flips only where all have scores of the same worlds")
    flipped: dict[str, list[float]] = {}
    found = {}
    for a, b in combinations(scores, 2):
        values = [value for world in worlds if (value := scores[a][world] - scores[b][world])]
        if len(values) <= EXACT:
            found[a, b] = sign_flip(scores[a], scores[b], name)
            continue
        flipped = flipped or _flipped(scores, worlds, name)
        reach = _reach(values)
        sums = map(abs, map(sub, flipped[a], flipped[b]))
        found[a, b] = (1 + sum(map(reach.__le__, sums))) / (1 + FLIPS)
    return found


def _reach(values: Sequence[float]) -> float:
    """How far from 0 a sum must be to count; sums that differ only by rounding are equal."""
    return abs(sum(values)) - 1e-9 * sum(map(abs, values))


def _flipped(
    scores: Mapping[str, Mapping[W, float]], worlds: Sequence[W], name: str
) -> dict[str, list[float]]:
    """By name: the sums of its scores under FLIPS drawn signs of the worlds, the same for all."""
    stream, sums = named_rng("sign-flips", name), {part: [0.0] * FLIPS for part in scores}
    for i in range(0, len(worlds), 8):
        few = worlds[i : i + 8]
        drawn = [stream.below(1 << len(few)) for _ in range(FLIPS)]
        for part, mine in scores.items():
            (table,) = _tables([mine[world] for world in few])
            sums[part] = list(map(add, sums[part], map(table.__getitem__, drawn)))
    return sums


def _tables(values: Sequence[float]) -> list[list[float]]:
    """Eight worlds at a draw: a table of their sums is quicker than a sign for each."""
    return [_sums(values[i : i + 8]) for i in range(0, len(values), 8)]


def _sums(values: Sequence[float]) -> list[float]:
    """What the values sum to, for all choices of their signs."""
    sums = [0.0]
    for value in values:
        sums = [total + sign for total in sums for sign in (-value, value)]
    return sums


def holm(ps: Sequence[float]) -> list[float]:
    """The p values, adjusted for being many (Holm 1979), in their order.

    >>> holm([0.25, 0.125])
    [0.25, 0.25]
    """
    adjusted, least = list(ps), 0.0
    for step, i in enumerate(sorted(range(len(ps)), key=ps.__getitem__)):
        least = max(least, min(1.0, ps[i] * (len(ps) - step)))
        adjusted[i] = least
    return adjusted


def ranks(scores: Mapping[str, Mapping[W, float]]) -> dict[str, int]:
    """Every agent's rank from its value on each world: one more than the agents shown to be better.

    Two agents are compared on the worlds that both played, or if these are fewer than two, by
    their means; all pairs are tested together (Holm). Agents that cannot be told apart may share
    a rank. "Not shown to differ" does not carry over from pair to pair; this count needs it not
    to. An agent of few worlds has a good rank because little is known of it.

    >>> worlds = {"hi": [0.9, 0.8, 0.9, 0.8], "as": [0.8, 0.9, 0.8, 0.9], "lo": [0.1, 0.2, 0.2, 0]}
    >>> ranks({name: dict(enumerate(values)) for name, values in worlds.items()})
    {'hi': 1, 'as': 1, 'lo': 3}
    """
    pairs = list(combinations(scores, 2))
    found = [_compared(scores[a], scores[b]) for a, b in pairs]
    rank = dict.fromkeys(scores, 1)
    for (a, b), difference, p in zip(pairs, found, holm([d.p for d in found]), strict=True):
        if p < ALPHA:
            rank[b if difference.estimate.mean > 0 else a] += 1
    return rank


def _compared(a: Mapping[W, float], b: Mapping[W, float]) -> Difference:
    shared = sum(world in b for world in a)
    return paired(a, b) if shared > 1 else unpaired(list(a.values()), list(b.values()))


def tau_b(a: Sequence[float], b: Sequence[float]) -> float:
    """Kendall's tau-b (1945, The treatment of ties in ranking problems, Biometrika 33).

    1 where two lists of scores rank alike, -1 where one is the other reversed; a tie in one of
    them lowers it. 0 where one ties all, since it ranks nothing.

    >>> tau_b([1, 2, 3], [2, 4, 9]), tau_b([1, 2, 3], [3, 2, 1]), tau_b([1, 2, 3], [5, 5, 5])
    (1.0, -1.0, 0.0)
    >>> round(tau_b([1, 2, 2, 3], [1, 2, 3, 3]), 6)
    0.8
    """
    if len(a) != len(b) or len(a) < 2:
        raise ValueError(f"{len(a)} scores and {len(b)}: a ranking of at least 2 is compared")
    balance = told_a = told_b = 0
    for (a1, b1), (a2, b2) in combinations(zip(a, b, strict=True), 2):
        by_a, by_b = (a1 > a2) - (a1 < a2), (b1 > b2) - (b1 < b2)
        balance += by_a * by_b
        told_a += by_a != 0
        told_b += by_b != 0
    return balance / sqrt(told_a * told_b) if balance else 0.0


def kendall(
    a: Mapping[str, Mapping[W, float]],
    b: Mapping[str, Mapping[W, float]],
    name: str,
) -> Estimate:
    """The tau-b of the rankings by mean score, of the parts and on the worlds that are in both.

    Worlds are drawn again for both rankings together, from the stream of that name.

    >>> kendall({"x": {0: 1, 1: 2}, "y": {0: 3, 1: 4}}, {"x": {0: 5, 1: 6}, "y": {0: 7, 1: 8}}, "e")
    Estimate(mean=1.0, low=1.0, high=1.0, worlds=2)
    """
    parts = [part for part in a if part in b]
    if len(parts) < 2:
        raise ValueError(f"{len(parts)} parts in both rankings: give at least 2")
    worlds = [w for w in a[parts[0]] if all(w in one[part] for one in (a, b) for part in parts)]
    if not worlds:
        raise ValueError("no world has a score for every part in both rankings")
    ours, theirs = ([[one[part][w] for w in worlds] for part in parts] for one in (a, b))
    return bootstrap(
        range(len(worlds)),
        lambda picks: tau_b(_totals(ours, picks), _totals(theirs, picks)),
        name,
    )


def _totals(scores: Sequence[Sequence[float]], picks: Sequence[int]) -> list[float]:
    """Of each part over the picked worlds; sums that differ only by rounding are equal."""
    return [round(sum(map(row.__getitem__, picks)), 9) for row in scores]

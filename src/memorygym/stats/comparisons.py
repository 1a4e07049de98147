"""Comparisons of two systems or many: differences with intervals, permutation tests, ranks.

Throughout, the scores of a system are a mapping from task to value, from 0 to 1; the bounds of
differences are cut to −1 and 1.
"""

from bisect import bisect_left
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from math import inf, sqrt
from operator import add, sub
from typing import TypeVar

from memorygym.core.rng import named_rng
from memorygym.stats.intervals import (
    ALPHA,
    DRAWS,
    FEWEST_TASKS,
    Estimate,
    around,
    bootstrap,
    percentiles,
    points,
    t_tail,
    without_interval,
)
from memorygym.stats.spread import deviation

MAX_EXACT = 24
"""Most differing tasks for which `sign_flip` counts every assignment of signs."""
DRAWN_FLIPS = 9_999
"""Number of random assignments of signs for more tasks."""
ROUNDING = 1e-9
"""Scores that differ by less are the same."""

W = TypeVar("W", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Difference:
    """The mean score of the first minus that of the second, with its test."""

    estimate: Estimate
    p: float
    """Two-sided p value of Student's t test, below 0.05 exactly if the interval excludes 0. If all
    paired tasks differ by the same amount, that of the sign test instead: 2^(1 − n). 1 for too few
    tasks for an interval."""

    @property
    def shown(self) -> bool:
        """Whether the interval excludes 0."""
        return self.estimate.low > 0 or self.estimate.high < 0

    @property
    def in_points(self) -> str:
        """The difference in percentage points, as tables show it."""
        return points(self.estimate)


def paired(a: Mapping[W, float], b: Mapping[W, float], step: float = 0.0) -> Difference:
    """The paired difference on the tasks that both played (Student 1908, paired t test).

    mean(d) ± t(0.025, n − 1) × s(d) / √n. The standard error is at least `step`, the smallest
    difference that the data can show: 1 / n of n questions. Raises ValueError if they share no
    task.

    >>> paired({"x": 0.5, "y": 0.7}, {"x": 0.4, "y": 0.4, "z": 0.9}).estimate.tasks
    2
    """
    values = [a[task] - b[task] for task in a if task in b]
    if not values:
        raise ValueError("no task was played by both, so nothing can be paired")
    n, mean = len(values), sum(values) / len(values)
    if n < FEWEST_TASKS:
        return Difference(without_interval(mean, n), 1.0)
    standard_error = deviation(values) / sqrt(n)
    difference = _difference(mean, max(standard_error, step), n - 1, n)
    if mean and standard_error <= 1e-9 * abs(mean):
        return Difference(difference.estimate, 2.0 ** (1 - n))
    return difference


def unpaired(a: Sequence[float], b: Sequence[float]) -> Difference:
    """The difference between the means of two sets of tasks, such as public and private ones.

    Welch's t interval, for unequal variances (Welch 1947, Biometrika 34). Raises ValueError if a
    set is empty.
    """
    if not (a and b):
        raise ValueError(f"{len(a)} tasks and {len(b)} tasks: give at least 1 of each")
    mean, tasks = sum(a) / len(a) - sum(b) / len(b), len(a) + len(b)
    if min(len(a), len(b)) < FEWEST_TASKS:
        return Difference(without_interval(mean, tasks), 1.0)
    va, vb = (deviation(values) ** 2 / len(values) for values in (a, b))
    below = va**2 / (len(a) - 1) + vb**2 / (len(b) - 1)
    return _difference(mean, sqrt(va + vb), (va + vb) ** 2 / below if below else inf, tasks)


def _difference(mean: float, standard_error: float, df: float, tasks: int) -> Difference:
    whole = around(mean, standard_error, df, tasks)
    estimate = replace(whole, low=max(-1.0, whole.low), high=min(1.0, whole.high))
    if not standard_error:
        return Difference(estimate, 0.0 if mean else 1.0)
    return Difference(estimate, 2 * t_tail(abs(mean) / standard_error, df))


def sign_flip(a: Mapping[W, float], b: Mapping[W, float], name: str) -> float:
    """`sign_flips` of two systems, on the tasks that both have."""
    shared = [task for task in a if task in b]
    first, second = ({task: own[task] for task in shared} for own in (a, b))
    return sign_flips({"a": first, "b": second}, name)["a", "b"]


def sign_flips(scores: Mapping[str, Mapping[W, float]], name: str) -> dict[tuple[str, str], float]:
    """The two-sided p value of the paired permutation test, which flips signs of differences, for
    every pair of systems, all with scores of the same tasks.

    It is the share of assignments of signs whose sum is at least as far from 0 as the observed one,
    and assumes no distribution (Fisher 1935, The Design of Experiments, §21). Up to MAX_EXACT
    differing tasks every assignment is counted. Beyond, DRAWN_FLIPS are drawn from the generator of
    that name, and p is (1 + hits) / (1 + draws) (Phipson and Smyth 2010). All pairs share them: the
    flipped sum of a difference is the difference of the two flipped sums. Raises ValueError if the
    tasks differ.

    >>> sign_flips({"a": {0: 0.9, 1: 0.8}, "b": {0: 0.1, 1: 0.3}}, "example")
    {('a', 'b'): 0.5}
    """
    tasks = list(next(iter(scores.values()), ()))
    if any(ranking.keys() != set(tasks) for ranking in scores.values()):
        raise ValueError("all systems need scores of the same tasks")
    flipped: dict[str, list[float]] = {}
    shares = {}
    for a, b in combinations(scores, 2):
        values = [value for task in tasks if (value := scores[a][task] - scores[b][task])]
        # The distance from 0 that a sum must reach; sums that differ only by rounding are equal.
        threshold = abs(sum(values)) - 1e-9 * sum(map(abs, values))
        if len(values) <= MAX_EXACT:
            shares[a, b] = _exact(values, threshold)
            continue
        flipped = flipped or _flipped(scores, tasks, name)
        sums = map(abs, map(sub, flipped[a], flipped[b]))
        shares[a, b] = (1 + sum(map(threshold.__le__, sums))) / (1 + DRAWN_FLIPS)
    return shares


def _exact(values: Sequence[float], threshold: float) -> float:
    """The share of all assignments of signs whose sum is that far from 0."""
    left, right = _sums(values[::2]), sorted(_sums(values[1::2]))
    # Assignments come in mirrored pairs, so one tail is half of both.
    beyond = sum(len(right) - bisect_left(right, threshold - part) for part in left)
    return min(1.0, 2 * beyond / 2.0 ** len(values))


def _flipped(
    scores: Mapping[str, Mapping[W, float]], tasks: Sequence[W], name: str
) -> dict[str, list[float]]:
    """By system: the sums of its scores under each random assignment of signs, the same for all."""
    stream, sums = named_rng("sign-flips", name), {part: [0.0] * DRAWN_FLIPS for part in scores}
    for i in range(0, len(tasks), 8):
        chunk = tasks[i : i + 8]
        drawn = [stream.below(1 << len(chunk)) for _ in range(DRAWN_FLIPS)]
        for part, own_scores in scores.items():
            table = _sums([own_scores[task] for task in chunk])
            sums[part] = list(map(add, sums[part], map(table.__getitem__, drawn)))
    return sums


def _sums(values: Sequence[float]) -> list[float]:
    """The sums of the values under every assignment of signs."""
    sums = [0.0]
    for value in values:
        sums = [total + sign for total in sums for sign in (-value, value)]
    return sums


def holm(ps: Sequence[float]) -> list[float]:
    """The p values adjusted for multiple tests, in their order (Holm 1979, step-down Bonferroni).

    The i-th smallest of m becomes the largest of (m − j + 1) × p(j) for j ≤ i, at most 1.

    >>> holm([0.25, 0.125])
    [0.25, 0.25]
    """
    adjusted, least = list(ps), 0.0
    for step, i in enumerate(sorted(range(len(ps)), key=ps.__getitem__)):
        least = max(least, min(1.0, ps[i] * (len(ps) - step)))
        adjusted[i] = least
    return adjusted


def ranks(scores: Mapping[str, Mapping[W, float]]) -> dict[str, int]:
    """Each agent's rank: 1 + the number of agents that are significantly better (Holm-adjusted).

    Two agents are compared on the tasks that both played, or by their means if these are too few
    for an interval. Holm's family is all pairs of these agents. Agents without a significant
    difference may share a rank. That relation is not transitive, and the count does not need it to
    be. An agent with few tasks can have a good rank only because little is known about it.

    >>> tasks = {"hi": [0.9, 0.8] * 3, "as": [0.8, 0.9] * 3, "lo": [0.1, 0.2, 0.2, 0, 0.1, 0.2]}
    >>> ranks({name: dict(enumerate(values)) for name, values in tasks.items()})
    {'hi': 1, 'as': 1, 'lo': 3}
    """
    pairs = list(combinations(scores, 2))
    differences = [_compared(scores[a], scores[b]) for a, b in pairs]
    rank = dict.fromkeys(scores, 1)
    for (a, b), difference, p in zip(
        pairs, differences, holm([d.p for d in differences]), strict=True
    ):
        if p < ALPHA:
            rank[b if difference.estimate.mean > 0 else a] += 1
    return rank


def _compared(a: Mapping[W, float], b: Mapping[W, float]) -> Difference:
    shared = sum(task in b for task in a)
    return paired(a, b) if shared >= FEWEST_TASKS else unpaired(list(a.values()), list(b.values()))


def tau_b(a: Sequence[float], b: Sequence[float]) -> float:
    """Kendall's rank correlation tau-b (1945, The treatment of ties in ranking problems, Biometrika
    33): (concordant − discordant pairs) / √(pairs untied in a × pairs untied in b).

    1 for equal rankings, -1 for reversed ones, 0 if one list ties all.

    >>> tau_b([1, 2, 3], [2, 4, 9]), tau_b([1, 2, 3], [3, 2, 1]), tau_b([1, 2, 3], [5, 5, 5])
    (1.0, -1.0, 0.0)
    >>> round(tau_b([1, 2, 2, 3], [1, 2, 3, 3]), 6)
    0.8
    >>> tau_b([0.3, 0.1 + 0.2, 1], [1, 1, 2])
    1.0
    """
    balance = untied_a = untied_b = 0
    for (a1, b1), (a2, b2) in combinations(zip(a, b, strict=True), 2):
        by_a, by_b = _order(a1, a2), _order(b1, b2)
        balance += by_a * by_b
        untied_a += by_a != 0
        untied_b += by_b != 0
    return balance / sqrt(untied_a * untied_b) if balance else 0.0


def _order(x: float, y: float) -> int:
    """1, 0 or -1; means that differ only by the rounding of their sums are tied."""
    return 0 if abs(x - y) < ROUNDING else (x > y) - (x < y)


def kendall(
    a: Mapping[str, Mapping[W, float]],
    b: Mapping[str, Mapping[W, float]],
    name: str,
) -> Estimate:
    """The tau-b of two rankings by mean score, over the systems and tasks that both have.

    Its interval is a cluster bootstrap: tasks are resampled for both rankings together, with the
    generator of that name. Raises ValueError for fewer than 2 systems or no task in both.

    >>> x, y = dict.fromkeys(range(5), 0.1), dict.fromkeys(range(5), 0.9)
    >>> kendall({"x": x, "y": y}, {"x": x, "y": y}, "example")
    Estimate(mean=1.0, low=1.0, high=1.0, tasks=5)
    """
    parts = _in_both(a, b)
    tasks = [
        w for w in a[parts[0]] if all(w in ranking[part] for ranking in (a, b) for part in parts)
    ]
    if not tasks:
        raise ValueError("no task has a score for every system in both rankings")
    first, second = ([[ranking[part][w] for w in tasks] for part in parts] for ranking in (a, b))
    return bootstrap(
        range(len(tasks)),
        lambda picks: tau_b(_totals(first, picks), _totals(second, picks)),
        name,
    )


def kendall_apart(
    a: Mapping[str, Mapping[W, float]],
    b: Mapping[str, Mapping[W, float]],
    name: str,
) -> Estimate:
    """The tau-b of two rankings of the same systems on different tasks, as those of two tracks.

    Its interval is a bootstrap of two samples: the tasks of each ranking are resampled on their
    own, with the generator of that name. A system has a score for each task of its ranking.
    Raises ValueError for fewer than 2 systems in both.
    """
    parts, stream = _in_both(a, b), named_rng("bootstrap", name)
    sides = [[[*ranking[part].values()] for part in parts] for ranking in (a, b)]
    sizes = [len(scores[0]) for scores in sides]

    def tau(draws: Sequence[Sequence[int]]) -> float:
        return tau_b(*map(_totals, sides, draws))

    drawn = [
        tau([[stream.below(n) for _ in range(n)] for n in sizes])
        for _ in range(DRAWS if min(sizes) >= FEWEST_TASKS else 0)
    ]
    return percentiles(tau([range(n) for n in sizes]), drawn, min(sizes))


def _in_both(a: Mapping[str, object], b: Mapping[str, object]) -> list[str]:
    parts = [part for part in a if part in b]
    if len(parts) < 2:
        raise ValueError(f"{len(parts)} systems in both rankings: give at least 2")
    return parts


def _totals(scores: Sequence[Sequence[float]], picks: Sequence[int]) -> list[float]:
    """The sum of each system over the picked tasks; sums that differ only by rounding are equal."""
    return [round(sum(map(row.__getitem__, picks)), 9) for row in scores]

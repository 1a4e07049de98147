"""Significance of a comparison, paired by task: gain, tests, ranks and the best memory."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from math import sqrt

from memorygym import stats
from memorygym.stats import Estimate

TaskKey = tuple[str, int]
"""Template and seed of a task, which is the unit of pairing."""
Scores = Mapping[TaskKey, float]
"""By task: the share of its questions that were answered correctly."""
Questions = Mapping[TaskKey, int]
"""By task: the number of its questions that count."""
Interval = Callable[[list[float], list[int]], Estimate]
"""The mean of shares, each of so many trials, with its interval."""
RECENCY = "recency"


@dataclass(frozen=True, slots=True)
class Pair:
    """Two systems on the tasks that both finished."""

    system: str
    other: str
    """The memory that it is compared with."""
    difference: Estimate
    """Accuracy of `system` minus that of `other`."""
    p: float
    """P-value of a sign-flip test."""
    adjusted: float
    """The same, Holm-adjusted: against recency over all memories, in pairs.csv over all pairs."""
    detectable: float | None
    """Smallest difference that these tasks would show with 80 % power, as a share; at least that of
    one question, and empty for fewer than five tasks."""


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
    memories: Mapping[str, Scores],
    finished: Collection[str],
    recency: Scores,
    questions: Questions,
    name: str,
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
    among = {pair: p for pair, p in drawn.items() if RECENCY not in pair}
    ranks = stats.ranks(whole)
    return SignificanceTests(
        {pair.system: pair for pair in _pairs(scores, over, questions)},
        tuple(_pairs(scores, among, questions)),
        ranks,
        _verdict(whole, ranks, questions),
    )


def _pairs(
    scores: Mapping[str, Scores], ps: Mapping[tuple[str, str], float], questions: Questions
) -> list[Pair]:
    pairs = []
    for ((system, other), p), adjusted in zip(ps.items(), stats.holm([*ps.values()]), strict=True):
        a, b = scores[system], scores[other]
        values = {task: a[task] - b[task] for task in a if task in b}
        n, step, detectable = len(values), _step(values, questions), None
        if n >= stats.FEWEST_TASKS:
            detectable = stats.mde(stats.deviation([*values.values()]), n, step=step)
        estimate = stats.paired(a, b, step).estimate
        pairs.append(Pair(system, other, estimate, p, adjusted, detectable))
    return pairs


def _verdict(
    scores: Mapping[str, Scores], ranks: Mapping[str, int], questions: Questions
) -> BestSystem | None:
    if len(scores) < 2:
        return None
    means = {system: sum(own.values()) / len(own) for system, own in scores.items()}
    best, second, *_ = sorted(scores, key=lambda system: (-means[system], system))
    lead = stats.paired(scores[best], scores[second], _step(scores[best], questions)).estimate
    alone = sum(rank == 1 for rank in ranks.values()) == 1
    return BestSystem(best, second, lead, won=lead.low > 0 and alone)


def gain(own: Scores, none: Scores, questions: Questions) -> Estimate | None:
    """The accuracy that a memory adds to that without one.

    Where `none` scores 0 on every task this is the accuracy, and has its interval.
    """
    shared = [task for task in own if task in none]
    if not shared:
        return None
    if any(none[task] for task in shared):
        return difference(own, none, questions)
    return share({task: own[task] for task in shared}, questions)


def normalised_gain(
    own: Scores, none: Scores, oracle: Scores, questions: Questions
) -> Estimate | None:
    """(m − none) / (oracle − none), a ratio of means: the share of the possible gain.

    Its variance is that of the residuals m − none − ratio × (oracle − none) (Cochran 1977, Sampling
    Techniques, §6), with t(n − 1); so wherever it is the gain, or the accuracy, it has the same
    interval. None if the interval of oracle − none includes 0, or there is none.

    >>> tasks = [("company", seed) for seed in range(5)]
    >>> none, half, oracle = (dict.fromkeys(tasks, score) for score in (0.25, 0.5, 0.75))
    >>> normalised_gain(half, none, oracle, dict.fromkeys(tasks, 4)).mean
    0.5
    """
    tasks = [task for task in own if task in none and task in oracle]
    most = difference({task: oracle[task] for task in tasks}, none, questions)
    if most is None or most.low <= 0:
        return None
    widths = {task: oracle[task] - none[task] for task in tasks}
    if set(widths.values()) == {1.0}:
        return gain({task: own[task] for task in tasks}, none, questions)
    total = sum(widths.values())
    gains = {task: own[task] - none[task] for task in tasks}
    ratio = sum(gains.values()) / total
    residuals = {task: gains[task] - ratio * widths[task] for task in tasks}
    error = stats.deviation([*residuals.values()]) / sqrt(len(tasks))
    error = max(error, _step(tasks, questions)) * len(tasks) / total
    return stats.around(ratio, error, len(tasks) - 1, len(tasks))


def share(
    values: Mapping[TaskKey, float],
    trials: Mapping[TaskKey, int],
    interval: Interval = stats.mean_share,
) -> Estimate | None:
    """The mean over tasks of a share of trials, of which each task has so many; None without a
    task."""
    return interval([*values.values()], [trials[task] for task in values]) if values else None


def difference(a: Scores, b: Scores, questions: Questions) -> Estimate | None:
    """The difference on the tasks that both finished; None if there is no such task."""
    shared = [task for task in a if task in b]
    return stats.paired(a, b, _step(shared, questions)).estimate if shared else None


def _step(tasks: Collection[TaskKey], questions: Questions) -> float:
    """The smallest difference that these tasks can show: that of one question."""
    return 1 / sum(questions[task] for task in tasks)

"""Repeated runs of the same tasks: pass@k, pass^k, and the sources of uncertainty."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import comb

from memorygym.stats.intervals import Estimate
from memorygym.stats.shares import clustered_share
from memorygym.stats.spread import anova


@dataclass(frozen=True, slots=True)
class Repeats:
    """The outcomes of repeated runs. Raises ValueError if questions of a task differ in repeats.

    >>> shaky = Repeats([[(True, True), (True, False)], [(False, False), (False, True)]])
    >>> shaky.pass_at(1).mean, shaky.pass_at(2).mean, shaky.pass_all(2).mean
    (0.5, 0.75, 0.25)
    """

    tasks: Sequence[Sequence[Sequence[bool]]]
    """By task, question and repeat: whether the answer was right. All questions of a task have the
    same number of repeats."""

    def __post_init__(self) -> None:
        for index, task in enumerate(self.tasks):
            if len({len(question) for question in task}) > 1 or not (task and task[0]):
                raise ValueError(f"task {index}: its questions were not all repeated equally often")

    @property
    def fewest(self) -> int:
        """The number of repeats that every task has, which is the largest possible k."""
        return min(len(task[0]) for task in self.tasks)

    def pass_at(self, k: int) -> Estimate:
        """pass@k: the probability that at least one of k repeats is right.

        The unbiased estimate 1 − C(n − c, k) / C(n, k) for c right of n (Chen et al. 2021, arXiv
        2107.03374).
        """
        return self._over(k, lambda n, right: 1 - comb(n - right, k) / comb(n, k))

    def pass_all(self, k: int) -> Estimate:
        """pass^k: the probability that all of k repeats are right.

        The unbiased estimate C(c, k) / C(n, k) for c right of n (Yao et al. 2024, arXiv
        2406.12045).
        """
        return self._over(k, lambda n, right: comb(right, k) / comb(n, k))

    def _over(self, k: int, value: Callable[[int, int], float]) -> Estimate:
        if not 1 <= k <= self.fewest:
            raise ValueError(f"k = {k}: give one from 1 to {self.fewest}, the number of repeats")
        return clustered_share(
            [[value(len(question), sum(question)) for question in task] for task in self.tasks]
        )

    def sources(self) -> tuple[float, float] | None:
        """The variance between questions, and the variance between repeats of one question.

        The components of a one-way analysis of variance, a negative one taken as 0; more repeats
        reduce only the second. None without two tasks and two repeats of each.
        """
        if len(self.tasks) < 2 or self.fewest < 2:
            return None
        table = anova([question for task in self.tasks for question in task])
        assert table is not None
        return max(0.0, table.between - table.within) / table.size, table.within

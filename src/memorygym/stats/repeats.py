"""Repeated play of the same worlds: pass@k, pass^k, and where the uncertainty comes from."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import comb

from memorygym.stats.intervals import Estimate, clustered
from memorygym.stats.spread import anova


@dataclass(frozen=True, slots=True)
class Repeats:
    """The outcomes of K repeats.

    >>> shaky = Repeats([[(True, True), (True, False)], [(False, False), (False, True)]])
    >>> shaky.pass_at(1).mean, shaky.pass_at(2).mean, shaky.pass_all(2).mean
    (0.5, 0.75, 0.25)
    """

    worlds: Sequence[Sequence[Sequence[bool]]]
    """By world, question and repeat; all questions of a world were repeated together."""

    def __post_init__(self) -> None:
        for i, world in enumerate(self.worlds):
            if len({len(question) for question in world}) > 1 or not (world and world[0]):
                raise ValueError(f"world {i}: its questions were not all repeated equally often")

    @property
    def fewest(self) -> int:
        """Repeats that every world has: the largest k."""
        return min(len(world[0]) for world in self.worlds)

    def pass_at(self, k: int) -> Estimate:
        """The chance that at least one of k repeats is right: 1 − C(n − c, k) / C(n, k), unbiased
        (Chen et al. 2021, arXiv 2107.03374)."""
        return self._over(k, lambda n, right: 1 - comb(n - right, k) / comb(n, k))

    def pass_all(self, k: int) -> Estimate:
        """The chance that all of k repeats are right, pass^k: C(c, k) / C(n, k), unbiased
        (Yao et al. 2024, arXiv 2406.12045)."""
        return self._over(k, lambda n, right: comb(right, k) / comb(n, k))

    def _over(self, k: int, value: Callable[[int, int], float]) -> Estimate:
        if not 1 <= k <= self.fewest:
            raise ValueError(f"k = {k}: it must be from 1 to the {self.fewest} repeats at hand")
        return clustered(
            [[value(len(question), sum(question)) for question in world] for world in self.worlds]
        )

    def sources(self) -> tuple[float, float] | None:
        """What makes answers vary (one-way ANOVA, a negative part read as 0): the variance of the
        questions' chances of being answered rightly, and that of the outcome of one question, which
        more repeats average out. None without two worlds and two repeats of each."""
        if len(self.worlds) < 2 or self.fewest < 2:
            return None
        found = anova([question for world in self.worlds for question in world])
        assert found is not None
        return max(0.0, found.between - found.within) / found.size, found.within

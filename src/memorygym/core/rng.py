"""Named random number generators, with equal output on every Python version and machine.

A generator is seeded with the SHA-512 of its name and draws through `getrandbits` alone, whose
output no Python release has changed.
"""

from collections.abc import MutableSequence, Sequence
from hashlib import sha512
from random import Random
from typing import TypeVar

T = TypeVar("T")


class Stream:
    """A random number generator; make one with `named_rng`."""

    __slots__ = ("_bits",)

    def __init__(self, seed: int) -> None:
        self._bits = Random(seed).getrandbits

    def below(self, n: int) -> int:
        """A uniform integer in [0, n)."""
        if n <= 0:
            raise ValueError(f"below({n}): the bound must be positive")
        bits = self._bits
        k = n.bit_length()
        value = bits(k)
        while value >= n:
            value = bits(k)
        return value

    def between(self, low: int, high: int) -> int:
        """A uniform integer in [low, high]."""
        return low + self.below(high - low + 1)

    def uniform(self) -> float:
        """A uniform float in [0, 1) with 53 random bits."""
        return self._bits(53) / (1 << 53)

    def bernoulli(self, p: float) -> bool:
        """True with probability p."""
        return self.uniform() < p

    def choice(self, items: Sequence[T]) -> T:
        """One item, uniformly."""
        return items[self.below(len(items))]

    def weighted(self, items: Sequence[T], weights: Sequence[float]) -> T:
        """One item, with probability proportional to its weight."""
        point = self.uniform() * sum(weights)
        for item, weight in zip(items, weights, strict=True):
            point -= weight
            if point < 0:
                return item
        return items[-1]

    def shuffle(self, items: MutableSequence[T]) -> None:
        """Shuffles in place (Fisher–Yates)."""
        for i in range(len(items) - 1, 0, -1):
            j = self.below(i + 1)
            items[i], items[j] = items[j], items[i]

    def sample(self, items: Sequence[T], k: int) -> list[T]:
        """k items at distinct positions, in random order."""
        n = len(items)
        if not 0 <= k <= n:
            raise ValueError(f"sample of {k} from {n} items")
        if 3 * k < n:
            chosen: dict[int, None] = {}
            while len(chosen) < k:
                chosen[self.below(n)] = None
            return [items[i] for i in chosen]
        pool = list(items)
        self.shuffle(pool)
        return pool[:k]


def named_rng(*path: str | int) -> Stream:
    """The generator of that name: equal names give equal output, other names independent output.

    >>> [named_rng("company", 0).below(1000) for _ in range(2)]
    [946, 946]
    """
    text = "\x1f".join(f"{type(part).__name__}:{part}" for part in path)
    return Stream(int.from_bytes(sha512(text.encode()).digest(), "big"))

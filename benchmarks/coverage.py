"""How often the 95 % intervals of shares hold the truth: `python benchmarks/coverage.py`.

Tasks of a number of questions are drawn whose outcomes have a given intraclass correlation (ICC),
and each draw gets the interval of `stats.mean_share`. Each cell is the least coverage over the ICCs
0, 0.1, 0.2 and 0.3, in percent of the draws. Every draw follows from the names below, so the tables
are the same on every machine; docs/statistics.md holds them. It ends with 1 if a
promise of that page does not hold.
"""

import sys
from bisect import bisect
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import accumulate
from math import comb, exp, lgamma

from memorygym.core.rng import named_rng
from memorygym.stats import mean_share

DRAWS = 4_000
TASKS = (5, 7, 10, 20, 50, 100)
ICCS = (0.0, 0.1, 0.2, 0.3)
SHARES = (0.02, 0.05, 0.1, 0.2, 0.3, 0.5)
"""Coverage at 1 − p is that at p, for the interval is symmetric."""
SIZES = (5, 20)
"""Questions of a task."""
PROMISED = 0.1
"""The least share for which a coverage is promised."""
MODELS = {
    "beta": "chances differ between tasks (beta-binomial)",
    "copies": "questions copy one outcome of their task, or are drawn alone",
}


def beta(size: int, p: float, icc: float) -> list[float]:
    """The probabilities of 0 to `size` right answers of a task whose chance is beta-distributed."""
    if icc == 0:
        return [comb(size, k) * p**k * (1 - p) ** (size - k) for k in range(size + 1)]
    a, b = p * (1 - icc) / icc, (1 - p) * (1 - icc) / icc

    def log_beta(x: float, y: float) -> float:
        return lgamma(x) + lgamma(y) - lgamma(x + y)

    return [
        comb(size, k) * exp(log_beta(k + a, size - k + b) - log_beta(a, b)) for k in range(size + 1)
    ]


def copies(size: int, p: float, icc: float) -> list[float]:
    """The same where a question copies one outcome of its task with probability √ICC: a few tasks
    are far from all others."""
    copied = icc**0.5
    low, high = (1 - copied) * p, copied + (1 - copied) * p
    return [
        comb(size, k)
        * (p * high**k * (1 - high) ** (size - k) + (1 - p) * low**k * (1 - low) ** (size - k))
        for k in range(size + 1)
    ]


def coverage(model: str, tasks: int, size: int, p: float, icc: float) -> float:
    """The share of draws whose interval holds p."""
    probabilities = (beta if model == "beta" else copies)(size, p, icc)
    bounds = [round(bound * 2**32) for bound in accumulate(probabilities)]
    stream = named_rng("coverage", model, tasks, size, str(p), str(icc))
    drawn: Counter[tuple[int, ...]] = Counter()
    for _ in range(DRAWS):
        right = (min(size, bisect(bounds, stream.below(2**32))) for _ in range(tasks))
        drawn[tuple(sorted(right))] += 1
    held = 0
    for counts, times in drawn.items():
        share = mean_share([count / size for count in counts], [size] * tasks)
        held += times * (share.low <= p <= share.high)
    return held / DRAWS


def least(model: str, tasks: int, p: float) -> float:
    """The least coverage over the sizes and the correlations."""
    return min(coverage(model, tasks, size, p, icc) for size in SIZES for icc in ICCS)


def rows(model: str) -> Iterator[tuple[int, list[float]]]:
    """By number of tasks: the least coverage of each share."""
    for tasks in TASKS:
        yield tasks, [least(model, tasks, p) for p in SHARES]


def broken(tasks: int, cells: Sequence[float]) -> bool:
    """Whether a row of the beta-binomial model breaks the promise."""
    lowest = min(cell for p, cell in zip(SHARES, cells, strict=True) if p >= PROMISED)
    return lowest < (0.92 if tasks >= 20 else 0.90)


def main() -> int:
    """Prints a table for each model; returns 1 if the promise is broken."""
    failed = False
    for model, title in MODELS.items():
        print(f"{title}\n\n| tasks | {' | '.join(f'p = {p:g}' for p in SHARES)} |")
        print(f"|---|{'---|' * len(SHARES)}")
        for tasks, cells in rows(model):
            print(f"| {tasks} | {' | '.join(f'{100 * cell:.1f}' for cell in cells)} |", flush=True)
            failed |= model == "beta" and broken(tasks, cells)
        print()
    print("promise broken" if failed else "promise holds")
    return failed


if __name__ == "__main__":
    sys.exit(main())

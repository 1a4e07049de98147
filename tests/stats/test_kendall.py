"""Kendall's tau-b; the figures are SciPy's."""

import pytest

from memorygym.core.rng import named_rng
from memorygym.stats import kendall, tau_b

LEVELS = (0.2, 0.4, 0.5, 0.7)


def noisy(name: str, spread: float, tasks: int = 30) -> dict[str, dict[int, float]]:
    """Four parts whose scores vary about their levels."""
    stream = named_rng("test", name)
    return {
        f"part {level}": {w: level + spread * (stream.uniform() - 0.5) for w in range(tasks)}
        for level in LEVELS
    }


@pytest.mark.parametrize(
    ("a", "b", "tau"),
    [
        ([62, 55, 71, 40, 66, 55, 49], [50, 57, 60, 41, 50, 50, 45], 0.6851601597),
        ([1, 1, 2, 2], [1, 2, 1, 2], 0.0),
        ([3, 1, 2, 2, 5], [1, 1, 2, 3, 3], 0.3535533906),
        ([1, 1], [1, 2], 0.0),
    ],
)  # fmt: skip
def test_ties_are_counted_as_kendall_does(a: list[float], b: list[float], tau: float) -> None:
    assert tau_b(a, b) == pytest.approx(tau)
    assert tau_b(b, a) == tau_b(a, b)
    assert tau_b([-x for x in a], b) == -tau_b(a, b)


def test_a_clear_ranking_has_a_narrow_interval_and_a_vague_one_a_wide_one() -> None:
    clear, vague = (
        kendall(noisy("a", spread), noisy("b", spread), "test") for spread in (0.1, 2.0)
    )
    assert (clear.mean, clear.low, clear.high, clear.tasks) == (1, 1, 1, 30)
    assert vague.low < vague.mean <= vague.high <= 1


def test_only_parts_and_tasks_in_both_are_compared() -> None:
    a, b = noisy("a", 0.1), noisy("b", 0.1)
    b["part 0.2"] = {w: value for w, value in b["part 0.2"].items() if w > 3}
    a["only here"] = {0: 1.0}
    assert kendall(a, b, "test").tasks == 26


def test_the_order_of_parts_changes_nothing() -> None:
    a, b = noisy("a", 1.0), noisy("b", 1.0)
    again = {part: a[part] for part in reversed(a)}
    assert kendall(again, b, "test") == kendall(a, b, "test")

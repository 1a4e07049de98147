"""Differences, their tests and the ranks that follow; the figures are SciPy's."""

from math import comb

import pytest

from memorygym.core.rng import named_rng
from memorygym.stats import (
    Difference,
    holm,
    kendall,
    kendall_apart,
    paired,
    ranks,
    sign_flip,
    sign_flips,
    tau_b,
    unpaired,
)

A = dict(enumerate([0.62, 0.55, 0.71, 0.40, 0.66, 0.58, 0.49]))
B = dict(enumerate([0.50, 0.57, 0.60, 0.41, 0.52, 0.50, 0.45]))


def figures(comparison: Difference) -> tuple[float, float, float, float]:
    estimate = comparison.estimate
    return estimate.mean, estimate.low, estimate.high, comparison.p


def test_a_paired_difference_uses_shared_tasks() -> None:
    comparison = paired({**A, "only here": 0.1}, {"only there": 0.9, **B})
    assert comparison.estimate.tasks == 7
    assert figures(comparison) == pytest.approx(
        (0.0657142857, 0.0067710229, 0.1246575485, 0.034276972)
    )


def test_an_unpaired_difference_is_welchs() -> None:
    comparison = unpaired(list(A.values()), list(B.values())[:5])
    assert comparison.estimate.tasks == 12
    assert figures(comparison) == pytest.approx(
        (0.0528571429, -0.0616299905, 0.1673442762, 0.32785467)
    )


@pytest.mark.parametrize(("other", "p"), [(0.5, 1), (0.25, 0)])
def test_constant_scores_give_a_certain_result(other: float, p: float) -> None:
    assert unpaired([0.5] * 5, [other] * 5).p == p


def test_the_bounds_of_a_difference_are_those_of_scores() -> None:
    estimate = paired(dict(enumerate([1, 1, 1, 1, 0])), dict(enumerate([0, 0, 0, 0, 1]))).estimate
    assert (estimate.mean, estimate.high) == (0.6, 1.0)
    assert estimate.low == pytest.approx(0.6 - 2.776445 * 0.4)


def test_equal_scores_differ_by_nothing_within_one_question_more_or_less() -> None:
    estimate = paired(A, A, step=1 / 70).estimate
    assert (estimate.mean, estimate.high) == (0, pytest.approx(2.446912 / 70))
    assert paired(A, B, step=1 / 70) == paired(A, B)


def test_every_sign_assignment_is_counted_for_few_tasks() -> None:
    assert sign_flip(A, B, "test") == 0.0625


@pytest.mark.parametrize("n", [1, 5, 10, 24])
def test_the_least_p_is_that_of_two_in_all_flips(n: int) -> None:
    always = {i: 0.1 + i / 3 for i in range(n)}
    assert sign_flip(always, dict.fromkeys(always, 0.0), "test") == 2 / 2**n


def test_drawn_flips_agree_with_t() -> None:
    stream = named_rng("test", "flips")
    a = {i: stream.uniform() for i in range(100)}
    b = {i: a[i] - 0.02 + 0.5 * (stream.uniform() - 0.5) for i in a}
    p = sign_flip(a, b, "test")
    assert p == pytest.approx(paired(a, b).p, abs=0.01)
    assert p == sign_flip(a, b, "test") != sign_flip(a, b, "other")


@pytest.mark.parametrize(
    ("ps", "adjusted"),
    [
        ([0.01, 0.04, 0.03, 0.005], [0.03, 0.06, 0.06, 0.02]),
        ([0.5, 0.9], [1, 1]),
        ([0.01], [0.01]),
        ([], []),
    ],
)
def test_many_tests_are_held_to_more(ps: list[float], adjusted: list[float]) -> None:
    assert holm(ps) == pytest.approx(adjusted)


def _scores(mean: float, wobble: float, tasks: range = range(20)) -> dict[int, float]:
    return {i: mean + wobble * (-1) ** i for i in tasks}


@pytest.mark.parametrize(
    ("scores", "ranked"),
    [
        # Agents without a significant difference share a rank.
        ({"low": _scores(0.2, 0.01), "high": _scores(0.8, 0.02), "as high": _scores(0.801, -0.02)},
         {"high": 1, "as high": 1, "low": 3}),
        # A rank counts who is better, though likeness does not carry over.
        ({"a": _scores(0.60, 0.0), "b": _scores(0.57, 0.08), "c": _scores(0.54, 0.0)},
         {"a": 1, "b": 1, "c": 2}),
        # Agents on other tasks are ranked by their means.
        ({"a": _scores(0.8, 0.1), "b": _scores(0.5, 0.1, range(19, 40))}, {"a": 1, "b": 2}),
        ({"a": {1: 0.5}}, {"a": 1}),
        ({}, {}),
    ],
)  # fmt: skip
def test_a_rank_counts_the_agents_that_are_significantly_better(
    scores: dict[str, dict[int, float]], ranked: dict[str, int]
) -> None:
    assert ranks(scores) == ranked


def test_chance_seldom_makes_a_winner_of_many_equal_agents() -> None:
    stream = named_rng("test", "equals")
    fields = [
        {str(k): {i: stream.uniform() for i in range(30)} for k in range(8)} for _ in range(100)
    ]
    assert sum(max(ranks(scores).values()) > 1 for scores in fields) <= 10


def test_flips_of_few_tasks_are_the_same_for_pairs_together_and_alone() -> None:
    flips = sign_flips({"a": A, "b": B, "c": dict.fromkeys(A, 0.3)}, "test")
    assert list(flips) == [("a", "b"), ("a", "c"), ("b", "c")]
    assert flips["a", "b"] == sign_flip(A, B, "test")
    assert sign_flips({}, "test") == {}


def test_drawn_flips_agree_with_counting() -> None:
    a, b = {i: float(i < 20) for i in range(30)}, {i: float(i >= 20) for i in range(30)}
    counted = 2 * sum(comb(30, heads) for heads in range(20, 31)) / 2**30
    assert sign_flip(a, b, "test") == pytest.approx(counted, abs=0.012)


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
)
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


def test_rankings_on_other_tasks_are_resampled_apart() -> None:
    a, b = noisy("a", 2.0), noisy("b", 2.0)
    other = {part: {("other", w): s for w, s in own.items()} for part, own in b.items()}
    apart = kendall_apart(a, other, "test")
    assert apart.mean == kendall(a, b, "test").mean
    assert apart.low < apart.mean <= apart.high <= 1
    few = {part: dict(list(own.items())[:3]) for part, own in other.items()}
    assert not kendall_apart(a, few, "test").has_interval


def test_only_parts_and_tasks_in_both_are_compared() -> None:
    a, b = noisy("a", 0.1), noisy("b", 0.1)
    b["part 0.2"] = {w: value for w, value in b["part 0.2"].items() if w > 3}
    a["only here"] = {0: 1.0}
    assert kendall(a, b, "test").tasks == 26


def test_the_order_of_parts_changes_nothing() -> None:
    a, b = noisy("a", 1.0), noisy("b", 1.0)
    again = {part: a[part] for part in reversed(a)}
    assert kendall(again, b, "test") == kendall(a, b, "test")

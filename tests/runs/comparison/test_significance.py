"""Memories against each other: who is ranked, and when one is called best."""

import pytest

from memorygym.runs.comparison.significance import (
    SignificanceTests,
    gain,
    normalised_gain,
    share,
    significance_tests,
)

TASKS = [("company", seed) for seed in range(8)]
ASKED = dict.fromkeys(TASKS, 10)
UNEVEN = [0.0, 1.0, 0.0, 1.0, 0.5, 1.0, 0.0, 1.0]
LOW, MID = [0.2, 0.3] * 4, [0.5, 0.6] * 4
HIGH = [0.8, 0.9, 0.8, 0.9, 0.9, 0.8, 0.8, 0.9]


def scores(values: list[float]) -> dict[tuple[str, int], float]:
    return dict(zip(TASKS, values, strict=False))


def result_of(recency: list[float] | None = None, **memories: list[float]) -> SignificanceTests:
    """The tests of memories that finished all tasks."""
    of = {name: scores(values) for name, values in memories.items()}
    return significance_tests(of, of, scores(LOW if recency is None else recency), ASKED, "test")


@pytest.mark.parametrize(
    ("memories", "best", "second", "leads", "ranks"),
    [
        # Better than all others on every task.
        ({"a": MID, "b": HIGH, "c": LOW}, "b", "a", True, {"b": 1, "a": 2, "c": 3}),
        # The interval of its lead holds 0.
        ({"a": MID, "b": [*MID[:7], 0.7], "c": LOW}, "b", "a", False, {"a": 1, "b": 1, "c": 3}),
        # Another shares its rank: less on average than a, but too uneven to be significantly so.
        ({"a": HIGH, "b": MID, "c": [0.0, 1.0] * 4}, "a", "b", True, {"a": 1, "b": 2, "c": 1}),
    ],
)
def test_a_memory_is_best_if_it_leads_significantly_and_alone(
    memories: dict[str, list[float]], best: str, second: str, leads: bool, ranks: dict[str, int]
) -> None:
    result = result_of(**memories)
    verdict = result.verdict
    assert verdict is not None
    assert (verdict.best, verdict.second, verdict.lead.low > 0) == (best, second, leads)
    assert result.ranks == ranks
    assert verdict.won == (leads and [*ranks.values()].count(1) == 1)


@pytest.mark.parametrize("n", [1, 2, 4])
def test_too_few_tasks_make_nobody_best_and_detect_nothing(n: int) -> None:
    result = result_of([0.0] * n, a=HIGH[:n], b=LOW[:n])
    assert result.ranks == {"a": 1, "b": 1}
    assert result.verdict is not None and not result.verdict.won
    assert {pair.detectable for pair in (*result.pairs, *result.over_recency.values())} == {None}


def test_memories_that_are_level_detect_no_less_than_one_question() -> None:
    (pair,) = result_of(a=MID, b=MID).pairs
    # One of 80 questions is the step of the standard error.
    assert pair.detectable == pytest.approx(3.2606 / 80, rel=1e-3)
    assert (pair.difference.low, pair.difference.high) == pytest.approx(
        (-2.3646 / 80, 2.3646 / 80), rel=1e-3
    )


def test_a_gain_has_the_interval_of_the_accuracy_where_it_is_that() -> None:
    own, nothing, everything = scores(UNEVEN), scores([0.0] * 8), scores([1.0] * 8)
    accuracy = share(own, ASKED)
    assert 0 < accuracy.low < accuracy.high < 1
    assert gain(own, nothing, ASKED) == accuracy
    assert normalised_gain(own, nothing, everything, ASKED) == accuracy


def test_a_normalised_gain_has_the_interval_of_the_gain_where_it_is_that() -> None:
    own, low, high = scores(MID), scores([0.0, 0.1] * 4), scores([1.0, 1.1] * 4)
    assert normalised_gain(own, low, high, ASKED) == gain(own, low, ASKED)


def test_a_single_memory_has_nobody_to_be_better_than() -> None:
    result = result_of(a=MID)
    assert (result.verdict, result.pairs, result.ranks) == (None, (), {"a": 1})


def test_advantages_over_recency_are_tested_together() -> None:
    result = result_of(a=MID, b=HIGH).over_recency
    # All eight signs alike: 2 of 256 flips; two memories: twice that.
    assert {(pair.p, pair.adjusted) for pair in result.values()} == {(2 / 256, 4 / 256)}


def test_a_memory_that_failed_is_compared_with_recency_on_what_it_finished() -> None:
    memories = {"a": scores(MID), "b": scores(HIGH[:5])}
    result = significance_tests(memories, {"a"}, scores(LOW), ASKED, "test")
    assert result.over_recency["b"].difference.tasks == 5
    assert result.over_recency["b"].p == 2 / 32
    assert result.pairs == ()


def test_without_recency_memories_are_still_ranked() -> None:
    result = result_of([], a=MID, b=HIGH)
    assert (result.over_recency, result.ranks) == ({}, {"a": 2, "b": 1})


def test_the_detectable_difference_is_that_of_the_paired_deviation() -> None:
    (pair,) = result_of(a=MID, b=HIGH).pairs
    # (t of .975 + t of .8, 7 degrees: 2.3646 + 0.8960) x 0.05345 / root of 8.
    assert pair.detectable == pytest.approx(3.2606 * 0.0534522 / 8**0.5, rel=1e-3)

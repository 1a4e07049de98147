"""Memories against each other: who is ranked, and when one is called best."""

import pytest

from memorygym.runs.comparison.significance import (
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


def test_a_memory_that_betters_all_others_on_every_task_is_best() -> None:
    memories = {"a": scores(MID), "b": scores(HIGH), "c": scores(LOW)}
    result = significance_tests(memories, memories, scores(LOW), ASKED, "test")
    assert result.ranks == {"b": 1, "a": 2, "c": 3}
    assert result.verdict is not None
    assert (result.verdict.best, result.verdict.second, result.verdict.won) == ("b", "a", True)


def test_no_memory_is_best_where_the_interval_of_its_lead_holds_0() -> None:
    close = [0.5, 0.6, 0.5, 0.6, 0.5, 0.6, 0.5, 0.7]
    memories = {"a": scores(MID), "b": scores(close), "c": scores(LOW)}
    verdict = significance_tests(memories, memories, scores(LOW), ASKED, "test").verdict
    assert verdict is not None
    assert (verdict.best, verdict.second, verdict.won) == ("b", "a", False)


def test_no_memory_is_best_while_another_shares_its_rank() -> None:
    # Less on average than a, but so uneven that the difference is not significant.
    uneven = [0.0, 1.0, 0.0, 1.0, 0.0, 1.0, 0.0, 1.0]
    memories = {"a": scores(HIGH), "b": scores(MID), "c": scores(uneven)}
    result = significance_tests(memories, memories, scores(LOW), ASKED, "test")
    assert result.verdict is not None
    assert result.verdict.lead.low > 0
    assert result.ranks["c"] == 1
    assert not result.verdict.won


@pytest.mark.parametrize("n", [1, 2, 4])
def test_too_few_tasks_make_nobody_best_and_detect_nothing(n: int) -> None:
    memories = {"a": scores(HIGH[:n]), "b": scores(LOW[:n])}
    result = significance_tests(memories, memories, scores([0.0] * n), ASKED, "test")
    assert result.ranks == {"a": 1, "b": 1}
    assert result.verdict is not None and not result.verdict.won
    assert {pair.detectable for pair in (*result.pairs, *result.over_recency.values())} == {None}


def test_memories_that_are_level_detect_no_less_than_one_question() -> None:
    memories = {"a": scores(MID), "b": scores(MID)}
    (pair,) = significance_tests(memories, memories, scores(LOW), ASKED, "test").pairs
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
    result = significance_tests({"a": scores(MID)}, {"a"}, scores(LOW), ASKED, "test")
    assert (result.verdict, result.pairs, result.ranks) == (None, (), {"a": 1})


def test_advantages_over_recency_are_tested_together() -> None:
    memories = {"a": scores(MID), "b": scores(HIGH)}
    result = significance_tests(memories, memories, scores(LOW), ASKED, "test").over_recency
    # All eight signs alike: 2 of 256 flips; two memories: twice that.
    assert {(pair.p, pair.adjusted) for pair in result.values()} == {(2 / 256, 4 / 256)}


def test_a_memory_that_failed_is_compared_with_recency_on_what_it_finished() -> None:
    memories = {"a": scores(MID), "b": scores(HIGH[:5])}
    result = significance_tests(memories, {"a"}, scores(LOW), ASKED, "test")
    assert result.over_recency["b"].difference.tasks == 5
    assert result.over_recency["b"].p == 2 / 32
    assert result.pairs == ()


def test_without_recency_memories_are_still_ranked() -> None:
    memories = {"a": scores(MID), "b": scores(HIGH)}
    result = significance_tests(memories, memories, {}, ASKED, "test")
    assert (result.over_recency, result.ranks) == ({}, {"a": 2, "b": 1})


def test_the_detectable_difference_is_that_of_the_paired_deviation() -> None:
    memories = {"a": scores(MID), "b": scores(HIGH)}
    (pair,) = significance_tests(memories, memories, scores(LOW), ASKED, "test").pairs
    # (t of .975 + t of .8, 7 degrees: 2.3646 + 0.8960) x 0.05345 / root of 8.
    assert pair.detectable == pytest.approx(3.2606 * 0.0534522 / 8**0.5, rel=1e-3)

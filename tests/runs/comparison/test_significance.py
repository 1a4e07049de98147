"""Memories against each other: who is ranked, and when one is called best."""

from dataclasses import replace

import pytest

from memorygym.reports.comparison_text import agreement_text
from memorygym.runs.comparison.figures import agreement
from memorygym.runs.comparison.significance import (
    SignificanceTests,
    gain,
    normalised_gain,
    share,
    significance_tests,
)
from tests.runs.comparison.measurements import reported

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


@pytest.mark.parametrize(
    ("own", "low", "high"),
    [(UNEVEN, [0.0] * 8, [1.0] * 8), (MID, [0.0, 0.1] * 4, [1.0, 1.1] * 4)],
)
def test_a_gain_has_the_interval_of_what_it_is(
    own: list[float], low: list[float], high: list[float]
) -> None:
    gained = gain(scores(own), scores(low), ASKED)
    assert gained and 0 < gained.low < gained.high < 1
    assert (gained == share(scores(own), ASKED)) == (not any(low))
    assert normalised_gain(scores(own), scores(low), scores(high), ASKED) == gained


def test_a_single_memory_has_nobody_to_be_better_than_and_none_needs_recency() -> None:
    result = result_of(a=MID)
    assert (result.verdict, result.pairs, result.ranks) == (None, (), {"a": 1})
    result = result_of([], a=MID, b=HIGH)
    assert (result.over_recency, result.ranks) == ({}, {"a": 2, "b": 1})


def test_advantages_over_recency_are_tested_together_on_what_was_finished() -> None:
    result = result_of(a=MID, b=HIGH).over_recency
    # All eight signs alike: 2 of 256 flips; two memories: twice that.
    assert {(pair.p, pair.adjusted) for pair in result.values()} == {(2 / 256, 4 / 256)}
    memories = {"a": scores(MID), "b": scores(HIGH[:5])}
    failed = significance_tests(memories, {"a"}, scores(LOW), ASKED, "test")
    of_b = failed.over_recency["b"]
    assert (of_b.difference.tasks, of_b.p, failed.pairs) == (5, 2 / 32, ())


# The paired deviation; for memories that are level one of 80 questions is the step of the error.
@pytest.mark.parametrize(("other", "error"), [(HIGH, 0.0534522 / 8**0.5), (MID, 1 / 80)])
def test_the_detectable_difference_is_that_of_the_paired_deviation(
    other: list[float], error: float
) -> None:
    (pair,) = result_of(a=MID, b=other).pairs
    # t of .975 and t of .8 with 7 degrees: 2.3646 + 0.8960.
    assert pair.detectable == pytest.approx(3.2606 * error, rel=1e-3)
    half = (pair.difference.high - pair.difference.low) / 2
    assert half == pytest.approx(2.3646 * error, rel=1e-3)


SIX = [f"{right:06b}" for right in (3, 7, 15, 31, 5, 1)]
"""Answers to six questions that share no bound: six memories."""
BOUNDS = {"none": "000000", "full": "111111", "oracle": "111111", "recency": "000001"}
STRONG = BOUNDS | dict(zip("abcdef", SIX, strict=True))


@pytest.mark.parametrize(
    ("weak", "failures", "tau"),
    [
        # References are no part of it.
        ({"recency": "111111"}, {}, (1, 6, 6)),
        # A memory that failed under one is ranked under neither.
        ({"b": "111111 -"}, {"b": 1}, (1, 5, 5)),
        # One at a bound under one reasoner counts for neither.
        ({"a": "000000"}, {}, (1, 5, 6)),
        # a and d change places: 8 pairs agree, 5 do not, and one is tied under each.
        ({"a": STRONG["d"], "d": STRONG["a"]}, {}, (3 / 14, 6, 6)),
    ],
)
def test_tau_is_that_of_the_memories_that_both_rank_between_the_bounds(
    weak: dict[str, str], failures: dict[str, int], tau: tuple[float, int, int]
) -> None:
    ranking = agreement(reported(STRONG), reported(STRONG | weak, **failures))
    assert ranking and ranking.tau
    assert (ranking.tau.mean, ranking.measured, ranking.memories) == pytest.approx(tau)


@pytest.mark.parametrize(
    ("weak", "reason"),
    [
        ({"a": "111111", "b": "000000"}, "4 of 6 memories are neither at the floor nor at the"),
        ({"full": "000001"}, "the strong reasoner answers 16.7% with full context"),
    ],
)
def test_without_enough_that_both_measure_the_reason_stands_in_place_of_tau(
    weak: dict[str, str], reason: str
) -> None:
    ranking = agreement(reported(STRONG), reported(STRONG | weak))
    assert ranking and ranking.tau is None and reason in ranking.reason
    assert f"no tau-b: {reason}" in " ".join(agreement_text(ranking).split())


def test_tau_of_two_tracks_resamples_the_tasks_of_each() -> None:
    ours = reported({name: " ".join(tasks) for name, tasks in STRONG.items()})
    alike, apart = (agreement(ours, theirs) for theirs in (ours, replace(ours, tasks=(("x", 0),))))
    assert alike and apart and alike.tau and apart.tau
    assert alike.tau.low == alike.tau.mean == apart.tau.mean > apart.tau.low


def test_one_memory_has_no_ranking() -> None:
    assert agreement(*[reported({**BOUNDS, "a": "000011"})] * 2) is None


@pytest.mark.parametrize(
    ("times", "stated"),
    [
        (6, "tau-b 1.00 (1.00 to 1.00) over 6 of 6 memories on 6 tasks"),
        (2, "tau-b 1.00 over 6 of 6 memories on 2 tasks: too few tasks for an interval"),
    ],
)
def test_an_agreement_is_stated_in_a_sentence(times: int, stated: str) -> None:
    report = reported({name: f"{tasks} " * times for name, tasks in STRONG.items()})
    ranking = agreement(report, report)
    assert ranking and stated in " ".join(agreement_text(ranking).split())

"""Memories against each other: who is ranked, and when one is called best."""

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


STRONG = {"a": "1111 1110", "b": "1100 1000", "c": "1000 0000", "recency": "0000 0000"}


@pytest.mark.parametrize(
    ("weak", "failures", "tau"),
    [
        # References are no part of it.
        ({"a": "1100 1100", "b": "1000 1000", "c": "0000 0000", "recency": "1111 1111"}, {}, 1),
        # A memory that failed under one is ranked under neither.
        ({"a": "1100 1100", "b": "1000 -", "c": "1111 1111"}, {"b": 1}, -1),
        ({"a": "11 10"}, {}, None),
    ],
)
def test_tau_is_that_of_the_memories_that_both_rank(
    weak: dict[str, str], failures: dict[str, int], tau: float | None
) -> None:
    ranking = agreement(reported(STRONG), reported(weak, **failures))
    assert (ranking and (ranking.tau.mean, ranking.tau.tasks)) == (tau and (tau, 2))


@pytest.mark.parametrize(
    ("times", "stated"),
    [
        (3, "tau-b 1.00, 95 % interval 1.00 to 1.00, over 6 tasks"),
        (1, "tau-b 1.00, over 2 tasks: too few tasks for an interval"),
    ],
)
def test_an_agreement_is_stated_in_a_sentence(times: int, stated: str) -> None:
    report = reported({name: f"{tasks} " * times for name, tasks in STRONG.items()})
    ranking = agreement(report, report)
    assert ranking and stated in " ".join(agreement_text(ranking).split())

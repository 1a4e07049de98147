"""Whether two reasoners rank the memories alike."""

import pytest

from memorygym.reports.comparison_text import agreement_text
from memorygym.runs.comparison.figures import agreement
from tests.runs.comparison.measurements import reported

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

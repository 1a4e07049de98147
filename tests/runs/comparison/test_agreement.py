"""Whether two reasoners rank the memories alike."""

from memorygym.reports.comparison_text import agreement_text
from memorygym.runs.comparison.figures import agreement
from tests.runs.comparison.measurements import reported

STRONG = {"a": "1111 1110", "b": "1100 1000", "c": "1000 0000", "recency": "0000 0000"}


def test_rankings_that_agree_have_a_tau_of_1_and_references_are_no_part_of_it() -> None:
    weak = reported({"a": "1100 1100", "b": "1000 1000", "c": "0000 0000", "recency": "1111 1111"})
    ranking = agreement(reported(STRONG), weak)
    assert ranking is not None
    assert (ranking.tau.mean, ranking.tau.tasks) == (1, 2)


def test_a_memory_that_failed_under_one_reasoner_is_ranked_under_neither() -> None:
    weak = reported({"a": "1100 1100", "b": "1000 -", "c": "1111 1111"}, b=1)
    ranking = agreement(reported(STRONG), weak)
    assert ranking is not None
    assert ranking.tau.mean == -1


def test_a_single_memory_has_no_ranking() -> None:
    assert agreement(reported({"a": "11 10"}), reported(STRONG)) is None


def test_an_agreement_is_stated_in_a_sentence() -> None:
    report = reported({name: f"{tasks} " * 3 for name, tasks in STRONG.items()})
    ranking = agreement(report, report)
    assert ranking is not None
    text = " ".join(agreement_text(ranking).split())
    assert "tau-b 1.00, 95 % interval 1.00 to 1.00, over 6 tasks" in text
    few = agreement(reported(STRONG), reported(STRONG))
    assert few is not None
    assert "tau-b 1.00, over 2 tasks: too few tasks for an interval" in agreement_text(few)

"""Counts, and agreement beyond chance."""

import pytest

from memorygym.scoring.agreement import Agreement, tabulate


def test_pairs_are_counted_and_what_was_not_judged_apart() -> None:
    pairs = [(True, True), (True, False), (False, True), (False, False), (False, None)]
    assert tabulate([*pairs, (False, False)]) == Agreement(1, 1, 1, 2, 1)


@pytest.mark.parametrize("agreement", [Agreement(0, 0, 0, 0, 3), Agreement(5, 0, 0, 0, 0)])
def test_kappa_is_undefined_where_nothing_could_differ(agreement: Agreement) -> None:
    assert agreement.kappa is None
    assert "kappa undefined" in str(agreement)


def test_the_json_has_the_figures_of_a_worked_example() -> None:
    """20, 5, 10 and 15 of 50: agreement .7, by chance .5 (Wikipedia, Cohen's kappa)."""
    assert Agreement(20, 5, 10, 15, 2).to_json() == {
        "both": 20, "reference": 5, "judge": 10, "neither": 15, "not_judged": 2, "kappa": 0.4,
    }  # fmt: skip

"""Counts, agreement beyond chance and rates with intervals."""

import pytest

from memorygym.scoring.judge.agreement import Agreement, Rate, tabulate


def test_pairs_are_counted_what_was_not_judged_apart_and_episodes_add_up() -> None:
    pairs = [(True, True), (True, False), (False, True), (False, False), (False, None)]
    assert tabulate([*pairs, (False, False)]) == Agreement(1, 1, 1, 2, 1)
    assert Agreement(1, 2, 3, 4, 5) + Agreement(1, 1, 1, 1, 1) == Agreement(2, 3, 4, 5, 6)


def test_rates_are_shares_of_what_the_reference_says() -> None:
    agreement = Agreement(both=30, reference=10, judge=3, neither=57, not_judged=4)
    assert (agreement.false_accepts, agreement.false_rejects) == (Rate(3, 60), Rate(10, 40))
    assert agreement.raw == 0.87


@pytest.mark.parametrize("agreement", [Agreement(0, 0, 0, 0, 3), Agreement(5, 0, 0, 0, 0)])
def test_kappa_is_undefined_where_nothing_could_differ(agreement: Agreement) -> None:
    assert agreement.kappa is None
    assert "kappa undefined" in str(agreement)


def test_the_line_and_the_json_have_the_figures_of_a_worked_example() -> None:
    """20, 5, 10 and 15 of 50: agreement .7, by chance .5 (Wikipedia, Cohen's kappa)."""
    agreement = Agreement(20, 5, 10, 15, 2)
    assert str(agreement) == (
        "35 of 50 answers judged alike (70.0 %), kappa 0.40;"
        " accepts 10/25 40.0 % [23.4, 59.3] that it rejects,"
        " rejects 5/25 20.0 % [8.9, 39.1] that it accepts; 2 not judged"
    )
    assert agreement.to_json() == {
        "n": 50, "not_judged": 2, "raw": 0.7, "kappa": 0.4,
        "false_accepts": {"k": 10, "n": 25, "rate": 0.4, "interval": [0.234033, 0.592605]},
        "false_rejects": {"k": 5, "n": 25, "rate": 0.2, "interval": [0.088606, 0.39131]},
    }  # fmt: skip

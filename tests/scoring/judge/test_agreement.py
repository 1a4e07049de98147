"""Counts, agreement beyond chance and rates with intervals."""

import pytest

from memorygym.scoring.judge.agreement import Agreement, Rate, tabulate


def test_pairs_are_counted_and_what_was_not_judged_stays_apart() -> None:
    pairs = [(True, True), (True, False), (False, True), (False, False), (False, None)]
    assert tabulate([*pairs, (False, False)]) == Agreement(1, 1, 1, 2, 1)


def test_rates_are_shares_of_what_the_reference_says() -> None:
    agreement = Agreement(both=30, reference=10, judge=3, neither=57, not_judged=4)
    assert agreement.false_accepts == Rate(3, 60)
    assert agreement.false_rejects == Rate(10, 40)
    assert agreement.raw == 0.87


def test_the_agreements_of_episodes_add_up() -> None:
    assert Agreement(1, 2, 3, 4, 5) + Agreement(1, 1, 1, 1, 1) == Agreement(2, 3, 4, 5, 6)


def test_kappa_is_that_of_a_worked_example() -> None:
    """20, 5, 10 and 15 of 50: agreement .7, by chance .5 (Wikipedia, Cohen's kappa)."""
    assert Agreement(20, 5, 10, 15, 0).kappa == pytest.approx(0.4)


@pytest.mark.parametrize("agreement", [Agreement(0, 0, 0, 0, 3), Agreement(5, 0, 0, 0, 0)])
def test_kappa_is_undefined_where_nothing_could_differ(agreement: Agreement) -> None:
    assert agreement.kappa is None
    assert "kappa undefined" in str(agreement)


def test_the_line_and_the_json_have_the_same_figures() -> None:
    agreement = Agreement(20, 5, 10, 15, 2)
    assert str(agreement) == (
        "35 of 50 answers judged alike (70.0 %), kappa 0.40;"
        " accepts 10/25 40.0 % [23.4, 59.3] that it rejects,"
        " rejects 5/25 20.0 % [8.9, 39.1] that it accepts; 2 not judged"
    )
    wanted = {"k": 10, "n": 25, "rate": 0.4, "interval": [0.234033, 0.592605]}
    assert agreement.to_json()["false_accepts"] == wanted

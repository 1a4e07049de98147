"""What makes a set-up invalid."""

from dataclasses import replace

import pytest

from memorygym.runs.comparison.figures import figures
from memorygym.runs.comparison.sanity_checks import figure_checks, invalid_text
from tests.runs.comparison.measurements import THREE, all_played, reported


def verdicts(systems: dict[str, str], reasoner: str = "strong") -> list[bool]:
    measured = [replace(measurement, reasoner=reasoner) for measurement in all_played(systems)]
    return [check.holds for check in figure_checks(figures(measured, {}, "test"))]


@pytest.mark.parametrize(
    ("changes", "reasoner", "holds"),
    [
        ({}, "strong", [True, True]),
        ({"oracle": "11 11 10"}, "strong", [False, True]),
        ({"oracle": "11 11 10"}, "weak", [True, True]),
        ({"oracle": "00 00 00"}, "weak", [False, True]),
        ({"full": "00 00 00"}, "strong", [True, False]),
        ({"full": "- - -"}, "strong", [True, False]),
    ],
)
def test_a_check_fails_if_the_set_up_cannot_be_trusted(
    changes: dict[str, str], reasoner: str, holds: list[bool]
) -> None:
    assert verdicts({**THREE, **changes}, reasoner) == holds


def test_a_check_states_its_figures() -> None:
    first, second = figure_checks(reported({**THREE, "full": "- - -"}, full=3))
    assert (first.name, first.detail) == ("oracle is at least 95 %", "oracle 100.0 %, none 16.7 %")
    assert second.detail == "full not played, none 16.7 %"


def test_a_valid_set_up_gives_no_message() -> None:
    assert invalid_text(figure_checks(reported(THREE))) == ""

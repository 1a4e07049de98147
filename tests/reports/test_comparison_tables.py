"""The report of a comparison as text."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from memorygym.reports.comparison_tables import Setting, report_text
from memorygym.runs.comparison.figures import figures
from memorygym.runs.comparison.significance import BestSystem
from memorygym.runs.metrics import ModelCost
from tests.runs.comparison.measurements import THREE, all_played, played, reported

SETTING = Setting("worlds track, tier standard", "worlds-v1@ab12cd34", capacity=3412)
WORSE = "observation_masking:attention_window=100,keep_first=2"


def test_the_text_of_a_report_is_unchanged(snapshot: Callable[[str, str], None]) -> None:
    systems = {**THREE, "n": "11 - 11", "held:n": "11 - 11", WORSE: "10 00 10"}
    spent = played("l", "11 11 10", ingest=ModelCost(12, 34_567), empty=1, cuts=2)
    report = figures([*all_played(systems), *spent], {"n": 1}, "test")
    snapshot("compare", report_text(report, SETTING, {"m": (0.25, 1.5), "l": (12, 1234)}))


@pytest.mark.parametrize(
    ("systems", "failures", "said"),
    [
        (
            THREE,
            {},
            "6 systems on 3 tasks: 18 played, 0 failed; 6 questions per system, 0 left out",
        ),
        (THREE, {}, "no winner: fewer than two memories finished every task"),
        (
            {**THREE, "n": "10 10 10"},
            {},
            "m leads n by 16.7±71.7 points, and the interval holds 0",
        ),
        ({"a": "11 " * 9, "b": "10 " * 9}, {}, "best: a leads b by 50.0±0.0 points"),
        ({"a": "11 " * 9 + "10", "b": "10 " * 10}, {}, "best: a leads b by 45.0±11.3 points"),
        ({**THREE, "n": "11 - 11"}, {"n": 1}, "* failed: n on 1."),
        ({**THREE, "n": "11 - 11"}, {"n": 1}, "1 failed (n 1)"),
        ({"a": "11", "b": "10"}, {}, "no winner: a leads b by 50.0 points, on a single task"),
        ({"a": "11 10", "b": "10 11"}, {}, "no winner: a and b are level"),
        ({"a": "11", "b": "10"}, {}, "1 task cannot tell memories apart"),
        (
            {"a": "1111 1110 1110 1110", "b": "1110 " * 4},
            {},
            "two memories must differ by",
        ),
        ({"a": "11 00 00", "recency": "00 00 11"}, {}, "3 tasks cannot tell memories apart"),
        ({"a": "11 11 10 " * 3, "recency": "10 " * 9}, {}, "a memory and recency must differ by"),
    ],
)
def test_a_report_names_the_best_memory_and_what_could_not_be_judged(
    systems: dict[str, str], failures: dict[str, int], said: str
) -> None:
    text = report_text(reported(systems, **failures), SETTING)
    assert said in " ".join(text.split())


def test_the_floor_stands_under_the_table_of_a_data_set() -> None:
    systems = {**THREE, "none": "10 00 00"}
    text = report_text(reported(systems), replace(SETTING, data=True))
    floor = "Floor: with no text at all (none), this reasoner scores 16.7"
    assert floor in " ".join(text.split())
    assert "Floor:" not in report_text(reported(systems), SETTING)


@pytest.mark.parametrize("name", ["m" * 200, "a\x1b[31mb", "two words " * 20, "é" * 50])
@pytest.mark.parametrize("columns", [40, 80, 160])
def test_a_report_fits_the_terminal_with_long_memory_names(
    name: str, columns: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    text = report_text(reported({**THREE, name: "11 10 11", f"held:{name}": "11 11 11"}), SETTING)
    assert max(map(len, text.split("\n"))) <= columns
    assert "\x1b" not in text


def test_a_memory_that_finished_nothing_is_shown_without_figures() -> None:
    text = report_text(reported(THREE, broken=3), SETTING)
    line = next(line for line in text.split("\n") if line.startswith("broken*"))
    assert set(line.removeprefix("broken*").split()) == {"–"}


def test_the_verdict_states_if_only_the_correction_removes_significance() -> None:
    even, uneven = "1111111110 1111111100 " * 4, "0000000000 1111111111 " * 4
    report = reported({"a": even, "b": "1111100000 1111110000 " * 4, "c": uneven})
    assert isinstance(report.significance.verdict, BestSystem)
    assert "once all pairs are tested together it ranks with c" in " ".join(
        report_text(report, SETTING).split()
    )

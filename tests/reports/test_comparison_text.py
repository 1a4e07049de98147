"""The report of a comparison as text."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from memorygym.reports.comparison_text import report_text
from memorygym.runs.comparison.figures import Clock, Report, figures
from memorygym.runs.metrics import ModelCost
from memorygym.runs.results import RunResults
from memorygym.scoring.attribution import Coverage
from tests.runs.comparison.measurements import FIVE, THREE, all_played, played, reported

TASKS = "worlds track, tier standard"
RECIPE = {"kind": "compare", "track": "worlds", "capacity": 3412, "memory_model": None}
MATCHED = {"exact": True, "f1": 1.0}
WORSE = "observation_masking:attention_window=100,keep_first=2"


def text_of(
    report: Report, clock: Clock | None = None, track: str = "worlds", *, details: bool = False
) -> str:
    """The text of a report on tasks of a track."""
    about = {"version": "worlds-v1@ab12cd34", "recipe": {**RECIPE, "track": track}}
    return report_text(RunResults(about, []), report, TASKS, clock or {}, details=details)


def test_the_text_of_a_report_is_unchanged(snapshot: Callable[[str, str], None]) -> None:
    systems = {**FIVE, "n": "11 - 11 11 11", "held:n": "11 - 11 11 11", WORSE: "10 00 10 00 10"}
    spent = played("l", "11 11 10 11 10", ingest=ModelCost(12, 34_567), empty=1, cuts=2)
    measured = [*all_played(systems), *spent]
    report = figures(measured, {"n": 1}, "test")
    clock = {"m": (0.25, 1.5), "l": (12.0, 1234.0)}
    snapshot("compare", text_of(report, clock, details=True))


def test_the_main_table_stands_alone_unless_all_are_wanted() -> None:
    text, every = (text_of(reported(THREE), details=every) for every in (False, True))
    heads = text.split("shares in %")[1].split("─")[0].split()
    assert heads == "# accuracy loss loss stale tokens calls tokens".split()
    assert "what it held" not in text and "what it held" in every


def test_the_main_table_is_as_short_as_it_can_be(monkeypatch: pytest.MonkeyPatch) -> None:
    report = reported({**FIVE, "markdown+writer": FIVE["m"], "naive_rag": FIVE["recency"]})
    for columns, tables in (("80", 1), ("40", 3)):
        monkeypatch.setenv("COLUMNS", columns)
        text = text_of(report).partition("\nAccuracy")[0]
        assert text.count("\nshares in %") == tables
        assert ("markdown+writer\n" in text) == (columns == "80")


@pytest.mark.parametrize(
    ("bounds", "columns"),
    [
        ({"none": "00 00 00", "oracle": "11 11 11"}, 0),
        ({"none": "00 00 00", "oracle": "11 11 10"}, 1),
        ({"none": "00 00 10", "oracle": "11 11 11"}, 2),
    ],
)
def test_a_gain_that_repeats_accuracy_is_no_column(bounds: dict[str, str], columns: int) -> None:
    text = text_of(reported({**THREE, **bounds}), details=True)
    heads = text.partition("what it adds, %")[2].partition("─")[0]
    assert ("vs none" in heads) + ("gain" in heads) == columns


def test_exact_match_and_f1_are_shown_of_data_sets_only() -> None:
    reports = [figures(all_played(THREE, case), {}, "test") for case in (MATCHED, None)]
    texts = [text_of(report, details=True) for report in reports]
    assert ["words of answers" in text for text in texts] == [True, False]


def test_unread_statements_are_printed_and_what_rests_on_them_is_not() -> None:
    systems = {name: tasks for name, tasks in THREE.items() if name != "m"}
    unread = played("m", THREE["m"], shown=Coverage(69, 31))
    text = text_of(figures([*all_played(systems), *unread], {}, "test"))
    (line,) = (line for line in text.split("\n") if line.startswith("m "))
    assert line.split()[3:5] == ["–", "–"]
    words = " ".join(text.split())
    assert "could attribute to nothing: 31.0 % of m's." in words
    assert "more than 5 % were unread of m, so that" in words


def test_a_fault_of_the_set_up_stands_below_and_is_explained() -> None:
    text = text_of(reported({**FIVE, "n": "11 " * 5, "held:n": "10 " * 5}))
    names = [line.split()[:2] for line in text.split("\n") if line[:2] in ("m ", "n!")]
    assert names == [["m", "1"], ["n!†", "–"]]
    assert "! n scored more than held:n" in text
    assert "a fault of the set-up" in " ".join(text.split())


NINE = {"a": "11 " * 9, "b": "10 " * 9}
CORRECTED = {
    "a": "1111111110 1111111100 " * 4,
    "b": "1111100000 1111110000 " * 4,
    "c": "0000000000 1111111111 " * 4,
}
"""The correction alone removes significance."""
SAID: list[tuple[dict[str, str], dict[str, int], str]] = [
    (THREE, {}, "6 systems on 3 tasks: 18 played, 0 failed; 6 questions per system, 0 left out"),
    (THREE, {}, "which the fact reader could attribute to nothing: none."),
    ({**THREE, "n": "00 00 10"}, {}, "† not measured here: n at the floor (none)"),
    (CORRECTED, {}, "once all pairs are tested together it ranks with c"),
    (THREE, {}, "no winner: fewer than two memories finished every task"),
    ({**FIVE, "n": "10 " * 5}, {}, "m leads n by 10.0±27.8 points, and the interval holds 0"),
    (NINE, {}, "best: a leads b by 50.0±12.8 points"),
    ({"a": "11 " * 9 + "10", "b": "10 " * 10}, {}, "best: a leads b by 45.0±11.3 points"),
    ({**THREE, "n": "11 - 11"}, {"n": 1}, "* failed: n on 1."),
    ({**THREE, "n": "11 - 11"}, {"n": 1}, "1 failed (n 1)"),
    ({"a": "11", "b": "10"}, {}, "a leads b by 50.0 points, with too few tasks for an interval"),
    ({"a": "11 11", "b": "10 11"}, {}, "Means over 2 tasks: too few tasks for an interval."),
    ({"a": "11 10", "b": "10 11"}, {}, "no winner: a and b are level"),
    ({"a": "11", "b": "10"}, {}, "1 task cannot tell memories apart"),
    ({"a": "1111 1110 1110 1110 1110", "b": "1110 " * 5}, {}, "two memories must differ by"),
    ({**NINE, "b": "11 " * 9}, {}, "two memories must differ by 17.7 points"),
    ({"a": "11 10 " * 3, "b": "10 00 " * 3}, {}, "Holm-adjusted over 1 pair). Write loss"),
    ({"a": "11 10 11 10 11", "recency": "10 " * 5}, {}, "Holm-adjusted over 1 memory."),
    ({"a": "11 00 00", "recency": "00 00 11"}, {}, "3 tasks cannot tell memories apart"),
    ({"a": "11 11 10 " * 3, "recency": "10 " * 9}, {}, "a memory and recency must differ by"),
]


@pytest.mark.parametrize(("systems", "failures", "said"), SAID)
def test_a_report_names_the_best_memory_and_what_could_not_be_judged(
    systems: dict[str, str], failures: dict[str, int], said: str
) -> None:
    text = text_of(reported(systems, **failures), details=True)
    assert said in " ".join(text.split())


def test_the_floor_stands_under_the_table_of_a_data_set() -> None:
    systems = {**THREE, "none": "10 00 00"}
    report = replace(reported(systems), reasoner="a model")
    text = text_of(report, track="data")
    floor = "Floor: with no text at all (none), this reasoner scores 16.7"
    assert floor in " ".join(text.split())
    assert "Floor:" not in text_of(report)


@pytest.mark.parametrize("name", ["m" * 200, "a\x1b[31mb", "two words " * 20, "é" * 50])
@pytest.mark.parametrize("columns", [40, 80, 160])
def test_a_report_fits_the_terminal_with_long_memory_names(
    name: str, columns: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    text = text_of(reported({**THREE, name: "11 10 11", f"held:{name}": "11 11 11"}))
    assert max(map(len, text.split("\n"))) <= columns
    assert "\x1b" not in text


def test_a_memory_that_finished_nothing_is_shown_without_figures() -> None:
    text = text_of(reported(THREE, broken=3))
    line = next(line for line in text.split("\n") if line.startswith("broken*"))
    assert set(line.removeprefix("broken*").split()) == {"–"}

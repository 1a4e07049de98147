"""Accuracy against cost."""

from dataclasses import replace

from memorygym.reports.curves import by_clock, by_tokens, plot
from memorygym.runs.comparison.figures import Report, figures
from memorygym.runs.metrics import ModelCost
from tests.runs.comparison.measurements import THREE, all_played, played, reported


def costly() -> Report:
    dear = played("dear", "10 10 10", ingest=ModelCost(1, 5000))
    nothing = [replace(c, tokens=0) for c in played("none", "00")[0].cases]
    none = [
        replace(measurement, cases=tuple(nothing)) for measurement in played("none", "00 00 00")
    ]
    return figures([*all_played({"m": "11 10 10", "full": "11 11 11"}), *dear, *none], {}, "test")


def test_a_memory_with_less_accuracy_at_more_cost_is_dominated() -> None:
    points = {point.system: (point.cost, point.dominated_by) for point in by_tokens(costly())}
    assert points == {
        "none": (0, None), "full": (200, None), "m": (200, "full"), "dear": (5200, "full")
    }  # fmt: skip


def test_equals_do_not_dominate_each_other() -> None:
    report = reported({"a": "11 10", "b": "11 10"})
    assert [point.dominated_by for point in by_tokens(report)] == [None, None]


def test_oracle_unlimited_contexts_and_failed_systems_are_no_points() -> None:
    report = reported({**THREE, "n": "11 - 11"}, n=1)
    assert {point.system for point in by_tokens(report)} == {"none", "full", "recency", "m"}


def test_only_timed_systems_are_plotted_against_the_clock() -> None:
    points = by_clock(reported(THREE), {"m": (1.5, 9.0), "full": (0.1, 0.2)})
    assert [(point.system, point.cost, point.dominated_by) for point in points] == [
        ("full", 0.1, None), ("m", 1.5, "full"),
    ]  # fmt: skip


def test_a_plot_marks_dominated_points_with_small_letters() -> None:
    text = plot(by_tokens(costly()), "tokens a task")
    top, bottom = text.split("\n\n")[1].split("\n")[0], text.split("\n\n")[2]
    assert "B" in top
    assert [line[:6].strip() for line in bottom.split("\n")[3:]] == [
        "A none",
        "B full",
        "c m",
        "d dear",
    ]
    assert max(map(len, text.split("\n"))) <= 80


def test_a_plot_may_have_many_points_or_none() -> None:
    many = reported({f"memory_{i}": "10 1" + "01"[i % 2] for i in range(40)})
    assert "·" in plot(by_tokens(many), "tokens")
    assert plot([], "tokens").startswith("nothing to plot")

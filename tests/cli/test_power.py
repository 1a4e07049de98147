"""`memorygym power` computes the differences that a protocol can detect, in points."""

import json

import pytest

LITE = ("--tier", "lite", "--workers", "1")
GIVEN = ("--sd", "14")


@pytest.fixture
def stated(ran):
    """What --json states."""
    return lambda *words: json.loads(ran("power", *words, "--json").out)


@pytest.mark.slow
def test_the_deviation_is_measured_by_playing(stated) -> None:
    assert stated(*LITE, "--agent", "naive")["source"] == "naive on 100 tasks"
    row = stated(*LITE)
    assert row["source"] == "strategic on 100 tasks"
    assert 5 < row["sd"] < 40
    assert -0.1 < row["icc"] < 0.5
    assert row["design_effect"] == pytest.approx(1 + 9 * row["icc"], abs=1e-5)


@pytest.mark.slow
def test_a_table_fits_the_screen(ran) -> None:
    out = ran("power", *LITE, "--seeds", "30", "--templates", "4").out
    assert "these settings         120 " in out and "intraclass correlation" in out
    assert max(map(len, out.splitlines())) <= 80


def test_a_given_deviation_is_not_measured(command) -> None:
    out = command("power", *GIVEN, "--delta", "3").out
    assert "14.0 points (as given)" in out and "intraclass" not in out
    assert "official protocol      100    4.0    5.6     4.0" in out
    assert "seeds per template     18     35      18" in out


def test_the_tasks_needed_show_the_difference(stated) -> None:
    needed = stated(*GIVEN, "--delta", "5")["tasks_needed"]
    for name, tasks in needed.items():
        options = (*GIVEN, *LITE, "--templates", "1", "--seeds")
        least, more = (
            stated(*options, n)["detectable"]["one_template"] for n in (tasks, tasks - 1)
        )
        assert least[name] <= 5 < more[name]


@pytest.mark.parametrize(
    ("fewer", "more"),
    [
        (["--r", "0.9"], ["--r", "0.1"]),
        (["--power", "0.5"], ["--power", "0.9"]),
        (["--delta", "9"], ["--delta", "2"]),
        ([], ["--repeat-sd", "8"]),
        (["--repeat-sd", "8", "--repeats", "4"], ["--repeat-sd", "8"]),
    ],
)
def test_each_option_has_its_effect(fewer: list[str], more: list[str], stated) -> None:
    few, many = (stated(*GIVEN, *words)["tasks_needed"] for words in (fewer, more))
    assert few["same_tasks"] < many["same_tasks"]


def test_repeats_reduce_only_the_deviation_between_plays(stated) -> None:
    row = stated(*GIVEN, "--repeat-sd", "8", "--repeats", "4")
    assert row["sd"] == pytest.approx((14**2 + 8**2 / 4) ** 0.5, abs=1e-6)

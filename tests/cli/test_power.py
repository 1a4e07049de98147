"""`memorygym power` says how many tasks a difference needs, in points."""

import json
from itertools import pairwise
from pathlib import Path
from statistics import stdev

import pytest

from memorygym.runs.power import sample_sizes
from memorygym.runs.results import load
from memorygym.stats import mde, same_tasks


@pytest.fixture
def stated(ran):
    """What --json states."""
    return lambda *words: json.loads(ran("power", *words, "--json").out)


def test_a_run_is_measured_by_the_differences_of_neighbours_of_its_table(
    duel: Path, stated
) -> None:
    rows, systems = stated(duel), load(duel).summaries
    scores = [system.composites for system in systems]
    assert [row["deviation"] for row in rows] == [
        pytest.approx(stdev(100 * (one[task] - other[task]) for task in one), abs=1e-5)
        for one, other in pairwise(scores)
    ]
    assert {(row["tasks"], row["detectable"]) for row in rows} == {(2, None)}
    assert len([*sample_sizes(systems[:2], 3.0, 0.8, None)]) == 1


def test_one_agent_is_measured_by_its_own_scores(tmp_path: Path, ran, stated) -> None:
    words = ("-t", "company", "--tier", "lite", "--seeds", "5", "--agent", "naive")
    ran("bench", "-q", *words, "-o", tmp_path / "run")
    same, others = stated(tmp_path / "run")
    scores = load(tmp_path / "run").summaries[0].composites.values()
    assert same["deviation"] == pytest.approx(100 * stdev(scores), abs=1e-5)
    wanted = mde(same["deviation"], 5, same_tasks(0.5))
    assert same["detectable"] == pytest.approx(wanted, abs=1e-4) and wanted < others["detectable"]
    assert "same tasks, r = 0.5 5 " in ran("power", tmp_path / "run").text


def test_a_given_deviation_needs_no_run(stated) -> None:
    same, others = stated("--sd", "14")
    assert (same["needed"], others["needed"], same["tasks"]) == (173, 343, 0)


@pytest.mark.parametrize(
    ("fewer", "more"),
    [
        (["--power", "0.5"], ["--power", "0.9"]),
        (["--delta", "9"], ["--delta", "2"]),
        (["--sd", "10"], ["--sd", "20"]),
    ],
)
def test_each_option_has_its_effect(fewer: list[str], more: list[str], stated) -> None:
    few, many = (stated("--sd", "14", *words)[0]["needed"] for words in (fewer, more))
    assert few < many

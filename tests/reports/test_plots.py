"""Plots of results: every system is in them, and the same results give the same bytes."""

from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

import memorygym
from memorygym.cli import main
from tests.reports.own_parts import LastMessages

pytestmark = pytest.mark.plot
TASKS = {"template": "company", "tier": "lite"}


@pytest.fixture(scope="module")
def duel(tmp_path_factory: pytest.TempPathFactory) -> memorygym.Results:
    """Two memories at two budgets."""
    folder = tmp_path_factory.mktemp("plots") / "duel"
    memories = [LastMessages, "bm25"]
    return memorygym.compare(memories, budgets=[300, 1000], output=folder, seeds=2, **TASKS)


def texts(path: Path) -> str:
    """The text of all text elements of an SVG."""
    elements = ElementTree.parse(path).iter("{http://www.w3.org/2000/svg}text")
    return " ".join("".join(element.itertext()) for element in elements)


@pytest.mark.parametrize("kind", ["auto", "forest", "cost", "budget", "retention", "rewrite"])
def test_a_picture_names_every_system_and_says_what_it_shows(
    kind: str, duel: memorygym.Results, tmp_path: Path
) -> None:
    axis = duel.plot(tmp_path / "figure.svg", kind).figure.axes[-1]
    shown = texts(tmp_path / "figure.svg")
    for name in ("bm25", "LastMessages (trusted)", "recency", "full", duel.version, "(%)"):
        assert name in shown
    for bound in ("lower bound (none)", "upper bound (oracle)"):
        assert bound in shown or kind != "forest"
    title = axis.get_title(loc="left")
    assert "95 % interval" in axis.get_xlabel() and "2 tasks, 1" in title and "questions" in title


@pytest.mark.parametrize("form", ["svg", "png", "pdf"])
def test_the_same_results_make_the_same_bytes(
    form: str, duel: memorygym.Results, tmp_path: Path
) -> None:
    duel.plot(tmp_path / f"a.{form}")
    memorygym.load_results(*duel.folders).plot(tmp_path / f"b.{form}")
    assert (tmp_path / f"a.{form}").read_bytes() == (tmp_path / f"b.{form}").read_bytes()


def test_the_command_draws_runs_of_bench_and_of_compare(
    finished: Path, duel: memorygym.Results, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["plot", str(finished), "--kind", "cost", "-o", str(tmp_path / "a.svg")]) == 2
    assert "a bench run has no plot 'cost'" in capsys.readouterr().err
    assert main(["plot", str(finished), "-o", str(tmp_path / "agents.svg")]) == 0
    assert main(["plot", str(duel.folders[0]), "-o", str(tmp_path / "memories.svg")]) == 0
    duel.plot(tmp_path / "same.svg")
    assert "strategic" in texts(tmp_path / "agents.svg")
    assert (tmp_path / "memories.svg").read_bytes() == (tmp_path / "same.svg").read_bytes()


@pytest.mark.parametrize(
    ("path", "kind", "message"),
    [
        ("figure.gif", "auto", "give a name that ends in .svg, .png or .pdf"),
        ("nowhere/figure.svg", "auto", "there is no folder"),
        ("figure.svg", "colour", "no plot of these results named .colour.; choose from"),
    ],
)
def test_a_plot_that_cannot_be_drawn_is_refused(
    path: str, kind: str, message: str, duel: memorygym.Results, tmp_path: Path
) -> None:
    with pytest.raises(memorygym.MemoryGymError, match=message):
        duel.plot(tmp_path / path, kind)


def test_a_notebook_shows_the_picture_itself(duel: memorygym.Results) -> None:
    assert duel.plot()._repr_png_()[0].startswith(b"\x89PNG")


def test_long_names_are_shortened_and_other_signs_warn_once(tmp_path: Path) -> None:
    name = "a" * 80
    memories = {name: LastMessages, "記憶": LastMessages}
    results = memorygym.compare(memories, seeds=1, **TASKS)
    results.plot(tmp_path / "figure.svg", "cost")
    assert f"{'a' * 15}…aaaa (trusted)" in texts(tmp_path / "figure.svg")
    with pytest.warns(UserWarning, match="missing from font") as caught:
        results.plot(tmp_path / "figure.png", "cost")
    assert len(caught) == 1


def looks(axis: Any) -> dict[str, tuple[str, str]]:
    """Colour and mark of every system."""
    parts = {part.get_label(): part[0] for part in axis.containers}
    return {name: (line.get_color(), line.get_marker()) for name, line in parts.items()}


def test_a_system_has_one_colour_and_mark_and_all_panels_one_range(duel: memorygym.Results) -> None:
    for kind in ("cost", "retention"):
        first, second = duel.plot(kind=kind).figure.axes
        assert looks(first) == looks(second)
        assert first.get_xlim() == second.get_xlim()


def test_a_mark_without_an_interval_is_hollow_and_the_picture_says_why() -> None:
    lite = memorygym.compare("bm25", seeds=1, **TASKS)
    axis = lite.plot(kind="forest").figure.axes[0]
    assert {part[0].get_mfc() for part in axis.containers} == {"white"}
    assert "hollow: too few tasks for an interval" in axis.get_xlabel().replace("\n", " ")

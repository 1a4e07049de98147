"""`memorygym score --check`: the schema, and whether the parts of a file agree."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from memorygym.tracks.worlds.axes import composite

Document = dict[str, Any]


def test_results_of_bench_are_valid(finished: Path, command) -> None:
    status, out, err = command("score", "--check", str(finished), str(finished / "results.json"))
    assert (status, err) == (0, "")
    assert out == f"{finished}: valid\n{finished / 'results.json'}: valid\n"


def drop(document: Document) -> None:
    document["episodes"].pop()


def repeat(document: Document) -> None:
    document["episodes"][1] = document["episodes"][0]


def rename(document: Document) -> None:
    document["episodes"][0]["episode"] = "x"


def with_axes(document: Document, **axes: float | None) -> None:
    """Changes an axis, and the composite to fit it."""
    row = document["episodes"][0]
    row["axes"].update(axes)
    row["composite"] = composite(row["axes"])


ROW, SUMMARY = "results.episodes[0]", "results.summary.naive"
CHANGES: dict[str, tuple[Callable[[Document], object], str]] = {
    "composite": (lambda d: d["episodes"][0].update(composite=0.9), f"{ROW}.composite: 0.9, but"),
    "axis": (lambda d: d["episodes"][0]["axes"].update(breadth=1.0), f"{ROW}.composite: "),
    "accuracy": (lambda d: d["episodes"][0].update(accuracy=1.0), f"{ROW}.accuracy: 1.0, but"),
    "correct_refusals": (
        lambda d: d["episodes"][0].update(correct_refusals=0.5),
        f"{ROW}.correct_refusals: 0.5",
    ),
    "correct": (lambda d: d["episodes"][0].update(correct=9), f"{ROW}.correct: 9, but"),
    "answerable": (lambda d: d["episodes"][0].update(answerable=1), f"{ROW}.answerable: 1, but 9"),
    "reasoning": (lambda d: with_axes(d, reasoning=0.9), f"{ROW}.axes.reasoning: 0.9, but 0.0"),
    "breadth": (lambda d: with_axes(d, breadth=1.0), f"{ROW}.axes.breadth: 1.0, but 0."),
    "maintenance": (lambda d: with_axes(d, maintenance=1.0), f"{ROW}.axes.maintenance: 1.0, but"),
    "efficiency": (lambda d: with_axes(d, efficiency=1.0), f"{ROW}.axes.efficiency: 1.0, but 0."),
    "an axis less": (lambda d: with_axes(d, efficiency=None), f"{ROW}.axes.efficiency: None, but"),
    "too many right": (
        lambda d: d["episodes"][0]["question_types"].update(retrieval=[3, 2]),
        f"{ROW}.question_types: more right than asked of retrieval",
    ),
    "right": (lambda d: d["episodes"][0]["right"].append(1), f"{ROW}.question_types: "),
    "causes": (lambda d: d["episodes"][0].update(causes={"stale": 9}), f"{ROW}.causes: of 9"),
    "repaired": (
        lambda d: d["episodes"][0].update(repaired=99),
        f"{ROW}.repaired: 99 answers, but recipe.judge is null",
    ),
    "version": (
        lambda d: d["episodes"][0].update(version="worlds-v1"),
        f"{ROW}.version: ",
    ),
    "track": (lambda d: d["episodes"][0].update(track="data"), f"{ROW}.track: 'data', but the"),
    "agent": (lambda d: d["episodes"][0].update(agent="x"), f"{ROW}.agent: 'x', but the episode"),
    "repeat": (lambda d: d["episodes"][0].update(repeat=3), f"{ROW}.repeat: 3, but the episode"),
    "name": (rename, f"{ROW}.episode: 'x' is not in the recipe"),
    "a row less": (drop, "results.episodes_planned: 4, but there are 3 episodes and 0 failures"),
    "a row twice": (repeat, "results.episodes: 'company+0+naive+0' stands there 2 times"),
    "planned": (lambda d: d.update(episodes_planned=9), "results.episodes_planned: 9, but the"),
    "mean": (
        lambda d: d["summary"]["naive"]["composite"].update(mean=0.5),
        f"{SUMMARY}.composite.mean: 0.5, but it comes out as ",
    ),
    "no summary": (lambda d: d["summary"].pop("naive"), f"{SUMMARY}: missing"),
    "NaN": (lambda d: d["episodes"][0].update(writes=float("nan")), f"{ROW}.writes is no finite"),
    "endless": (
        lambda d: d["summary"]["naive"]["composite"].update(high=float("inf")),
        f"{SUMMARY}.composite.high is no finite number",
    ),
    "schema": (lambda d: d["episodes"][0].update(seed="x"), f"{ROW}.seed must be integer"),
    "stray": (lambda d: d.update(extra=1), "results must not contain {'extra'} properties"),
}  # fmt: skip


@pytest.mark.parametrize("name", CHANGES)
def test_a_problem_is_named_by_its_path(name: str, finished: Path, command, tmp_path: Path) -> None:
    change, problem = CHANGES[name]
    document = json.loads((finished / "results.json").read_bytes())
    change(document)
    (tmp_path / "a.json").write_text(json.dumps(document))
    status, out, _ = command("score", "--check", str(tmp_path / "a.json"), str(finished))
    assert status == 1 and out.endswith(f"\n{finished}: valid\n")
    assert problem in " ".join(out.split())
    assert all(len(line) <= 80 for line in out.splitlines()[1:-1])


def test_a_file_that_is_not_json_is_named_and_the_rest_is_checked(
    finished: Path, command, tmp_path: Path
) -> None:
    (tmp_path / "a.json").write_text("{")
    status, out, _ = command("score", "--check", str(tmp_path / "a.json"), str(finished))
    assert status == 1 and "is not JSON" in " ".join(out.split()) and "valid\n" in out


def test_the_schema_is_published(command) -> None:
    status, out, _ = command("score", "--schema")
    assert status == 0 and json.loads(out)["properties"]["schema"]["const"] == "memorygym-results-4"


def test_without_files_the_error_names_the_options(command) -> None:
    status, _, err = command("score", "--check")
    assert status == 2 and "no FILE given" in err

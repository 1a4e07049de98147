"""The results file: its figures, and what is refused as one."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from memorygym.core.errors import BadSettings
from memorygym.runs.results.results_file import (
    Document,
    misfit,
    read_results,
    schema,
    write_results,
)
from memorygym.stats import mean_score
from tests.episodes import lite


@pytest.fixture(scope="module")
def document() -> Document:
    return lite("strategic", "naive", "smart_guesser", seeds=3).document


def test_the_schema_is_one_and_another_validator_agrees(document: Document) -> None:
    Draft7Validator.check_schema(schema())
    assert list(Draft7Validator(schema()).iter_errors(document)) == []


def test_the_summary_is_the_mean_of_the_tasks_with_its_interval(document: Document) -> None:
    rows = [row["composite"] for row in document["episodes"] if row["agent"] == "strategic"]
    summary = document["summary"]["strategic"]
    assert summary["composite"]["mean"] == pytest.approx(sum(rows) / 3, abs=1e-5)
    assert (summary["composite"]["low"], summary["composite"]["high"]) == (None, None)
    assert summary["detectable"] is None


def test_five_tasks_have_intervals_within_0_and_1() -> None:
    summary = lite("naive", "perfect", seeds=5).document["summary"]
    for row in summary.values():
        figures = [row["composite"], row["correct_refusals"], *row["axes"].values()]
        assert all(0 <= figure["low"] < figure["high"] <= 1 for figure in figures)
        assert row["detectable"] >= 1 / 50
    rows = [row["composite"] for row in lite("naive", seeds=5).document["episodes"]]
    expected = mean_score(rows, [10] * 5)
    assert summary["naive"]["composite"]["low"] == pytest.approx(expected.low, abs=1e-5)


def _places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every path into a document that the schema describes."""
    if isinstance(value, dict):
        return [path, *(place for k, v in value.items() for place in _places(v, (*path, k)))]
    return [path, *_places(value[0], (*path, 0))] if isinstance(value, list) and value else [path]


FREE = {
    "question_types", "causes", "store_precision", "parameters", "usage", "invariants", "models",
    "judge",
    "axes", "data", "memory_model",
}  # fmt: skip
"""Tables whose keys are not fixed, or that are empty here."""


def test_a_results_file_of_any_other_shape_is_refused(document: Document) -> None:
    for place in _places(document)[1:]:
        if FREE & set(place) or place[-1] in ("naive", "strategic", "smart_guesser"):
            continue
        wrong = copy.deepcopy(document)
        inner = wrong
        for key in place[:-1]:
            inner = inner[key]
        inner[place[-1]] = object()
        assert misfit(wrong), place


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is not JSON"),
        ("[]", "results must be object"),
        ("{}", "results must contain"),
        ('{"schema": "memorygym-results-1"}', "is no results file of this version"),
    ],
)
def test_what_is_no_results_file_is_named(text: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "results.json"
    path.write_text(text)
    with pytest.raises(BadSettings, match=message):
        read_results(path)


def test_a_folder_whose_run_has_not_finished_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match="the run has not finished"):
        read_results(tmp_path)


def test_what_would_not_fit_is_not_written(document: Document, tmp_path: Path) -> None:
    with pytest.raises(AssertionError):
        write_results(tmp_path / "a.json", {**document, "version": "none"})
    assert not list(tmp_path.iterdir())


def test_numbers_are_rounded_so_that_every_machine_writes_the_same(document: Document) -> None:
    for row in document["episodes"]:
        assert all(round(v, 6) == v for v in row.values() if isinstance(v, float))
    assert json.loads(json.dumps(document)) == document


def test_the_summary_of_a_run_is_as_it_was(
    finished: Path, snapshot: Callable[[str, str], None]
) -> None:
    summary = json.loads((finished / "results.json").read_text("utf-8"))["summary"]
    lines = [
        f"{agent} {name}: {value}" for agent in summary for name, value in summary[agent].items()
    ]
    snapshot("published_summary", "\n".join(lines))

"""The reader of a finished run's folder: its files must be whole, and must agree."""

import csv
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from math import isclose
from os import PathLike
from pathlib import Path
from typing import Any

from memorygym.core.errors import BadSettings
from memorygym.reports.comparison_report import DOCUMENT
from memorygym.reports.stored_results import QUESTIONS, StoredRun, check_version
from memorygym.reports.stored_runs import about_run
from memorygym.runs.comparison.questions import judged, left_out
from memorygym.runs.metrics import QuestionCase
from memorygym.runs.results.consistency import ROUNDING, disagreements
from memorygym.runs.results.results_file import read_json, read_results

AGAIN = "repeat the call or command that played the run, which writes its tables again"
RESULTS = "results.json"
DAMAGE = (
    OSError, LookupError, TypeError, ValueError, AttributeError, csv.Error, AssertionError,
)  # fmt: skip
"""What reading a file raises that is missing, cut, edited or of another encoding."""


def read_run(folder: Any, name: str = "") -> StoredRun:
    """Reads a finished run. Raises BadSettings if there is none, if versions are mixed, or if a
    file is damaged or disagrees with the others."""
    if not isinstance(folder, (str, PathLike)):
        raise BadSettings(
            f"{folder!r:.80} is no folder: give the folders of runs, as load_results('a', 'b')"
        )
    if (folder := Path(folder)).is_file():
        raise BadSettings(f"{folder} is a file: give the folder of a run")
    about, document = about_run(folder), read_results(folder)
    for row in document["episodes"]:
        check_version(document["version"], row["version"])
    _check_same(folder / RESULTS, document, about)
    if problem := next(iter(disagreements(document)), ""):
        raise BadSettings(f"{folder / RESULTS} was edited or cut ({problem}); {AGAIN}")
    if document["recipe"]["kind"] == "bench":
        return StoredRun(folder, document, None, name)
    with _whole(folder / DOCUMENT):
        comparison = read_json(folder / DOCUMENT)
        assert isinstance(comparison, Mapping)
        _check_same(folder / DOCUMENT, comparison, about)
        run = StoredRun(folder, document, comparison, name)
        list(run.summary())
    with _whole(folder / QUESTIONS):
        run.questions()
    with _whole(folder / DOCUMENT):
        _check_figures(run)
    return run


@contextmanager
def _whole(path: Path) -> Iterator[None]:
    """Raises BadSettings for what fails while a file is read."""
    try:
        yield
    except DAMAGE as error:
        missing = isinstance(error, FileNotFoundError)
        problem = "it is missing" if missing else f"{type(error).__name__}: {error}"
        raise BadSettings(f"{path} is damaged ({problem}); {AGAIN}") from error


def _check_same(path: Path, stated: Mapping[str, Any], about: Mapping[str, Any]) -> None:
    """Raises BadSettings for a file of another run than run.json's."""
    for name in ("version", "recipe"):
        if stated[name] != about[name]:
            raise BadSettings(f"{path} and run.json differ in `{name}`; {AGAIN}")


def _check_figures(run: StoredRun) -> None:
    """Raises BadSettings or ValueError unless compare.json has a row for every system, each with
    the accuracy that questions.csv gives, and questions.csv has all their questions."""
    reports = (run.comparison or {})["reports"]
    if len(reports) != len(run.recipe["reasoners"]) * len(run.recipe["budgets"]):
        raise ValueError("it lacks reports")
    for report in reports:
        played = run.under(report["reasoner"], report["budget"])
        left, asked = left_out(played), _asked(run, report)
        if {row["system"] for row in report["rows"]} != asked.keys():
            raise ValueError("its systems are not those of the recipe")
        for row in report["rows"]:
            tasks = [task for task in played if task.system == row["system"]]
            if sum(len(task.cases) for task in tasks) != asked[row["system"]]:
                raise BadSettings(f"{run.folder / QUESTIONS} lacks questions: it was cut; {AGAIN}")
            _check_accuracy(run, row, [judged(task, left) for task in tasks])


def _asked(run: StoredRun, report: Mapping[str, Any]) -> Counter[str]:
    """By system of a report: its answerable questions, as results.json counts them."""
    asked = Counter[str]()
    for row in [*run.document["episodes"], *run.document["failures"]]:
        if row["agent"] == report["reasoner"] and row["budget"] in (None, report["budget"]):
            asked[row["memory"]] += row.get("answerable", 0)
    return asked


def _check_accuracy(
    run: StoredRun, row: Mapping[str, Any], tasks: Sequence[Sequence[QuestionCase]]
) -> None:
    shares = [sum(case.score for case in cases) / len(cases) for cases in tasks if cases]
    mean = sum(shares) / len(shares) if shares else None
    figure = row["figures"]["accuracy"]
    stated = figure["mean"] if figure else None
    same = isclose(mean or 0, stated or 0, abs_tol=ROUNDING)
    if not same or (mean is None) != (stated is None):
        raise BadSettings(
            f"{run.folder}: {row['system']} has the accuracy {stated} in {DOCUMENT}, and {mean} by"
            f" {QUESTIONS}: one of them was edited or cut; {AGAIN}"
        )

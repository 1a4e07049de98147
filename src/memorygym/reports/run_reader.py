"""The reader of a finished run's folder: its files must be whole, and must agree."""

import csv
from collections.abc import Mapping
from math import isclose
from os import PathLike
from pathlib import Path
from typing import Any

from memorygym.core.errors import BadSettings
from memorygym.reports.comparison_report import DOCUMENT
from memorygym.reports.stored_results import QUESTIONS, StoredRun, check_version
from memorygym.reports.stored_runs import about_run
from memorygym.runs.comparison.figures import judged, left_out
from memorygym.runs.results.consistency import ROUNDING, disagreements
from memorygym.runs.results.results_file import read_json, read_results

AGAIN = "repeat the call or command that played the run, which writes its tables again"
RESULTS = "results.json"
DAMAGE = (OSError, LookupError, TypeError, ValueError, AttributeError, csv.Error)
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
        check_version(document["version_hash"], row["version_hash"])
    _check_same(folder / RESULTS, document, about)
    if problem := next(iter(disagreements(document)), ""):
        raise BadSettings(f"{folder / RESULTS} was edited or cut ({problem}); {AGAIN}")
    if document["recipe"]["kind"] == "bench":
        return StoredRun(folder, document, None, name)
    file = DOCUMENT
    try:
        comparison = read_json(folder / DOCUMENT)
        assert isinstance(comparison, Mapping)
        _check_same(folder / DOCUMENT, comparison, about)
        run = StoredRun(folder, document, comparison, name)
        list(run.summary())
        file = QUESTIONS
        _check_figures(run)
    except (*DAMAGE, AssertionError) as error:
        problem = "it is missing" if isinstance(error, FileNotFoundError) else repr(error)
        raise BadSettings(f"{folder / file} is damaged ({problem}); {AGAIN}") from error
    return run


def _check_same(path: Path, stated: Mapping[str, Any], about: Mapping[str, Any]) -> None:
    """Raises BadSettings for a file of another run than run.json's."""
    for name in ("version_hash", "recipe"):
        if stated[name] != about[name]:
            raise BadSettings(f"{path} and run.json differ in `{name}`; {AGAIN}")


def _check_figures(run: StoredRun) -> None:
    """Raises BadSettings unless the accuracies of compare.json are those of questions.csv."""
    for report in (run.comparison or {})["reports"]:
        played = run.under(report["reasoner"], report["budget"])
        left = left_out(played)
        for row in report["rows"]:
            figure = row["figures"]["accuracy"]
            stated = figure["mean"] if figure else None
            cases = [judged(task, left) for task in played if task.system == row["system"]]
            shares = [sum(case.score for case in own) / len(own) for own in cases if own]
            mean = sum(shares) / len(shares) if shares else None
            same = isclose(mean or 0, stated or 0, abs_tol=ROUNDING)
            if not same or (mean is None) != (stated is None):
                raise BadSettings(
                    f"{run.folder}: {row['system']} has the accuracy {stated} in {DOCUMENT}, and"
                    f" {mean} by {QUESTIONS}: one of them was edited or cut; {AGAIN}"
                )

"""Tracks that ask about texts, in Inspect: what `compare` plays and measures, to the last digit."""

import json
import subprocess
import sys
from pathlib import Path
from statistics import fmean
from typing import Any

import pytest

from memorygym.cli import main
from memorygym.runs.comparison.figures import figures
from memorygym.runs.settings import TaskSettings
from memorygym.runs.tasks import stored_tasks, tasks_of
from tests.adapters.evals import GIVEN, WARNINGS, compared, environment, means, package, played
from tests.datasets import published

pytestmark = [pytest.mark.inspect, *map(pytest.mark.filterwarnings, WARNINGS)]


@pytest.mark.parametrize(
    ("track", "memory", "row", "budget", "reasoner", "left_out"),
    [
        ("research", "bm25", "bm25", 300, "strong", 0),
        ("research", "bm25", "bm25", 1000, "weak", 0),
        ("research", "full", "full", 1000, "weak", 0),
        ("research", "full", "full", 100, "strong", 2),
        ("research", "markdown", "markdown+writer", 6000, "strong", 0),
        ("worlds", "bm25", "bm25", 300, "strong", 1),
    ],
)
def test_inspect_and_compare_agree_on_every_question(  # noqa: PLR0913, PLR0917
    track: str, memory: str, row: str, budget: int, reasoner: str, left_out: int, tmp_path: Path
) -> None:
    given = GIVEN[track]
    arguments = {**given, "role": "reasoner", "memory": memory, "budget": budget}
    log = played(tmp_path, f"memorygym/{reasoner}", track, arguments)
    parameters = {name: value for name, value in given.items() if name != "seeds"}
    chosen = TaskSettings(track=track, parameters=parameters, seeds=given["seeds"])
    measured = compared(tasks_of(chosen), memory, budget, reasoner)
    report = figures(measured, {}, "test")
    by_task = {m.task: m for m in measured if m.system == row}
    scores = {
        (s.metadata["template"], s.metadata["seed"]): s.scores["answers"] for s in log.samples
    }
    omitted = sum(len(score.metadata["left_out"]) for score in scores.values())
    assert omitted == left_out == report.left_out
    for task, score in scores.items():
        cases = [c for c in by_task[task].cases if c.number not in score.metadata["left_out"]]
        kept = score.metadata["cases"]
        assert kept == [{name: getattr(case, name) for name in kept[0]} for case in cases]
    standing = report.row(row)
    assert means(log)["accuracy"] == standing["accuracy"].mean
    assert means(log)["evidence_recall"] == standing["evidence_recall"].mean
    assert "em" not in means(log) and standing["exact"] is None


def test_accuracy_is_reported_by_hops_and_by_kind(tmp_path: Path) -> None:
    log = played(tmp_path, "memorygym/weak", "research", {**GIVEN["research"], "memory": "full"})
    cases = [case for sample in log.samples for case in sample.scores["answers"].metadata["cases"]]
    (grouped,) = (score for score in log.results.scores if "mean" not in score.metrics)
    grouped_means = {(m.group, m.name): m.value for m in grouped.metrics.values()}
    assert grouped.name == "accuracy"
    for part in ("hops", "kind"):
        by = {str(case[part]): [] for case in cases}
        for case in cases:
            by[str(case[part])].append(case["score"])
        assert {name: grouped_means[part, name] for name in by} == {n: fmean(by[n]) for n in by}


def test_epochs_are_averaged_before_the_error_is_taken(tmp_path: Path) -> None:
    arguments = {**GIVEN["research"], "memory": "full"}
    once, twice = (
        played(tmp_path, "memorygym/weak", "research", arguments, epochs=n).results.scores
        for n in (1, 2)
    )
    assert [s.metrics for s in once] == [s.metrics for s in twice]


def by_seed(log: Any) -> dict[int, Any]:
    scores = {sample.metadata["seed"]: sample.scores["answers"] for sample in log.samples}
    return {seed: (score.metadata["task"], score.value) for seed, score in scores.items()}


def test_a_folder_is_played_as_it_was_generated(tmp_path: Path) -> None:
    folder = tmp_path / "generated"
    words = ("--track", "research:hops=2,4:tokens=10k", "--n", "4", "-o", str(folder))
    assert main(["generate", *words]) == 0
    arguments = {"memory": "bm25", "budget": 300}
    kept = played(tmp_path, "memorygym/strong", "research", {"data": str(folder), **arguments})
    generated = played(tmp_path, "memorygym/strong", "research", {**GIVEN["research"], **arguments})
    assert by_seed(kept) == by_seed(generated)
    assert [sample.id for sample in kept.samples] == [f"research-{n}" for n in range(4)]


def test_a_file_of_a_data_set_is_played_by_informed_reasoners(tmp_path: Path) -> None:
    file = published.hotpot_file(tmp_path)
    arguments = {"format": "hotpotqa", "file": str(file), "most": 10}
    shown = {"memory": "bm25", "budget": 60}
    log = played(tmp_path, "memorygym/strong", "data", arguments | shown)
    tasks = stored_tasks(f"hotpotqa:{file}:most=10")
    measured = compared(tasks, "bm25", 60)
    assert len(log.samples) == len(tasks.recipes)
    accuracy = figures(measured, {}, "test").row("bm25")["accuracy"]
    assert means(log)["accuracy"] == accuracy.mean


def test_instances_of_code_are_played_too(tmp_path: Path) -> None:
    arguments = {"hops": 1, "tokens": "10k", "near_miss": 1, "seeds": 1, "memory": "oracle"}
    log = played(tmp_path, "memorygym/strong", "codeqa", arguments)
    assert log.eval.metadata["source"]["parameters"]["near_miss"] == "1"
    assert means(log)["accuracy"] == 1


def python(code: str, *paths: Path) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-W", "ignore", "-c", code]
    return subprocess.run(
        command, check=False, capture_output=True, text=True, env=environment(*paths)
    )


BROKEN = """
from inspect_ai import eval
def status(track, **given):
    try:
        (log,) = eval(f"memorygym/{track}", model="memorygym/strong", task_args=given,
                      display="none", log_dir="LOGS")
    except Exception as error:
        return str(error)
    return log.status
print(status("research", hops=2, tokens="10k", seed=0), status("broken", hops=2), sep="|")
"""


def test_a_broken_track_fails_alone_and_only_when_it_is_used(tmp_path: Path) -> None:
    package(tmp_path, "broken", "broken_track:env")
    (tmp_path / "broken_track.py").write_text("import no_such_module\n")
    done = python(BROKEN.replace("LOGS", str(tmp_path / "logs")), tmp_path)
    assert done.returncode == 0, done.stderr
    good, bad = done.stdout.strip().splitlines()[-1].split("|")
    assert good == "success"
    assert "no_such_module" in bad


def test_no_truth_is_in_the_dataset_of_a_task(tmp_path: Path) -> None:
    log = played(tmp_path, "memorygym/strong", "research", {**GIVEN["research"], "memory": "none"})
    asked = [sample.scores["answers"].explanation.split(" | ")[1] for sample in log.samples]
    sources = [json.dumps(sample.metadata["source"]) for sample in log.samples]
    assert not any(truth in text for truth in asked for text in sources)
    assert all(sample.target == "" for sample in log.samples)

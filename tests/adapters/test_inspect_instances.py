"""Tracks that ask about texts, in Inspect: what `compare` plays and measures, to the last digit."""

import json
import subprocess
import sys
from pathlib import Path
from statistics import fmean
from typing import Any

import pytest

from memorygym.cli import main
from memorygym.core.track import TaskOptions, find
from memorygym.runs.comparison.figures import figures
from memorygym.runs.tasks import from_disk, generated
from tests.adapters.evals import WARNINGS, compared, environment, means, package, played
from tests.datasets import published

pytestmark = [pytest.mark.inspect, *map(pytest.mark.filterwarnings, WARNINGS)]

PARAMETERS = {"hops": "2,4", "tokens": "10k"}
GIVEN = {"hops": ["2", "4"], "tokens": "10k", "seeds": 4}
"""The same as Inspect reads it from `-T`."""
TASKS = generated("research", TaskOptions(range(4), parameters=PARAMETERS))


@pytest.mark.parametrize(
    ("memory", "row", "budget", "reasoner"),
    [
        ("bm25", "bm25", 300, "strong"),
        ("bm25", "bm25", 1000, "weak"),
        ("full", "full", 1000, "weak"),
        ("markdown", "markdown+scribe", 6000, "strong"),
    ],
)
def test_inspect_and_compare_agree_on_every_question(
    memory: str, row: str, budget: int, reasoner: str, tmp_path: Path
) -> None:
    arguments = {**GIVEN, "memory": memory, "budget": budget}
    log = played(tmp_path, f"memorygym/{reasoner}", "research", arguments)
    measured = compared(TASKS, memory, budget, reasoner)
    by_task = {
        measurement.task: measurement for measurement in measured if measurement.system == row
    }
    for sample in log.samples:
        measurement = by_task[sample.metadata["template"], sample.metadata["seed"]]
        kept_cases = sample.scores["answers"].metadata["cases"]
        assert kept_cases == [
            {name: getattr(case, name) for name in kept_cases[0]} for case in measurement.cases
        ]
    standing = figures(measured, {}, "test").row(row)
    assert means(log)["accuracy"] == standing["accuracy"].mean
    assert means(log)["evidence_recall"] == standing["evidence_recall"].mean
    assert "em" not in means(log) and standing["exact"] is None


def test_what_compare_leaves_out_is_left_out(tmp_path: Path) -> None:
    arguments = {**GIVEN, "memory": "full", "budget": 100}
    log = played(tmp_path, "memorygym/strong", "research", arguments)
    measured = compared(TASKS, "bm25", 100)
    report = figures(measured, {}, "test")
    scores = [sample.scores["answers"] for sample in log.samples]
    assert sum(len(score.metadata["left_out"]) for score in scores) == report.left_out == 2
    assert sum(len(score.metadata["cases"]) for score in scores) == report.questions == 2
    assert means(log)["accuracy"] == report.row("full")["accuracy"].mean == 1


def test_accuracy_is_reported_by_hops_and_by_kind(tmp_path: Path) -> None:
    log = played(tmp_path, "memorygym/weak", "research", {**GIVEN, "memory": "full"})
    cases = [case for sample in log.samples for case in sample.scores["answers"].metadata["cases"]]
    (grouped,) = (score for score in log.results.scores if "mean" not in score.metrics)
    grouped_means = {
        (metric.group, metric.name): metric.value for metric in grouped.metrics.values()
    }
    assert grouped.name == "accuracy"
    for part in ("hops", "kind"):
        by = {str(case[part]): [] for case in cases}
        for case in cases:
            by[str(case[part])].append(case["score"])
        assert {name: grouped_means[part, name] for name in by} == {n: fmean(by[n]) for n in by}


def test_epochs_are_averaged_before_the_error_is_taken(tmp_path: Path) -> None:
    arguments = {**GIVEN, "memory": "full"}
    once, twice = (
        played(tmp_path, "memorygym/weak", "research", arguments, epochs=n).results.scores
        for n in (1, 2)
    )
    figures_of = [
        {s.name: {name: m.value for name, m in s.metrics.items()} for s in scores}
        for scores in (once, twice)
    ]
    assert figures_of[0] == figures_of[1]


def by_seed(log: Any) -> dict[int, Any]:
    scores = {sample.metadata["seed"]: sample.scores["answers"] for sample in log.samples}
    return {seed: (score.metadata["task"], score.value) for seed, score in scores.items()}


def test_a_folder_is_played_as_it_was_generated(tmp_path: Path) -> None:
    folder = tmp_path / "generated"
    words = ("--track", "research:hops=2,4:tokens=10k", "--n", "4", "-o", str(folder))
    assert main(["generate", *words]) == 0
    arguments = {"memory": "bm25", "budget": 300}
    kept = played(tmp_path, "memorygym/strong", "research", {"data": str(folder), **arguments})
    generated = played(tmp_path, "memorygym/strong", "research", {**GIVEN, **arguments})
    assert by_seed(kept) == by_seed(generated)
    assert [sample.id for sample in kept.samples] == [f"research-{n}" for n in range(4)]


def test_a_file_of_a_data_set_is_played_by_informed_reasoners(tmp_path: Path) -> None:
    file = published.hotpot_file(tmp_path)
    arguments = {"format": "hotpotqa", "file": str(file), "most": 10}
    shown = {"memory": "bm25", "budget": 60}
    log = played(tmp_path, "memorygym/strong", "data", arguments | shown)
    tasks = from_disk(find("data").files("hotpotqa", file, 10), "data", "", "")
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


def test_registering_the_tasks_loads_no_track() -> None:
    code = "import memorygym.adapters.inspect_ai.tasks as t, sys; print(*t.TASKS, *sys.modules)"
    done = python(code)
    words = done.stdout.split()
    assert done.returncode == 0, done.stderr
    assert {"worlds", "research", "codeqa", "data"} <= set(words)
    assert not {f"memorygym.tracks.{name}" for name in ("research", "codeqa", "data")} & set(words)


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
    log = played(tmp_path, "memorygym/strong", "research", {**GIVEN, "memory": "none"})
    asked = [sample.scores["answers"].explanation.split(" | ")[1] for sample in log.samples]
    sources = [json.dumps(sample.metadata["source"]) for sample in log.samples]
    assert not any(truth in text for truth in asked for text in sources)
    assert all(sample.target == "" for sample in log.samples)

"""Tracks that ask about texts, in Inspect: what `compare` plays and measures, to the last digit."""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from statistics import fmean
from typing import Any

import pytest

from memorygym.cli import main
from memorygym.core.track import TaskOptions, find, version_of
from memorygym.runs.comparison.figures import figures
from memorygym.runs.tasks import from_disk, generated
from tests.adapters.evals import WARNINGS, compared, environment, played
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


def means(log: Any) -> dict[str, float]:
    scores = (score for score in log.results.scores if "mean" in score.metrics)
    return {score.name: score.metrics["mean"].value for score in scores}


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


def test_a_log_is_scored_again_from_its_traces(tmp_path: Path) -> None:
    from inspect_ai import score
    from inspect_ai.log import read_eval_log

    from memorygym.adapters.inspect_ai.scorers import ANSWERS

    log = played(tmp_path, "memorygym/weak", "research", {**GIVEN, "memory": "bm25"})
    read = read_eval_log(log.location)
    again = score(read, ANSWERS(), action="overwrite", display="none")
    assert read.eval.task_version == version_of("research")
    assert means(again) == means(log)


def test_the_explanation_lists_every_question_and_the_causes(tmp_path: Path) -> None:
    arguments = {**PARAMETERS, "hops": 2, "seed": 0, "memory": "none"}
    log = played(tmp_path, "memorygym/strong", "research", arguments)
    score = log.samples[0].scores["answers"]
    assert score.answer == "0 of 1 right"
    assert score.explanation.count("\n| *event") == 1
    assert score.explanation.endswith("Misses by cause: never written 1.")


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
    arguments = {
        "format": "hotpotqa",
        "file": str(file),
        "most": 10,
        "memory": "bm25",
        "budget": 60,
    }
    log = played(tmp_path, "memorygym/strong", "data", arguments)
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


@pytest.mark.parametrize(
    ("track", "arguments", "message"),
    [
        ("research", {"salt_file": None}, "salt_file '' is empty, perhaps from an unset variable"),
        ("research", {"hop": 2}, "no argument named 'hop'; did you mean hops?"),
        ("research", {"template": "company"}, "no argument named 'template'"),
        ("research", {"hops": 99}, "hops 99"),
        ("research", {"tokens": "many"}, "tokens 'many': give a number such as 20000"),
        ("research", {"memory": "bm52"}, "no memory named 'bm52'; did you mean bm25?"),
        ("research", {"tool_mode": "txt"}, "no tool_mode named 'txt'; did you mean text?"),
        ("research", {"budget": 3}, "a budget of 3 tokens holds no needed fact of this track"),
        ("research", {"budget": "big"}, "budget='big': give a whole number"),
        ("research", {"capacity": 0}, "capacity=0: give at least 1"),
        ("research", {"seeds": 0}, "seeds=0: give at least 1"),
        ("research", {"data": "/nowhere"}, "/nowhere is not a folder of instances"),
        ("research", {"data": "/nowhere", "hops": 2}, "no argument named 'hops'"),
        ("data", {"format": "hotpotqa"}, "data plays the tasks of a file: give -T file=…"),
        ("data", {"hops": 2}, "no argument named 'hops'; choose from budget"),
    ],
)  # fmt: skip
def test_a_bad_argument_is_refused_with_our_message(
    track: str, arguments: dict[str, Any], message: str, tmp_path: Path
) -> None:
    with pytest.raises(Exception) as refused:
        played(tmp_path, "memorygym/strong", track, arguments)
    assert type(refused.value).__name__ == "PrerequisiteError"
    assert message in str(refused.value)


@pytest.mark.parametrize(
    ("track", "name", "message"),
    [
        ("research", "perfect", "no reasoner named 'perfect'; choose from strong, weak"),
        ("worlds", "strong", "no agents named 'strong'; choose from"),
    ],
)
def test_agents_and_reasoners_play_their_own_tracks(
    track: str, name: str, message: str, tmp_path: Path
) -> None:
    log = played(tmp_path, f"memorygym/{name}", track, {"seed": 0}, status="error", limit=1)
    assert message in log.error.message


def test_an_unknown_name_is_refused_with_the_nearest_reasoner(tmp_path: Path) -> None:
    with pytest.raises(Exception, match="no agents named 'stron'; did you mean strong"):
        played(tmp_path, "memorygym/stron", "research", GIVEN)


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
    info = tmp_path / "broken-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: broken\nVersion: 1\n")
    (info / "entry_points.txt").write_text("[memorygym.tracks]\nbroken = broken_track:env\n")
    (tmp_path / "broken_track.py").write_text("import no_such_module\n")
    done = python(BROKEN.replace("LOGS", str(tmp_path / "logs")), tmp_path)
    assert done.returncode == 0, done.stderr
    good, bad = done.stdout.strip().splitlines()[-1].split("|")
    assert good == "success"
    assert "no_such_module" in bad


def test_a_private_test_set_has_other_tasks_and_its_secret_is_in_no_log(tmp_path: Path) -> None:
    (tmp_path / "salt").write_text("xyzzy-secret\n")
    arguments = {**GIVEN, "memory": "oracle"}
    private = {**arguments, "salt_file": str(tmp_path / "salt")}
    public, secret = (
        played(tmp_path, "memorygym/strong", "research", which) for which in (arguments, private)
    )
    assert not {task for task, _ in by_seed(public).values()} & {
        task for task, _ in by_seed(secret).values()
    }
    assert means(secret)["accuracy"] == 1
    assert len(secret.eval.metadata["salt"]) == 64
    assert "xyzzy" not in secret.model_dump_json()


def sources(log: Any) -> Sequence[str]:
    return [json.dumps(sample.metadata["source"]) for sample in log.samples]


def test_no_truth_is_in_the_dataset_of_a_task(tmp_path: Path) -> None:
    log = played(tmp_path, "memorygym/strong", "research", {**GIVEN, "memory": "none"})
    asked = [sample.scores["answers"].explanation.split(" | ")[1] for sample in log.samples]
    assert not any(truth in text for truth in asked for text in sources(log))
    assert all(sample.target == "" for sample in log.samples)

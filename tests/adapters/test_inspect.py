"""Inspect plays our tasks: the same scores as bench, logs that can be read, errors as one line."""

import json
import math
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from memorygym.core import registry
from memorygym.core.track import TaskOptions, find, version_of
from memorygym.runs.evaluation import Evaluation
from memorygym.runs.results import perform as bench
from memorygym.runs.tasks import Limits, generated
from tests.adapters.evals import (
    AXES,
    WARNINGS,
    benched,
    compared,
    environment,
    evaluate,
    played,
    values,
)

pytestmark = [pytest.mark.inspect, *map(pytest.mark.filterwarnings, WARNINGS)]

LITE = ("perfect", "strategic", "template_expert", "clairvoyant", "guesser")
TRACE = "memorygym_trace"


def without_labels(lines: list[str]) -> list[str]:
    """A trace without its labels, which say who ran it."""
    header = json.loads(lines[0])
    return [json.dumps(header | {"labels": {}}), *lines[1:]]


@pytest.mark.parametrize("agent", LITE)
def test_inspect_and_bench_agree_on_every_template(agent: str, tmp_path: Path) -> None:
    (log,) = evaluate(tmp_path, f"memorygym/{agent}", task_args={"template": "all"})
    assert log.status == "success", log.error
    assert sorted(sample.metadata["template"] for sample in log.samples) == registry.names(
        "domains"
    )
    for sample in log.samples:
        result = benched(agent, sample.metadata["template"])
        assert sample.scores["axes"].value == values(result)
        assert sample.scores["axes"].metadata["causes"] == result.result.causes
        assert without_labels(sample.store[TRACE]) == without_labels(list(result.trace.lines()))


def test_they_agree_where_sessions_break(tmp_path: Path) -> None:
    arguments = {"template": "hospital", "tier": "multi", "seed": 3}
    (log,) = evaluate(tmp_path, "memorygym/strategic", task_args=arguments)
    result = benched("strategic", "hospital", 3, "multi")
    assert log.samples[0].scores["axes"].value == values(result)
    assert without_labels(log.samples[0].store[TRACE]) == without_labels(list(result.trace.lines()))


@pytest.mark.slow
def test_every_registered_agent_is_a_model_that_scores_as_in_bench(tmp_path: Path) -> None:
    agents = list(find("worlds").agents)
    logs = evaluate(tmp_path, [f"memorygym/{agent}" for agent in agents])
    for agent, log in zip(agents, logs, strict=True):
        assert log.status == "success", (agent, log.error)
        assert log.samples[0].scores["axes"].value == values(benched(agent, "company")), agent


def test_the_log_on_disk_reads_back_with_scores_messages_and_trace(tmp_path: Path) -> None:
    from inspect_ai.log import read_eval_log

    (log,) = evaluate(tmp_path, "memorygym/strategic")
    read = read_eval_log(log.location)
    (sample,) = read.samples
    assert read.eval.task_version == version_of("worlds")
    assert sample.scores["axes"].metadata["version"] == version_of("worlds")
    assert sample.scores == log.samples[0].scores
    assert sample.store == log.samples[0].store
    assert sum("=== QUESTION" in message.text for message in sample.messages) == 10


def test_metrics_are_mean_and_standard_error_over_tasks(tmp_path: Path) -> None:
    (log,) = evaluate(tmp_path, "memorygym/strategic", task_args={"seeds": 3})
    shown = {score.name: score.metrics for score in log.results.scores}
    worlds = [benched("strategic", "company", seed).score.composite for seed in range(3)]
    mean = sum(worlds) / 3
    error = math.sqrt(sum((world - mean) ** 2 for world in worlds) / 2 / 3)
    assert tuple(shown) == AXES
    assert shown["composite"]["mean"].value == pytest.approx(mean)
    assert shown["composite"]["stderr"].value == pytest.approx(error)


def test_an_axis_that_nothing_was_asked_about_is_not_scored(tmp_path: Path) -> None:
    (log,) = evaluate(tmp_path, "memorygym/perfect", task_args={"questions": 1})
    shown = {score.name: score for score in log.results.scores}
    unasked = [name for name in AXES if math.isnan(log.samples[0].scores["axes"].value[name])]
    assert unasked
    assert shown["composite"].metrics["mean"].value == 1
    assert all(shown[name].scored_samples == 0 for name in unasked)


def test_only_the_view_of_the_event_reaches_the_model(tmp_path: Path) -> None:
    from inspect_ai.log import read_eval_log

    (log,) = evaluate(tmp_path, "memorygym/clairvoyant")
    (sample,) = read_eval_log(log.location, resolve_attachments="full").samples
    calls = [event for event in sample.events if event.event == "model"]
    assert calls
    for call in calls:
        assert call.input[0].role == "system"
        assert sum(message.text.startswith("=== ") for message in call.input) == 1


def test_each_event_is_a_span_of_the_transcript(tmp_path: Path) -> None:
    (log,) = evaluate(tmp_path, "memorygym/strategic")
    spans = [e.name for e in log.samples[0].events if e.event == "span_begin" and e.type == "event"]
    assert len(spans) == 18
    assert spans[0].startswith("DOCUMENTS · event 1 of 18")


def test_the_explanation_lists_every_question_and_the_causes(tmp_path: Path) -> None:
    (log,) = evaluate(tmp_path, "memorygym/guesser")
    score = log.samples[0].scores["axes"]
    assert score.explanation.count("\n| *event") == 10
    assert score.explanation.endswith("Misses by cause: never written 9, should have refused 1.")
    assert score.answer == "0 of 9 answerable right"


def test_a_log_is_scored_again_from_its_traces(tmp_path: Path) -> None:
    from inspect_ai import score

    (log,) = evaluate(tmp_path, "memorygym/strategic")
    again = score(log, registry_scorer(), action="overwrite", display="none")
    assert again.samples[0].scores["axes"].value == log.samples[0].scores["axes"].value


def registry_scorer() -> Any:
    from memorygym.adapters.inspect_ai.scorers import AXES as registered

    return registered()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"template": "compny"}, "no domains named 'compny'; did you mean company?"),
        ({"template": ["city", "twon"]}, "no domains named 'twon'"),
        ({"template": 7}, "no domains named '7'"),
        ({"tier": "lit"}, "no tier named 'lit'; did you mean lite?"),
        ({"memory": "markdwn"}, "no memory named 'markdwn'; did you mean markdown?"),
        ({"templte": "company"}, "no argument named 'templte'; did you mean template?"),
        ({"tool_mode": "txt"}, "no tool_mode named 'txt'; did you mean text?"),
        ({"role": "agnt"}, "no role named 'agnt'; did you mean agent?"),
        ({"seeds": 0}, "seeds=0: give at least 1"),
        ({"seeds": "three"}, "seeds='three': give a whole number"),
        ({"seed": -1}, "seed -1: seeds are counted from 0"),
        ({"entities": "many"}, "entities 'many': give a whole number"),
        ({"entities": 0}, "0 entities"),
        ({"salt_file": "/nowhere/salt"}, "salt_file /nowhere/salt: cannot be read"),
        ({"salt_file": None}, "salt_file '' is empty, perhaps from an unset variable"),
    ],
)
def test_a_bad_argument_is_refused_with_our_message(
    arguments: dict[str, Any], message: str, tmp_path: Path
) -> None:
    with pytest.raises(Exception) as refused:
        evaluate(tmp_path, "memorygym/perfect", task_args=arguments)
    assert type(refused.value).__name__ == "PrerequisiteError"
    assert message in str(refused.value)


def test_an_unknown_agent_is_refused_with_the_nearest_name(tmp_path: Path) -> None:
    with pytest.raises(Exception, match="no agents named 'perfct'; did you mean perfect"):
        evaluate(tmp_path, "memorygym/perfct")


def test_a_private_test_set_is_played_and_its_secret_is_in_no_log(tmp_path: Path) -> None:
    (tmp_path / "salt").write_text("xyzzy-secret\n")
    arguments = {"salt_file": str(tmp_path / "salt")}
    (log,) = evaluate(tmp_path, "memorygym/perfect", task_args=arguments)
    text = log.model_dump_json()
    assert log.samples[0].scores["axes"].value["composite"] == 1
    assert json.loads(log.samples[0].store[TRACE][0])["recipe"]["salted"] is True
    assert "xyzzy" not in text
    assert len(log.eval.metadata["salt"]) == 64


@pytest.mark.parametrize(
    ("agent", "arguments", "values"),
    [
        ("strong", (), {"composite": 1.0}),
        ("silent", (), {"composite": 0.0}),
        ("strong", ("-T", "role=reasoner", "-T", "memory=bm25"), {"accuracy": 1.0}),
        ("strong", ("-T", "role=reasoner", "-T", "memory=none"), {"accuracy": 0.0}),
    ],
)
def test_a_later_track_appears_without_an_edit_and_plays_by_its_rewards(
    agent: str, arguments: tuple[str, ...], values: dict[str, float], tmp_path: Path
) -> None:
    info = tmp_path / "later-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: later\nVersion: 1\n")
    (info / "entry_points.txt").write_text("[memorygym.tracks]\nlater = later:TRACK\n")
    (tmp_path / "later.py").write_text(Path(__file__).with_name("door_track.py").read_text())
    command = [
        sys.executable, "-c", "from inspect_ai._cli.main import main; main()", "eval",
        "memorygym/later", "-T", "seeds=2", *arguments, "--model", f"memorygym/{agent}",
        "--display", "none", "--log-dir", str(tmp_path / "logs"),
    ]  # fmt: skip
    done = subprocess.run(
        command, check=False, capture_output=True, text=True, env=environment(tmp_path),
        cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    log = one_log(tmp_path / "logs")
    assert log.eval.task == "memorygym/later"
    assert [sample.id for sample in log.samples] == ["door-0", "door-1"]
    means = (score for score in log.results.scores if "mean" in score.metrics)
    figures = {score.name: score.metrics["mean"].value for score in means}
    assert values.items() <= figures.items()


def test_a_track_that_asks_about_texts_is_played_by_agents_too(tmp_path: Path) -> None:
    arguments = {"role": "agent", "hops": 2, "tokens": "10k", "seed": 0, "capacity": 6000}
    log = played(tmp_path, "memorygym/strong", "research", arguments)
    tasks = generated("research", TaskOptions(range(1), parameters={"hops": "2", "tokens": "10k"}))
    asked = Evaluation(tasks=tasks, agents=("strong",), limits=Limits(capacity=6000))
    run = bench(asked, traced=True)
    (result,), (trace,) = run.results, run.traces.values()
    score = log.samples[0].scores["axes"]
    assert score.value["composite"] == result.result.score.composite > 0
    assert score.metadata["axes"] == result.result.score.axes
    assert without_labels(log.samples[0].store[TRACE]) == without_labels(list(trace.lines()))


def test_worlds_are_played_by_reasoners_too(tmp_path: Path) -> None:
    arguments = {"role": "reasoner", "budget": 300, "memory": "bm25"}
    (log,) = evaluate(tmp_path, "memorygym/strong", task_args=arguments)
    tasks = generated(
        "worlds", TaskOptions(range(1), parameters={"template": "company", "tier": "lite"})
    )
    (measurement,) = (
        measurement for measurement in compared(tasks, "bm25", 300) if measurement.system == "bm25"
    )
    score = log.samples[0].scores["answers"]
    cases_kept, left = score.metadata["cases"], score.metadata["left_out"]
    cases = [case for case in measurement.cases if case.number not in left]
    assert cases_kept == [{name: getattr(case, name) for name in cases_kept[0]} for case in cases]


def test_a_budget_is_for_reasoners(tmp_path: Path) -> None:
    with pytest.raises(Exception, match="budget 300: an agent plays within the budget of its task"):
        evaluate(tmp_path, "memorygym/perfect", task_args={"budget": 300})


def test_the_command_line_of_the_readme_runs(tmp_path: Path) -> None:
    command = [
        str(Path(sys.executable).parent / "inspect"), "eval", "memorygym/worlds",
        "-T", "template=company", "-T", "tier=lite", "-T", "seeds=3",
        "--model", "memorygym/perfect", "--display", "none", "--log-dir", str(tmp_path),
    ]  # fmt: skip
    done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    log = one_log(tmp_path)
    assert [sample.id for sample in log.samples] == ["company-0", "company-1", "company-2"]
    assert {score.name: score.metrics["mean"].value for score in log.results.scores} == (
        dict.fromkeys(AXES, 1.0)
    )


def one_log(folder: Path) -> Any:
    from inspect_ai.log import read_eval_log

    (path,) = folder.glob("*.eval")
    return read_eval_log(str(path))

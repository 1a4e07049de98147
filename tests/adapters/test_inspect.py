"""Inspect plays our tasks: the same scores as bench, logs that can be read, errors as one line."""

import json
import math
import subprocess
import sys
from pathlib import Path
from shutil import copy
from typing import Any

import pytest

from memorygym.core import registry
from memorygym.core.track import TaskOptions, version_of
from memorygym.runs.evaluation import Evaluation
from memorygym.runs.results import perform as bench
from memorygym.runs.settings import BenchSettings
from memorygym.runs.tasks import generated
from tests.adapters.evals import (
    AXES,
    LITE,
    RESEARCH,
    TRACE,
    WARNINGS,
    benched,
    environment,
    means,
    package,
    played,
    values,
)

pytestmark = [pytest.mark.inspect, *map(pytest.mark.filterwarnings, WARNINGS)]


def without_labels(lines: list[str]) -> list[str]:
    """A trace without its labels, which say who ran it."""
    header = json.loads(lines[0])
    return [json.dumps(header | {"labels": {}}), *lines[1:]]


@pytest.mark.parametrize(
    ("agent", "arguments"),
    [
        *[
            (agent, {"template": "all", "tier": "lite", "seeds": 1})
            for agent in ("perfect", "strategic", "template_expert", "clairvoyant", "guesser")
        ],
        ("strategic", {"template": "hospital", "tier": "multi", "seed": 3}),
    ],
    ids=str,
)
def test_inspect_and_bench_agree(agent: str, arguments: dict[str, Any], tmp_path: Path) -> None:
    log = played(tmp_path, f"memorygym/{agent}", arguments=arguments)
    templates = sorted(sample.metadata["template"] for sample in log.samples)
    assert templates in (registry.names("templates"), [arguments["template"]])
    for sample in log.samples:
        template, seed = sample.metadata["template"], sample.metadata["seed"]
        result = benched(agent, template, seed, arguments["tier"])
        assert sample.scores["axes"].value == values(result)
        assert sample.scores["axes"].metadata["causes"] == result.result.causes
        assert without_labels(sample.store[TRACE]) == without_labels(list(result.trace.lines()))


def test_metrics_are_mean_and_standard_error_over_tasks(tmp_path: Path) -> None:
    log = played(tmp_path, "memorygym/strategic", arguments={**LITE, "seeds": 3})
    shown = {score.name: score.metrics for score in log.results.scores}
    worlds = [benched("strategic", "company", seed).result.score.composite for seed in range(3)]
    mean = sum(worlds) / 3
    error = math.sqrt(sum((world - mean) ** 2 for world in worlds) / 2 / 3)
    assert tuple(shown) == AXES
    assert shown["composite"]["mean"].value == pytest.approx(mean)
    assert shown["composite"]["stderr"].value == pytest.approx(error)


def test_an_axis_that_nothing_was_asked_about_is_not_scored(tmp_path: Path) -> None:
    log = played(tmp_path, "memorygym/perfect", arguments={**LITE, "questions": 1})
    shown = {score.name: score for score in log.results.scores}
    unasked = [name for name in AXES if math.isnan(log.samples[0].scores["axes"].value[name])]
    assert unasked
    assert shown["composite"].metrics["mean"].value == 1
    assert all(shown[name].scored_samples == 0 for name in unasked)


def test_each_event_is_a_span_of_the_transcript(tmp_path: Path) -> None:
    log = played(tmp_path, "memorygym/strategic")
    (sample,) = log.samples
    spans = [e.name for e in sample.events if e.event == "span_begin" and e.type == "event"]
    assert len(spans) == 18
    assert spans[0].startswith("DOCUMENTS · event 1 of 18")
    assert sum("=== QUESTION" in message.text for message in sample.messages) == 10


@pytest.mark.parametrize(
    ("agent", "track", "arguments", "answer", "causes"),
    [
        ("guesser", "worlds", LITE, "0 of 9 answerable right", "9, should have refused 1."),
        ("strong", "research", {**RESEARCH, "memory": "none"}, "0 of 1 right", "1."),
    ],
)
def test_the_explanation_lists_every_question_and_the_causes(
    agent: str, track: str, arguments: Any, answer: str, causes: str, tmp_path: Path
) -> None:
    log = played(tmp_path, f"memorygym/{agent}", track, arguments)
    (score,) = log.samples[0].scores.values()
    assert score.explanation.count("\n| *event") == (10 if track == "worlds" else 1)
    assert score.explanation.endswith(f"Misses by cause: never written {causes}")
    assert score.answer == answer


@pytest.mark.parametrize(
    ("agent", "track", "arguments", "scorer"),
    [
        ("strategic", "worlds", LITE, "AXES"),
        ("weak", "research", {**RESEARCH, "memory": "bm25"}, "ANSWERS"),
    ],
)
def test_a_log_is_scored_again_from_its_traces(
    agent: str, track: str, arguments: Any, scorer: str, tmp_path: Path
) -> None:
    from inspect_ai import score
    from inspect_ai.log import read_eval_log

    from memorygym.adapters.inspect_ai import scorers

    log = played(tmp_path, f"memorygym/{agent}", track, arguments)
    read = read_eval_log(log.location)
    again = score(read, getattr(scorers, scorer)(), action="overwrite", display="none")
    assert read.eval.task_version == version_of(track)
    assert read.samples[0].store == log.samples[0].store
    assert means(again) == means(log)


@pytest.mark.parametrize(
    ("track", "arguments", "message"),
    [
        ("worlds", {"template": "compny"}, "no templates named 'compny'; did you mean company?"),
        ("worlds", {"template": ["city", "twon"]}, "no templates named 'twon'"),
        ("worlds", {"template": 7}, "no templates named '7'"),
        ("worlds", {"tier": "lit"}, "no tier named 'lit'; did you mean lite?"),
        ("worlds", {"memory": "markdwn"}, "no memory named 'markdwn'; did you mean markdown?"),
        ("worlds", {"templte": "city"}, "no argument named 'templte'; did you mean template?"),
        ("worlds", {"tool_mode": "txt"}, "no tool_mode named 'txt'; did you mean text?"),
        ("worlds", {"role": "agnt"}, "no role named 'agnt'; did you mean agent?"),
        ("worlds", {"budget": 300}, "budget 300: an agent plays within the budget of its task"),
        ("worlds", {"seeds": 0}, "seeds=0: give at least 1"),
        ("worlds", {"seeds": "three"}, "seeds='three': give a whole number"),
        ("worlds", {"seed": -1}, "seed -1: seeds are counted from 0"),
        ("worlds", {"entities": "many"}, "entities 'many': give a whole number"),
        ("worlds", {"entities": 0}, "0 entities"),
        ("worlds", {"salt_file": "/nowhere/salt"}, "salt_file /nowhere/salt: cannot be read"),
        ("worlds", {"salt_file": None}, "salt_file '' is empty, perhaps from an unset variable"),
        ("research", {"hop": 2}, "no argument named 'hop'; did you mean hops?"),
        ("research", {"template": "company"}, "no argument named 'template'"),
        ("research", {"hops": 99}, "hops 99"),
        ("research", {"tokens": "many"}, "tokens 'many': give a number such as 20000"),
        ("research", {"memory": "bm52"}, "no memory named 'bm52'; did you mean bm25?"),
        ("research", {"budget": 3}, "a budget of 3 tokens holds no needed fact of this track"),
        ("research", {"budget": "big"}, "budget='big': give a whole number"),
        ("research", {"capacity": 0}, "capacity=0: give at least 1"),
        ("research", {"data": "/nowhere"}, "/nowhere is not a folder of instances"),
        ("research", {"data": "/nowhere", "hops": 2}, "no argument named 'hops'"),
        ("data", {"format": "hotpotqa"}, "data plays the tasks of a file: give -T file=…"),
        ("data", {"hops": 2}, "no argument named 'hops'; choose from budget"),
    ],
)
def test_a_bad_argument_is_refused_with_our_message(
    track: str, arguments: dict[str, Any], message: str, tmp_path: Path
) -> None:
    agent = "perfect" if track == "worlds" else "strong"
    with pytest.raises(Exception) as refused:
        played(tmp_path, f"memorygym/{agent}", track, arguments)
    assert type(refused.value).__name__ == "PrerequisiteError"
    assert message in str(refused.value)


@pytest.mark.parametrize(("name", "near"), [("perfct", "perfect"), ("stron", "strong")])
def test_an_unknown_agent_is_refused_with_the_nearest_name(
    name: str, near: str, tmp_path: Path
) -> None:
    with pytest.raises(Exception, match=f"no agents named '{name}'; did you mean {near}"):
        played(tmp_path, f"memorygym/{name}")


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


@pytest.mark.parametrize(
    ("agent", "track", "arguments", "figure"),
    [
        ("perfect", "worlds", LITE, "composite"),
        ("strong", "research", {**RESEARCH, "memory": "oracle"}, "accuracy"),
    ],
)
def test_a_private_test_set_has_other_tasks_and_its_secret_is_in_no_log(
    agent: str, track: str, arguments: Any, figure: str, tmp_path: Path
) -> None:
    (tmp_path / "salt").write_text("xyzzy-secret\n")
    private = {**arguments, "salt_file": str(tmp_path / "salt")}
    logs = [played(tmp_path, f"memorygym/{agent}", track, asked) for asked in (arguments, private)]
    public, secret = (
        {next(iter(sample.scores.values())).metadata["task"] for sample in log.samples}
        for log in logs
    )
    assert not public & secret
    assert means(logs[1])[figure] == 1
    assert len(logs[1].eval.metadata["salt"]) == 64
    assert "xyzzy" not in logs[1].model_dump_json()


def inspect_command(folder: Path, *words: str) -> Any:
    """The log of a command line of Inspect."""
    from inspect_ai.log import read_eval_log

    command = [str(Path(sys.executable).parent / "inspect"), "eval", *words]
    command += ["--display", "none", "--log-dir", str(folder / "logs")]
    done = subprocess.run(
        command, check=False, capture_output=True, text=True, env=environment(folder), cwd=folder
    )
    assert done.returncode == 0, done.stdout + done.stderr
    (path,) = (folder / "logs").glob("*.eval")
    return read_eval_log(str(path))


@pytest.mark.parametrize(
    ("group", "words", "values"),
    [
        ("shop", "--model memorygym/strong", {"composite": 0.5}),
        ("shop", "--model memorygym/silent", {"composite": 0.0}),
        ("shop", "-T role=reasoner -T memory=full --model memorygym/strong", {"accuracy": 1.0}),
        ("shop", "-T role=reasoner -T memory=none --model memorygym/strong", {"accuracy": 0.0}),
        (
            "company",
            "-T template=company -T tier=lite --model memorygym/perfect",
            dict.fromkeys(AXES, 1.0),
        ),
    ],
)
def test_the_command_line_plays_a_track_also_one_that_came_later(
    group: str, words: str, values: dict[str, float], tmp_path: Path
) -> None:
    package(tmp_path, "shop", "my_track:SHOP")
    copy(Path(__file__).parents[2] / "examples" / "my_track.py", tmp_path)
    name = f"memorygym/{'worlds' if group == 'company' else group}"
    log = inspect_command(tmp_path, name, "-T", "seeds=2", *words.split())
    assert log.eval.task == name
    assert [sample.id for sample in log.samples] == [f"{group}-0", f"{group}-1"]
    assert values.items() <= means(log).items()


def test_a_track_that_asks_about_texts_is_played_by_agents_too(tmp_path: Path) -> None:
    arguments = {"role": "agent", "hops": 2, "tokens": "10k", "seed": 0, "capacity": 6000}
    log = played(tmp_path, "memorygym/strong", "research", arguments)
    tasks = generated("research", TaskOptions(range(1), parameters={"hops": "2", "tokens": "10k"}))
    asked = Evaluation(tasks, BenchSettings(agent=["strong"], capacity=6000))
    run = bench(asked, traced=True)
    (result,), (trace,) = run.results, run.traces.values()
    score = log.samples[0].scores["axes"]
    assert score.value["composite"] == result.score.composite > 0
    assert score.metadata["axes"] == result.score.axes
    assert without_labels(log.samples[0].store[TRACE]) == without_labels(list(trace.lines()))

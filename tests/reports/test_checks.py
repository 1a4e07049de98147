"""How far a run is verified: what a replay of traces notices, and what only playing again does."""

import gzip
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from memorygym.core.errors import BadSettings
from memorygym.core.files import write_atomically
from memorygym.core.trace import Judgement, Vote
from memorygym.models.scripted import Scripted
from memorygym.reports.checks import REPORTED, examine
from memorygym.runs.episode_result import ResultOptions, place_of, result_of
from memorygym.runs.evaluation import Evaluation
from memorygym.runs.model_roles import ModelRoles
from memorygym.runs.results import FILE, RunResults, load, measurement_lines, perform
from memorygym.runs.settings import BenchSettings
from memorygym.runs.store import Run, read_traces, write_trace
from tests.episodes import lite, worlds
from tests.reports.trace_rows import Rows, alter, altered
from tests.slow import mostly_slow


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A finished run of one agent on one task."""
    lite("naive", folder=tmp_path / "run")
    return tmp_path / "run"


def rename(run: Path, old: str, new: str) -> None:
    """Replaces a word in all files of a run."""
    (run / "run.json").write_text((run / "run.json").read_text().replace(old, new))
    lines = gzip.decompress((run / FILE).read_bytes()).decode()
    (run / FILE).write_bytes(gzip.compress(lines.replace(old, new).encode()))
    for path in run.glob(f"traces/*{old}*"):
        path.rename(path.with_name(path.name.replace(old, new)))


def pretend(run: Path, agent: str) -> None:
    """Gives the only agent of a run another name."""
    (path, trace, _) = next(read_traces([run]))
    assert trace
    trace.labels["agent"] = agent
    pretended = Evaluation(worlds(), BenchSettings(agent=[agent]))
    (player,) = pretended.players(pretended.model_roles)
    place = place_of("worlds", pretended.tasks.recipes[0], 0, player.system)
    path.unlink()
    write_trace(Run(run).trace_path(place.episode), trace)
    about = {**Run(run).about(), **pretended.about()}
    (run / "run.json").write_text(json.dumps(about))
    result = result_of(place, trace, ResultOptions())
    write_atomically(run / FILE, measurement_lines(RunResults(about, [result])))


def test_replies_of_another_agent_are_noticed_only_by_playing(run: Path) -> None:
    pretend(run, "guesser")
    assert examine(run, "traces").standing == "verified from traces"
    (problem,) = examine(run, "play").problems
    assert "traces/company+0+guesser+0.jsonl.gz: played again, record " in problem


def test_a_run_of_another_version_is_not_checked(run: Path) -> None:
    version = json.loads((run / "run.json").read_bytes())["version"]
    rename(run, version, "worlds-v1")
    evidence = examine(run, "play")
    assert evidence.standing == "self-reported" and not evidence.problems
    assert evidence.limits == ("only the code of version worlds-v1 can check it",)


@pytest.mark.parametrize(
    ("old", "kind"), [("company", "template"), ("markdown", "memory")], ids=["world", "memory"]
)
def test_a_run_cannot_name_code_to_run(
    old: str, kind: str, run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (run.parent / "evil.py").write_text("raise SystemExit")
    monkeypatch.syspath_prepend(run.parent)
    rename(run, f'"{old}"', '"evil:make"')
    rename(run, f"{old}+", "evil%3Amake+")
    assert examine(run, "play").limits == (f"{kind} evil:make is not installed here",)


def test_an_agent_that_is_not_installed_is_checked_but_not_played(run: Path) -> None:
    pretend(run, "my.agents:make")
    evidence = examine(run, "play")
    assert evidence.standing == "verified from traces"
    assert evidence.limits == ("agent my.agents:make is not installed here",)


def test_a_model_named_like_an_unbounded_agent_has_a_budget(tmp_path: Path) -> None:
    model_roles = ModelRoles({"perfect": Scripted(lambda messages, tools: "no idea")})
    asked = Evaluation(worlds(), BenchSettings(agent=["perfect"]), model_roles=model_roles)
    perform(asked, tmp_path / "run")
    assert examine(tmp_path / "run", "traces").standing == "verified from traces"


def test_a_task_that_is_too_large_is_not_generated(run: Path) -> None:
    parameters = load(run).recipe["parameters"]
    alter_recipe(parameters={**parameters, "tokens": "10000000"})(run)
    with pytest.raises(BadSettings, match="10000000 tokens: give at most 1,000,000"):
        examine(run, "play")


def test_an_episode_that_is_counted_twice_is_named(run: Path) -> None:
    parameters = load(run).recipe["parameters"]
    alter_recipe(parameters={**parameters, "template": "company,company"})(run)
    alter(run / FILE, lambda lines: lines.append(lines[1]))
    (problem,) = examine(run, "traces").problems
    assert problem == "traces/company+0+naive+0.jsonl.gz: 2 episodes"


FIRST, SECOND, THIRD = (f"traces/company+{seed}+naive+0.jsonl.gz" for seed in range(3))


def of_kind(kind: str, change: Callable[[dict[str, Any]], object]) -> Callable[[Path], None]:
    """Changes the first record of a kind in the first trace."""
    return altered(FIRST, lambda rows: change(next(r for r in rows if r.get("kind") == kind)))


def header(change: Callable[[dict[str, Any]], object]) -> Callable[[Path], None]:
    """Changes the first line of the first trace."""
    return altered(FIRST, lambda rows: change(rows[0]))


def measured(line: int, change: Callable[[dict[str, Any]], object]) -> Callable[[Path], None]:
    """Changes the result on a line of the measurements."""
    return altered(FILE, lambda lines: change(lines[line - 1]["result"]))


def end_early(rows: Rows) -> None:
    del rows[len(rows) // 2 :]
    rows[0]["records"] = len(rows) - 1


def add_judgement(run: Path) -> None:
    (path, trace, _) = next(read_traces([run / FIRST]))
    assert trace
    trace.records.append(Judgement(5, (Vote("judge", "yes", "it"),)))
    write_trace(path, trace)


def swap(run: Path) -> None:
    first, other = (run / FIRST).read_bytes(), (run / SECOND).read_bytes()
    (run / FIRST).write_bytes(other)
    (run / SECOND).write_bytes(first)


def blame_provider(lines: Rows) -> None:
    place = lines[1]["result"]["place"]
    lines[1] = {"failure": {"place": place, "kind": "provider", "error": "gone"}}


def alter_recipe(**fields: Any) -> Callable[[Path], None]:
    def alter(run: Path) -> None:
        about = json.loads((run / "run.json").read_bytes())
        about["recipe"].update(fields)
        (run / "run.json").write_text(json.dumps(about))

    return alter


INVARIANT = {"name": "x", "value": 1, "bound": 1, "margin": 0, "holds": True}
NOT_OF_REPLIES, NOT_OF_TASK = " is not what the replies lead to", " is not that of the task"
UNLIMITED = dict.fromkeys(("capacity", "writes", "slot", "view"))
ALTERED = {
    "an answer": (of_kind("answer", lambda r: r.update(answer="42")), NOT_OF_REPLIES),
    "tokens": (of_kind("memory_update", lambda r: r.update(tokens=1)), NOT_OF_REPLIES),
    "writes": (of_kind("memory_update", lambda r: r.update(writes=0)), NOT_OF_REPLIES),
    "a message": (of_kind("observation", lambda r: r["messages"].pop()), NOT_OF_REPLIES),
    "a budget": (header(lambda h: h["budget"].update(capacity=10**6)), f"budget{NOT_OF_TASK}"),
    "no budget": (header(lambda h: h["budget"].update(UNLIMITED)), f"budget{NOT_OF_TASK}"),
    "gold": (header(lambda h: h["gold"]["questions"].pop()), f"gold{NOT_OF_TASK}"),
    "a system message": (header(lambda h: h.update(system="Store.")), f"system{NOT_OF_TASK}"),
    "a seed": (header(lambda h: h["recipe"].update(seed=1)), f"recipe{NOT_OF_TASK}"),
    "a track": (header(lambda h: h.update(track="os:system")), f"track{NOT_OF_TASK}"),
    "a label": (header(lambda h: h["labels"].update(agent="x")), f"{FIRST}: labels.agent"),
    "a stray label": (header(lambda h: h["labels"].update(x=1)), "labels.x: should not be there"),
    "half of the replies": (altered(FIRST, end_early), "the replies end before the episode does"),
    "a last record": (altered(FIRST, lambda rows: rows.pop()), f"{FIRST}: line "),
    "a judge of no run": (add_judgement, f"{FIRST}: a judge's verdicts, but the recipe"),
    "swapped traces": (swap, f"{FIRST}: "),
    "a missing trace": (lambda run: (run / FIRST).unlink(), f"{FIRST}: missing"),
    "an extra trace": (
        lambda run: shutil.copy(run / FIRST, run / THIRD),
        f"{THIRD}: belongs to no",
    ),
    "a score": (
        measured(2, lambda result: result["score"].update(composite=0.9)),
        f"{FILE}, line 2: company+0+naive+0.score.composite: 0.9, but it comes out as 0.",
    ),
    "a count": (
        measured(2, lambda result: result["score"].update(writes=1)),
        f"{FILE}, line 2: company+0+naive+0.score.writes: 1, but",
    ),
    "a cause": (
        measured(3, lambda result: result.update(causes={})),
        f"{FILE}, line 3: company+0+strategic+0.causes",
    ),
    "a failure": (altered(FILE, blame_provider), f"{FIRST}: belongs to no scored episode"),
    "an invariant": (
        altered(FILE, lambda lines: lines[0].update(invariants=[INVARIANT])),
        f"{FILE}, line 1: invariants: ",
    ),
}


@mostly_slow("name", ALTERED, quick=12)
def test_an_alteration_is_named_with_its_file(name: str, copy: Path) -> None:
    alter, problem = ALTERED[name]
    alter(copy)
    first = examine(copy, "traces").problems[0]
    assert problem in first and first.startswith((FILE, "traces/"))


def test_measurements_that_are_not_of_the_recipe_are_refused(copy: Path) -> None:
    alter_recipe(seeds=[0])(copy)
    with pytest.raises(BadSettings, match="4 episodes, and 2 are planned"):
        examine(copy, "traces")


def test_an_episode_that_was_not_lost_is_no_failure(copy: Path) -> None:
    """Bad tasks called lost would leave a better mean, the more so under another agent's name."""
    altered(FILE, blame_provider)(copy)
    (copy / FIRST).unlink()
    (problem,) = examine(copy, "play").problems
    assert problem == f"{FILE}, line 2: a failure, but played again the episode has a score"
    taken = examine(copy, "traces")
    assert taken.limits == ("1 failed episode taken as recorded",)
    altered(FILE, lambda lines: lines[1]["failure"]["place"].update(agent="strategic"))(copy)
    with pytest.raises(BadSettings, match="of the agent strategic, not naive"):
        examine(copy, "traces")


def test_a_model_that_is_only_claimed_verifies_nothing(copy: Path) -> None:
    """Without its replies no trace is played again, so that any trace would do."""
    alter_recipe(memory_model={"name": "x"})(copy)
    assert examine(copy, "play").standing == REPORTED

"""A data set tells what happened: real results, hard budgets, nothing known too early."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from memorygym.agents.reasoner_agent import agents_of
from memorygym.core.budget import BudgetTracker
from memorygym.core.errors import BadSettings, Refused, UnknownPart
from memorygym.core.guard import MemoryGuard
from memorygym.core.trace import CANARY
from memorygym.core.track import find
from memorygym.core.types import Task
from memorygym.memories.sandbox.placement import memory_factory
from memorygym.memories.stores.notebook import NOTHING
from memorygym.runs.systems import episode_for, played, policy_for
from memorygym.training.data import DataOptions, default_agent, knows_answers, make_data
from memorygym.training.rollouts import rollout
from memorygym.training.tasks import recipes
from tests.training.plays import SMALL, small

LITE = SMALL["worlds"]
HONEST = [name for name, a in agents_of(find("worlds")).items() if a.kind == "honest"]
LEARNABLE = [(track, default_agent(find(track))) for track in SMALL] + [
    ("worlds", name) for name in HONEST
]
Row = dict[str, Any]
NAME = re.compile(r"(?:[A-Z][a-z]+ )+")
"""The name of an entity, with which each of its lines begins."""


def options(track: str = "worlds", **more: Any) -> DataOptions:
    return DataOptions(track=track, **{"parameters": SMALL[track], "seeds": range(2), **more})


def made(path: Path, track: str = "worlds", **more: Any) -> list[Row]:
    make_data(options(track, **more), path, force=True)
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def task_of(row: Row) -> Task:
    about = row["metadata"]
    seeds = range(about["seed"], about["seed"] + 1)
    tasks = recipes(about["track"], about["split"], seeds, **SMALL[about["track"]])
    (task,) = (t for t in (each.generate() for each in tasks) if t.id == about["task"])
    return task


def exchanges(row: Row) -> Iterator[tuple[str, Mapping[str, Any], str]]:
    """The name, the arguments and the result of every call."""
    results = {m["tool_call_id"]: m["content"] for m in row["messages"] if m["role"] == "tool"}
    for message in row["messages"]:
        for call in message.get("tool_calls", ()):
            arguments = json.loads(call["function"]["arguments"])
            yield call["function"]["name"], arguments, results[call["id"]]


@pytest.mark.parametrize("track", SMALL)
@pytest.mark.parametrize("segments", [False, True])
def test_every_call_has_exactly_one_result(track: str, segments: bool, tmp_path: Path) -> None:
    for row in made(tmp_path / "rows.jsonl", track, seeds=range(1), segments=segments):
        open_calls: list[str] = []
        names = {tool["function"]["name"] for tool in row["tools"]}
        for message in row["messages"]:
            if message["role"] == "tool":
                assert message["tool_call_id"] == open_calls.pop(0)
                continue
            assert open_calls == []
            calls = message.get("tool_calls", ())
            open_calls = [call["id"] for call in calls]
            assert {call["function"]["name"] for call in calls} <= names
        assert open_calls == []


@pytest.mark.parametrize("track", SMALL)
@pytest.mark.parametrize("format", ["openai", "sharegpt"])
def test_only_replies_are_trained_on(track: str, format: str, tmp_path: Path) -> None:
    for row in made(tmp_path / "rows.jsonl", track, seeds=range(1), format=format):
        turns = row.get("messages") or row["conversations"]
        roles = [turn.get("role") or turn["from"] for turn in turns]
        assert row["mask"] == [int(role in ("assistant", "gpt")) for role in roles]


@pytest.mark.parametrize("agent", HONEST)
def test_the_calls_of_a_transcript_give_the_same_results_in_a_fresh_memory(
    agent: str, tmp_path: Path
) -> None:
    for row in made(tmp_path / "rows.jsonl", agents=(agent,), seeds=range(1)):
        _replay(row, task_of(row))


def _replay(row: Row, task: Task) -> None:
    """Makes the calls of the memory's tools again and compares every result."""
    tracker = BudgetTracker(task.budget, task.system)
    memory = MemoryGuard(memory_factory("markdown"), tracker, {})
    tracker.unread_texts.append(task.system)
    results = iter([(name, given, told) for name, given, told in exchanges(row)])
    for message in row["messages"][1:]:
        if message["role"] == "user":
            tracker.event += 1
            tracker.free_edits = task.events[tracker.event].free_edits
            tracker.unread_texts.append(message["content"])
        for _ in message.get("tool_calls", ()):
            name, arguments, told = next(results)
            if name in {tool.name for tool in memory.tools}:
                try:
                    assert memory.call(name, arguments) == told
                except Refused as refusal:
                    assert str(refusal) == told
                tracker.tokens = tracker.dump_tokens(memory.dump())


@pytest.mark.parametrize("agent", ["positional_expert", "template_expert", "strategic"])
def test_every_edit_that_is_told_happened_to_one_entry_alone(agent: str, tmp_path: Path) -> None:
    for row in made(tmp_path / "rows.jsonl", agents=(agent,)):
        entries: list[str] = []
        edits = 0
        for name, arguments, result in exchanges(row):
            if name == "Write" and result == "stored":
                entries.append(arguments["content"])
            elif name == "Edit" and result == "edited":
                old, new = arguments["old_text"], arguments["new_text"]
                (place,) = (place for place, text in enumerate(entries) if old in text)
                assert entries[place].count(old) == 1
                assert NAME.match(old)[0] == NAME.match(new)[0]  # type: ignore[index]
                entries[place] = entries[place].replace(old, new)
                edits += 1
            elif name == "memory_search":
                assert {*result.split("\n")} <= {*"\n".join([*entries, NOTHING]).split("\n")}
            elif name == "Read":
                assert result == "\n".join(entries)
        assert edits


@pytest.mark.parametrize("agent", HONEST)
def test_no_transcript_writes_beyond_the_budget(agent: str, tmp_path: Path) -> None:
    for row in made(tmp_path / "rows.jsonl", agents=(agent,)):
        budget = task_of(row).budget
        assert budget.writes and budget.capacity
        stored = [result for _, _, result in exchanges(row) if result == "stored"]
        states = re.findall(
            r"\[memory: (\d+) of (\d+) writes left; ([\d,]+) of ([\d,]+) tokens",
            "\n".join(m["content"] for m in row["messages"] if m["role"] == "user"),
        )
        assert len(stored) <= budget.writes
        for left, most, held, room in states:
            assert int(left) >= 0 and int(most) == budget.writes
            assert int(held.replace(",", "")) <= int(room.replace(",", "")) == budget.capacity
        assert len(states) == len(task_of(row).events)


@pytest.mark.parametrize(("track", "agent"), LEARNABLE)
def test_no_message_rests_on_a_later_event(track: str, agent: str) -> None:
    task = replace(small(track), gold=None)
    many = len(task.events or task.state["script"])
    for known in (2, many // 2):
        other = _changed_from(task, known)
        assert _until(task, agent, known) == _until(other, agent, known) != []
    assert _until(task, agent, many) != _until(_changed_from(task, many // 2), agent, many)


def _changed_from(task: Task, event: int) -> Task:
    """The task with other texts from that event on."""
    if task.events:
        return replace(task, events=(*task.events[:event], *reversed(task.events[event:])))
    script = task.state["script"]
    later = ["Customer: Never mind."] * (len(script) - event)
    return replace(task, state={**task.state, "script": [*script[:event], *later]})


def _until(task: Task, agent: str, event: int) -> list[object]:
    """The segments of the first events."""
    policy = policy_for(agent, task)
    trace = played(episode_for(agent, task, memory_factory("markdown")), policy, task, {})
    kept = [record for record in trace.records if record.event < event]
    return [*rollout(replace(trace, records=kept), 0.0).segments]


def test_a_row_names_its_task_and_carries_the_canary(tmp_path: Path) -> None:
    rows = made(tmp_path / "rows.jsonl", segments=True, seeds=range(1))
    assert [row["metadata"]["row"] for row in rows] == [*range(len(rows))]
    for row in rows:
        about = row["metadata"]
        assert (about["canary"], about["split"], about["rows"]) == (CANARY, "train", len(rows))
        assert about["agent"] == "positional_expert" and 0 < about["score"] <= 1


@pytest.mark.parametrize("track", SMALL)
def test_sharegpt_turns_alternate_and_answer_every_call(track: str, tmp_path: Path) -> None:
    (row, *_) = made(tmp_path / "rows.jsonl", track, format="sharegpt", seeds=range(1))
    system, *turns = row["conversations"]
    assert system["from"] == "system" and "<tool_call>" in system["value"]
    assert json.loads(row["tools"])[0]["type"] == "function"
    assert [turn["from"] for turn in turns[:2]] == ["human", "gpt"]
    assert all(a["from"] != b["from"] for a, b in pairwise(turns))
    for asked, told in pairwise(turns):
        if asked["from"] == "gpt":
            assert asked["value"].count("<tool_call>") == told["value"].count("<tool_result>")


@pytest.mark.parametrize("more", [{}, {"segments": True}, {"format": "sharegpt"}])
def test_the_same_options_give_the_same_bytes(more: dict[str, Any], tmp_path: Path) -> None:
    paths = [tmp_path / f"{n}.jsonl" for n in range(2)]
    for workers, path in enumerate(paths, start=1):
        make_data(options(agents=("strategic", "naive"), **more), path, workers=workers)
    assert paths[0].read_bytes() == paths[1].read_bytes()


@pytest.mark.parametrize("track", ["worlds", "data"])
def test_agents_that_know_the_answers_are_refused(track: str, tmp_path: Path) -> None:
    agents = {name for name in agents_of(find(track)) if knows_answers(find(track), name)}
    assert agents == {"worlds": {"perfect", "clairvoyant"}, "data": {"strong"}}[track]
    if track == "worlds":
        with pytest.raises(
            BadSettings, match=r"clairvoyant knows the answers .*such as positional"
        ):
            make_data(options(agents=("naive", "clairvoyant")), tmp_path / "rows.jsonl")


def test_episodes_below_the_lowest_score_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    asked = options(agents=("positional_expert", "guesser"), min_score=0.3)
    summary = make_data(asked, path)
    assert {each.agent for each in summary.kept} == {"positional_expert"}
    assert {each.agent for each in summary.left_out} == {"guesser"}
    assert len(path.read_text().splitlines()) == len(summary.kept) == 2
    with pytest.raises(BadSettings, match=r"no episode reached 99\.9 points: the best had"):
        make_data(replace(asked, min_score=0.999), path, force=True)
    assert len(path.read_text().splitlines()) == 2


def test_a_file_that_exists_is_replaced_only_by_force(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text("precious\n")
    with pytest.raises(BadSettings, match="exists; give another path, or --force"):
        make_data(options(), path)
    assert path.read_text() == "precious\n"
    make_data(options(seeds=range(1)), path, force=True)
    assert CANARY in path.read_text()


STOPPED = """
from memorygym.tracks.worlds.agents.honest import naive

def make(task):
    if task.recipe["seed"] == 1:
        raise KeyboardInterrupt
    return naive()
"""


def test_a_stopped_command_loses_nothing_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "stopped_agent.py").write_text(STOPPED)
    monkeypatch.syspath_prepend(tmp_path)
    path = tmp_path / "out" / "rows.jsonl"
    path.parent.mkdir()
    path.write_text("precious\n")
    with pytest.raises(KeyboardInterrupt):
        make_data(options(agents=("stopped_agent:make",)), path, force=True)
    assert [p.name for p in path.parent.iterdir()] == [path.name]
    assert path.read_text() == "precious\n"


def test_a_failing_agent_fails_its_episodes_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "broken_agent.py").write_text(STOPPED.replace("KeyboardInterrupt", "OSError"))
    monkeypatch.syspath_prepend(tmp_path)
    path = tmp_path / "rows.jsonl"
    summary = make_data(options(agents=("broken_agent:make", "naive")), path)
    assert (len(summary.kept), len(summary.failures)) == (3, 1)
    with pytest.raises(BadSettings, match=r"every episode failed: .*OSError.*nothing was written"):
        only = options(agents=("broken_agent:make",), seeds=range(1, 2))
        make_data(only, tmp_path / "none.jsonl")
    assert not (tmp_path / "none.jsonl").exists()


def test_an_unknown_name_suggests_the_nearest(tmp_path: Path) -> None:
    for more in ({"format": "opnai"}, {"agents": ("strategc",)}, {"memory": "markdwn"}):
        with pytest.raises(UnknownPart, match=r"did you mean (openai|strategic|markdown)"):
            make_data(options(**more), tmp_path / "rows.jsonl")

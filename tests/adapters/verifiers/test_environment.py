"""Episodes through verifiers: scores of bench, a trace a context, errors that are no zeros."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from importlib import metadata, reload
from itertools import count
from typing import Any

import pytest
import verifiers.v1 as vf
from pydantic import ValidationError
from verifiers.v1.dialects.chat import message_to_wire

import memorygym.adapters.verifiers
from memorygym.core.errors import BadSettings
from memorygym.core.track import TaskOptions, find
from memorygym.core.types import Message
from memorygym.models.chat_completions import to_wire
from memorygym.scoring.episode_scores import score
from memorygym.training.tasks import SPLITS
from tests.adapters.verifiers.playing import Replay, generated, played, tasks, taskset
from tests.servers.brains import BRAINS
from tests.servers.openai import Server, serving
from tests.training.plays import TINY

pytestmark = pytest.mark.verifiers
Chat = Sequence[Mapping[str, Any]]


def wire(trace: vf.Trace) -> list[dict[str, Any]]:
    return [message_to_wire(message) for message in trace.messages]


def without_ids(message: Mapping[str, Any]) -> dict[str, Any]:
    """The message without the ids of its calls."""
    calls = [call["function"] for call in message.get("tool_calls", ())]
    named = [(call["name"], json.loads(call["arguments"])) for call in calls]
    return {"role": message["role"], "content": message["content"] or "", "calls": named}


@pytest.mark.parametrize("text", [False, True], ids=["calls", "text"])
@pytest.mark.parametrize("track", TINY)
def test_an_episode_has_the_score_of_bench_and_a_trace_a_context(track: str, text: bool) -> None:
    (task,) = tasks(track=track, split="test")
    replay = Replay(task, text=text)
    with serving(x=replay.brain()) as server:
        (episode,) = played(server.url, task)
    assert episode.ok
    expected = score(replay.traces[0]).to_json()
    axes = {name: share for name, share in expected["axes"].items() if share is not None}
    for trace in episode.traces:
        assert (trace.reward, trace.metrics) == (expected["composite"], axes)
        assert (trace.num_branches, trace.info["score"]) == (1, expected)
        assert all(node.sampled == (node.message.role == "assistant") for node in trace.nodes)
    read = [[without_ids(message) for message in wire(trace)] for trace in episode.traces]
    assert read == [[without_ids(message) for message in context] for context in replay.contexts]


def test_results_answer_the_calls_and_the_tools_are_those_on_offer() -> None:
    (task,) = tasks()
    _, info = task.data.begin()
    with serving() as server:
        (episode,) = played(server.url, task, model="twins")
    first = episode.traces[0]
    asked = [call.id for message in first.assistant_messages for call in message.tool_calls or ()]
    assert [message.tool_call_id for message in first.tool_messages] == asked != []
    assert [tool.name for tool in first.tools] == [t["function"]["name"] for t in info["tools"]]
    assert server.bodies[0]["tools"] == info["tools"]
    assert server.bodies[0]["messages"] == info["messages"]


def test_rollouts_of_tasks_at_once_do_not_mix() -> None:
    several = tasks(3)
    replay = Replay(*several)
    with serving(x=replay.brain()) as server:
        episodes = played(server.url, *several, repeats=4)
    expected = [json.dumps(score(trace).to_json()) for trace in replay.traces]
    assert len({*expected}) > 1
    assert [episode.ok for episode in episodes] == [True] * 12
    for episode, row in zip(episodes, expected * 4, strict=True):
        assert {json.dumps(trace.info["score"]) for trace in episode.traces} == {row}


def test_nothing_that_a_model_reads_tells_the_answers() -> None:
    """Tasks that differ in their answers alone look the same."""
    (task,) = tasks()
    asked = []
    for track in ("worlds", "tests.training.swapped:TRACK"):
        with serving() as server:
            played(server.url, task.with_data(track=track), model="writer")
        asked.append(server.bodies)
    assert asked[0] == asked[1] != []


@pytest.mark.parametrize("track", TINY)
def test_no_task_is_in_two_splits_or_in_the_public_set(track: str) -> None:
    public = find(track).tasks(TaskOptions(range(3), parameters=TINY[track]))
    made = [recipe.generate() for recipe in public]
    for split in SPLITS:
        made += map(generated, tasks(3, track, split=split))
    assert len({(*task.texts, str(task.state)) for task in made}) == len(made) >= 12


def test_a_stream_is_that_of_its_seed() -> None:
    def ids(**options: Any) -> list[str]:
        return [task.data.id for task in tasks(9, parameters={"tier": "lite"}, **options)]

    assert ids(seed=3) == ids(seed=3) != ids(seed=4)
    assert len({id.split("/")[2] for id in ids()}) > 1  # Of several templates.
    with pytest.raises(ValueError, match="infinite"):
        taskset().shuffle()


@pytest.mark.parametrize("fault", ["500", "401", "cut", "half", "garbage", "empty"])
def test_a_providers_failure_is_an_error_and_never_a_score(fault: str, server: Server) -> None:
    (episode,) = played(server.url, *tasks(), model=f"writer+{fault}")
    (trace,) = episode.traces
    assert (episode.ok, trace.ok, trace.rewards) == (False, False, {})
    assert trace.last_error.type == "ProviderError"
    assert "context 1 failed" in episode.last_error.message


def test_a_failure_midway_leaves_no_trace_that_counts() -> None:
    number = count()

    def fails_later(messages: Chat, tools: Any) -> Any:
        if next(number) > 9:
            raise ConnectionError("the endpoint is gone")
        return BRAINS["writer"](messages, tools)

    with serving(x=fails_later) as server:
        (episode,) = played(server.url, *tasks())
    assert len(episode.traces) > 3
    assert {(trace.ok, trace.is_completed) for trace in episode.traces} == {(False, True)}
    assert all(not trace.rewards for trace in episode.traces)
    assert "has no score" in episode.traces[0].last_error.message


@pytest.mark.parametrize("fault", ["500x1", "429x2"])
def test_a_failure_that_passes_changes_nothing(fault: str, server: Server) -> None:
    (plain,) = played(server.url, *tasks(), model="writer")
    (episode,) = played(server.url, *tasks(), model=f"writer+{fault}")
    assert episode.ok
    assert list(map(wire, episode.traces)) == list(map(wire, plain.traces))


@pytest.mark.parametrize(("fault", "ok"), [("401", False), ("cut", False), ("context", True)])
def test_a_failure_that_comes_late_is_read_from_the_stream(
    fault: str, ok: bool, monkeypatch: Any
) -> None:
    """verifiers begins its stream before it knows that a slow endpoint fails."""
    monkeypatch.setattr("verifiers.v1.interception.server.KEEPALIVE_GRACE_SECONDS", 0.01)
    with serving(latency=0.1) as server:
        (episode,) = played(server.url, *tasks(max_steps=2), model=f"writer+{fault}")
    assert (episode.ok, bool(episode.traces[0].rewards)) == (ok, ok)


def test_an_endpoint_that_is_down_is_an_error() -> None:
    with serving() as server:
        pass
    (episode,) = played(server.url, *tasks())
    assert (episode.ok, episode.traces[0].rewards) == (False, {})


@pytest.mark.parametrize(
    ("model", "agent"),
    [
        ("writer+context", {}),
        ("looper", {"max_turns": 2}),
        ("writer", {"max_total_tokens": 1}),
        ("writer+slow", {"timeout": {"rollout": 0.05}}),
    ],
)
def test_a_limit_leaves_an_empty_reply_and_the_episode_goes_on(
    model: str, agent: dict[str, Any], server: Server
) -> None:
    (task,) = tasks()
    (episode,) = played(server.url, task, model=model, **agent)
    assert episode.ok
    assert len(episode.traces) >= len(generated(task).events)
    assert {trace.num_turns for trace in episode.traces} <= {0, 1, 2}
    assert {trace.reward for trace in episode.traces} == {0.0}


@pytest.mark.parametrize("model", ["stammer", "stranger", "thinker", "mute"])
def test_a_models_mistake_is_read_by_it_and_not_an_error(model: str, server: Server) -> None:
    (episode,) = played(server.url, *tasks(), model=model)
    assert episode.ok
    history = [message for body in server.bodies for message in body["messages"]]
    for call in (call for message in history for call in message.get("tool_calls", ())):
        assert isinstance(json.loads(call["function"]["arguments"]), dict)
        assert call["function"]["name"] in ("Write", "rm_-rf", "submit_answer")


def test_a_malformed_call_stays_in_view_and_is_repaired_in_later_requests() -> None:
    (task,) = tasks(max_steps=6)
    stammered = [True, True, False, True, True, False]
    replies = iter(stammered)
    half = ("Write", '{"content": "Acme')
    with serving(x=lambda *_: ("Hm.", [half] if next(replies) else [])) as server:
        (episode,) = played(server.url, task)
    env, info = task.data.begin()
    for body, malformed in zip(server.bodies, stammered, strict=True):
        shown = [to_wire(Message.from_openai(message)) for message in info["messages"]]
        assert [*map(without_ids, body["messages"])] == [*map(without_ids, shown)]
        call = {"id": "call_s0", "function": dict(zip(("name", "arguments"), half, strict=True))}
        *_, info = env.step({"content": "Hm.", "tool_calls": [call] if malformed else []})
    assert sum(node.sampled for trace in episode.traces for node in trace.nodes) == 6


def test_reasoning_is_no_part_of_an_answer() -> None:
    """`thought` answers as `plain` does, after a thought in its text."""
    (task,) = tasks(track="dialogue")
    replay = Replay(task)
    plain = replay.brain()

    def thought(messages: Chat, tools: Any) -> Any:
        shown = [{**message, "content": _unthought(message["content"])} for message in messages]
        content, calls = plain(shown, tools)
        return f"<think>\nHm.\n</think>\n\n{content}", calls

    with serving(x=thought) as server:
        (episode,) = played(server.url, task)
    assert episode.traces[0].info["score"] == score(replay.traces[0]).to_json()
    assert "Hm." in episode.traces[0].assistant_messages[0].content


def _unthought(content: Any) -> str:
    return str(content or "").removeprefix("<think>\nHm.\n</think>\n\n")


def test_an_episode_can_be_cut_and_a_reader_can_play(server: Server) -> None:
    (cut,) = played(server.url, *tasks(max_steps=3), model="writer")
    assert (cut.ok, cut.num_turns) == (True, 3)
    (read,) = played(server.url, *tasks(reader="template_expert"), model="writer")
    assert read.ok
    assert all("=== QUESTION" not in str(body["messages"][-1]) for body in server.bodies)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"track": "world"}, "did you mean worlds?"),
        ({"split": "tset"}, "did you mean test?"),
        ({"memory": "bm2"}, "did you mean bm25?"),
        ({"parameters": {"tiers": "lite"}}, "did you mean tier?"),
        ({"parameters": {"template": "compny"}}, "did you mean company?"),
        ({"parameters": {"memory": "bm25"}}, "no parameter of the track worlds named 'memory'"),
        ({"parameters": {"tier": [1]}}, "Input should be a valid string"),
        ({"max_steps": 0}, "max_steps 0: give at least 1"),
        ({"reader": "template_exprt"}, "did you mean template_expert?"),
        ({"memories": "bm25"}, "Extra inputs are not permitted"),
    ],
    ids=str,
)
def test_a_wrong_option_says_why(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError) as raised:
        taskset(**options)
    assert message in str(raised.value)


def test_another_runtime_is_refused(server: Server) -> None:
    with pytest.raises(ValidationError, match="subprocess"):
        played(server.url, *tasks(), runtime={"type": "docker"})


def test_another_system_message_is_refused(server: Server) -> None:
    (episode,) = played(server.url, tasks()[0].with_system_prompt("Be brief."), model="writer")
    assert "give no system_prompt" in episode.last_error.message
    assert not server.bodies


@pytest.mark.parametrize("found", ["0.3.1", None])
def test_a_missing_or_old_verifiers_is_named(found: str | None, monkeypatch: Any) -> None:
    def version(name: str) -> str:
        if found is None:
            raise metadata.PackageNotFoundError(name)
        return found

    monkeypatch.setattr(metadata, "version", version)
    with pytest.raises(BadSettings, match=r"verifiers.* is (too old|not installed).*pip install"):
        reload(memorygym.adapters.verifiers)


def test_a_task_whose_answers_are_wrong_is_not_valid() -> None:
    (task,) = tasks(track="tests.training.swapped:TRACK", parameters=TINY["worlds"])
    assert asyncio.run(task.validate(None)) is False

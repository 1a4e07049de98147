"""Real providers of Inspect, on the loopback: what a model does wrong is data, never an error."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from memorygym.core.types import Call, Message
from memorygym.memories.markdown import Markdown
from tests.adapters.evals import WARNINGS, evaluate
from tests.servers.openai import Server, serving

pytestmark = [pytest.mark.inspect, *map(pytest.mark.filterwarnings, WARNINGS)]

TRACE = "memorygym_trace"
CITY = {"template": "city"}


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    with serving() as started:
        monkeypatch.setenv("LOOPBACK_API_KEY", "none")
        yield started


def played(server: Server, folder: Path, model: str, **options: Any) -> Any:
    """The log of a lite city that a model of the server played."""
    arguments = CITY | options.pop("task_args", {})
    name = f"openai-api/loopback/{model}"
    # Inspect keeps a model by its name and this address; the variable would be read only once.
    options |= {"model_base_url": server.url, "max_retries": 0}
    return evaluate(folder, name, task_args=arguments, **options)[0]


def records(log: Any) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.samples[0].store[TRACE]]


def test_an_endpoint_plays_with_native_tools(server: Server, tmp_path: Path) -> None:
    log = played(server, tmp_path, "abstain")
    score = log.samples[0].scores["axes"]
    assert log.status == "success"
    assert score.value["correct_refusals"] == 1
    assert score.value["composite"] == 0
    assert {tool["function"]["name"] for tool in server.bodies[0]["tools"]} == {
        "submit_answer", "Write", "Edit", "Read", "memory_search",
    }  # fmt: skip


def test_the_request_has_one_user_message_an_event(server: Server, tmp_path: Path) -> None:
    played(server, tmp_path, "abstain")
    for body in server.bodies:
        roles = [message["role"] for message in body["messages"]]
        assert roles[:2] == ["system", "user"]
        assert roles.count("user") == 1


def test_tools_can_be_described_as_text(server: Server, tmp_path: Path) -> None:
    log = played(server, tmp_path, "abstain", task_args={"tool_mode": "text"})
    assert all("tools" not in body for body in server.bodies)
    assert "<tool_call>" in server.bodies[0]["messages"][0]["content"]
    assert log.samples[0].scores["axes"].value["correct_refusals"] == 1


def test_the_trace_states_the_model_and_the_usage_of_every_reply(
    server: Server, tmp_path: Path
) -> None:
    header, *rest = records(played(server, tmp_path, "abstain"))
    labels = header["labels"]
    actions = [record for record in rest if record["kind"] == "action"]
    assert labels["agent"] == labels["model"]["name"] == "openai-api/loopback/abstain"
    assert len(labels["usage"]) == len(actions) == len(server.bodies)
    assert all(usage["prompt_tokens"] > 0 for usage in labels["usage"])


@pytest.mark.parametrize("fault", ["500", "401", "empty"])
def test_a_failing_provider_is_an_error_of_the_sample_and_no_score(
    fault: str, server: Server, tmp_path: Path
) -> None:
    log = played(server, tmp_path, f"abstain+{fault}")
    assert log.status == "error"
    assert not log.results or not log.results.scores
    assert all(not sample.scores for sample in log.samples or ())


@pytest.mark.parametrize(
    ("brain", "kind", "text"),
    [
        ("looper", "limit_hit", "more than 64 replies in one event"),
        ("stranger", "tool_result", "no tool named"),
        ("stammer", "tool_result", "the arguments must be a JSON object"),
        ("prose", "action", "The answer is 40."),
        ("mute", "action", ""),
        ("abstain+context", "action", '"content": ""'),
    ],
)
def test_a_model_that_goes_astray_leaves_a_truthful_trace(
    brain: str, kind: str, text: str, server: Server, tmp_path: Path
) -> None:
    small = {"entities": 4, "questions": 2, "corrections": 0}
    log = played(server, tmp_path, brain, task_args=small)
    _, *others = records(log)
    assert log.status == "success"
    assert log.samples[0].scores["axes"].metadata["causes"] == {"format": 2}
    assert any(text in json.dumps(record) for record in others if record["kind"] == kind)


def test_a_request_beyond_the_context_is_an_empty_reply_by_name(
    server: Server, tmp_path: Path
) -> None:
    header, *others = records(played(server, tmp_path, "abstain+context"))
    usage = header["labels"]["usage"]
    assert {item["finish"] for item in usage} == {"context_exceeded"}
    assert all(r["message"]["content"] == "" for r in others if r["kind"] == "action")


@pytest.mark.parametrize(
    ("model", "limit", "reason"),
    [
        ("abstain", {"token_limit": 2_000}, "Inspect's token limit"),
        ("abstain+slow", {"time_limit": 1}, "Inspect stopped the sample"),
    ],
)
def test_a_limit_of_inspect_ends_the_episode_with_what_was_played(
    model: str, limit: dict[str, int], reason: str, server: Server, tmp_path: Path
) -> None:
    log = played(server, tmp_path, model, **limit)
    last = records(log)[-1]
    assert f"{log.samples[0].limit.type}_limit" in limit
    assert (last["kind"], last["reason"]) == ("limit_hit", reason)
    assert log.samples[0].scores["axes"].value["composite"] == 0


def test_a_model_of_tests_plays_without_the_web(tmp_path: Path) -> None:
    from inspect_ai.model import ModelOutput, ModelUsage, get_model

    def silent() -> Iterator[ModelOutput]:
        while True:
            output = ModelOutput.from_content("mockllm/model", "I would rather talk.")
            output.usage = ModelUsage(input_tokens=1, output_tokens=1, total_tokens=2)
            yield output

    (log,) = evaluate(tmp_path, get_model("mockllm/model", custom_outputs=silent()))
    assert log.status == "success"
    assert log.samples[0].scores["axes"].metadata["causes"] == {"format": 10}


def test_a_scripted_agent_plays_no_task_of_others(tmp_path: Path) -> None:
    from inspect_ai import Task, eval
    from inspect_ai.dataset import Sample

    task = Task(dataset=[Sample("What is memory?")])
    (log,) = eval(task, model="memorygym/perfect", display="none", log_dir=str(tmp_path))
    assert log.status == "error"
    assert "memorygym/perfect plays only tasks of memorygym" in log.error.message


def test_every_tool_keeps_its_schema() -> None:
    from memorygym.adapters.inspect_ai.messages import tool_infos, tool_of

    tools = Markdown().tools
    assert tuple(map(tool_of, tool_infos(tools))) == tuple(tools)


@pytest.mark.parametrize(
    "arguments", [{"content": "a"}, {}, [1, "a"], None, 5, "half {", "", {"a": {"b": [True]}}]
)
def test_a_call_is_equal_after_conversion_to_inspect_and_back(arguments: Any) -> None:
    from memorygym.adapters.inspect_ai.messages import assistant, message_of

    message = Message("assistant", "text", (Call("Write", arguments, "7"),))
    assert message_of(assistant(message)) == message


def test_calls_in_the_text_are_numbered_after_those_before() -> None:
    from inspect_ai.model import ModelOutput

    from memorygym.adapters.inspect_ai.messages import reply_of

    text = 'Now. <tool_call>{"name": "Read", "arguments": {}}</tool_call>'
    reply = reply_of(ModelOutput.from_content("m", text), earlier=2)
    assert reply == Message("assistant", "Now.", (Call("Read", {}, "call_3"),))


def test_a_reply_without_choices_is_the_failure_of_a_provider() -> None:
    from inspect_ai.model import ModelOutput

    from memorygym.adapters.inspect_ai.messages import reply_of
    from memorygym.core.errors import ProviderFailure

    with pytest.raises(ProviderFailure, match="m: the provider sent no message"):
        reply_of(ModelOutput(model="m"))

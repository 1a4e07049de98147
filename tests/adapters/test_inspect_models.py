"""Real providers of Inspect, on the loopback: what a model does wrong is data, never an error, and
reasoners are asked just what `compare` asks."""

import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from memorygym.core.errors import ProviderFailure
from memorygym.core.statements import StatementIndex
from memorygym.core.track import TaskOptions
from memorygym.core.track import find as find_track
from memorygym.core.types import Call, Message
from memorygym.memories.markdown import Markdown
from memorygym.models.specs import find
from memorygym.runs.tasks import generated
from memorygym.tracks._qa.questions import Found
from tests.adapters.evals import LITE, TRACE, WARNINGS, compared, played, records
from tests.servers.brains import REFUSAL, Action
from tests.servers.openai import Server, serving

pytestmark = [pytest.mark.inspect, *map(pytest.mark.filterwarnings, WARNINGS)]

ARGUMENTS = {
    "worlds": {**LITE, "template": "city"},
    "research": {"hops": ["2", "4"], "tokens": "10k", "seeds": 2, "memory": "bm25", "budget": 400},
}
TRACKS = pytest.mark.parametrize("track", ARGUMENTS)


def researcher(messages: Sequence[Mapping[str, Any]], tools: Collection[str]) -> Action:
    """Reads its prompt as the strong reasoner does, and goes from hop to hop."""
    by = find_track("research").facts("")
    shown = "\n\n".join(m["content"] for m in messages[1:] if m["role"] == "user")
    *texts, asked = re.split(r"\n\n(?==== QUESTION)", shown)
    asked = asked.partition("\n\n[")[0] if not texts else asked
    texts += [m["content"] or "" for m in messages if m["role"] in ("assistant", "tool")]
    known = StatementIndex([statement for text in texts for statement in by.read(text)])
    answer = by.answer(by.ask(asked), known)
    if isinstance(answer, Found):
        return "", [("submit_answer", {"answer": answer.answer})]
    notes = "\n".join(dict.fromkeys(map(by.render, answer.used)))
    if answer.query and json.dumps(answer.query)[1:-1] not in json.dumps(messages[2:]):
        return notes, [("recall", {"query": answer.query})]
    return blunt(messages, tools)


def hasty(messages: Sequence[Mapping[str, Any]], tools: Collection[str]) -> Action:
    """Has memory brought twice in one reply, then refuses."""
    if len(messages) > 2:
        return blunt(messages, tools)
    return "", [("recall", {"query": "leader"}), ("recall", {"query": "founder"})]


def blunt(messages: Sequence[Mapping[str, Any]], tools: Collection[str]) -> Action:
    """Refuses whatever it is shown."""
    return "", [("submit_answer", {"answer": REFUSAL})]


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    with serving(researcher=researcher, hasty=hasty, blunt=blunt) as started:
        monkeypatch.setenv("LOOPBACK_API_KEY", "none")
        yield started


def asked(server: Server, folder: Path, model: str, track: str = "worlds", **options: Any) -> Any:
    """The log of what a model of the server played."""
    arguments = ARGUMENTS[track] | options.pop("arguments", {})
    # Inspect keeps a model by its name and this address; the variable would be read only once.
    options |= {"model_base_url": server.url, "max_retries": 0}
    return played(folder, f"openai-api/loopback/{model}", track, arguments, **options)


def test_an_endpoint_plays_with_native_tools_and_one_user_message_an_event(
    server: Server, tmp_path: Path
) -> None:
    log = asked(server, tmp_path, "abstain")
    score = log.samples[0].scores["axes"].value
    assert (score["correct_refusals"], score["composite"]) == (1, 0)
    assert {tool["function"]["name"] for tool in server.bodies[0]["tools"]} == {
        "submit_answer", "Write", "Edit", "Read", "memory_search",
    }  # fmt: skip
    for body in server.bodies:
        roles = [message["role"] for message in body["messages"]]
        assert roles[:2] == ["system", "user"] and roles.count("user") == 1


@TRACKS
def test_the_trace_states_the_model_and_the_usage_of_every_reply(
    track: str, server: Server, tmp_path: Path
) -> None:
    log = asked(server, tmp_path, "abstain", track)
    headers = [json.loads(sample.store[TRACE][0])["labels"] for sample in log.samples]
    usage = [row for labels in headers for row in labels["usage"]]
    assert len(usage) == len(server.bodies)
    assert all(row["prompt_tokens"] > 0 for row in usage)
    assert {labels["agent"] for labels in headers} == {"openai-api/loopback/abstain"}
    assert {labels["model"]["name"] for labels in headers} == {"openai-api/loopback/abstain"}


@TRACKS
@pytest.mark.parametrize("fault", ["500", "401", "empty"])
def test_a_failing_provider_is_an_error_of_the_sample_and_no_score(
    fault: str, track: str, server: Server, tmp_path: Path
) -> None:
    log = asked(server, tmp_path, f"abstain+{fault}", track, status="error")
    assert not log.results or not log.results.scores
    assert all(not sample.scores for sample in log.samples or ())


@pytest.mark.parametrize(
    ("track", "model", "tool"),
    [("worlds", "abstain", "Write"), ("research", "researcher", "recall")],
)
def test_tools_can_be_described_as_text(
    track: str, model: str, tool: str, server: Server, tmp_path: Path
) -> None:
    native = asked(server, tmp_path, model, track)
    server.bodies.clear()
    as_text = asked(server, tmp_path, model, track, arguments={"tool_mode": "text"})
    assert all("tools" not in body for body in server.bodies)
    assert f'"name": "{tool}"' in server.bodies[0]["messages"][0]["content"]
    for told, called in zip(as_text.samples, native.samples, strict=True):
        assert [s.value for s in told.scores.values()] == [s.value for s in called.scores.values()]


@pytest.mark.parametrize(
    ("brain", "kind", "text"),
    [
        ("looper", "limit_hit", "more than 64 replies in one event"),
        ("stranger", "tool_result", "no tool named"),
        ("stammer", "tool_result", "the arguments must be a JSON object"),
        ("prose", "action", "The answer is 40."),
        ("mute", "action", ""),
    ],
)
def test_a_model_that_goes_astray_leaves_a_truthful_trace(
    brain: str, kind: str, text: str, server: Server, tmp_path: Path
) -> None:
    small = {"entities": 4, "questions": 2, "corrections": 0}
    log = asked(server, tmp_path, brain, arguments=small)
    _, *others = records(log)
    assert log.samples[0].scores["axes"].metadata["causes"] == {"format": 2}
    assert any(text in json.dumps(record) for record in others if record["kind"] == kind)


def test_a_request_beyond_the_context_is_an_empty_reply_by_name(
    server: Server, tmp_path: Path
) -> None:
    header, *others = records(asked(server, tmp_path, "abstain+context"))
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
    log = asked(server, tmp_path, model, **limit)
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

    log = played(tmp_path, get_model("mockllm/model", custom_outputs=silent()))
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


def test_no_choice_is_a_failure_of_the_provider() -> None:
    from inspect_ai.model import ModelOutput

    from memorygym.adapters.inspect_ai.messages import reply_of

    with pytest.raises(ProviderFailure, match="m: the provider sent no message"):
        reply_of(ModelOutput(model="m"))


@pytest.mark.parametrize(("memory", "budget"), [("bm25", 400), ("markdown", 6000), ("full", 400)])
def test_a_model_of_inspect_is_asked_what_compare_asks_it(
    memory: str, budget: int, server: Server, tmp_path: Path
) -> None:
    arguments = {"memory": memory, "budget": budget}
    log = asked(server, tmp_path, "researcher", "research", arguments=arguments)
    theirs = [spoken(body) for body in server.bodies]
    server.bodies.clear()
    tasks = generated("research", TaskOptions(range(2), "", {"hops": "2,4", "tokens": "10k"}))
    measured = compared(tasks, memory, budget, "researcher", find("researcher", server.url))
    measurements = [m for m in measured if m.system.partition("+")[0] == memory]
    assert set(theirs) <= {spoken(body) for body in server.bodies}
    cases = [sample.scores["answers"].metadata["cases"] for sample in log.samples]
    for kept, measurement in zip(cases, measurements, strict=True):
        flat = [{name: getattr(case, name) for name in kept[0]} for case in measurement.cases]
        assert kept == flat


def spoken(body: Mapping[str, Any]) -> str:
    """What a request shows."""
    return json.dumps([[m["role"], m.get("content") or ""] for m in body["messages"]])


@pytest.mark.parametrize(
    ("model", "arguments", "tools"),
    [
        ("abstain", {}, {"recall", "submit_answer"}),
        ("blunt", {"mode": "agentic"}, {"search", "open"}),
    ],
)
def test_a_model_is_asked_for_questions_alone_unless_it_has_to_search(
    model: str, arguments: Any, tools: set[str], server: Server, tmp_path: Path
) -> None:
    log = asked(server, tmp_path, model, "research", arguments=arguments)
    assert len(server.bodies) == len(log.samples)
    for body in server.bodies:
        assert {tool["function"]["name"] for tool in body["tools"]} >= tools
        assert "=== QUESTION" in body["messages"][-1]["content"] or arguments


@pytest.mark.parametrize("memory", ["bm25", "markdown"])
def test_a_hasty_model_with_two_calls_in_one_reply_scores_0(
    memory: str, server: Server, tmp_path: Path
) -> None:
    log = asked(server, tmp_path, "hasty", "research", arguments={"memory": memory})
    assert all(sample.scores["answers"].value["accuracy"] == 0 for sample in log.samples)

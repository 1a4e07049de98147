"""Real providers of Inspect as reasoners, on the loopback: asked just what `compare` asks."""

import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from memorygym.core.statements import StatementIndex
from memorygym.core.track import TaskOptions
from memorygym.core.track import find as find_track
from memorygym.models.specs import find
from memorygym.runs.tasks import generated
from memorygym.tracks._qa.questions import Found
from tests.adapters.evals import WARNINGS, compared, played
from tests.servers.brains import REFUSAL, Action
from tests.servers.openai import Server, serving

pytestmark = [pytest.mark.inspect, *map(pytest.mark.filterwarnings, WARNINGS)]

PARAMETERS = {"hops": "2,4", "tokens": "10k"}
GIVEN = {"hops": ["2", "4"], "tokens": "10k", "seeds": 2}


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
    return "", [("submit_answer", {"answer": REFUSAL})]


def hasty(messages: Sequence[Mapping[str, Any]], tools: Collection[str]) -> Action:
    """Has memory brought twice in one reply, then refuses."""
    if len(messages) > 2:
        return "", [("submit_answer", {"answer": REFUSAL})]
    return "", [("recall", {"query": "leader"}), ("recall", {"query": "founder"})]


def blunt(messages: Sequence[Mapping[str, Any]], tools: Collection[str]) -> Action:
    """Refuses whatever it is shown."""
    return "", [("submit_answer", {"answer": REFUSAL})]


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    with serving(researcher=researcher, hasty=hasty, blunt=blunt) as started:
        monkeypatch.setenv("LOOPBACK_API_KEY", "none")
        yield started


def asked(
    server: Server, folder: Path, model: str, status: str = "success", **arguments: Any
) -> Any:
    """The log of what a model of the server played."""
    return played(
        folder, f"openai-api/loopback/{model}", "research", GIVEN | arguments,
        status=status, model_base_url=server.url, max_retries=0,
    )  # fmt: skip


def cases(log: Any) -> dict[int, list[dict[str, Any]]]:
    return {
        sample.metadata["seed"]: sample.scores["answers"].metadata["cases"]
        for sample in log.samples
    }


@pytest.mark.parametrize(("memory", "budget"), [("bm25", 400), ("markdown", 6000), ("full", 400)])
def test_a_model_of_inspect_is_asked_what_compare_asks_it(
    memory: str, budget: int, server: Server, tmp_path: Path
) -> None:
    log = asked(server, tmp_path, "researcher", memory=memory, budget=budget)
    theirs = [spoken(body) for body in server.bodies]
    server.bodies.clear()
    tasks = generated("research", TaskOptions(range(2), parameters=PARAMETERS))
    model = find("researcher", server.url)
    measured = compared(tasks, memory, budget, "researcher", model)
    measurements = [
        measurement for measurement in measured if measurement.system.partition("+")[0] == memory
    ]
    assert set(theirs) <= {spoken(body) for body in server.bodies}
    assert [list(map(flat, measurement.cases)) for measurement in measurements] == [
        *map(list, cases(log).values())
    ]


def flat(case: Any) -> dict[str, Any]:
    from memorygym.adapters.inspect_ai.scorers import CASE_FIELDS

    return {name: getattr(case, name) for name in CASE_FIELDS}


def spoken(body: Mapping[str, Any]) -> str:
    """What a request shows."""
    return json.dumps([[m["role"], m.get("content") or ""] for m in body["messages"]])


def test_a_model_is_asked_nothing_where_nothing_is_asked(server: Server, tmp_path: Path) -> None:
    log = asked(server, tmp_path, "abstain", memory="bm25")
    assert len(server.bodies) == len(log.samples)
    assert all("=== QUESTION" in body["messages"][-1]["content"] for body in server.bodies)


def test_a_model_that_has_to_search_is_asked_at_every_step(server: Server, tmp_path: Path) -> None:
    log = asked(server, tmp_path, "blunt", memory="bm25", mode="agentic")
    assert len(server.bodies) == len(log.samples)
    assert {tool["function"]["name"] for tool in server.bodies[0]["tools"]} >= {"search", "open"}


def test_tools_can_be_described_as_text(server: Server, tmp_path: Path) -> None:
    native = asked(server, tmp_path, "researcher", memory="bm25", budget=400)
    server.bodies.clear()
    as_text = asked(server, tmp_path, "researcher", memory="bm25", budget=400, tool_mode="text")
    assert all("tools" not in body for body in server.bodies)
    assert "recall" in server.bodies[0]["messages"][0]["content"]
    assert cases(as_text) == cases(native)


def test_the_trace_states_the_usage_of_every_reply(server: Server, tmp_path: Path) -> None:
    log = asked(server, tmp_path, "researcher", memory="bm25", budget=400)
    headers = [json.loads(sample.store["memorygym_trace"][0]) for sample in log.samples]
    usage = [row for header in headers for row in header["labels"]["usage"]]
    assert len(usage) == len(server.bodies)
    assert {header["labels"]["agent"] for header in headers} == {"openai-api/loopback/researcher"}
    assert all(row["prompt_tokens"] > 0 for row in usage)


@pytest.mark.parametrize("memory", ["bm25", "markdown"])
def test_a_hasty_model_with_two_calls_in_one_reply_scores_0(
    memory: str, server: Server, tmp_path: Path
) -> None:
    log = asked(server, tmp_path, "hasty", memory=memory)
    assert all(sample.scores["answers"].value["accuracy"] == 0 for sample in log.samples)


@pytest.mark.parametrize("fault", ["500", "401", "empty"])
def test_a_failing_provider_is_an_error_of_the_sample_and_no_score(
    fault: str, server: Server, tmp_path: Path
) -> None:
    log = asked(server, tmp_path, f"abstain+{fault}", "error", memory="bm25")
    assert not log.results or not log.results.scores
    assert all(not sample.scores for sample in log.samples or ())

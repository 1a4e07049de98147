"""Comparisons with models, as reasoners and behind memories, against a loopback endpoint."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from memorygym.core.trace import Observation, Trace
from memorygym.memories.stores.prompts import LIMIT
from tests.runs.comparison.model_runs import (
    ASKING,
    Duel,
    compare,
    digests,
    rows,
    traces,
)
from tests.servers.openai import Server
from tests.slow import mostly_slow

BEST_FIRST = ("oracle", "full", "bm25", "markdown+scribe", "none")


def questions(trace: Trace) -> Iterator[str]:
    """What each question of an episode is shown with: what memory composed, and the event."""
    changes = list(trace.contexts())
    for record in trace.records:
        if isinstance(record, Observation) and "=== QUESTION" in record.messages[-1].content:
            composed = [messages for event, messages in changes if event <= record.event]
            view = [*(composed[-1] if composed else ()), *record.messages]
            yield "\n\n".join(message.content for message in view)


def events(body: dict[str, Any]) -> str:
    """What a request shows, without what is pinned."""
    return "\n\n".join(message["content"] or "" for message in body["messages"][1:])


def test_a_model_that_reads_as_the_strong_reasoner_scores_as_it_does(duel: Duel) -> None:
    ours, theirs = (
        [row["accuracy"]["mean"] for row in map(rows(folder).get, BEST_FIRST) if row]
        for who in ("scholar", "strong")
        for folder in [duel("bm25,markdown", "--seeds", "2", "--reasoner", who, name=who)]
    )
    assert ours == theirs == sorted(ours, reverse=True)
    assert ours[0] == 1 and ours[-1] == 0 and len(ours) == len(BEST_FIRST)


def test_a_model_is_asked_questions_alone_and_sees_the_pinned_the_composed_and_the_event(
    server: Server, duel: Duel, snapshot: Callable[[str, str], None]
) -> None:
    folder = duel("bm25", "--reasoner", "abstain", "--workers", "1")
    views = [view for trace in traces(folder) for view in questions(trace)]
    assert {events(body) for body in server.bodies} == set(views)
    assert all(body["messages"][0]["role"] == "system" for body in server.bodies)
    reminded = (body for body in server.bodies if not events(body).startswith("==="))
    shortest = min(reminded, key=lambda body: len(events(body)))
    snapshot("compare_request", json.dumps(shortest, indent=1, ensure_ascii=False))


def test_the_usage_of_a_model_is_of_the_replies_that_it_gave_and_only_tools_show_tools(
    server: Server, duel: Duel
) -> None:
    folder = duel("bm25,markdown", "--seeds", "1", "--reasoner", "abstain")
    episodes = json.loads((folder / "results.json").read_bytes())["episodes"]
    asked = [len(row["right"]) for row in episodes]
    assert [row["usage"]["query"]["calls"] for row in episodes] == asked
    assert [row["usage"]["ingest"]["calls"] for row in episodes] == [0] * len(episodes)
    tools = {tuple(tool["function"]["name"] for tool in body["tools"]) for body in server.bodies}
    own = ("submit_answer", "Write", "Edit", "Read", "memory_search")
    assert tools == {("submit_answer",), own}
    assert all("=== QUESTION" in events(body) for body in server.bodies)


def test_the_trace_of_a_system_states_the_settings_of_its_reasoner_and_the_usage_of_each_reply(
    duel: Duel,
) -> None:
    for trace in traces(duel("bm25", "--temperature", "0", "--reasoner", "abstain")):
        model, usage = trace.labels["model"], trace.labels["usage"]
        assert isinstance(model, dict) and isinstance(usage, list)
        assert (model["name"], model["temperature"]) == ("abstain", 0) and "endpoint" not in model
        assert len(usage) == 10
        assert all(row["prompt_tokens"] > 0 and row["tools"] == "native" for row in usage)


def test_model_reasoners_are_checked_only_for_oracle_at_least_none(duel: Duel) -> None:
    folder = duel("bm25", "--reasoner", "prose,abstain")
    gates = json.loads((folder / "compare.json").read_bytes())["sanity_checks"]
    names = [gate["name"] for gate in gates if "oracle is" in gate["name"]]
    assert names == ["oracle is at least none"] * 2


def test_the_offline_model_gives_the_same_figures_behind_an_endpoint_and_by_name(
    duel: Duel,
) -> None:
    here, named = (
        duel("llm_summarizing", *words, name=name)
        for name, words in (("here", ()), ("named", ("--memory-model", "extractive")))
    )
    there = duel("llm_summarizing", "--memory-model", "condenser", name="endpoint")
    assert rows(there) == rows(here) and digests(named) == digests(here)


def test_a_request_of_a_memory_is_a_task_with_its_limit_and_a_text(
    server: Server, duel: Duel
) -> None:
    duel(f"{ASKING},simplemem,hipporag", "--memory-model", "condenser")
    kinds = set()
    for body in server.bodies:
        task, text = body["messages"]
        assert (task["role"], text["role"], "tools" in body) == ("system", "user", False)
        assert LIMIT.search(task["content"].splitlines()[-1]) and text["content"]
        kinds.add(task["content"].splitlines()[0])
    assert kinds == {"Task: summary", "Task: keywords", "Task: facts", "Task: triples"}


def test_model_calls_of_a_memory_are_counted_at_ingest_or_at_query(
    server: Server, duel: Duel
) -> None:
    figures = rows(duel("amem", "--memory-model", "condenser"))["amem"]
    means = {name: figure["mean"] for name, figure in figures.items() if figure}
    # The unlimited-context row repeats the calls, and the reply log answers them.
    assert means["ingest_calls"] + means["query_calls"] >= len(server.bodies) > 30
    assert means["ingest_calls"] > 0 < means["query_calls"]
    assert means["ingest_tokens"] > 100 * means["ingest_calls"]


@pytest.mark.slow
def test_nothing_is_asked_twice_whether_the_comparison_is_kept_or_not(
    server: Server, duel: Duel
) -> None:
    words = ("--memory-model", "condenser", "--budget", "500,1000")
    assert compare("--memories", ASKING, *words, "--api-base", server.url) == 0
    asked = len(server.bodies)
    for _ in range(2):
        duel(ASKING, *words)
    assert asked == len(server.bodies) - asked
    assert len({json.dumps(body) for body in server.bodies}) == asked


def test_the_heading_names_the_models_and_no_file_holds_the_key(
    server: Server, duel: Duel, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-very-secret")
    folder = duel("llm_summarizing", "--reasoner", "abstain", "--memory-model", "condenser")
    text = " ".join(capsys.readouterr().out.split())
    assert "reasoner abstain, memory model condenser, budget 1,000" in text
    assert set(server.keys) == {"Bearer sk-very-secret"}
    written = [path.read_bytes() for path in folder.rglob("*") if path.is_file()]
    assert not any(b"very-secret" in data for data in written)


@mostly_slow("workers", ["1", "2"], quick=1)
def test_workers_change_no_byte(duel: Duel, workers: str) -> None:
    words = ("--seeds", "2", "--reasoner", "scholar", "--memory-model", "condenser")
    many = duel("llm_summarizing", *words, name="many")
    few = duel("llm_summarizing", *words, "--workers", workers, name="few")
    assert digests(few) == digests(many)

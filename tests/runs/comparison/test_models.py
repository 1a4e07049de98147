"""Comparisons with models, as reasoners and behind memories, against a loopback endpoint."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from memorygym.core.trace import Observation, Trace
from memorygym.memories.stores.prompts import LIMIT
from tests.runs.comparison.model_runs import ASKING, REPLIES, compare, digests, rows, traces
from tests.servers.openai import Server, serving
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


def test_a_model_that_reads_as_the_strong_reasoner_scores_as_it_does(
    server: Server, tmp_path: Path
) -> None:
    for reasoner in ("scholar", "strong"):
        words = ("--memories", "bm25,markdown", "--seeds", "2", "--api-base", server.url)
        assert compare(*words, "--reasoner", reasoner, "-o", tmp_path / reasoner) == 0
    ours, theirs = (
        [rows(tmp_path / name)[system]["accuracy"]["mean"] for system in BEST_FIRST]
        for name in ("scholar", "strong")
    )
    assert ours == theirs == sorted(ours, reverse=True)
    assert ours[0] == 1 and ours[-1] == 0


def test_a_model_is_asked_questions_alone_and_sees_the_pinned_the_composed_and_the_event(
    server: Server, tmp_path: Path
) -> None:
    words = ("--memories", "bm25", "--api-base", server.url, "--workers", "1")
    assert compare(*words, "--reasoner", "abstain", "-o", tmp_path / "run") == 0
    views = [view for trace in traces(tmp_path / "run") for view in questions(trace)]
    assert {events(body) for body in server.bodies} == set(views)
    assert all(body["messages"][0]["role"] == "system" for body in server.bodies)


def test_the_usage_of_a_model_is_of_the_replies_that_it_gave(
    server: Server, tmp_path: Path
) -> None:
    words = ("--memories", "bm25,markdown", "--seeds", "1", "--api-base", server.url)
    assert compare(*words, "--reasoner", "abstain", "-o", tmp_path / "run") == 0
    episodes = json.loads((tmp_path / "run" / "results.json").read_bytes())["episodes"]
    asked = [len(row["right"]) for row in episodes]
    assert [row["usage"]["query"]["calls"] for row in episodes] == asked
    assert [row["usage"]["ingest"]["calls"] for row in episodes] == [0] * len(episodes)


def test_only_the_user_of_a_memory_with_tools_sees_them(server: Server) -> None:
    words = ("--memories", "bm25,markdown", "--api-base", server.url, "--reasoner", "abstain")
    assert compare(*words) == 0
    tool_names = Counter(
        tuple(tool["function"]["name"] for tool in body["tools"]) for body in server.bodies
    )
    assert set(tool_names) == {
        ("submit_answer",),
        ("submit_answer", "Write", "Edit", "Read", "memory_search"),
    }
    assert all("=== QUESTION" in events(body) for body in server.bodies)


def test_a_request_to_a_reasoner_reads_like_this(
    server: Server, snapshot: Callable[[str, str], None]
) -> None:
    words = ("--memories", "bm25", "--api-base", server.url, "--workers", "1")
    assert compare(*words, "--reasoner", "abstain") == 0
    reminded = (body for body in server.bodies if not events(body).startswith("==="))
    shortest = min(reminded, key=lambda body: len(events(body)))
    snapshot("compare_request", json.dumps(shortest, indent=1, ensure_ascii=False))


def test_the_trace_of_a_system_states_the_settings_of_its_reasoner_and_the_usage_of_each_reply(
    server: Server, tmp_path: Path
) -> None:
    words = ("--memories", "bm25", "--api-base", server.url, "--temperature", "0")
    assert compare(*words, "--reasoner", "abstain", "-o", tmp_path / "run") == 0
    for trace in traces(tmp_path / "run"):
        model, usage = trace.labels["model"], trace.labels["usage"]
        assert isinstance(model, dict) and isinstance(usage, list)
        assert (model["name"], model["temperature"]) == ("abstain", 0) and "endpoint" not in model
        assert len(usage) == 10
        assert all(row["prompt_tokens"] > 0 and row["tools"] == "native" for row in usage)


def test_model_reasoners_are_checked_only_for_oracle_at_least_none(
    server: Server, tmp_path: Path
) -> None:
    words = ("--memories", "bm25", "--api-base", server.url, "--reasoner", "prose,abstain")
    assert compare(*words, "-o", tmp_path / "run") == 0
    gates = json.loads((tmp_path / "run/compare.json").read_bytes())["sanity_checks"]
    assert [gate["name"] for gate in gates if "oracle is" in gate["name"]] == (
        ["oracle is at least none"] * 2
    )


def test_the_offline_model_behind_an_endpoint_gives_the_figures_that_it_gives_here(
    server: Server, tmp_path: Path
) -> None:
    words = ("--memories", "llm_summarizing")
    asking = ("--memory-model", "condenser", "--api-base", server.url)
    assert compare(*words, *asking, "-o", tmp_path / "endpoint") == 0
    assert compare(*words, "-o", tmp_path / "here") == 0
    assert rows(tmp_path / "endpoint") == rows(tmp_path / "here")


def test_a_request_of_a_memory_is_a_task_with_its_limit_and_a_text(
    server: Server, tmp_path: Path
) -> None:
    words = ("--memories", f"{ASKING},simplemem,hipporag", "--api-base", server.url)
    assert compare(*words, "--memory-model", "condenser", "-o", tmp_path / "run") == 0
    kinds = set()
    for body in server.bodies:
        task, text = body["messages"]
        assert (task["role"], text["role"], "tools" in body) == ("system", "user", False)
        assert LIMIT.search(task["content"].splitlines()[-1]) and text["content"]
        kinds.add(task["content"].splitlines()[0])
    assert kinds == {"Task: summary", "Task: keywords", "Task: facts", "Task: triples"}


def test_model_calls_of_a_memory_are_counted_at_ingest_or_at_query(
    server: Server, tmp_path: Path
) -> None:
    words = ("--memories", "amem", "--memory-model", "condenser", "--api-base", server.url)
    assert compare(*words, "-o", tmp_path / "run") == 0
    means = {
        name: figure["mean"] for name, figure in rows(tmp_path / "run")["amem"].items() if figure
    }
    # The unlimited-context row repeats the calls, and the reply log answers them.
    assert means["ingest_calls"] + means["query_calls"] >= len(server.bodies) > 30
    assert means["ingest_calls"] > 0 < means["query_calls"]
    assert means["ingest_tokens"] > 100 * means["ingest_calls"]


@pytest.mark.slow
def test_nothing_is_asked_twice_whether_the_comparison_is_kept_or_not(
    server: Server, tmp_path: Path
) -> None:
    words = ("--memories", ASKING, "--memory-model", "condenser", "--api-base", server.url)
    assert compare(*words, "--budget", "500,1000") == 0
    asked = len(server.bodies)
    assert compare(*words, "--budget", "500,1000", "-o", tmp_path / "run") == 0
    assert compare(*words, "--budget", "500,1000", "-o", tmp_path / "run") == 0
    assert asked == len(server.bodies) - asked
    assert len({json.dumps(body) for body in server.bodies}) == asked


def test_the_heading_names_the_models(server: Server, capsys: pytest.CaptureFixture[str]) -> None:
    words = ("--memories", "bm25", "--api-base", server.url, "--reasoner", "abstain")
    assert compare(*words, "--memory-model", "condenser") == 0
    text = " ".join(capsys.readouterr().out.split())
    assert "reasoner abstain, memory model condenser, budget 1,000" in text


def test_extractive_by_name_is_what_memories_ask_anyway(tmp_path: Path) -> None:
    words = ("--memories", "llm_summarizing", "-o")
    assert compare(*words, tmp_path / "plain") == 0
    assert compare(*words, tmp_path / "named", "--memory-model", "extractive") == 0
    assert digests(tmp_path / "plain") == digests(tmp_path / "named")


def test_a_comparison_replays_without_key_and_endpoint_to_the_same_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ("--memories", ASKING, "--reasoner", "scholar", "--memory-model", "condenser")
    with serving() as up:
        assert compare(*words, "--api-base", up.url, "-o", tmp_path / "run") == 0
    for name in ("OPENAI_API_KEY", "CHUTES_API_KEY", "OPENAI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    replay = ("--replay", tmp_path / "run" / REPLIES, "-o", tmp_path / "again")
    assert compare(*words, *replay) == 0
    kept = digests(tmp_path / "run")
    del kept[REPLIES]
    assert digests(tmp_path / "again") == kept


@mostly_slow("workers", [1, 2], quick=1)
def test_workers_change_no_byte(server: Server, tmp_path: Path, workers: int) -> None:
    words = ("--memories", "llm_summarizing", "--seeds", "2", "--api-base", server.url)
    models = ("--reasoner", "scholar", "--memory-model", "condenser")
    assert compare(*words, *models, "-o", tmp_path / "many") == 0
    assert compare(*words, *models, "-o", tmp_path / "few", "--workers", str(workers)) == 0
    assert digests(tmp_path / "few") == digests(tmp_path / "many")


def test_no_file_holds_the_key(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-very-secret")
    words = ("--memories", "llm_summarizing", "--api-base", server.url, "--reasoner", "abstain")
    assert compare(*words, "--memory-model", "condenser", "-o", tmp_path / "run") == 0
    assert set(server.keys) == {"Bearer sk-very-secret"}
    written = [path.read_bytes() for path in (tmp_path / "run").rglob("*") if path.is_file()]
    assert not any(b"very-secret" in data for data in written)

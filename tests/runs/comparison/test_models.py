"""Comparisons with models as reasoners, behind memories and as judges, some of which fail."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from memorygym.cli import main
from memorygym.core.trace import Observation, Trace
from memorygym.memories.stores.prompts import LIMIT
from memorygym.runs.store import read_traces
from tests.datasets import published
from tests.runs.comparison.model_runs import SMALL, digests, rows
from tests.servers.openai import Server, serving
from tests.slow import mostly_slow

ASKING = "llm_summarizing,amem-lite"
FOR_A_WHILE = ("429x3", "cutx1", "garbagex1", "emptyx1")
"""Faults of the first replies."""
Duel = Callable[..., Path]
"""Plays a comparison of memories at the endpoint, with more words, and returns its folder."""
BEST_FIRST = ("oracle", "full", "bm25", "markdown+writer", "none")


def compare(*words: str | Path) -> int:
    """The exit code of a small comparison."""
    return main(["compare", *SMALL, *map(str, words)])


@pytest.fixture
def duel(server: Server, tmp_path: Path) -> Duel:
    """Plays a comparison at the endpoint; it must end with this exit code."""

    def play(memories: str, *words: str, name: str = "run", ends: int = 0) -> Path:
        asked = ("--memories", memories, "--api-base", server.url, *words)
        assert compare(*asked, "-o", tmp_path / name) == ends
        return tmp_path / name

    return play


def traces(folder: Path) -> list[Trace]:
    """Of every episode."""
    return [trace for _, trace, _ in read_traces(sorted(folder.glob("traces/*")))]


def clocked(folder: Path) -> list[dict[str, Any]]:
    """The lines of the timings, by episode in the order in which they ended."""
    return [json.loads(line) for line in (folder / "timings.jsonl").read_bytes().splitlines()]


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


def test_a_trace_states_the_settings_of_its_reasoner_and_the_usage_of_each_reply(
    server: Server, duel: Duel
) -> None:
    folder = duel("bm25,markdown", "--temperature", "0", "--reasoner", "abstain")
    for row in json.loads((folder / "results.json").read_bytes())["episodes"]:
        calls = {name: usage["calls"] for name, usage in row["usage"].items()}
        assert calls == {"ingest": 0, "query": len(row["right"])}
    for trace in traces(folder):
        model, usage = trace.labels["model"], trace.labels["usage"]
        assert isinstance(model, dict) and isinstance(usage, list)
        assert (model["name"], model["temperature"]) == ("abstain", 0) and "endpoint" not in model
        assert len(usage) == 10
        assert all(row["prompt_tokens"] > 0 and row["tools"] == "native" for row in usage)
    tools = {tuple(tool["function"]["name"] for tool in body["tools"]) for body in server.bodies}
    own = ("submit_answer", "Write", "Edit", "Read", "memory_search")
    assert tools == {("submit_answer",), own}
    assert all("=== QUESTION" in events(body) for body in server.bodies)


def test_the_offline_model_gives_the_same_figures_behind_an_endpoint_and_by_name(
    duel: Duel,
) -> None:
    here = duel("llm_summarizing", name="here")
    named = duel("llm_summarizing", "--memory-model", "extractive", name="named")
    there = duel("llm_summarizing", "--memory-model", "condenser", name="endpoint")
    assert rows(there) == rows(here) and digests(named) == digests(here)


def test_a_request_of_a_memory_is_a_task_with_its_limit_and_a_text(
    server: Server, duel: Duel
) -> None:
    duel(f"{ASKING},simplemem-lite,hipporag-lite", "--memory-model", "condenser")
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
    figures = rows(duel("amem-lite", "--memory-model", "condenser"))["amem-lite"]
    means = {name: figure["mean"] for name, figure in figures.items() if figure}
    # The unlimited-context row repeats the calls, and the reply log answers them.
    assert means["ingest_calls"] + means["query_calls"] >= len(server.bodies) > 30
    assert means["ingest_calls"] > 0 < means["query_calls"]
    assert means["ingest_tokens"] > 100 * means["ingest_calls"]
    babbled = rows(duel("amem-lite", "--memory-model", "babbler", name="babbled"))["amem-lite"]
    assert babbled["accuracy"]["mean"] > 0.5  # Half a character does not cost a note.


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


@mostly_slow("fault", ["429", "400", "501"], quick=1)
def test_a_model_that_fails_fails_its_memory_alone(
    fault: str, server: Server, duel: Duel, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = duel("llm_summarizing,bm25", "--memory-model", f"condenser+{fault}", ends=3)
    output = capsys.readouterr()
    counted = "6 played, 2 failed (held:llm_summarizing 1, llm_summarizing 1)"
    assert counted in " ".join(output.out.split())[:200]
    assert f"company+0+strong+llm_summarizing+1000: {server.url}" in output.err
    assert f"status {fault}" in output.err
    assert rows(folder)["bm25"]["accuracy"]["mean"] > 0.5


@mostly_slow("model", [f"condenser+{x}" for x in FOR_A_WHILE] + ["ponderer"], quick=1)
def test_faults_for_a_while_and_reasoning_change_no_figure(model: str, duel: Duel) -> None:
    plain = duel("llm_summarizing", "--memory-model", "condenser", name="plain")
    assert rows(duel("llm_summarizing", "--memory-model", model)) == rows(plain)


def test_the_same_command_later_plays_what_failed_and_nothing_else(duel: Duel) -> None:
    words = ("llm_summarizing,bm25", "--seeds", "2", "--memory-model")
    played = [row["episode"] for row in clocked(duel(*words, "condenser+400x3", ends=3))]
    folder = duel(*words, "condenser+400x3")
    again = [row["episode"] for row in clocked(folder)][len(played) :]
    assert 1 <= len(again) <= 3 and all("llm_summarizing" in name for name in again)
    assert len(played) + len(again) == 16
    assert rows(folder) == rows(duel(*words, "condenser", name="whole"))


@mostly_slow("models", [("--memory-model", "condenser+401x1"), ("--reasoner", "scholar+403x1")])
def test_a_refused_key_stops_at_once_and_the_same_command_goes_on(
    models: tuple[str, str], server: Server, duel: Duel, capsys: pytest.CaptureFixture[str]
) -> None:
    duel("llm_summarizing", *models, "--workers", "1", ends=3)
    output = capsys.readouterr()
    assert len(server.bodies) == 1 and output.out == "" and "the key was refused" in output.err
    duel("llm_summarizing", *models, "--workers", "1")


def test_a_reasoner_that_never_replies_is_reported_and_counted(
    duel: Duel, capsys: pytest.CaptureFixture[str]
) -> None:
    duel("bm25", "--reasoner", "strong,scholar+400", ends=3)
    output = capsys.readouterr()
    out = " ".join(output.out.split())
    assert out.startswith("6 episodes played, 6 failed (bm25 1, full 1, held:bm25 1, none 1,")
    assert '"scholar+400 finished a task at budget 1,000" fails' in out
    assert output.err.count("status 400") == 6


@mostly_slow(
    ("brain", "fault"),
    [("mute", "empty"), ("chatterbox", "overlong"), ("babbler", None), ("ponderer", None)],
    quick=1,
)
def test_whatever_a_model_writes_is_handled_and_counted(
    brain: str, fault: str | None, duel: Duel
) -> None:
    memories = "llm_summarizing,lightmem-lite,simplemem-lite,hipporag-lite"
    for name, figures in rows(duel(memories, "--memory-model", brain)).items():
        means = {figure: value["mean"] for figure, value in figures.items() if value}
        assert means["cuts"] == 0
        if name in memories.split(",") and fault:
            assert means[fault] == means["ingest_calls"] + means["query_calls"] > 0


@mostly_slow("fault", ["context", "length"])
def test_replies_of_a_reasoner_that_are_cut_short_are_reported_beside_the_figures(
    fault: str, duel: Duel, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = duel("bm25", "--reasoner", f"scholar+{fault}")
    text = " ".join(capsys.readouterr().out.split())
    assert "Replies of the reasoner cut short by its context or by --max-tokens, per task: " in text
    assert {figures["limited"]["mean"] for figures in rows(folder).values()} == {10}


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("--memory-model", "extractiv"), "no memory model named 'extractiv'; did you mean extr"),
        (("--reasoner", ""), "--reasoner names none: give one, such as strong"),
        (("--temperature", "0"), "--temperature is for a model as --reasoner or --memory-model"),
        (("--replay", "kept.jsonl"), "--replay is for a model"),
        (("--memory-model", "x", "--replay", "no.jsonl"), "no.jsonl: No such file"),
        (("--memory-model", "x", "--temperature", "-1"), "temperature -1.0"),
        (("--judge", "kind"), "scripted answers are exact"),
    ],
)
def test_models_that_cannot_be_asked_are_named(
    words: tuple[str, ...], reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert compare("--memories", "bm25", *words) == 2
    assert reason in capsys.readouterr().err


@pytest.mark.parametrize(("judged", "right"), [(False, 0), (True, 1)])
def test_an_answer_in_other_words_is_right_only_for_a_judge(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, judged: bool, right: int
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "none")
    (tmp_path / "dev.json").write_text(json.dumps([published.hotpot(answer="Paris")]))
    data = ("--data", f"hotpotqa:{tmp_path / 'dev.json'}", "-q", "-o", str(tmp_path / "run"))
    vague = ("", [("submit_answer", {"answer": "the city of Paris, France"})])
    kind = (json.dumps({"quote": "Paris", "correct": True}), [])
    with serving(vague=lambda *_: vague, kind=lambda *_: kind) as server:
        words = ("--memories", "bm25", "--reasoner", "vague", "--api-base", server.url)
        main(["compare", *words, *data, *(("--judge", "kind") if judged else ())])
    figures = rows(tmp_path / "run")["bm25"]
    assert (figures["accuracy"]["mean"], figures["repaired"]["mean"]) == (right, right)
    assert ('"judge": null' not in (tmp_path / "run" / "run.json").read_text()) == judged
